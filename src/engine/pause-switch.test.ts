import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { openSqliteStore } from '../store/sqlite/open-sqlite-store.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { Houses } from './testing/houses.ts';
import type { TestHouse } from './testing/test-house.ts';

const houses = new Houses({
  openStore: openSqliteStore,
  makeFolder: () => mkdtempSync(join(tmpdir(), 'rouse-engine-')),
  removeFolder: (folder) => rmSync(folder, { recursive: true }),
  clock: (startMs) => new ManualClock(startMs),
});
afterEach(() => houses.close());

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const every = { mode: 'every', interval: '1m' } as const;
const hourly = { mode: 'every', interval: '1h' } as const;

const actor = 'user:test';

describe('pausing everything', () => {
  test('nothing is planned or started, what runs goes on, what waits keeps waiting', async () => {
    const house = await houses.start({ settings: { maxConcurrentJobs: 1 } });
    for (const name of ['a', 'b']) await house.addJob({ name, schedule: every });
    await house.jump(MINUTE);
    expect(await house.commands.pause({ actor })).toEqual({ paused: true, since: house.now, by: actor });
    await house.jump(30 * SECOND);
    house.agents.last.answer();
    await house.settle();
    await house.pass(10 * MINUTE, 30 * SECOND);
    expect((await house.runs()).map((run) => run.status)).toEqual(['completed', 'scheduled']);
    expect(house.agents.conversations).toHaveLength(1);
  });

  test('also when the answer of the store is lost: what is durable holds', async () => {
    const house = await houses.start();
    await house.addJob({ name: 'a', schedule: every });
    house.watched.fail('writeFact', { when: 'after' });
    await expect(house.commands.pause({ actor })).rejects.toMatchObject({ code: 'disk_full' });
    await house.settle();
    expect(house.commands.pauseState()).toMatchObject({ paused: true, by: actor });
    await house.pass(2 * MINUTE, SECOND);
    expect(await house.runs()).toEqual([]);
  });

  test('a run by hand is accepted and waits', async () => {
    const house = await houses.start();
    await house.addJob({ name: 'a', schedule: hourly });
    await house.commands.pause({ actor });
    const run = await house.commands.runJobNow({ id: 'job_a', actor });
    await house.settle();
    expect(await house.story('a')).toEqual(['scheduled']);
    await house.commands.resume({ actor });
    await house.settle();
    expect((await house.store.getRun({ id: run.id }))?.status).toBe('running');
  });

  test('the end leaves one row per job for what came due meanwhile, and the grid goes on', async () => {
    const house = await houses.start();
    await house.addJob({ name: 'a', schedule: every });
    await house.addJob({ name: 'b', schedule: hourly });
    await house.addJob({ name: 'off', schedule: every, enabled: false });
    await house.commands.pause({ actor });
    await house.pass(150 * SECOND, 30 * SECOND);
    expect(await house.runs()).toEqual([]);
    expect(await house.commands.resume({ actor })).toEqual({ paused: false });
    await house.settle();
    expect(await house.story('a')).toEqual(['canceled paused']);
    expect((await house.runs())[0]).toMatchObject({ missed: { count: 2 } });
    expect(await house.story('b')).toEqual([]);
    expect((await house.record('off')).enabled).toBe(false);
    await house.jump(30 * SECOND);
    expect(await house.story('a')).toEqual(['canceled paused', 'running']);
    expect([...house.heard('engine.paused'), ...house.heard('engine.resumed')]).toHaveLength(2);
  });

  test('pausing again keeps the instant and the actor of the beginning; so does ending what is not paused', async () => {
    const house = await houses.start();
    expect(await house.commands.resume({ actor })).toEqual({ paused: false });
    const first = await house.commands.pause({ actor });
    await house.jump(MINUTE);
    expect(await house.commands.pause({ actor: 'user:other' })).toEqual(first);
    expect(house.commands.pauseState()).toEqual(first);
  });

  test('a restart in the middle neither forgets the pause nor moves its beginning', async () => {
    const house = await houses.start();
    await house.addJob({ name: 'a', schedule: every });
    const paused = await house.commands.pause({ actor });
    await house.jump(3 * MINUTE);
    await house.killAndStart();
    expect(house.commands.pauseState()).toEqual(paused);
    await house.jump(2 * MINUTE);
    expect(await house.runs()).toEqual([]);
    await house.commands.resume({ actor });
    expect((await house.runs())[0]).toMatchObject({ reason: 'paused', missed: { count: 5 } });
  });
});

