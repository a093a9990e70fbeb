/**
 * The database of a simulated machine: the real SQLite adapter on a real file. By default the file lies in memory
 * (tmpfs) and stays open through all the deaths of the daemon; `files` gives every life its own connection, and a death
 * leaves to the next one exactly what `kill -9` leaves: the database file and its write-ahead log as they are.
 */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Connection } from '../../src/store/sqlite/connection.ts';
import { migrate } from '../../src/store/sqlite/migrate.ts';
import { allMigrations } from '../../src/store/sqlite/migrations/all-migrations.ts';
import { createSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import type { Store } from '../../src/store/store.ts';
import { ChangeLog } from './change-log.ts';

export type HomeKind = 'memory' | 'files';

const MEMORY_FOLDER = '/dev/shm';

/** Where the databases of one series of simulations lie; removed with everything in it. */
export class SimFolder {
  readonly kind: HomeKind;
  readonly #folder: string;
  #homes = 0;

  constructor(kind: HomeKind) {
    this.kind = kind;
    const parent = kind === 'memory' && existsSync(MEMORY_FOLDER) ? MEMORY_FOLDER : tmpdir();
    this.#folder = mkdtempSync(path.join(parent, 'rouse-sim-'));
    process.once('exit', () => this.remove());
    // Migrated once and copied for every seed: creating the schema costs more than most simulations.
    const connection = new Connection(this.#template);
    migrate(connection, allMigrations);
    connection.close();
  }

  get #template(): string {
    return path.join(this.#folder, 'template.db');
  }

  newHome(): SimHome {
    this.#homes += 1;
    const folder = path.join(this.#folder, String(this.#homes));
    mkdirSync(folder);
    copyFileSync(this.#template, path.join(folder, '0.db'));
    return new SimHome(folder, this.kind);
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

export class SimHome {
  connection: Connection;
  store: Store;
  changes: ChangeLog;
  readonly #folder: string;
  readonly #kind: HomeKind;
  #generation = 0;

  constructor(folder: string, kind: HomeKind) {
    this.#folder = folder;
    this.#kind = kind;
    [this.connection, this.store, this.changes] = open(path.join(folder, '0.db'), kind);
  }

  /** What the next life finds after the last one ended without closing anything. */
  reopenAfterDeath(): void {
    if (this.#kind === 'memory') return;
    const before = path.join(this.#folder, `${this.#generation}.db`);
    this.#generation += 1;
    const after = path.join(this.#folder, `${this.#generation}.db`);
    copyFileSync(before, after);
    // The index of the log (-shm) is not copied: it lives in shared memory and is built anew from the log.
    if (existsSync(`${before}-wal`)) copyFileSync(`${before}-wal`, `${after}-wal`);
    this.connection.close();
    rmSync(before, { force: true });
    [this.connection, this.store, this.changes] = open(after, this.#kind);
  }

  remove(): void {
    this.connection.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function open(file: string, kind: HomeKind): [Connection, Store, ChangeLog] {
  const connection = new Connection(file);
  // Nobody else reads it, and nothing is ever recovered from it: no locks, no log, no checkpoints.
  if (kind === 'memory')
    connection.execute('pragma locking_mode = exclusive; pragma journal_mode = memory; pragma synchronous = off');
  migrate(connection, allMigrations);
  return [connection, createSqliteStore(connection, { release: () => {} }), new ChangeLog(connection)];
}
