/** Looks into a database that may be in use by a daemon, and never makes one. */
import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/** The longest wait for somebody who holds the whole database, which only a restore or a person does. */
const BUSY_TIMEOUT_MS = 10_000;

/** Undefined when there is no file. The body must not write. */
export function lookInto<T>(path: string, body: (database: DatabaseSync) => T): T | undefined {
  if (!existsSync(path)) return undefined;
  // Not read-only, although nothing is written: the last one to leave clears away the log, and such a one could not.
  const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
  try {
    return body(database);
  } finally {
    database.close();
  }
}
