/** Databases for tests, on the one server of the run. */
import { text } from 'node:stream/consumers';
import { connect } from 'node:net';
import type pg from 'pg';
import { inject } from 'vitest';
import { createDatabase } from './postgres-server.ts';
import { TEMPLATE } from './global-setup.ts';

/** The server of this run; the first caller starts it. */
export async function postgresUrl(): Promise<string> {
  const answer = JSON.parse(await text(connect(inject('postgresDoor'), '127.0.0.1'))) as {
    url?: string;
    error?: string;
  };
  if (answer.url === undefined) throw new Error(answer.error);
  return answer.url;
}

/** A new database with the schema in it, or without anything. Drop it with `dropDatabase`. */
export async function testDatabase(p: { empty?: boolean } = {}): Promise<string> {
  const url = await postgresUrl();
  return createDatabase(p.empty === true ? { url } : { url, template: TEMPLATE });
}

/** Empties a database of ours for the next test; making a new one costs a second. */
export async function emptyDatabase(client: pg.Client): Promise<void> {
  await client.query(EMPTY);
}

/** Rows go one by one, because truncating writes new files; what inserts count, deletes count down. */
const EMPTY = `do $$ declare name text; begin
  for name in select tablename from pg_tables
    where schemaname = 'public' and tablename not in ('migrations', 'automation_counts', 'hook_mark')
  loop execute format('delete from %I', name); end loop;
  update hook_mark set activation = 0;
end $$`;
