// A home with a life behind it moves to a real PostgreSQL server: killed on the way, gone on with, and then the same
// daemon over the server says the same as before.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { rouseCommand } from '../../src/testing/program-files.ts';
import { openScratchDaemon, type ScratchDaemon } from '../../src/testing/scratch-daemon.ts';
import type { Moved } from '../../src/moving/move-to-postgres.ts';
import { testDatabase } from '../postgres/test-database.ts';
import { runRouse } from './rouse-command.ts';

const config = `
[automation]
timezone = "Europe/Paris"
[agents.say]
type = "command"
command = ["sh", "-c", "cat; test -n \\"$KEY\\""]
prompt_via = "stdin"
env = { KEY = "vault:automation/deploy/key" }
[[automation.jobs]]
name = "yearly"
agent = "say"
prompt = "Look back."
schedule = "0 9 1 1 *"
[[automation.jobs]]
name = "daily"
agent = "say"
prompt = "Look around."
schedule = "every:24h"
[[automation.jobs]]
name = "handed-over"
prompt = "Look at everything."
schedule = "every:24h"
task = { title = "Weekly look" }
[[automation.triggers]]
name = "deployed"
agent = "say"
event = "ext.deployed"
prompt = "Look at {{ .Data.sha }}."
`;

/** What a person can see of a home, over REST. */
const SEEN = [
  '/automation/jobs',
  '/automation/triggers',
  '/automation/runs?limit=500',
  '/automation/events',
  '/sessions',
  '/tasks',
  '/tokens',
  '/secrets',
  '/workspaces',
  '/usage',
  '/audit',
];

async function call<Reply = unknown>(
  daemon: ScratchDaemon,
  method: string,
  path: string,
  body?: object,
): Promise<Reply> {
  const response = await fetch(`${daemon.url}/api${path}`, {
    method,
    headers: { authorization: `Bearer ${daemon.token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return (text === '' ? undefined : JSON.parse(text)) as Reply;
}

async function seenOf(daemon: ScratchDaemon): Promise<Record<string, unknown>> {
  const seen: Record<string, unknown> = {};
  for (const path of SEEN) seen[path] = await call(daemon, 'GET', path);
  // Reaches so far from the moment of the question.
  seen['next'] = (await call<{ fires: unknown[] }>(daemon, 'GET', '/automation/next?within=300h&limit=20')).fires;
  for (const run of await daemon.runs()) {
    if (run.session_id !== undefined) seen[run.id] = await call(daemon, 'GET', `/automation/runs/${run.id}/transcript`);
  }
  return seen;
}

async function live(daemon: ScratchDaemon): Promise<void> {
  await call(daemon, 'PUT', '/secrets/deploy%2Fkey', { value: 'a value that nobody sees' });
  await call(daemon, 'POST', '/tokens', { name: 'ci', scopes: ['read'] });
  await call(daemon, 'POST', '/tasks', { title: 'By hand', description: 'Sweep.' });
  const { jobs } = await daemon.client.jobs.list();
  const idOf = (name: string): string => jobs.find((job) => job.name === name)!.id;
  await call(daemon, 'PUT', `/automation/jobs/${idOf('yearly')}/overlay`, { enabled_override: false });
  for (let i = 0; i < 3; i += 1) {
    const finished = daemon.waitForRun((run) => run.job_id === idOf('daily') && run.status === 'completed');
    await daemon.client.jobs.trigger(idOf('daily'));
    await finished;
  }
  await daemon.client.jobs.trigger(idOf('handed-over'));
  await call(daemon, 'POST', '/automation/events', { kind: 'ext.deployed', data: { sha: 'abcdef' } });
  await daemon.waitUntil(async () =>
    (await daemon.runs()).some((run) => run.trigger_id !== undefined && run.status === 'completed'),
  );
  await daemon.waitUntil(async () => (await call<{ tasks: unknown[] }>(daemon, 'GET', '/tasks')).tasks.length === 2);
}

const words = (home: string, to: string): string[] => ['migrate', 'sqlite-to-postgres', '--home', home, '--to', to];

/** Killed with the first line of progress that begins like this. */
async function killedAt(line: string, home: string, to: string): Promise<void> {
  const [program = '', ...args] = rouseCommand();
  const child = spawn(program, [...args, ...words(home, to)], { stdio: ['ignore', 'ignore', 'pipe'] });
  const exited = once(child, 'exit');
  let seen = false;
  for await (const text of createInterface({ input: child.stderr })) {
    if (!text.startsWith(line)) continue;
    seen = true;
    child.kill('SIGKILL');
  }
  expect(await exited).toEqual([null, 'SIGKILL']);
  expect(seen).toBe(true);
}

test(
  'a home that moved shows the same history, cursors and next fires, and goes on',
  { timeout: 300_000 },
  async () => {
    const url = await testDatabase({ empty: true });
    await using daemon = await openScratchDaemon({ config, environment: process.env, withinMs: 60_000 });
    await live(daemon);
    const before = await seenOf(daemon);
    expect(await daemon.runs()).toHaveLength(5);

    const busy = await runRouse(words(daemon.home, url));
    expect(busy).toMatchObject({ status: 4, stderr: expect.stringContaining('Another daemon') });
    await daemon.stop();

    for (const line of ['copying automations', 'copying runs', 'copying activations', 'comparing runs']) {
      await killedAt(line, daemon.home, url);
      const refused = await daemon.startAnother({ environment: { ...process.env, ROUSE_STORE_URL: url } });
      expect(refused, 'half a home is nobody’s store').toContain('a home is being moved to this database');
    }
    const moved = await runRouse([...words(daemon.home, `env:MOVE_TO`), '-o', 'json'], { env: { MOVE_TO: url } });
    expect(moved).toMatchObject({ status: 0 });
    const reply = JSON.parse(moved.stdout) as Moved;
    expect(reply).toMatchObject({ began: 'resumed', jobs: 3, fires: 15 });
    expect(reply.tables).toContainEqual({ table: 'runs', rows: 5, digest: expect.stringMatching(/^[0-9a-f]{32}$/) });

    const again = await runRouse(words(daemon.home, url));
    expect(again).toMatchObject({ status: 4, stderr: expect.stringContaining('is not empty') });

    await daemon.start({ environment: { ...process.env, ROUSE_STORE_URL: url } });
    expect(await seenOf(daemon)).toEqual(before);
    // The vault opens with the home's key, numbers go on behind those that came along, and what is new is told.
    const { jobs } = await daemon.client.jobs.list();
    const finished = daemon.waitForRun((run) => run.status === 'completed' && !(run.id in before));
    await daemon.client.jobs.trigger(jobs.find((job) => job.name === 'daily')!.id);
    expect(await finished).toMatchObject({ output: expect.stringContaining('Look around.') });
    await daemon.stop();
  },
);
