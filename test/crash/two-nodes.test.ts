// Two real daemons over one real server: whatever is asked of one reaches the other, and labels, drains and names hold.
import { afterAll, beforeAll, describe, expect, onTestFailed, test } from 'vitest';
import type { ApiRun } from '../../src/client/client.ts';
import { echoAgentCommand } from '../../src/testing/program-files.ts';
import { openScratchDaemon, type ScratchDaemon } from '../../src/testing/scratch-daemon.ts';
import { testDatabase } from '../postgres/test-database.ts';

const WITHIN_MS = 60_000;

let url: string;
/** Carries out; the label `first`. */
let first: ScratchDaemon;
/** Is asked. */
let second: ScratchDaemon;

const config = (labels: string): string => `[daemon]
labels = [${labels}]
max_concurrent_jobs = 3
shutdown_grace = "0s"
[agents.echo]
type = "acp"
command = ${JSON.stringify(echoAgentCommand())}
permission = "ask"
`;

const open = (name: string, labels: string): Promise<ScratchDaemon> =>
  openScratchDaemon({
    config: config(labels),
    environment: { ...process.env, ROUSE_STORE_URL: url, ROUSE_NODE: name },
    withinMs: WITHIN_MS,
  });

beforeAll(async () => {
  url = await testDatabase();
  first = await open('node-1', '"first", "gpu"');
  second = await open('node-2', '"second"');
}, 120_000);
afterAll(async () => {
  await first?.close();
  await second?.close();
}, 60_000);

let number = 0;

/** A run of a job that no time wakes, asked for through the second node; it is carried out by whoever has the labels. */
async function start(prompt: string, p: { labels?: string[]; queueTimeout?: string } = {}): Promise<ApiRun> {
  onTestFailed(() => void process.stderr.write(`--- first\n${first.output}\n--- second\n${second.output}\n`));
  const { job } = await second.client.jobs.create({
    scope: 'global',
    name: `job ${(number += 1)}`,
    agent_name: 'echo',
    prompt,
    schedule: { mode: 'cron', expr: '0 9 1 1 *' },
    fire_limit: { max: 100, window: '1h' },
    node_labels: p.labels ?? ['first'],
    ...(p.queueTimeout === undefined ? {} : { queue_timeout: p.queueTimeout }),
  });
  return (await second.client.jobs.trigger(job.id)).run;
}

const runningOnFirst = async (id: string): Promise<ApiRun> => {
  const run = await second.waitForRun((each) => each.id === id && each.status === 'running');
  expect(run.node).toBe((await second.client.nodes.get('node-1')).instance);
  return run;
};

test('every node lists both, with labels, cap and the clock against the server', async () => {
  for (const daemon of [first, second]) {
    const nodes = await daemon.client.nodes.list();
    expect(nodes).toMatchObject([
      { name: 'node-1', state: 'live', labels: ['first', 'gpu'], cap: 3, own: daemon === first },
      { name: 'node-2', state: 'live', labels: ['second'], cap: 3, own: daemon === second },
    ]);
    for (const { clock_skew_ms: skew } of nodes) expect(Math.abs(skew ?? 99_999)).toBeLessThan(5_000);
  }
});

test('a cancel through the other node ends the run', async () => {
  const { id } = await start('/sleep 1h');
  await runningOnFirst(id);
  await second.client.runs.cancel(id);
  const ended = await second.waitForRun((each) => each.id === id && each.status === 'canceled');
  expect(ended).toMatchObject({ reason: 'user' });
  await first.waitUntil(() => first.processes().length === 0);
});

