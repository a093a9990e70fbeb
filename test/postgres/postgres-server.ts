/** A PostgreSQL server for tests and measurements: started, stopped and started again, and databases made on it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';

export interface PostgresServer {
  /** Of the database that every server has. */
  readonly url: string;
  /** The server goes away as on a restart: its connections break. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Stops it for good and removes its data. */
  dispose(): Promise<void>;
}

interface PostgresServerOptions {
  durable?: boolean;
  /** An address besides loopback, and those who may connect to it. */
  listen?: { address: string; range: string };
}

/** Throws with what the server said when it does not start. */
export async function startPostgresServer(p: PostgresServerOptions = {}): Promise<PostgresServer> {
  const script = path.join(import.meta.dirname, 'server-process.ts');
  const durable = p.durable === true ? ['--durable'] : [];
  const listen = p.listen === undefined ? [] : ['--listen', p.listen.address, '--range', p.listen.range];
  const child = spawn(process.execPath, [script, ...durable, ...listen], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const exited = once(child, 'exit');
  const next = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (done === true) throw new Error('the PostgreSQL server for tests ended; what it said stands above');
    return value;
  };
  const { url } = JSON.parse(await next()) as { url: string };
  const tell = async (command: 'stop' | 'start'): Promise<void> => {
    child.stdin.write(`${command}\n`);
    await next();
  };
  return {
    url,
    stop: () => tell('stop'),
    start: () => tell('start'),
    async dispose() {
      child.stdin.end();
      await exited;
    },
  };
}

let databaseNumber = 0;

/** A new database on the server, a copy of `template` where that is named; its URL. */
export async function createDatabase(p: { url: string; template?: string; name?: string }): Promise<string> {
  const name = p.name ?? `rouse_${process.pid}_${(databaseNumber += 1)}`;
  await command(p.url, `create database ${name}${p.template === undefined ? '' : ` template ${p.template}`}`);
  const made = new URL(p.url);
  made.pathname = `/${name}`;
  return made.href;
}

async function command(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
