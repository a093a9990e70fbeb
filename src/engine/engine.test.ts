import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { Job } from '../model/job.ts';
import { openSqliteStore } from '../store/sqlite/open-sqlite-store.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { diskFull } from './testing/watched-store.ts';
import { Houses, NOON } from './testing/houses.ts';
import type { TestHouse } from './testing/test-house.ts';

/** Where a clock that hurries stands still, so that nothing waits for ever for it to be overtaken. */
const LOOKS_MAX = 5_000;

/** A clock that somebody may set, as people and time servers do; timers know nothing of it. */
class WallClock extends ManualClock {
  looks = 0;
  #setBackMs = 0;
  #hurryMs = 0;
  #hurriedMs = 0;

  override now(): number {
    this.looks += 1;
    if (this.looks < LOOKS_MAX) this.#hurriedMs += this.#hurryMs;
    return super.now() + this.#hurriedMs - this.#setBackMs;
  }

  /** From here on every look at the clock takes so long, as far as the clock is concerned. */
  hurry(ms: number): void {
    this.looks = 0;
    this.#hurryMs = ms;
  }

  setBack(ms: number): void {
    this.#setBackMs += ms;
  }
}

const houses = new Houses({
  openStore: openSqliteStore,
  makeFolder: () => mkdtempSync(join(tmpdir(), 'rouse-engine-')),
  removeFolder: (folder) => rmSync(folder, { recursive: true }),
  clock: (startMs) => new WallClock(startMs),
});
afterEach(() => houses.close());

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const every = { mode: 'every', interval: '1m' } as const;
const hourly = { mode: 'every', interval: '1h' } as const;

describe('sleeping and waking', () => {
  test('an idle engine asks the store for nothing, except every ten seconds', async () => {
    const house = await houses.start();
    await house.addJob({ name: 'a', schedule: hourly });
    await house.settle();
    house.watched.forgetCalls();
    await house.pass(9 * SECOND);
    expect(house.watched.callCount).toBe(0);
    await house.pass(51 * SECOND);
    expect(house.watched.calls.get('listAbandoned')).toBe(6);
    expect(house.watched.callCount).toBeLessThanOrEqual(6 * 9);
  });

  test('a job due in an hour fires when the clock jumps there, within one look', async () => {
    const house = await houses.start();
    await house.addJob({ name: 'a', schedule: hourly });
    await house.jump(HOUR - 1);
    expect(house.agents.conversations).toHaveLength(0);
    await house.jump(1);
    expect(house.agents.conversations).toHaveLength(1);
    expect((await house.runs())[0]).toMatchObject({ scheduled_at: house.now, started_at: house.now });
  });

  test('it fires at its instant, not at the next look', async () => {
    const house = await houses.start();
    await house.addJob({ name: 'a', schedule: { mode: 'every', interval: '1234ms' } });
    await house.pass(1234, 1);
    expect((await house.runs())[0]).toMatchObject({ started_at: NOON + 1234 });
  });

  test('a night of sleep is found as missed instants, the newest within its grace runs', async () => {
    const house = await houses.start();
    await house.addJob({ name: 'a', schedule: every });
    await house.jump(8 * HOUR + 10 * SECOND);
    expect(await house.story('a')).toEqual(['canceled misfire', 'running']);
    expect((await house.runs())[0]).toMatchObject({ missed: { count: 479 } });
    expect((await house.record('a')).cursor?.misfire_count).toBe(479);
  });

  test('a clock that is set back starts nothing twice, and goes on when it has caught up', async () => {
    const house = await houses.start();
    await house.addJob({ name: 'a', schedule: every });
    await house.jump(MINUTE);
    house.agents.last.answer();
    await house.settle();
    (house.clock as WallClock).setBack(30 * MINUTE);
    await house.pass(30 * MINUTE, 10 * SECOND);
    expect(await house.story('a')).toEqual(['completed']);
    await house.pass(MINUTE, 10 * SECOND);
    expect(await house.story('a')).toEqual(['completed', 'running']);
  });

  test('jobs that come due faster than a tick ends leave everybody else their turns', async () => {
    const house = await houses.open();
    await house.addJob({ name: 'a', schedule: { mode: 'every', interval: '1ms' } });
    const clock = house.clock as WallClock;
    clock.hurry(2);
    house.engine.start();
    let ticks = 0;
    for (; ticks < 20; ticks += 1) {
      await new Promise<void>((resolve) => {
        setImmediate(resolve);
      });
      clock.advance(0);
    }
    // A loop that never lets go would have looked at the clock until it stood still.
    expect(clock.looks).toBeLessThan(LOOKS_MAX);
    clock.hurry(0);
  });

  test('a change is noticed when the engine is poked, without waiting for a look', async () => {
    const house = await houses.start();
    await house.commands.createJob({
      written: {
        scope: 'global',
        name: 'b',
        agent_name: 'echo',
        prompt: 'Hello.',
        schedule: { mode: 'every', interval: '1s' },
      },
      actor: 'user:test',
    });
    const before = house.watched.calls.get('planFires') ?? 0;
    await house.settle();
    expect(house.watched.calls.get('planFires')).toBeGreaterThan(before);
  });

  test('thousands of due jobs are planned in one tick, and the event loop is heard in between', async () => {
    const house = await houses.open();
    for (let n = 0; n < 450; n += 1) await house.addJob({ name: `j${n}`, schedule: every });
    house.clock.advance(MINUTE);
    house.engine.start();
    const turns: number[] = [];
    for (let turn = 0; turn < 40; turn += 1) {
      turns.push((await house.store.readCounts()).scheduled + house.agents.conversations.length);
      await new Promise<void>((resolve) => {
        setImmediate(resolve);
      });
      house.clock.advance(0);
    }
    expect(new Set(turns)).toContain(200);
    expect(new Set(turns)).toContain(400);
    expect(house.agents.conversations).toHaveLength(5);
  });
});

