// What looks after a home from outside, when its rows are on a PostgreSQL server: doctor and backup.
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { testDatabase } from '../postgres/test-database.ts';
import { runRouse } from './rouse-command.ts';

interface Found {
  check: string;
  state: string;
  said: string;
  next?: string;
}

let home = '';
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'rouse-upkeep-'));
  await writeFile(join(home, 'rouse.toml'), '[store]\nurl = "env:DATABASE_URL"\n');
});
afterEach(() => rm(home, { recursive: true, force: true }));

const rouse = (args: string[], url: string) =>
  runRouse([...args, '--home', home], { env: { HOME: home, XDG_CONFIG_HOME: '', DATABASE_URL: url } });

async function doctor(url: string) {
  const { stdout, stderr, status } = await rouse(['doctor', '-o', 'json'], url);
  const { findings } = JSON.parse(stdout || '{"findings":[]}') as { findings: Found[] };
  const of = (check: string) => findings.filter((each) => each.check === check);
  return { status, stderr, of, text: stdout };
}

describe('doctor', { timeout: 60_000 }, () => {
  test('says version, schema, connections and clock of a server that is well', async () => {
    const { of, text } = await doctor(await testDatabase());
    expect(of('store')).toMatchObject([
      { state: 'ok', said: expect.stringMatching(/^PostgreSQL \d+\.\S+ at 127\.0\.0\.1:\d+\/rouse_\w+, schema \d+$/) },
      { state: 'ok', said: expect.stringMatching(/^\d+ of \d+ connections are in use$/) },
    ]);
    expect(of('clock')).toContainEqual(
      expect.objectContaining({ state: 'ok', said: expect.stringMatching(/^the clock of this machine is \d+ ms /) }),
    );
    expect(text).not.toContain('rouse:rouse');
  });

  test('says of an empty database that a start makes the schema, and of another program’s that it is that', async () => {
    const empty = await testDatabase({ empty: true });
    expect((await doctor(empty)).of('store')[0]).toMatchObject({ state: 'ok', said: expect.stringContaining('empty') });
    const client = new pg.Client({ connectionString: empty });
    await client.connect();
    await client.query('create table runs (id int)');
    await client.end();
    const { of, status } = await doctor(empty);
    expect(of('store')).toContainEqual(
      expect.objectContaining({ state: 'failure', said: expect.stringContaining('some other program') }),
    );
    expect(status).toBe(7);
  });

  test('says why a server cannot be reached, without the password', async () => {
    const { of, status, text } = await doctor('postgres://rouse:s3cret-w0rd@127.0.0.1:1/rouse');
    expect(of('store')).toMatchObject([{ state: 'failure', said: expect.stringContaining('ECONNREFUSED') }]);
    expect(status).toBe(7);
    expect(text).not.toContain('s3cret-w0rd');
    expect((await doctor('')).of('store')).toMatchObject([
      { state: 'failure', said: expect.stringContaining('DATABASE_URL') },
    ]);
  });
});

test('backup refuses, with the command that copies the rows and the files to keep beside them', async () => {
  // Of before the move: a copy of it would look like a backup.
  await writeFile(join(home, 'rouse.db'), 'the old one');
  const { status, stderr } = await rouse(['backup', '--to', join(home, 'copy')], 'postgres://x@127.0.0.1:1/x');
  expect(status).toBe(4);
  expect(stderr).toContain('pg_dump --format=custom --file=rouse.dump "$DATABASE_URL"');
  for (const name of ['rouse.toml', 'conf.d', 'master.key']) expect(stderr).toContain(join(home, name));
  expect(await readdir(home)).not.toContain('copy');
  await writeFile(join(home, 'rouse.toml'), '[store]\nurl = "postgres://rouse:s3cret-w0rd@db.internal/rouse"\n');
  const literal = await rouse(['backup'], '');
  expect(literal.stderr).toContain('rouse.dump "postgres://rouse@db.internal/rouse"');
  expect(literal.stderr).not.toContain('s3cret-w0rd');
}, 60_000);
