// Nine o'clock: fifty jobs are due in one second, five may run at once, and all of them do.
import { expect, test } from 'vitest';
import { openScratchDaemon } from '../../src/testing/scratch-daemon.ts';
import { bringToRest, crashDaemonCommand, loadToml, type LoadJob } from '../crash/crash-load.ts';
import { readExecutions } from '../crash/executions.ts';
import { SettableClock } from '../crash/settable-clock.ts';

const NINE = Date.UTC(2027, 2, 1, 9);
const ONE_SHOTS = 6;
const JOBS = 50;
const CAP = 5;

const jobs = Array.from({ length: JOBS }, (_, index): LoadJob => ({
  name: `job-${index}`,
  schedule:
    index < ONE_SHOTS
      ? `{ mode = "at", time = "${new Date(NINE).toISOString()}" }`
      : '{ mode = "cron", expr = "0 9 * * *" }',
  prompt: ['sleep 0.1'],
}));

test('fifty jobs due in one second all run, never more than five at once', async () => {
  await using clock = await SettableClock.open();
  clock.setTo(NINE - 3_600_000);
  await using daemon = await openScratchDaemon({
    command: crashDaemonCommand,
    environment: { ...process.env, ...clock.environment },
    config: loadToml({ jobs, maxConcurrent: CAP }),
  });
  expect(await daemon.runs()).toEqual([]);
  const upcoming = await daemon.client.next({ limit: 100 });
  expect(upcoming.fires.filter(({ at }) => Date.parse(at) === NINE)).toHaveLength(JOBS);

  clock.setTo(NINE - 500);
  await daemon.waitUntil(
    async () => (await daemon.runs()).filter(({ ended_at: at }) => at !== undefined).length >= JOBS,
    {
      withinMs: 30_000,
    },
  );
  await bringToRest(daemon);
  const runs = await daemon.runs();
  expect(runs).toHaveLength(JOBS);
  expect(new Set(runs.map(({ job_id }) => job_id)).size).toBe(JOBS);
  for (const run of runs) {
    expect(run).toMatchObject({ status: 'completed', attempt: 1, scheduled_at: new Date(NINE).toISOString() });
    expect(Date.parse(run.started_at!)).toBeGreaterThanOrEqual(NINE);
  }

  const executions = await readExecutions(daemon.folder);
  expect(executions).toHaveLength(JOBS);
  const atOnce = executions.map(
    ({ begunMs }) => executions.filter((other) => other.begunMs <= begunMs && begunMs < other.endedMs!).length,
  );
  expect(Math.max(...atOnce)).toBeLessThanOrEqual(CAP);
  // The cap is used, too: they did not run one after the other.
  expect(Math.max(...atOnce)).toBeGreaterThan(1);
  const { jobs: stored } = await daemon.client.jobs.list({ limit: 100 });
  for (const job of stored.filter(({ schedule }) => schedule?.mode === 'at')) expect(job.next_fires).toEqual([]);
}, 60_000);
