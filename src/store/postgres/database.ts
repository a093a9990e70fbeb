/**
 * The connections to the server: a pool, transactions, and the translation of errors. Every step of the port is one
 * transaction (`write`), or reads that see one moment (`read`). What the statements say is for the other files.
 */
import pg from 'pg';
import { AppError } from '../../errors/app-error.ts';
import { invariant } from '../../errors/invariant.ts';
import { isConnectionLost, isRetryable, translatePostgresError } from './postgres-error.ts';
import type { PostgresMoment } from './postgres-error.ts';
import { ServerClient } from './server-client.ts';

export type Value = string | number | null | Uint8Array | readonly (string | number | null)[];

/** What statements are sent through: a transaction, or the pool where one statement is the whole step. */
export interface Connection {
  /** The first row, or undefined. `Row` is what the statement selects; the caller vouches for it. */
  one<Row>(sql: string, ...values: Value[]): Promise<Row | undefined>;
  all<Row>(sql: string, ...values: Value[]): Promise<Row[]>;
  /** How many rows the statement changed. */
  run(sql: string, ...values: Value[]): Promise<number>;
}

/** Connections kept at most; more steps than that at once wait for one. */
const POOL_MAX = 10;
/** How long an answer may take: nothing of ours needs a second, and whoever waits longer holds locks meanwhile. */
const STATEMENT_TIMEOUT_MS = 15_000;
const LOCK_TIMEOUT_MS = 10_000;
/** The server ends the transaction of a node that stands still, so that its locks hold nobody up for long. */
const IDLE_IN_TRANSACTION_MS = 5_000;
/** A connection that went silent: the answer comes within the server's own bound, or not at all. */
const ANSWER_TIMEOUT_MS = STATEMENT_TIMEOUT_MS + 5_000;
const CONNECT_TIMEOUT_MS = 5_000;
/** Transactions that lost against others are done again; they are short, so the next one nearly always wins. */
const TRIES_MAX = 8;

export interface DatabaseOptions {
  url: string;
  /** Shown by the server to whoever looks at its connections. */
  applicationName: string;
}

export class Database implements Connection {
  readonly #pool: pg.Pool;
  #closed = false;

  constructor(options: DatabaseOptions) {
    this.#pool = new pg.Pool({
      ...clientOptions(options),
      Client: ServerClient,
      max: POOL_MAX,
      idleTimeoutMillis: 30_000,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: ANSWER_TIMEOUT_MS,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      lock_timeout: LOCK_TIMEOUT_MS,
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    });
    // An idle connection that the server drops is no event: the next step finds out by itself. Unheard, it would end us.
    this.#pool.on('error', () => {});
    this.#pool.on('connect', (client) => client.on('error', () => {}));
  }

  one<Row>(sql: string, ...values: Value[]): Promise<Row | undefined> {
    return this.#attempt(async () => {
      const { rows } = await this.#pool.query(statement(sql, values));
      return rows[0] as Row | undefined;
    });
  }

  all<Row>(sql: string, ...values: Value[]): Promise<Row[]> {
    return this.#attempt(async () => {
      const { rows } = await this.#pool.query(statement(sql, values));
      return rows as Row[];
    });
  }

  /** One statement that is a step of its own: its commit is part of the answer. */
  run(sql: string, ...values: Value[]): Promise<number> {
    return this.#attempt(async () => (await this.#pool.query(statement(sql, values))).rowCount ?? 0, 'commit');
  }

  /** Reads that see one moment. */
  read<T>(body: (connection: Connection) => Promise<T>): Promise<T> {
    return this.#transaction('begin isolation level repeatable read read only', body);
  }

  /**
   * Runs `body` in one transaction; whatever it throws undoes everything. Every statement in it sees what is committed
   * when it begins, so what is read after a lock was taken is what the lock protects. `body` may run again when the
   * transaction lost against another one.
   */
  write<T>(body: (connection: Connection) => Promise<T>): Promise<T> {
    return this.#transaction('begin', body);
  }

  /** Waits for what is under way. Idempotent. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#pool.end();
  }

  async #transaction<T>(begin: string, body: (connection: Connection) => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#transactOnce(begin, body);
      } catch (error) {
        if (!isRetryable(error) || tries === TRIES_MAX) throw translatePostgresError(error);
      }
    }
  }

  async #transactOnce<T>(begin: string, body: (connection: Connection) => Promise<T>): Promise<T> {
    this.#requireOpen();
    const client = await this.#pool.connect().catch((error: unknown) => {
      throw translatePostgresError(error);
    });
    const transaction = new Transaction(client);
    try {
      await client.query(begin);
      const result = await body(transaction);
      transaction.end();
      await commit(client);
      client.release();
      return result;
    } catch (error) {
      transaction.end();
      client.release(!(await isUsable(client, error)));
      throw error;
    }
  }

  async #attempt<T>(body: () => Promise<T>, moment: PostgresMoment = 'statement'): Promise<T> {
    this.#requireOpen();
    try {
      return await body();
    } catch (error) {
      throw translatePostgresError(error, moment);
    }
  }

  #requireOpen(): void {
    if (this.#closed) throw new AppError('store_unavailable', { outcome: 'unchanged', reason: 'the store is closed' });
  }
}

class Transaction implements Connection {
  readonly #client: pg.PoolClient;
  #ended = false;

  constructor(client: pg.PoolClient) {
    this.#client = client;
  }

  async one<Row>(sql: string, ...values: Value[]): Promise<Row | undefined> {
    return (await this.#query(sql, values)).rows[0] as Row | undefined;
  }

  async all<Row>(sql: string, ...values: Value[]): Promise<Row[]> {
    return (await this.#query(sql, values)).rows as Row[];
  }

  async run(sql: string, ...values: Value[]): Promise<number> {
    return (await this.#query(sql, values)).rowCount ?? 0;
  }

  end(): void {
    this.#ended = true;
  }

  #query(sql: string, values: readonly Value[]): Promise<pg.QueryResult> {
    // A statement that somebody forgot to wait for would run in whatever transaction comes next.
    invariant(!this.#ended, 'a statement was sent after its transaction had ended');
    return this.#client.query(statement(sql, values));
  }
}

async function commit(client: pg.PoolClient): Promise<void> {
  try {
    const { command } = await client.query('commit');
    // A transaction that failed inside answers its commit with a rollback, and no error.
    invariant(command === 'COMMIT', 'a transaction went on after one of its statements had failed');
  } catch (error) {
    throw translatePostgresError(error, 'commit');
  }
}

/** Rolls back; whether the connection can be used again. */
async function isUsable(client: pg.PoolClient, error: unknown): Promise<boolean> {
  const cause = error instanceof AppError ? error.cause : error;
  if (isConnectionLost(cause)) return false;
  try {
    await client.query('rollback');
    return true;
  } catch {
    return false;
  }
}

