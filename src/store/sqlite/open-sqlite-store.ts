/**
 * Opens the store of a home: the folder, its lock, the database file and its schema, in this order, so that nothing is
 * written before the home is certainly ours.
 */
import { accessSync, constants, mkdirSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../../errors/app-error.ts';
import type { EpochMs } from '../../model/instant.ts';
import type { Store } from '../store.ts';
import { Connection } from './connection.ts';
import { durableSteps } from './durable-steps.ts';
import { writeFact } from './facts.ts';
import { lockHome } from './home-lock.ts';
import { migrate } from './migrate.ts';
import { allMigrations } from './migrations/all-migrations.ts';
import { createSqliteStore } from './sqlite-store.ts';

/** Inside the home. */
export const DATABASE_FILE = 'rouse.db';

export interface SqliteHome {
  home: string;
  node: string;
  now: EpochMs;
  /**
   * Wait for the disk beside the event loop, as whoever serves many at once wants it; else each step waits within its
   * turn, as tests want it whose clock is moved by hand.
   */
  threads?: boolean;
}

/**
 * `home` is a folder, created owner-only when it does not exist; `node` names this instance. Throws `home_in_use`,
 * `home_read_only`, `disk_full`, and `store_unavailable` for a file that is damaged, foreign or of a newer version.
 */
export async function openSqliteStore(p: SqliteHome): Promise<Store> {
  const { home } = p;
  return atHome(home, () => {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    accessSync(home, constants.R_OK | constants.W_OK | constants.X_OK);
    const lock = lockHome(home);
    try {
      return openDatabase(p, () => lock.release());
    } catch (error) {
      lock.release();
      throw error;
    }
  });
}

function openDatabase(p: SqliteHome, release: () => void): Store {
  const connection = new Connection(path.join(p.home, DATABASE_FILE));
  try {
    migrate(connection, allMigrations);
    // For whoever looks into a home afterwards: which instance the claims without an end belong to.
    writeFact(connection, { now: p.now, name: 'opened_by', value: p.node });
    const store = createSqliteStore(connection, { release });
    if (p.threads !== true) return store;
    connection.useThreads();
    return durableSteps(store, connection);
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** ENOENT is what a recursive mkdir says on a file system without writing. */
const UNWRITABLE: ReadonlySet<unknown> = new Set(['EROFS', 'EACCES', 'EPERM', 'ENOTDIR', 'EEXIST', 'ENOENT']);

/** What the file system says about the folder, as the port's errors. */
function atHome<T>(home: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (UNWRITABLE.has(code)) {
      throw new AppError('home_read_only', { home, reason: (error as Error).message }, { cause: error });
    }
    if (code === 'ENOSPC' || code === 'EDQUOT') throw new AppError('disk_full', { path: home }, { cause: error });
    throw error;
  }
}
