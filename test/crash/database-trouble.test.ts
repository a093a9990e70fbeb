// One daemon whose database server is not there yet, goes away while nothing happens, and goes away while an agent works:
// it stands still, says so everywhere, and goes on by itself.
import { join } from 'node:path';
import { readFile, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, onTestFailed, test } from 'vitest';
import { openScratchDaemon, type ScratchDaemon } from '../../src/testing/scratch-daemon.ts';
import { createDatabase, startPostgresServer } from '../postgres/postgres-server.ts';
import type { PostgresServer } from '../postgres/postgres-server.ts';

const CONFIG = `[agents.patient]
type = "command"
command = ["sh", "-c", "until [ -e done ]; do sleep 0.05; done; echo finished"]
[[automation.jobs]]
name = "patient"
agent = "patient"
prompt = "wait"
schedule = { mode = "cron", expr = "0 0 1 1 *" }
`;

let server: PostgresServer;
let url: string;

beforeEach(async () => {
  server = await startPostgresServer();
  url = await createDatabase({ url: server.url });
}, 60_000);
afterEach(() => server.dispose(), 30_000);

const open = (): Promise<ScratchDaemon> =>
  openScratchDaemon({
    config: CONFIG,
    environment: { ...process.env, ROUSE_STORE_URL: url, ROUSE_NODE: 'node-1' },
    withinMs: 60_000,
  });

interface Readiness {
  status: number;
  body: { status: string; waiting_for?: string[] };
}

const readyz = async ({ url: base }: ScratchDaemon): Promise<Readiness> => {
  const reply = await fetch(`${base}/readyz`);
  return { status: reply.status, body: (await reply.json()) as Readiness['body'] };
};

const logOf = async (daemon: ScratchDaemon): Promise<{ event: string; service?: string; error?: string }[]> =>
  (await readFile(join(daemon.home, 'logs/rouse.log'), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { event: string });

test('a server that goes away and comes back pauses the node, visibly, and what ran meanwhile ends as it ended', async () => {
  await using daemon = await open();
  onTestFailed(() => void process.stderr.write(`${JSON.stringify(daemon.end)}\n${daemon.output}\n`));
  const { pid, client } = daemon;
  const [job] = (await client.jobs.list({ name: 'patient' })).jobs;
  await client.status();
  const { run } = await client.jobs.trigger(job!.id);
  await daemon.waitForRun(({ id, status }) => id === run.id && status === 'running');
  await daemon.waitUntil(() => daemon.processes().length > 0);

  await server.stop();
  // The engine notices at its next look; what an agent was doing may be noticed earlier.
  await daemon.waitUntil(async () => (await readyz(daemon)).body.waiting_for?.includes('engine') === true);
  expect(await readyz(daemon)).toMatchObject({ status: 503, body: { status: 'not_ready' } });
  const status = await client.status();
  expect(status.services).toContainEqual(
    expect.objectContaining({ name: 'engine', healthy: false, error: expect.stringContaining('PostgreSQL') }),
  );
  expect(status.counts_at).toBeDefined();
  expect(await logOf(daemon)).toContainEqual(expect.objectContaining({ event: 'service.failed', service: 'engine' }));
  // The agent finishes while nobody can write that down.
  await writeFile(join(daemon.workFolder, 'done'), '');
  await daemon.waitUntil(() => daemon.processes().length === 0);

  await server.start();
  const ended = await daemon.waitForRun(({ id, status: now }) => id === run.id && now !== 'running');
  expect(ended).toMatchObject({ status: 'completed', output: 'finished\n' });
  await daemon.waitUntil(async () => (await readyz(daemon)).status === 200);
  expect((await client.status()).services).toEqual([{ name: 'engine', healthy: true }]);
  expect(daemon.end).toBeUndefined();
  expect(daemon.pid).toBe(pid);
}, 120_000);

test('a daemon that is started before its server waits for it, says so, and is ready when it is there', async () => {
  const running = await open();
  await running.stop();
  await server.stop();
  const starting = running.start();
  await running.waitUntil(async () => {
    const events = await logOf(running);
    return events.some(
      ({ event, service, error }) => event === 'service.failed' && service === 'store' && error !== undefined,
    );
  });
  await server.start();
  await starting;
  expect(running.output).toContain('waiting for the database: ');
  expect((await readyz(running)).status).toBe(200);
  await running.close();
}, 120_000);
