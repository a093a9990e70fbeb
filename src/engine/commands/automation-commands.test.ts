import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { openSqliteStore } from '../../store/sqlite/open-sqlite-store.ts';
import { ManualClock } from '../../testing/manual-clock.ts';
import { BACKFILL_MAX } from '../decide-backfill.ts';
import { Houses } from '../testing/houses.ts';
import { testAgent } from '../testing/test-agent.ts';

const houses = new Houses({
  openStore: openSqliteStore,
  makeFolder: () => mkdtempSync(join(tmpdir(), 'rouse-engine-')),
  removeFolder: (folder) => rmSync(folder, { recursive: true }),
  clock: (startMs) => new ManualClock(startMs),
});
afterEach(() => houses.close());

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const every = { mode: 'every', interval: '1m' } as const;
const hourly = { mode: 'every', interval: '1h' } as const;

const actor = 'user:test';

describe('a run by hand', () => {
  test('starts now, and leaves the cursor where it is', async () => {
    const house = await houses.start();
    await house.addJob({ name: 'a', schedule: hourly });
    const { cursor } = await house.record('a');
    const run = await house.commands.runJobNow({ id: 'job_a', prompt: 'Something else.', actor });
    expect(run).toMatchObject({ kind: 'manual', status: 'scheduled', actor });
    expect(run.scheduled_at).toBeUndefined();
    await house.settle();
    expect(house.agents.last.start.prompt).toBe('Something else.');
    expect((await house.record('a')).cursor).toEqual(cursor);
  });

  test('keeps the overlap policy and the fire limit', async () => {
    const house = await houses.start();
    await house.addJob({ name: 'a', schedule: hourly, fire_limit: { max: 1, window: '10m' } });
    await house.commands.runJobNow({ id: 'job_a', actor });
    await house.settle();
    expect(await house.commands.runJobNow({ id: 'job_a', actor })).toMatchObject({
      status: 'canceled',
      reason: 'overlap',
    });
    house.agents.last.answer();
    await house.settle();
    await expect(house.commands.runJobNow({ id: 'job_a', actor })).rejects.toMatchObject({
      code: 'fire_limit_reached',
      data: expect.objectContaining({ possible_at: '2026-11-22T12:10:00.000Z' }),
    });
  });

  test('a disabled job may be run by hand', async () => {
    const house = await houses.start();
    await house.addJob({ name: 'a', schedule: hourly, enabled: false });
    await house.commands.runJobNow({ id: 'job_a', actor });
    await house.settle();
    expect(await house.story('a')).toEqual(['running']);
  });

  test('of nothing is refused', async () => {
    const house = await houses.start();
    await expect(house.commands.runJobNow({ id: 'job_none', actor })).rejects.toMatchObject({ code: 'job_not_found' });
    await expect(house.commands.retryRun({ id: 'run_none', actor })).rejects.toMatchObject({ code: 'run_not_found' });
  });
});

describe('a backfill', () => {
  const range = (house: { now: number }) => ({ from: house.now - 150 * SECOND, to: house.now });

  test('lists first, then creates the instants that nobody ran, once', async () => {
    const house = await houses.start({ agents: [testAgent()] });
    await house.addJob({ name: 'a', schedule: every });
    await house.jump(MINUTE);
    house.agents.last.answer();
    await house.settle();
    await house.jump(5 * MINUTE);
    house.agents.last.fail();
    await house.settle();
    expect(await house.story('a')).toEqual(['completed', 'canceled misfire', 'failed agent_error']);
    const from = house.now - 5 * MINUTE;
    const listed = await house.commands.backfillJob({ id: 'job_a', from, to: house.now, dryRun: true, actor });
    expect(listed.instants.map((each) => each.state)).toEqual(['ran', 'new', 'new', 'new', 'new', 'new']);
    expect(listed.runs).toEqual([]);
    expect(await house.runs()).toHaveLength(3);
    const made = await house.commands.backfillJob({ id: 'job_a', from, to: house.now, dryRun: false, actor });
    expect(made.runs.map((run) => run.scheduled_at)).toEqual([1, 2, 3, 4, 5].map((n) => from + n * MINUTE));
    const again = await house.commands.backfillJob({ id: 'job_a', from, to: house.now, dryRun: false, actor });
    expect(again.instants.map((each) => each.state)).toEqual(['ran', ...Array<string>(5).fill('exists')]);
    expect(again.runs).toEqual([]);
    for (let left = 5; left > 0; left -= 1) {
      await house.settle();
      expect(house.agents.open).toHaveLength(1);
      house.agents.last.answer();
    }
    await house.settle();
    expect((await house.runs()).filter((run) => run.kind === 'backfill' && run.status === 'completed')).toHaveLength(5);
  });

  test('what was missed keeps the row that says so', async () => {
    const house = await houses.start();
    await house.addJob({ name: 'a', schedule: { ...every, misfire_grace_seconds: 1 } });
    await house.jump(3 * MINUTE + 30 * SECOND);
    expect(await house.story('a')).toEqual(['canceled misfire']);
    await house.commands.backfillJob({ id: 'job_a', ...range(house), dryRun: false, actor });
    expect((await house.runs())[0]).toMatchObject({ status: 'canceled', missed: { count: 3 } });
  });

  const refused: [string, (now: number) => { from: number; to: number }, string][] = [
    ['a range that ends before it begins', (now) => ({ from: now, to: now - 1 }), 'ends before it begins'],
    ['a range into the future', (now) => ({ from: now, to: now + 1 }), 'ends in the future'],
    [
      'more instants than one request may hold',
      (now) => ({ from: now - (BACKFILL_MAX + 1) * MINUTE, to: now }),
      `at most ${BACKFILL_MAX}`,
    ],
  ];
  test.each(refused)('%s is refused', async (_title, rangeOf, message) => {
    const house = await houses.start();
    await house.addJob({ name: 'a', schedule: { mode: 'cron', expr: '* * * * *' } });
    const asked = house.commands.backfillJob({ id: 'job_a', ...rangeOf(house.now), dryRun: true, actor });
    await expect(asked).rejects.toMatchObject({
      code: 'validation_failed',
      problems: [expect.objectContaining({ message: expect.stringContaining(message) })],
    });
  });
});

