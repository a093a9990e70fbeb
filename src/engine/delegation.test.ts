// Runs that are handed over instead of executed: overlap, failures in a row, retries and cancels, crashes in between.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Job } from '../model/job.ts';
import type { Task } from '../model/task.ts';
import { openSqliteStore } from '../store/sqlite/open-sqlite-store.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { Houses } from './testing/houses.ts';
import type { TestHouse } from './testing/test-house.ts';

const houses = new Houses({
  openStore: openSqliteStore,
  makeFolder: () => mkdtempSync(join(tmpdir(), 'rouse-delegation-')),
  removeFolder: (folder) => rmSync(folder, { recursive: true }),
  clock: (startMs) => new ManualClock(startMs),
});

const MINUTE = 60_000;

describe('a job with a task', () => {
  let house: TestHouse;
  beforeEach(async () => {
    house = await houses.start();
  });
  afterEach(() => houses.close());

  const everyMinute = (parts: Partial<Job> = {}) =>
    house.addJob({
      name: 'hand',
      agent_name: '',
      prompt: 'Look at everything.',
      schedule: { mode: 'every', interval: '1m' },
      task: { title: 'Look', owner: { kind: 'pool', ref: 'triage' }, network_channel: 'reviews' },
      ...parts,
    });
  const allTasks = async (): Promise<Task[]> => (await house.store.listTasks({ query: {} })).items.toReversed();
  const statuses = async (): Promise<string[]> => (await allTasks()).map(({ status }) => status);
  const take = async () => {
    const claim = await house.tasks.claimTask({ worker: 'ada', filter: { network_channel: 'reviews' } });
    return { task_run_id: claim!.task.task_run.id, lease_token: claim!.lease_token, actor: 'ada' };
  };

  test('hands each fire over as one task that says what is to be done', async () => {
    await everyMinute();
    await house.jump(MINUTE);
    const [run] = await house.runs();
    const [task, ...others] = await allTasks();
    expect(others).toEqual([]);
    expect(run).toMatchObject({ status: 'delegated', task_id: task!.id, task_run_id: task!.task_run.id });
    expect(run?.started_at).toBeUndefined();
    expect(task).toMatchObject({
      title: 'Look',
      description: 'Look at everything.',
      owner: { kind: 'pool', ref: 'triage' },
      network_channel: 'reviews',
      status: 'queued',
      run_id: run!.id,
      created_by: 'automation:job_hand',
      task_run: { idempotency_key: `run:${run!.id}` },
    });
    expect(house.heard('task.created').map((happening) => happening.task.id)).toEqual([task!.id]);
    expect(house.heard('run.finished').map((happening) => happening.run.status)).toEqual(['delegated']);
    expect(house.agents.open).toHaveLength(0);
  });

  test('needs no slot: it is handed over while the house is full, and not while everything is paused', async () => {
    house.settings.maxConcurrentJobs = 0;
    await everyMinute();
    await house.commands.pause({ actor: 'user:test' });
    await house.commands.runJobNow({ id: 'job_hand', actor: 'user:test' });
    await house.settle();
    expect(await statuses()).toEqual([]);
    await house.commands.resume({ actor: 'user:test' });
    await house.settle();
    expect(await statuses()).toEqual(['queued']);
  });

  test('skip: while the task is open, a fire leaves a row that names it; afterwards the next one is handed over', async () => {
    await everyMinute();
    await house.pass(3 * MINUTE, MINUTE);
    expect(await house.story('hand')).toEqual(['delegated', 'canceled overlap', 'canceled overlap']);
    const [first, second] = await house.runs();
    expect(second?.error).toBe(`the task of run ${first!.id} was still open (overlap: skip)`);
    await house.tasks.completeTask({ ...(await take()), output: 'done' });
    await house.jump(MINUTE);
    expect((await house.story('hand')).at(-1)).toBe('delegated');
    expect(await statuses()).toEqual(['completed', 'queued']);
  });

  test('queue: one fire waits and is handed over when the task is closed', async () => {
    await everyMinute({ overlap: 'queue' });
    await house.pass(3 * MINUTE, MINUTE);
    expect(await house.story('hand')).toEqual(['delegated', 'canceled overlap', 'scheduled']);
    await house.tasks.completeTask(await take());
    await house.settle();
    expect((await house.story('hand')).at(-1)).toBe('delegated');
  });

  test('cancel_running: the newer fire replaces the open task', async () => {
    await everyMinute({ overlap: 'cancel_running' });
    await house.pass(2 * MINUTE, MINUTE);
    expect(await house.story('hand')).toEqual(['delegated', 'delegated']);
    const [first] = await allTasks();
    expect(await statuses()).toEqual(['canceled', 'queued']);
    expect(first?.task_run.error).toContain('in favour of the newer run');
  });

  test('allow: tasks pile up as they come', async () => {
    await everyMinute({ overlap: 'allow' });
    await house.pass(3 * MINUTE, MINUTE);
    expect(await statuses()).toEqual(['queued', 'queued', 'queued']);
  });

  test('failed tasks are failed fires: after so many in a row the job is paused; a completed one begins anew', async () => {
    await everyMinute({ pause_after_failures: 2 });
    for (const end of ['fail', 'complete', 'fail', 'fail'] as const) {
      await house.jump(MINUTE);
      const claim = await take();
      if (end === 'fail') await house.tasks.failTask({ ...claim, error: 'cannot' });
      else await house.tasks.completeTask(claim);
      await house.settle();
    }
    expect((await house.record('hand')).paused?.error).toContain('2 fires in a row failed for good');
    expect(house.heard('automation.paused')).toHaveLength(1);
    await house.jump(MINUTE);
    expect(await statuses()).toEqual(['failed', 'completed', 'failed', 'failed']);
  });

  test('a canceled task is nobody’s failure', async () => {
    await everyMinute({ pause_after_failures: 1 });
    await house.jump(MINUTE);
    const [run] = await house.runs();
    await house.commands.cancelRun({ id: run!.id, actor: 'user:bob' });
    expect((await allTasks())[0]).toMatchObject({ status: 'canceled', task_run: { error: 'canceled by user:bob' } });
    expect(await house.record('hand')).toMatchObject({ enabled: true, consecutive_failures: 0 });
    expect(house.heard('task.finished')).toHaveLength(1);
    await house.commands.cancelRun({ id: run!.id, actor: 'user:bob' });
    expect(house.heard('task.finished')).toHaveLength(1);
  });

  test('a run is retried as a new task, and not while its task is open', async () => {
    const job = await everyMinute({ schedule: { mode: 'every', interval: '24h' } });
    const run = await house.commands.runJobNow({ id: job.id, actor: 'user:test' });
    await house.settle();
    const retry = { id: run.id, actor: 'user:test' };
    await expect(house.commands.retryRun(retry)).rejects.toMatchObject({ code: 'run_not_finished' });
    await house.tasks.failTask({ ...(await take()), error: 'cannot' });
    const again = await house.commands.retryRun(retry);
    await house.settle();
    expect(again).toMatchObject({ attempt: 2, fire_id: run.fire_id });
    expect(await statuses()).toEqual(['failed', 'queued']);
  });

  test('a worker that falls silent loses the task to the next one, at the instant its lease ends', async () => {
    await everyMinute({ schedule: { mode: 'every', interval: '24h' } });
    await house.commands.runJobNow({ id: 'job_hand', actor: 'user:test' });
    await house.settle();
    const filter = {};
    const first = await house.tasks.claimTask({ worker: 'ada', leaseMs: 1700, filter });
    await house.settle();
    await house.pass(1699, 100);
    expect(await statuses()).toEqual(['claimed']);
    await house.pass(1, 1);
    expect(await statuses()).toEqual(['queued']);
    expect(house.heard('task.requeued')).toHaveLength(1);
    await expect(
      house.tasks.completeTask({ task_run_id: first!.task.task_run.id, lease_token: first!.lease_token, actor: 'ada' }),
    ).rejects.toMatchObject({ code: 'task_lease_lost' });
    const second = await house.tasks.claimTask({ worker: 'bob', filter });
    expect(second?.task.task_run).toMatchObject({ claimed_by: 'bob', claims: 2, lapses: 1 });
  });

  test.each(['before', 'after'] as const)('a step that fails %s it took effect hands over once', async (when) => {
    house.watched.fail('delegateRuns', { when, times: 3 });
    await everyMinute();
    await house.jump(MINUTE);
    await house.pass(5_000);
    expect(await house.story('hand')).toEqual(['delegated']);
    expect(await statuses()).toEqual(['queued']);
  });

  test('a process that dies around the handing over leaves the run waiting, or handed over, never in between', async () => {
    await everyMinute();
    house.watched.fail('delegateRuns', { times: 1000 });
    await house.jump(MINUTE);
    expect(await house.story('hand')).toEqual(['scheduled']);
    await house.killAndStart();
    expect(await house.story('hand')).toEqual(['delegated']);
    await house.killAndStart();
    expect(await statuses()).toEqual(['queued']);
  });
});