describe('two causes at once', () => {
  const byConfig = (house: TestHouse) =>
    house.engine.pauseSwitch.pause({ now: house.now, cause: 'config', by: 'config' });
  const freedByConfig = (house: TestHouse) => house.engine.pauseSwitch.resume({ now: house.now, cause: 'config' });

  test('everything stays paused until both have ended, and the whole time is settled', async () => {
    const house = await houses.start();
    await house.addJob({ name: 'a', schedule: every });
    const began = house.now;
    await byConfig(house);
    await house.jump(2 * MINUTE);
    await house.commands.pause({ actor });
    await house.jump(2 * MINUTE);
    expect(await freedByConfig(house)).toEqual({ paused: true, since: began, by: actor });
    await house.jump(2 * MINUTE);
    expect(await house.runs()).toEqual([]);
    expect(await house.commands.resume({ actor })).toEqual({ paused: false });
    expect((await house.runs()).map((run) => [run.reason, run.missed?.count])).toEqual([['paused', 6]]);
  });

  test('a person cannot end the pause of the configuration', async () => {
    const house = await houses.start();
    await byConfig(house);
    expect(await house.commands.resume({ actor })).toMatchObject({ paused: true, by: 'config' });
    expect(house.heard('engine.resumed')).toEqual([]);
    await house.commands.pause({ actor });
    expect(await house.commands.resume({ actor })).toMatchObject({ paused: true, by: 'config' });
  });

  test('what is taken over survives a restart', async () => {
    const house = await houses.start();
    const began = house.now;
    await byConfig(house);
    await house.jump(MINUTE);
    await house.commands.pause({ actor });
    await freedByConfig(house);
    await house.killAndStart();
    expect(house.commands.pauseState()).toEqual({ paused: true, since: began, by: actor });
  });
});

describe('trouble at the end of a pause', () => {
  test.each(['before', 'after'] as const)(
    'the settling fails %s its effect: still paused, and repeating is harmless',
    async (when) => {
      const house = await houses.start();
      await house.addJob({ name: 'a', schedule: every });
      await house.commands.pause({ actor });
      await house.jump(5 * MINUTE);
      house.watched.fail('planFires', { when });
      await expect(house.commands.resume({ actor })).rejects.toMatchObject({ code: 'disk_full' });
      expect(house.commands.pauseState().paused).toBe(true);
      await house.commands.resume({ actor });
      await house.settle();
      expect((await house.runs()).map((run) => [run.reason, run.missed?.count])).toEqual([['paused', 5]]);
    },
  );

  test('killed between settling and forgetting: still paused, and settled once', async () => {
    const house = await houses.start();
    await house.addJob({ name: 'a', schedule: every });
    await house.commands.pause({ actor });
    await house.jump(5 * MINUTE);
    house.watched.fail('writeFact', { when: 'before' });
    await expect(house.commands.resume({ actor })).rejects.toMatchObject({ code: 'disk_full' });
    await house.killAndStart();
    expect(house.commands.pauseState().paused).toBe(true);
    await house.jump(MINUTE);
    await house.commands.resume({ actor });
    expect((await house.runs()).map((run) => [run.reason, run.missed?.count])).toEqual([
      ['paused', 5],
      ['paused', 1],
    ]);
  });

  test('pausing and ending at once do not interleave', async () => {
    const house = await houses.start();
    await house.addJob({ name: 'a', schedule: every });
    await house.commands.pause({ actor });
    await house.jump(2 * MINUTE);
    const states = await Promise.all([
      house.commands.resume({ actor }),
      house.commands.pause({ actor }),
      house.commands.resume({ actor }),
    ]);
    expect(states.map((state) => state.paused)).toEqual([false, true, false]);
    expect(await house.runs()).toHaveLength(1);
  });
});

test('an explanation says that everything is paused, and by whom', async () => {
  const house = await houses.start();
  await house.addJob({ name: 'a', schedule: every });
  await house.commands.pause({ actor });
  await house.jump(90 * SECOND);
  for (const at of [house.now - 30 * SECOND, house.now + 30 * SECOND]) {
    const explained = await house.commands.explainJob({ id: 'job_a', at });
    expect(explained.outcome).toBe('paused');
    expect(explained.sentence).toContain('while everything is paused (since 2026-11-22T12:00:00.000Z, by user:test)');
  }
});
