// The work that jobs hand over, done by other processes: the worker of the examples, and a person at the command line.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openScratchDaemon, type ScratchDaemon } from '../../src/testing/scratch-daemon.ts';
import { runRouse } from './rouse-command.ts';
import { runRouseHere } from './rouse-in-process.ts';

const config = `
[[automation.jobs]]
name = "hand"
prompt = "Look at everything."
schedule = "every:24h"
overlap = "allow"
task = { title = "Weekly look", owner = { kind = "pool", ref = "reviewers" }, network_channel = "reviews" }
`;

const workerFile = join(import.meta.dirname, '../../examples/task-worker/worker.mjs');

function startWorker(daemon: ScratchDaemon, program: readonly string[]) {
  const child = spawn(process.execPath, [workerFile, '--home', daemon.home, '--channel', 'reviews', '--', ...program], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return {
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}

test('a worker in a second process claims, works and completes, and the run shows it', async () => {
  await using daemon = await openScratchDaemon({ config, environment: process.env });
  await using _worker = startWorker(daemon, ['sh', '-c', 'echo "seen: $TASK_TITLE: $(cat)"']);
  const [job] = (await daemon.client.jobs.list()).jobs;
  const finished = daemon.waitForHappening(({ type }) => type === 'task.finished', {
    onListening: () => void daemon.client.jobs.trigger(job!.id),
  });
  await finished;
  const [run] = await daemon.runs();
  expect(run).toMatchObject({
    status: 'delegated',
    task: { status: 'completed', output: 'seen: Weekly look: Look at everything.' },
  });
  expect(run?.started_at).toBeUndefined();
});

test('a worker whose program fails says so, and one that is stopped gives its task back', async () => {
  await using daemon = await openScratchDaemon({ config, environment: process.env });
  const [job] = (await daemon.client.jobs.list()).jobs;
  const happens = (type: string, run: () => unknown) =>
    daemon.waitForHappening((happening) => happening.type === type, { onListening: () => void run() });
  {
    await using _worker = startWorker(daemon, ['sh', '-c', 'echo "no such branch" >&2; exit 3']);
    await happens('task.finished', () => daemon.client.jobs.trigger(job!.id));
  }
  expect((await daemon.runs())[0]?.task).toMatchObject({ status: 'failed', error: 'no such branch' });
  {
    await using _worker = startWorker(daemon, ['sleep', '600']);
    await happens('task.claimed', () => daemon.client.jobs.trigger(job!.id));
  }
  const [task] = (await daemon.client.tasks.list()).tasks;
  expect(task).toMatchObject({ status: 'queued', task_run: { claims: 1, lapses: 0, error: 'the worker was stopped' } });
});

test('every verb works from the command line, and refusals say what to do', async () => {
  await using daemon = await openScratchDaemon({ config, environment: process.env });
  const rouse = (...words: string[]) => runRouse([...words, '--home', daemon.home]);
  const json = async (...words: string[]) => JSON.parse((await rouse(...words, '-o', 'json')).stdout);
  const claim = async () => (await json('tasks', 'claim', '--owner', 'human:ada', '--worker', 'ada')).claim;

  expect((await rouse('tasks', 'list')).stdout).toContain('No tasks.');
  const made = await json('tasks', 'create', '--title', 'Answer', '--owner', 'human:ada', '--key', 'k1');
  expect(await json('tasks', 'create', '--title', 'Answer', '--owner', 'human:ada', '--key', 'k1')).toEqual(made);
  expect(await rouse('tasks', 'claim', '--channel', 'elsewhere')).toMatchObject({
    status: 7,
    stdout: expect.stringContaining('no queued task'),
  });

  const first = await claim();
  const run = first.task.task_run.id;
  expect((await json('tasks', 'heartbeat', run, '--token', first.lease_token, '--lease', '1h')).task.status).toBe(
    'claimed',
  );
  expect(await rouse('tasks', 'heartbeat', run, '--token', first.lease_token, '--lease', '1ms')).toMatchObject({
    status: 5,
  });
  expect(await rouse('tasks', 'release', run, '--token', first.lease_token, '--reason', 'lunch')).toMatchObject({
    status: 0,
  });
  const lost = await rouse('tasks', 'complete', run, '--token', first.lease_token);
  expect(lost).toMatchObject({ status: 4, stderr: expect.stringContaining('claim again') });

  const second = await claim();
  expect(
    (await rouse('tasks', 'complete', run, '--token', second.lease_token, '--result', 'Answered.')).stdout,
  ).toContain('completed');
  expect((await rouse('tasks', 'get', made.task.id)).stdout).toMatch(/completed[\s\S]*Answered\./);
  expect((await rouse('tasks', 'list', '--owner', 'human:ada')).stdout).toContain('Answered.');
  expect((await rouse('tasks', 'list', '--owner', 'nobody')).stderr).toContain('KIND:REF');

  await json('tasks', 'create', '--title', 'Another', '--owner', 'human:ada');
  const third = await claim();
  expect(
    (await rouse('tasks', 'fail', third.task.task_run.id, '--token', third.lease_token, '--error', 'no way')).status,
  ).toBe(0);
  const fourth = (await json('tasks', 'create', '--title', 'Last')).task;
  expect((await json('tasks', 'cancel', fourth.id, '--reason', 'moot')).task).toMatchObject({
    status: 'canceled',
    task_run: { error: 'moot', ended_by: 'user:cli' },
  });
  expect(await rouse('tasks', 'get', 'task_none')).toMatchObject({ status: 3 });

  expect((await json('jobs', 'run', 'hand', '--wait')).run.status).toBe('delegated');
  expect((await rouse('runs', 'list')).stdout).toMatch(/delegated.*task queued/);
  expect((await json('runs', 'list')).runs[0].task).toMatchObject({ status: 'queued', title: 'Weekly look' });
}, 60_000);

test('whoever waits for a task hears its end, and ends as it did', async () => {
  await using daemon = await openScratchDaemon({ config, environment: process.env, withinMs: 60_000 });
  const { client, home } = daemon;
  const [done, undone, open] = await Promise.all(['a', 'b', 'c'].map((title) => client.tasks.create({ title })));
  const finish = async (id: string, how: 'complete' | 'cancel'): Promise<void> => {
    if (how === 'cancel') return void (await client.tasks.cancel(id));
    const claim = (await client.tasks.claim({ task_id: id }))!;
    await client.tasks.complete(claim.task.task_run.id, { lease_token: claim.lease_token, output: 'It is done.' });
  };
  const waiting = runRouseHere(['tasks', 'wait', done!.id], { home });
  await finish(done!.id, 'complete');
  expect(await waiting).toMatchObject({ status: 0, stdout: expect.stringContaining('It is done.') });
  await finish(undone!.id, 'cancel');
  expect(await runRouseHere(['tasks', 'wait', undone!.id], { home })).toMatchObject({ status: 11 });
  expect(await runRouseHere(['tasks', 'wait', open!.id, '--timeout', '20ms'], { home })).toMatchObject({
    status: 7,
    stdout: `${open!.id} is still queued after 20ms.\n`,
  });
}, 120_000);
