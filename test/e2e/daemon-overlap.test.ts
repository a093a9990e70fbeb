// A job that takes three times as long as the distance of its fires, under each overlap policy at once on one daemon.
import { expect, test } from 'vitest';
import type { ApiRun } from '../../src/client/client.ts';
import { openScratchDaemon } from '../../src/testing/scratch-daemon.ts';
import { bringToRest, judge, loadToml, type LoadJob } from '../crash/crash-load.ts';
import { type Execution, readExecutions } from '../crash/executions.ts';

const INTERVAL_MS = 250;
const WORK_S = 0.75;
/** About three runs one after the other. */
const WINDOW_MS = 2_500;

const POLICIES = ['skip', 'queue', 'queue_all', 'cancel_running', 'allow'] as const;

const jobs = POLICIES.map((overlap): LoadJob => ({
  name: overlap,
  overlap,
  schedule: `{ mode = "every", interval = "${INTERVAL_MS}ms" }`,
  prompt: [`sleep ${WORK_S}`],
  ...(overlap === 'allow' ? { together: true } : {}),
}));

/** The most that were at work in one moment, by their own marks; one that was ended counts until the next began. */
function mostAtOnce(executions: readonly Execution[]): number {
  const finished = executions.filter(({ endedMs }) => endedMs !== undefined);
  return Math.max(
    0,
    ...finished.map(
      ({ begunMs }) => finished.filter((other) => other.begunMs <= begunMs && begunMs < other.endedMs!).length,
    ),
  );
}

test('every overlap policy does what it says while fires come faster than runs end', async () => {
  await using daemon = await openScratchDaemon({
    environment: process.env,
    config: loadToml({ jobs, maxConcurrent: 100 }),
  });
  const { jobs: stored } = await daemon.client.jobs.list();
  const begin = Math.max(...stored.map(({ created_at }) => Date.parse(created_at)));
  await daemon.waitForRun(({ scheduled_at }) => Date.parse(scheduled_at ?? '') > begin + WINDOW_MS);
  const before = await bringToRest(daemon);
  expect(await judge({ daemon, jobs: before })).toEqual([]);

  const all = (await daemon.runs()).toReversed();
  const executions = await readExecutions(daemon.folder);
  const of = (policy: (typeof POLICIES)[number]) => {
    const id = stored.find(({ name }) => name === policy)!.id;
    const rows = all
      // What was due and not yet decided when the job was switched off is another story.
      .filter((run) => run.job_id === id && run.reason !== 'misfire')
      .toSorted((a, b) => a.scheduled_at!.localeCompare(b.scheduled_at!));
    const by = (status: ApiRun['status']) => rows.filter((run) => run.status === status);
    const own = executions.filter(({ run_id }) => rows.some(({ id: each }) => each === run_id));
    return {
      rows,
      completed: by('completed'),
      canceled: by('canceled'),
      failed: by('failed'),
      atOnce: mostAtOnce(own),
      own,
    };
  };

  const skip = of('skip');
  expect(skip.atOnce).toBe(1);
  expect(skip.completed.length).toBeGreaterThanOrEqual(2);
  expect(skip.canceled.length).toBeGreaterThan(skip.completed.length);
  for (const run of skip.canceled) {
    expect(run).toMatchObject({ reason: 'overlap', error: expect.stringMatching(/^run run_\w+ was still \w+ing/) });
    expect(run.started_at).toBeUndefined();
  }

  const queue = of('queue');
  expect(queue.atOnce).toBe(1);
  expect(queue.completed.length).toBeGreaterThanOrEqual(2);
  for (const run of queue.canceled) {
    expect(run).toMatchObject({ reason: 'overlap', error: expect.stringContaining('took its place in the queue') });
  }
  // Whichever instant runs is the newest that had come when the run before it ended: the next one came later.
  for (const [index, run] of queue.completed.entries()) {
    const before = queue.completed[index - 1];
    const next = queue.rows.find(({ scheduled_at: at }) => at! > run.scheduled_at!);
    if (before === undefined || next === undefined) continue;
    expect(Date.parse(next.created_at)).toBeGreaterThanOrEqual(Date.parse(before.ended_at!));
  }

  const queueAll = of('queue_all');
  expect(queueAll.atOnce).toBe(1);
  expect(queueAll.canceled).toEqual([]);
  expect(queueAll.completed.length).toBe(queueAll.rows.length);
  const started = queueAll.rows.map(({ started_at: at }) => at!);
  expect(started).toEqual(started.toSorted());

  const replaced = of('cancel_running');
  expect(replaced.atOnce).toBeLessThanOrEqual(1);
  expect(replaced.completed.length).toBeGreaterThanOrEqual(1);
  expect(replaced.canceled.length).toBeGreaterThan(replaced.completed.length);
  for (const run of replaced.canceled) {
    expect(run).toMatchObject({ reason: 'overlap', actor: expect.stringMatching(/^overlap:run_/) });
  }
  // The newest one is never the one that is given up.
  expect(replaced.rows.at(-1)).toMatchObject({ status: 'completed' });

  const allow = of('allow');
  expect(allow.canceled).toEqual([]);
  expect(allow.completed.length).toBe(allow.rows.length);
  expect(allow.atOnce).toBeGreaterThanOrEqual(2);
  for (const { failed } of [skip, queue, queueAll, replaced, allow]) expect(failed).toEqual([]);
}, 60_000);