describe('an explanation', () => {
  const of = async (house: Awaited<ReturnType<typeof houses.start>>, at: number): Promise<string> => {
    const { outcome, sentence } = await house.commands.explainJob({ id: 'job_a', at });
    return `${outcome}: ${sentence}`;
  };

  test('follows an instant through its life', async () => {
    const house = await houses.start();
    await house.addJob({ name: 'a', schedule: every });
    const at = house.now + MINUTE;
    expect(await of(house, at)).toBe('upcoming: Will fire at 2026-11-22T12:01:00.000Z.');
    await house.jump(MINUTE);
    expect(await of(house, at)).toMatch(/^run: Running since 2026-11-22T12:01:00.000Z \(run run_\w+\)\.$/);
    house.agents.last.answer();
    await house.jump(SECOND);
    expect(await of(house, at)).toMatch(/^run: Completed at 2026-11-22T12:01:01.000Z/);
    await house.jump(10 * MINUTE);
    expect(await of(house, at + MINUTE)).toMatch(
      /^missed: Did not run at 2026-11-22T12:02:00.000Z \(misfire\): 9 instants were missed, .+ It is one of 9 instants/,
    );
  });

  test('finds instants inside the range of a refused one', async () => {
    const house = await houses.start();
    await house.addJob({ name: 'a', schedule: every, fire_limit: { max: 1, window: '10m' }, overlap: 'allow' });
    await house.pass(2 * MINUTE, MINUTE);
    const sentence = await of(house, house.now + 3 * MINUTE);
    expect(sentence).toMatch(
      /^missed: .+\(fire_limit\): one run within 10m was accepted already; the next run is possible at/,
    );
  });

  test('knows of a time when the job was off', async () => {
    const house = await houses.start();
    await house.addJob({ name: 'a', schedule: every });
    await house.commands.updateJob({ id: 'job_a', patch: { enabled: false }, actor });
    await house.jump(10 * MINUTE);
    await house.commands.updateJob({ id: 'job_a', patch: { enabled: true }, actor });
    expect(await of(house, house.now - 5 * MINUTE)).toBe(
      'disabled: Nothing ran at 2026-11-22T12:05:00.000Z: the job was disabled since 2026-11-22T12:00:00.000Z.',
    );
  });
});

describe('a change of a job', () => {
  test('deleting cancels what waits, and what runs goes on', async () => {
    const house = await houses.start({ settings: { maxConcurrentJobs: 1 } });
    await house.addJob({ name: 'a', schedule: hourly, overlap: 'queue' });
    await house.jump(HOUR);
    const waiting = await house.commands.runJobNow({ id: 'job_a', actor });
    await house.commands.deleteJob({ id: 'job_a', actor });
    await house.settle();
    expect(house.heard('run.finished').map((each) => each.run.id)).toEqual([waiting.id]);
    house.agents.last.fail();
    await house.settle();
    const runs = await house.runs();
    expect(runs.map((run) => [run.status, run.reason])).toEqual([
      ['failed', 'agent_error'],
      ['canceled', 'user'],
    ]);
  });

  test('a revision that has passed is refused, and no revision means the present one', async () => {
    const house = await houses.start();
    await house.addJob({ name: 'a', schedule: hourly });
    await house.commands.updateJob({ id: 'job_a', patch: { prompt: 'One.' }, actor });
    const stale = house.commands.updateJob({ id: 'job_a', patch: { prompt: 'Two.' }, ifRevision: 1, actor });
    await expect(stale).rejects.toMatchObject({ code: 'precondition_failed' });
    const updated = await house.commands.updateJob({ id: 'job_a', patch: { prompt: 'Three.' }, actor });
    expect(updated.automation.prompt).toBe('Three.');
  });

  test('an `at` that has passed is refused, unless it was there before', async () => {
    const house = await houses.start();
    const written = {
      scope: 'global',
      name: 'once',
      agent_name: 'echo',
      prompt: 'Hello.',
      schedule: { mode: 'at', time: '2026-11-22T11:00:00Z' },
    };
    await expect(house.commands.createJob({ written, actor })).rejects.toMatchObject({ code: 'at_in_past' });
    const later = { ...written, schedule: { mode: 'at', time: '2026-11-22T12:10:00Z' } };
    const { automation } = await house.commands.createJob({ written: later, actor });
    await house.jump(HOUR);
    await house.commands.updateJob({ id: automation.id, patch: { prompt: 'Other.' }, actor });
    const moved = house.commands.updateJob({ id: automation.id, patch: { schedule: written.schedule }, actor });
    await expect(moved).rejects.toMatchObject({ code: 'at_in_past' });
  });

  test('an agent that is not configured is refused with the nearest name', async () => {
    const house = await houses.start();
    const written = { scope: 'global', name: 'x', agent_name: 'ecko', prompt: 'Hi.', schedule: hourly };
    await expect(house.commands.createJob({ written, actor })).rejects.toMatchObject({
      code: 'agent_unknown',
      data: expect.objectContaining({ suggestion: 'echo' }),
    });
  });
});