describe('the loop never spins', () => {
  const blocked: [string, (house: TestHouse) => Promise<void>][] = [
    [
      'by the caps',
      async (house) => {
        house.settings.maxConcurrentJobs = 1;
        for (const name of ['a', 'b', 'c']) await house.addJob({ name, schedule: hourly, timeout: '0' });
      },
    ],
    [
      'by an overlap',
      (house) => house.addJob({ name: 'a', schedule: hourly, overlap: 'queue', timeout: '0' }).then(() => {}),
    ],
    [
      'by a hold of the agent',
      async (house) => {
        await house.store.holdAgent({
          now: house.now,
          hold: { agent_name: 'echo', until: house.now + 100 * HOUR, reason: 'exhausted' },
        });
        await house.addJob({ name: 'a', schedule: hourly });
      },
    ],
    [
      'by a pause',
      async (house) => {
        await house.addJob({ name: 'a', schedule: hourly });
        await house.commands.pause({ actor: 'user:test' });
      },
    ],
  ];
  test.each(blocked)('while runs are kept back %s', async (_title, prepare) => {
    const house = await houses.start();
    await prepare(house);
    await house.jump(HOUR);
    await house.jump(HOUR);
    await house.settle();
    house.watched.forgetCalls();
    await house.pass(10 * MINUTE);
    expect(house.watched.calls.get('nextWakeAt')).toBeLessThanOrEqual(61);
    expect(house.watched.callCount).toBeLessThanOrEqual(61 * 11);
  });

  test('while the store is in trouble it tries about once a second', async () => {
    const house = await houses.start();
    house.watched.fail('expireRuns', { times: 1000 });
    house.engine.poke();
    await house.settle();
    house.watched.forgetCalls();
    await house.pass(MINUTE);
    expect(house.watched.calls.get('expireRuns')).toBeGreaterThanOrEqual(55);
    expect(house.watched.calls.get('expireRuns')).toBeLessThanOrEqual(61);
  });
});

