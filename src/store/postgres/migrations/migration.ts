/** One step of the schema. Released ones are frozen: their checksum is in every database that they were applied to. */
export interface Migration {
  /** 1, 2, 3 … without holes. */
  version: number;
  name: string;
  /**
   * The generation of the schema that it belongs to: all migrations that came with one release have one. Nodes of two
   * neighbouring generations work on one database; of others they do not. 1 when absent.
   */
  generation?: number;
  /**
   * Whether the nodes of the generation before still work on the schema afterwards (new tables, new columns with a
   * default): then nodes can be upgraded one after the other.
   */
  additive: boolean;
  sql: string;
}
