/**
 * The one connection to the database file: prepared statements, transactions, and the translation of errors.
 * SQLite is called synchronously, so a transaction begins and ends within one turn of the event loop and nothing can
 * come in between; that is the automation's lock of the port. What the statements say is for the other files.
 */
import { chmodSync, closeSync, existsSync, openSync, statSync, writeSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { SQLInputValue, StatementSync } from 'node:sqlite';
import { AppError } from '../../errors/app-error.ts';
import { invariant } from '../../errors/invariant.ts';
import { Checkpointer } from './checkpointer.ts';
import { LogSync } from './log-sync.ts';
import { isConstraintError, translateSqliteError } from './sqlite-error.ts';

export type Value = SQLInputValue;

/** How long a write waits for another program (a backup, a person with the sqlite3 shell) that holds the file. */
const BUSY_TIMEOUT_MS = 5000;
/** The log that a connection with threads brings back by itself: 256 MiB, where the {@link Checkpointer} is no help. */
const LOG_PAGES_MAX = 65_536;

/** Not at the start, which is in a hurry. */
const COMMITS_BEFORE_LENGTHENING = 64;
/** More than stands in the log between two checkpoints of an ordinary day. */
const LOG_BYTES_MIN = 8 * 1024 * 1024;

/** The path of a database without a file. */
export const IN_MEMORY = ':memory:';

interface Threads {
  readonly logSync: LogSync;
  readonly checkpointer: Checkpointer;
}

export class Connection {
  readonly path: string;
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  #threads: Threads | undefined;
  /** Which file it is that was opened; undefined without one. */
  readonly #file: FileIdentity | undefined;
  #closed = false;
  #writes = 0;
  #commits = 0;
  /** Whether something was committed since the log was last asked to be synced. */
  #isUnsynced = false;
  /** A sync has failed, and what it was for is not certainly on the disk yet. */
  #isDoubtful = false;
  /** The wait that takes along everything committed before the last asking. */
  #lastSync: Promise<void> = Promise.resolve();

  /** Opens (creating it owner-only) the database at `path`. Throws the port's errors. */
  constructor(path: string) {
    this.path = path;
    if (path !== IN_MEMORY) makeOwnerOnly(path);
    this.#database = this.#attempt(
      () => new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: true }),
    );
    try {
      // The first statement that reads the file: this is where a file that is no database is found out.
      this.execute('pragma journal_mode = wal');
      // A commit that is reported is on the disk, also after a power cut; batches pay for it once.
      this.execute('pragma synchronous = full');
      this.execute('pragma foreign_keys = on');
      this.execute('pragma temp_store = memory');
      // Triggers must see deletes that a REPLACE would cause; also the default of this build.
      this.execute('pragma recursive_triggers = on');
      // 16 MiB instead of 2: the upper levels of every index of a million runs stay in memory.
      this.execute('pragma cache_size = -16384');
      // After a large batch the log is cut back to this size instead of staying as large as it ever was.
      this.execute('pragma journal_size_limit = 67108864');
      this.#file = path === IN_MEMORY ? undefined : fileIdentity(path);
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  /**
   * From now on the disk is waited for beside the event loop: a commit returns before it is durable, `synced` says when
   * it is, and checkpoints happen on a thread. For whoever will `end` the connection.
   */
  useThreads(): void {
    this.execute('pragma synchronous = normal');
    this.execute(`pragma wal_autocheckpoint = ${LOG_PAGES_MAX}`);
    const { path } = this;
    this.#threads = { logSync: new LogSync({ path: `${path}-wal` }), checkpointer: new Checkpointer({ path }) };
  }

  #noteCommit(checkpointer: Checkpointer): void {
    checkpointer.noteCommit();
    this.#commits += 1;
    if (this.#commits === COMMITS_BEFORE_LENGTHENING) this.#lengthenLog();
  }

  /**
   * A log that does not grow is synced several times as fast, because the file system has nothing of its own to write down.
   * What is behind its last frame means nothing to SQLite: a log that began anew has old frames there. Under the write
   * lock, so that nobody can append meanwhile.
   */
  #lengthenLog(): void {
    this.execute('begin immediate');
    try {
      lengthen(`${this.path}-wal`, LOG_BYTES_MIN);
    } finally {
      this.execute('rollback');
    }
  }

  /** The first row, or undefined. `Row` is what the statement selects; the caller vouches for it. */
  one<Row>(sql: string, ...values: Value[]): Row | undefined {
    return this.#attempt(() => this.prepare(sql).get(...values) as Row | undefined);
  }

  all<Row>(sql: string, ...values: Value[]): Row[] {
    return this.#attempt(() => this.prepare(sql).all(...values) as Row[]);
  }

  /** Row by row, for whoever may stop early. */
  *iterate<Row>(sql: string, ...values: Value[]): Generator<Row, void, undefined> {
    const rows = this.#attempt(() => this.prepare(sql).iterate(...values));
    for (const row of rows) yield row as Row;
  }

  /** How many rows the statement changed. */
  run(sql: string, ...values: Value[]): number {
    this.#writes += 1;
    this.#isUnsynced = true;
    return this.#attempt(() => Number(this.prepare(sql).run(...values).changes));
  }

  /** Several statements without values; not cached. */
  execute(sql: string): void {
    this.#requireOpen();
    this.#attempt(() => this.#database.exec(sql));
  }

  /**
   * The statement for this text, prepared once. The cache is bounded by the number of texts in this folder: values are
   * always bound, never written into the text.
   */
  prepare(sql: string): StatementSync {
    this.#requireOpen();
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  /**
   * Runs `body` in one transaction that holds the write lock from its beginning (`begin immediate`: a read that later
   * wants to write would otherwise fail when somebody wrote in between). Whatever it throws undoes everything.
   */
  write<T>(body: () => T): T {
    this.#requireOpen();
    // A decision that calls back into the store would write inside somebody else's transaction.
    invariant(!this.#database.isTransaction, 'a store step was called from within another one');
    this.#writes += 1;
    const changesBefore = this.#totalChanges();
    this.execute('begin immediate');
    let result: T;
    try {
      result = body();
      this.#requireInPlace();
    } catch (error) {
      this.#rollback();
      throw translateSqliteError(error, this.path);
    }
    try {
      this.prepare('commit').run();
    } catch (error) {
      this.#rollback();
      throw translateSqliteError(error, this.path, isConstraintError(error) ? 'statement' : 'commit');
    }
    if (this.#totalChanges() !== changesBefore) {
      this.#isUnsynced = true;
      if (this.#threads !== undefined) this.#noteCommit(this.#threads.checkpointer);
    }
    return result;
  }

  #totalChanges(): unknown {
    return this.prepare('select total_changes() as count').get()?.['count'];
  }

  /**
   * Resolves when everything that was committed before is on the disk, also what others committed: a step that found
   * its work done may have found what is not durable yet, so it waits as long as they do and fails where they fail.
   */
  synced(): Promise<void> {
    if (this.#threads === undefined) return Promise.resolve();
    if (this.#isUnsynced) {
      this.#isUnsynced = false;
      this.#lastSync = this.#syncLog(this.#threads);
    }
    return this.#lastSync;
  }

  async #syncLog({ logSync, checkpointer }: Threads): Promise<void> {
    await checkpointer.room();
    let cause: unknown;
    try {
      await logSync.synced();
      if (!this.#isDoubtful) return;
    } catch (error) {
      cause = error;
    }
    // The system may take the pages that it could not write for clean, and the next sync for done. So they are written
    // once more, into the database file; until that has succeeded, no sync is believed.
    this.#isDoubtful = true;
    this.#isUnsynced = true;
    const again = this.one<{ busy: number }>('pragma wal_checkpoint(full)');
    if (again?.busy !== 0) {
      const reason = cause instanceof Error ? cause.message : 'the log cannot be brought back';
      throw new AppError('store_unavailable', { outcome: 'unknown', reason }, { cause });
    }
    this.#isDoubtful = false;
  }

  /** Grows with every write through this connection, and this process is the only one that writes. */
  get writes(): number {
    return this.#writes;
  }

  /** Bytes on disk, the write-ahead log included. */
  bytes(): number {
    return fileSize(this.path) + fileSize(`${this.path}-wal`);
  }

  /** Waits for the disk and for the thread beside, which must not outlive the file. Idempotent. */
  async end(): Promise<void> {
    await this.#threads?.logSync.close();
    await this.#threads?.checkpointer.close();
    this.close();
  }

  /** At once, for a connection without threads. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#statements.clear();
    this.#database.close();
  }

  #rollback(): void {
    // After a full disk SQLite may have rolled back by itself; a second rollback would hide the first error.
    if (this.#database.isTransaction) this.#database.exec('rollback');
  }

  #attempt<T>(body: () => T): T {
    try {
      return body();
    } catch (error) {
      throw translateSqliteError(error, this.path);
    }
  }

  /**
   * A file that was removed, or that another one took the place of, can still be written by who has it open: every
   * commit would succeed, and be gone with the process. Nobody may be told then that something is stored.
   */
  #requireInPlace(): void {
    if (this.#file === undefined) return;
    const there = fileIdentity(this.path);
    if (there !== undefined && there.device === this.#file.device && there.inode === this.#file.inode) return;
    const what = there === undefined ? 'is not there any more' : 'is another file than the one that was opened';
    throw new AppError('store_unavailable', {
      outcome: 'unchanged',
      reason: `${this.path} ${what}; put the file back, or start the daemon again to go on without what it held`,
    });
  }

  #requireOpen(): void {
    if (this.#closed) throw new AppError('store_unavailable', { outcome: 'unchanged', reason: 'the store is closed' });
  }
}

/**
 * The file is created here with its permissions, because SQLite would follow the umask; log and index copy them.
 * One that exists is never opened: closing any handle of a file drops every POSIX lock that this process has on it.
 */
export function makeOwnerOnly(path: string): void {
  if (!existsSync(path)) closeSync(openSync(path, 'wx', 0o600));
  if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600);
}

interface FileIdentity {
  readonly device: number;
  readonly inode: number;
}

function fileIdentity(path: string): FileIdentity | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? undefined : { device: stat.dev, inode: stat.ino };
}

/** With zeros, to at least so many bytes. Nothing depends on it, so a disk without room for it is no trouble. */
function lengthen(path: string, bytes: number): void {
  const size = fileSize(path);
  if (size >= bytes) return;
  try {
    const file = openSync(path, 'r+');
    try {
      writeSync(file, Buffer.alloc(bytes - size), 0, bytes - size, size);
    } finally {
      closeSync(file);
    }
  } catch {
    // As said.
  }
}

function fileSize(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