describe('trouble with the store', () => {
  const steps = ['planFires', 'claimRuns', 'startRun', 'finishRun', 'appendTranscript'] as const;
  const cases = steps.flatMap((step) => (['before', 'after'] as const).map((when) => ({ step, when })));

  test.each(cases)('$step fails $when its effect: said once, tried again, nothing lost or doubled', async (p) => {
    const house = await houses.start();
    house.watched.fail(p.step, { when: p.when, times: 3 });
    await house.addJob({ name: 'a', schedule: hourly });
    await house.jump(HOUR);
    await house.pass(6 * SECOND);
    expect(house.agents.conversations).toHaveLength(1);
    house.agents.last.say('one');
    house.agents.last.say('two');
    house.agents.last.answer();
    await house.pass(6 * SECOND);
    expect(await house.story('a')).toEqual(['completed']);
    expect(house.agents.conversations).toHaveLength(1);
    expect(house.heard('service.failed')).toHaveLength(1);
    expect(house.heard('service.failed')[0]).toMatchObject({ code: 'disk_full' });
    expect(house.heard('service.recovered').map((each) => each.service)).toEqual([
      house.heard('service.failed')[0]!.service,
    ]);
    expect(house.heard('run.finished')).toHaveLength(1);
    const [run] = await house.runs();
    const entries = await house.store.readTranscript({ session_id: run!.session_id!, after_seq: 0, limit: 100 });
    expect(entries.map((entry) => [entry.seq, entry.text])).toEqual([
      [1, 'Say hello.'],
      [2, 'one'],
      [3, 'two'],
      [4, 'end_turn'],
    ]);
    expect(house.engine.health().trouble).toBeUndefined();
  });

  test('runs that a lost answer had claimed are executed, not forgotten', async () => {
    const house = await houses.start();
    house.watched.fail('claimRuns', { when: 'after' });
    for (const name of ['a', 'b']) await house.addJob({ name, schedule: hourly });
    await house.jump(HOUR);
    expect((await house.runs()).map((run) => run.status)).toEqual(['running', 'running']);
    expect(house.agents.conversations).toHaveLength(0);
    await house.pass(2 * SECOND);
    expect(house.agents.conversations).toHaveLength(2);
    expect(new Set(house.agents.conversations.map(({ start }) => start.token)).size).toBe(2);
  });

  test('a store that cannot be read before a start delays the run and does not fail it', async () => {
    const house = await houses.start();
    house.watched.fail('readSpending', { times: 3 });
    await house.addJob({ name: 'a', schedule: hourly, budget: { tokens: 1000 } });
    await house.jump(HOUR);
    expect(await house.story('a')).toEqual(['running']);
    expect(house.agents.conversations).toHaveLength(0);
    await house.pass(5 * SECOND);
    expect(house.agents.conversations).toHaveLength(1);
    expect(house.heard('service.recovered')).toHaveLength(1);
  });

  test('the health says what is wrong while it is', async () => {
    const house = await houses.start();
    house.watched.fail('planFires', { times: 2 });
    house.engine.poke();
    await house.settle();
    expect(house.engine.health().trouble).toBe(diskFull().message);
    await house.pass(3 * SECOND);
    expect(house.engine.health().last_tick_at).toBeGreaterThan(NOON);
    expect(house.engine.health().trouble).toBeUndefined();
  });

  test('stopping does not wait for a store that never recovers; a later start finishes the run', async () => {
    const house = await houses.start();
    await house.addJob({ name: 'a', schedule: hourly });
    await house.jump(HOUR);
    house.watched.fail('finishRun', { times: 1000 });
    const stopped = house.engine.stop({ graceMs: SECOND });
    await house.pass(20 * SECOND);
    await stopped;
    expect(await house.story('a')).toEqual(['running']);
    await house.killAndStart();
    expect(await house.story('a')).toEqual(['failed interrupted']);
  });
});

