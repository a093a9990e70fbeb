/** One step of the schema. Released ones are frozen: their checksum is in every database that they were applied to. */
export interface Migration {
  /** 1, 2, 3 … without holes. */
  version: number;
  name: string;
  /**
   * Whether the version of Rouse before this one still works on the schema afterwards (new tables, new columns with a
   * default): then nodes can be upgraded one after the other.
   */
  additive: boolean;
  sql: string;
}
