/** Small conversions between what the domain says and what a database stores. */

/** What a column of either database can hold here; bytes are only in the vault. */
export type ColumnValue = string | number | null;

/** Absent is NULL; `undefined` may not be bound on every Node. */
export function orNull(value: string | number | undefined): string | number | null {
  return value === undefined ? null : value;
}

export function asBit(value: boolean): 0 | 1 {
  return value ? 1 : 0;
}

/** `limit` as the lists of the port understand it: 1 to 500, 100 when absent. */
export function pageLimit(limit: number | undefined): number {
  return Math.max(1, Math.min(500, Math.trunc(limit ?? 100)));
}