describe('after a crash', () => {
  async function crashed(parts: Parameters<TestHouse['addJob']>[0] = { name: 'a' }): Promise<TestHouse> {
    const house = await houses.start();
    await house.addJob({ schedule: hourly, ...parts });
    await house.jump(HOUR);
    return house;
  }

  test('a run whose process is gone is finished at once, and its retry policy decides', async () => {
    const house = await crashed({ name: 'a', retry: { strategy: 'backoff', max_retries: 1, base_delay: '5s' } });
    house.agents.processes.clear();
    await house.killAndStart();
    expect(await house.story('a')).toEqual(['failed interrupted', 'scheduled']);
    expect((await house.runs())[0]?.error).toBe('the daemon that carried this run out ended before the run did');
    await house.pass(6 * SECOND);
    expect(house.agents.conversations).toHaveLength(2);
  });

  test('a surviving process is ended first, and until it is gone the run runs', async () => {
    const house = await crashed();
    const { token } = house.agents.last.start;
    house.agents.immortal.add(token);
    await house.killAndStart();
    await house.pass(30 * SECOND);
    expect(await house.story('a')).toEqual(['running']);
    expect(house.agents.ended.length).toBeGreaterThanOrEqual(2);
    expect(house.heard('service.failed').map((each) => each.service)).toEqual(['rescuer']);
    house.agents.immortal.clear();
    await house.pass(20 * SECOND);
    expect(await house.story('a')).toEqual(['failed interrupted']);
    expect(house.heard('service.recovered').map((each) => each.service)).toEqual(['rescuer']);
  });

  test('a fire beside a run that is being rescued is still an overlap', async () => {
    const house = await crashed();
    house.agents.immortal.add(house.agents.last.start.token);
    await house.killAndStart();
    await house.pass(HOUR, 10 * SECOND);
    expect(await house.story('a')).toEqual(['running', 'canceled overlap']);
  });

  test('a run that left nothing alive does not make the fire that is due now an overlap', async () => {
    const house = await crashed();
    house.agents.processes.clear();
    house.watched.die();
    house.clock.advance(HOUR);
    await house.killAndStart();
    expect(await house.story('a')).toEqual(['failed interrupted', 'running']);
  });

  test('what waited simply goes on', async () => {
    const house = await houses.start({ settings: { maxConcurrentJobs: 1 } });
    for (const name of ['a', 'b']) await house.addJob({ name, schedule: hourly });
    await house.jump(HOUR);
    house.agents.processes.clear();
    await house.killAndStart();
    expect(await house.story('a')).toEqual(['failed interrupted']);
    expect(await house.story('b')).toEqual(['running']);
  });

  test('somebody had asked to cancel it: it ends as canceled, by that person, without a retry', async () => {
    const house = await crashed({ name: 'a', retry: { strategy: 'backoff', max_retries: 3, base_delay: '1s' } });
    house.agents.last.isStubborn = true;
    const [run] = await house.runs();
    await house.commands.cancelRun({ id: run!.id, actor: 'user:test' });
    house.agents.processes.clear();
    await house.killAndStart();
    expect((await house.runs()).map((each) => [each.status, each.reason, each.actor])).toEqual([
      ['canceled', 'user', 'user:test'],
    ]);
  });

  test('processes that cannot be looked for keep everything waiting, and that is said', async () => {
    const house = await crashed();
    house.agents.custodianError = new Error('the process table cannot be read');
    await house.killAndStart();
    expect(await house.story('a')).toEqual(['running']);
    expect(house.engine.health().trouble).toBe('the process table cannot be read');
    house.agents.custodianError = undefined;
    await house.pass(3 * SECOND);
    expect(await house.story('a')).toEqual(['failed interrupted']);
  });
});