describe('a permission that the agent asks for on one node', () => {
  const asking = async (): Promise<string> => {
    const { id } = await start('/permission shell Delete the build');
    await runningOnFirst(id);
    await second.waitUntil(async ({ client }) => (await client.runs.get(id)).permission !== undefined);
    return id;
  };

  test('is given through the other one', async () => {
    const id = await asking();
    await second.client.runs.answerPermission(id, { decision: 'allow' });
    await second.waitForRun((each) => each.id === id && each.status === 'completed');
    // Asked for, because what nodes tell one another is without long texts.
    expect((await second.client.runs.get(id)).output).toContain('Permission for shell: allow-once.');
    await expect(second.client.runs.answerPermission(id, { decision: 'deny' })).rejects.toMatchObject({
      code: 'permission_not_pending',
    });
  });

  test('is given once, whoever is asked at the same moment', async () => {
    const id = await asking();
    const answers = await Promise.allSettled(
      [first, second, first, second].map(({ client }, i) =>
        client.runs.answerPermission(id, { decision: i % 2 === 0 ? 'allow' : 'deny' }),
      ),
    );
    expect(answers.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(0);
    const { session_id: session } = await second.waitForRun((each) => each.id === id && each.status !== 'running');
    const { entries } = await second.client.sessions.transcript(session!, { limit: 100 });
    expect(entries.filter(({ kind }) => kind === 'permission_answer')).toHaveLength(1);
  });
});

test('what an agent says is read and followed on the other node while it works', async () => {
  const { id } = await start('/think the first thought\n/sleep 2s\n/think the second thought\n/sleep 1h');
  await runningOnFirst(id);
  const seen: string[] = [];
  const ending = new AbortController();
  const followed = (async () => {
    for await (const event of second.client.runs.follow(id, { signal: ending.signal })) {
      seen.push(JSON.stringify(event));
      if (seen.join().includes('the second thought')) return;
    }
  })();
  await second.waitUntil(() => seen.join().includes('the first thought'));
  const { entries } = await second.client.runs.transcript(id, { limit: 100 });
  expect(JSON.stringify(entries)).toContain('the first thought');
  await followed;
  ending.abort();
  expect((await second.client.runs.get(id)).status).toBe('running');
  await second.client.runs.cancel(id);
  await second.waitForRun((each) => each.id === id && each.status === 'canceled');
});

test('happenings of one node are in the stream of the other', async () => {
  const heard = second.waitForHappening(({ type }) => type === 'run.started');
  const { id } = await start('/say hello');
  expect(await heard).toMatchObject({ run: { id, node: expect.any(String) } });
  await second.waitForRun((each) => each.id === id && each.status === 'completed');
});

test('what asks for a label that no node has waits, says which, and is given up when its time is over', async () => {
  const { id } = await start('/say x', { labels: ['gpu', 'moon'], queueTimeout: '4s' });
  const { waiting } = await second.client.runs.get(id);
  expect(waiting).toMatchObject({ why: 'node_labels', sentence: expect.stringContaining('"moon"') });
  expect(await second.waitForRun((each) => each.id === id && each.status === 'canceled')).toMatchObject({
    reason: 'queue_timeout',
  });
});

test('a drained node starts nothing, finishes what it runs, and goes on when it is undrained', async () => {
  const { id: before } = await start('/sleep 1h');
  await runningOnFirst(before);
  expect(await second.client.nodes.drain('node-1')).toMatchObject({ draining: true });
  const { id: after } = await start('/say after');
  const waiting = async () => (await second.client.runs.get(after)).waiting;
  expect(await waiting()).toMatchObject({ why: 'node_labels', sentence: expect.stringMatching(/node-1 is drain/) });
  await first.waitUntil(async ({ client }) => (await client.nodes.get('node-1')).state === 'draining');
  expect((await second.client.runs.get(before)).status).toBe('running');
  await second.client.runs.cancel(before);
  await second.waitForRun((each) => each.id === before && each.status === 'canceled');
  await first.waitUntil(async ({ client }) => (await client.nodes.get('node-1')).state === 'drained');
  expect((await second.client.runs.get(after)).status).toBe('scheduled');
  await second.client.nodes.undrain('node-1');
  await second.waitForRun((each) => each.id === after && each.status === 'completed');
});

test('no node runs more than its own cap, also when the cluster would let it', async () => {
  const ids = await Promise.all(Array.from({ length: 5 }, async () => (await start('/sleep 1h')).id));
  const running = async (): Promise<number> =>
    (await second.client.runs.list({ status: 'running', limit: 100 })).runs.length;
  await second.waitUntil(async () => (await running()) === 3);
  await second.client.runs.cancel(ids[0]!);
  await second.waitForRun((each) => each.id === ids[0] && each.status === 'canceled');
  await second.waitUntil(async () => (await running()) === 3);
  for (const id of ids) await second.client.runs.cancel(id);
  await second.waitUntil(async () => (await running()) === 0);
});

test('a second living node of the same name is refused, with the address of the first', async () => {
  const refused = await open('node-1', '').then(
    async (daemon) => daemon.close(),
    (error: unknown) => (error as Error).message,
  );
  expect(refused).toContain(`Another living node is called node-1 (${first.url})`);
  expect(first.end).toBeUndefined();
});

// Nobody elsewhere could see that agent: only a node of the same machine can end it, and it does not wait for the lease.
test('what a killed node left at work is ended by another one on the machine, before the next attempt may start', async () => {
  const { id } = await start('/hang');
  await runningOnFirst(id);
  await first.waitUntil(() => first.processes().length > 0);
  await first.kill();
  expect(first.processes()).not.toEqual([]);
  const killedAt = Date.now();
  await second.waitForRun((each) => each.id === id && each.status === 'failed');
  const run = await second.client.runs.get(id);
  expect(run).toMatchObject({ reason: 'interrupted' });
  expect(Date.parse(run.ended_at!) - killedAt).toBeLessThan(20_000);
  expect(first.processes()).toEqual([]);
  await first.start();
  expect(await first.client.nodes.get('node-1')).toMatchObject({ state: 'live', own: true });
});

test('a node that lives is not forgotten, one that nobody knows is not found', async () => {
  await expect(second.client.nodes.remove('node-1')).rejects.toMatchObject({ code: 'node_alive' });
  await expect(second.client.nodes.drain('node-9')).rejects.toMatchObject({ code: 'node_not_found' });
});
