// A daemon that was stopped and goes on later, and a clock that is set either way: the instants that passed meanwhile
// follow their policies, and nothing runs twice.
import { expect, test } from 'vitest';
import { delay, systemClock } from '../../src/clock/clock.ts';
import type { ApiRun } from '../../src/client/client.ts';
import { openScratchDaemon } from '../../src/testing/scratch-daemon.ts';
import { bringToRest, crashDaemonCommand, judge, loadToml, type LoadJob } from './crash-load.ts';
import { SettableClock } from './settable-clock.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** First attempts for instants in this span, by what became of them. */
function rowsBetween(runs: readonly ApiRun[], p: { jobId: string; from: number; until: number }) {
  const rows = runs.filter(({ job_id, attempt, scheduled_at: at, missed }) => {
    const instant = Date.parse(missed?.last ?? at ?? '');
    return job_id === p.jobId && attempt === 1 && instant > p.from && instant < p.until;
  });
  return {
    started: rows.filter((row) => row.missed === undefined),
    missed: rows.filter((row) => row.missed !== undefined),
  };
}

test('a daemon that was stopped for a while decides the late instants by their policy when it goes on', async () => {
  const stallMs = 2_500;
  const jobs: LoadJob[] = [
    {
      name: 'replayed',
      schedule: '{ mode = "every", interval = "300ms", catch_up_policy = "replay" }',
      prompt: [],
      overlap: 'queue_all',
    },
    {
      name: 'coalesced',
      schedule: '{ mode = "every", interval = "300ms", catch_up_policy = "coalesce" }',
      prompt: [],
      overlap: 'queue_all',
    },
    {
      name: 'windowed',
      schedule: '{ mode = "every", interval = "300ms", catch_up_policy = "replay", catch_up_window = "700ms" }',
      prompt: [],
      overlap: 'queue_all',
    },
  ];
  const onceAt = Date.now() + 4_000;
  await using daemon = await openScratchDaemon({ environment: process.env, config: loadToml({ jobs, onceAt }) });
  const { jobs: stored } = await daemon.client.jobs.list();
  const idOf = (name: string): string => stored.find((job) => job.name === name)!.id;
  await daemon.waitUntil(() => Date.now() > onceAt - 500);
  const from = Date.now();
  daemon.signal('SIGSTOP');
  // What is tested is that this much time passes while the process stands still.
  await delay(systemClock(), stallMs);
  const until = Date.now();
  daemon.signal('SIGCONT');
  await daemon.waitForRun(({ job_id, ended_at }) => job_id === idOf('once') && ended_at !== undefined);
  await daemon.waitForRun(
    ({ job_id, scheduled_at }) => job_id === idOf('replayed') && Date.parse(scheduled_at!) > until + 300,
  );
  const before = await bringToRest(daemon);
  expect(await judge({ daemon, jobs: before })).toEqual([]);

  const runs = await daemon.runs();
  const rows = (name: string) => rowsBetween(runs, { jobId: idOf(name), from, until });
  expect(rows('replayed').missed).toEqual([]);
  expect(rows('replayed').started.length).toBeGreaterThanOrEqual(Math.floor(stallMs / 300) - 1);
  expect(rows('replayed').started.map(({ status }) => status)).not.toContain('canceled');
  // The newest instant may have come just after the stall, when the tick was under way.
  expect(rows('coalesced').missed).toMatchObject([{ status: 'canceled', reason: 'misfire' }]);
  expect(rows('coalesced').started.length).toBeLessThanOrEqual(2);
  expect(rows('windowed').missed).toMatchObject([{ reason: 'misfire' }]);
  expect(rows('windowed').started.length).toBeGreaterThan(0);
  expect(rows('windowed').started.length).toBeLessThanOrEqual(4);
  expect(runs.filter(({ job_id }) => job_id === idOf('once'))).toMatchObject([{ status: 'completed' }]);
}, 40_000);

test('a clock set forward fires what it jumped over by policy, set back it repeats nothing', async () => {
  await using clock = await SettableClock.open();
  const every10m = (name: string, policy: string): LoadJob => ({
    name,
    schedule: `{ mode = "every", interval = "10m", catch_up_policy = "${policy}" }`,
    prompt: [],
    overlap: 'queue_all',
  });
  const jobs: LoadJob[] = [
    every10m('replayed', 'replay'),
    every10m('coalesced', 'coalesce'),
    every10m('skipped', 'skip_missed'),
    {
      name: 'steady',
      schedule: '{ mode = "every", interval = "300ms", catch_up_policy = "coalesce" }',
      prompt: [],
      overlap: 'queue_all',
    },
  ];
  const onceAt = Date.now() + 30 * MINUTE;
  await using daemon = await openScratchDaemon({
    command: crashDaemonCommand,
    environment: { ...process.env, ...clock.environment },
    config: loadToml({ jobs, onceAt }),
  });
  const { jobs: stored } = await daemon.client.jobs.list();
  const idOf = (name: string): string => stored.find((job) => job.name === name)!.id;
  const countsOf = async () => {
    const rows = (await daemon.runs()).filter(({ ended_at }) => ended_at !== undefined);
    return Object.fromEntries(
      ['replayed', 'coalesced', 'skipped', 'once'].map((name) => {
        const own = rows.filter(({ job_id }) => job_id === idOf(name));
        return [
          name,
          [own.filter(({ status }) => status === 'completed').length, own.filter(({ missed }) => missed).length],
        ];
      }),
    );
  };
  const afterTheJump = { replayed: [6, 0], coalesced: [1, 1], skipped: [0, 1], once: [0, 1] };

  await daemon.waitForRun(({ job_id, status }) => job_id === idOf('steady') && status === 'completed');
  clock.setOffset(65 * MINUTE);
  await daemon.waitUntil(async () => JSON.stringify(await countsOf()) === JSON.stringify(afterTheJump));
  const steadyAhead = await daemon.waitForRun(
    ({ job_id, scheduled_at }) => job_id === idOf('steady') && Date.parse(scheduled_at!) > clock.now() - MINUTE,
  );

  clock.setOffset(-2 * HOUR);
  const { now_at } = await daemon.client.status();
  expect(Math.abs(Date.parse(now_at) - clock.now())).toBeLessThan(5_000);
  // Whatever is due by the clock as it stands now fires; what was decided before the clock went back does not again.
  const { job: dueNow } = await daemon.client.jobs.create({
    name: 'due-now',
    scope: 'global',
    agent_name: 'marker',
    prompt: 'say here I am',
    schedule: { mode: 'at', time: new Date(clock.now() + 1_000).toISOString() },
  });
  await daemon.waitForRun(({ job_id, status }) => job_id === dueNow.id && status === 'completed');
  expect(await countsOf()).toEqual(afterTheJump);
  const newest = (await daemon.client.jobs.runs(idOf('steady'), { limit: 1 })).runs[0]!;
  expect(Date.parse(newest.scheduled_at!)).toBeLessThan(Date.parse(steadyAhead.scheduled_at!) + MINUTE);

  // Back where it had been, and a little on: the grid goes on as if nothing had happened.
  clock.setOffset(66 * MINUTE);
  const setAt = clock.now();
  await daemon.waitForRun(
    ({ job_id, scheduled_at, status }) =>
      job_id === idOf('steady') && status === 'completed' && Date.parse(scheduled_at!) > setAt,
  );
  expect(await countsOf()).toEqual(afterTheJump);
  const before = await bringToRest(daemon);
  expect(await judge({ daemon, jobs: before })).toEqual([]);
}, 40_000);