describe('a definition that cannot be scheduled', () => {
  test('is parked with its error; the others go on', async () => {
    const house = await houses.start();
    await house.addJob({ name: 'a', schedule: every });
    await house.addJob({ name: 'b', schedule: every, agent_name: 'echo' });
    const place = house.placeCursor;
    await house.store.updateAutomation<never>({
      now: house.now,
      id: 'job_a',
      change: (current) => ({
        automation: { ...current, schedule: { mode: 'cron', expr: '0 9 * * *', timezone: 'Mars/Olympus' } },
      }),
      placeCursor: place,
    });
    await house.jump(MINUTE);
    expect(await house.story('b')).toEqual(['running']);
    const parked = await house.record('a');
    expect(parked.cursor?.parked_error).toContain('Mars/Olympus');
    expect(parked.cursor?.consecutive_resume_failures).toBe(1);
    const explained = await house.commands.explainJob({ id: 'job_a', at: house.now });
    expect(explained.outcome).toBe('unknown');
    expect(explained.sentence).toContain('Mars/Olympus');
  });
});

describe('a clock that is set back', () => {
  const hourly = { mode: 'cron', expr: '0 * * * *' } as const;
  const nextOf = async (house: Awaited<ReturnType<typeof houses.start>>) =>
    (await house.record('a')).cursor?.next_run_at;

  test('by hours decides nothing twice: the job waits until it catches up', async () => {
    const house = await houses.start();
    await house.addJob({ name: 'a', schedule: hourly });
    await house.jump(5 * HOUR);
    const before = await nextOf(house);
    house.clock.set(-4 * HOUR);
    await house.pass(3 * SECOND);
    expect(await nextOf(house)).toBe(before);
  });

  test('by a year had been wrong: the job goes on from now, and somebody is told', async () => {
    const house = await houses.start();
    await house.addJob({ name: 'a', schedule: hourly });
    await house.jump(365 * 24 * HOUR);
    house.clock.set(-365 * 24 * HOUR);
    await house.pass(11 * SECOND);
    expect(await nextOf(house)).toBe(NOON + HOUR);
    expect(house.heard('clock.corrected')).toMatchObject([{ was_at: NOON + 365 * 24 * HOUR }]);
    await house.jump(HOUR);
    const rows = (await house.runs()).filter((run) => run.scheduled_at === NOON + HOUR && run.missed === undefined);
    expect(rows).toHaveLength(1);
  });

  test('by a year while no daemon ran is noticed by the next one', async () => {
    const house = await houses.start();
    await house.addJob({ name: 'a', schedule: hourly });
    await house.jump(365 * 24 * HOUR);
    house.watched.die();
    house.clock.set(-365 * 24 * HOUR);
    await house.killAndStart();
    await house.pass(3 * SECOND);
    expect(await nextOf(house)).toBe(NOON + HOUR);
  });
});

describe('a job that missed a hundred thousand instants', () => {
  const second = { mode: 'every', interval: '1s' } as const;
  const table: [string, Job['schedule'], (number | undefined)[]][] = [
    ['skip_missed runs the newest', { ...second, catch_up_policy: 'skip_missed' }, [99_999, undefined]],
    ['coalesce runs the newest', { ...second, catch_up_policy: 'coalesce' }, [99_999, undefined]],
    [
      'replay runs the newest hundred, one after the other',
      { ...second, catch_up_policy: 'replay' },
      [99_900, ...Array.from({ length: 100 }, () => undefined)],
    ],
  ];
  test.each(table)('%s, with one row for the rest, in bounded time and memory', async (_title, schedule, rows) => {
    const house = await houses.start();
    await house.addJob({
      name: 'a',
      overlap: 'queue_all',
      fire_limit: { max: 1000, window: '1h' },
      ...(schedule === undefined ? {} : { schedule }),
    });
    const heapBefore = process.memoryUsage().heapUsed;
    const startedAt = performance.now();
    await house.jump(100_000 * SECOND);
    expect((await house.runs()).map((run) => run.missed?.count)).toEqual(rows);
    expect(performance.now() - startedAt).toBeLessThan(5000);
    expect(process.memoryUsage().heapUsed - heapBefore).toBeLessThan(100_000_000);
  });
});