/** What every connection to this server is opened with, the one that listens included. */
export function clientOptions(options: DatabaseOptions): pg.ClientConfig {
  return {
    connectionString: options.url,
    application_name: options.applicationName,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    types: { getTypeParser: typeParser },
  };
}

const INT8 = 20;

/** Instants and counts are 64 bits wide on the server and never leave what a number can hold exactly. */
const typeParser: typeof pg.types.getTypeParser = (oid: number, format?: 'text' | 'binary') =>
  oid === INT8 && format !== 'binary' ? Number : pg.types.getTypeParser(oid, format);

function statement(sql: string, values: readonly Value[]): pg.QueryConfig {
  return { text: numbered(sql), values: values.map(storable) };
}

/** There are only so many texts in this folder; those of lists differ by which filters there are. */
const texts = new Map<string, string>();
const TEXTS_MAX = 2000;

/** Statements are written with `?`, as for the other database; the protocol wants numbers. */
function numbered(sql: string): string {
  const known = texts.get(sql);
  if (known !== undefined) return known;
  let count = 0;
  const text = sql.replaceAll('?', () => `$${(count += 1)}`);
  if (texts.size >= TEXTS_MAX) texts.clear();
  texts.set(sql, text);
  return text;
}

function storable(value: Value): unknown {
  if (typeof value === 'string') return cleanText(value);
  return Array.isArray(value) ? value.map((one: string | number | null) => storable(one)) : value;
}

/** PostgreSQL cannot keep the character NUL, nor half of a surrogate pair; both become U+FFFD, visibly. */
export function cleanText(text: string): string {
  return (text.includes('\0') ? text.replaceAll('\0', '\uFFFD') : text).toWellFormed();
}

/** Runs `body` so that what it throws, the server's refusals included, undoes what it did and nothing else. */
export async function attempt<T>(connection: Connection, body: () => Promise<T>): Promise<T> {
  await connection.run('savepoint attempt');
  try {
    const result = await body();
    await connection.run('release savepoint attempt');
    return result;
  } catch (error) {
    await connection.run('rollback to savepoint attempt');
    throw error;
  }
}

/** Rows as one value, for `json_populate_recordset`: one statement for many rows. */
export function jsonRows(rows: readonly Record<string, string | number | null>[]): string {
  return JSON.stringify(rows, (_key, value: unknown) => (typeof value === 'string' ? cleanText(value) : value));
}
