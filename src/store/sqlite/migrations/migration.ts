/** One step of the schema. Released ones are frozen: their checksum is in every database that they were applied to. */
export interface Migration {
  /** 1, 2, 3 … without holes; what `user_version` says once it is applied. */
  version: number;
  name: string;
  sql: string;
}
