import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { openSqliteStore } from '../store/sqlite/open-sqlite-store.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { Houses } from './testing/houses.ts';
import { testAgent } from './testing/test-agent.ts';
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
const HOUR = 60 * MINUTE;
const every = { mode: 'every', interval: '1m' } as const;

/** The jobs whose agents work right now, in the order of their starts. */
function working(house: TestHouse): string[] {
  return house.agents.open.map((conversation) => conversation.start.env['ROUSE_AUTOMATION'] ?? '');
}

describe('caps', () => {
  test('never more than max_concurrent_jobs work; the others wait and follow as slots become free', async () => {
    const house = await houses.start({ settings: { maxConcurrentJobs: 2 } });
    for (const name of ['a', 'b', 'c', 'd']) await house.addJob({ name, schedule: every });
    await house.jump(MINUTE);
    expect(house.agents.open).toHaveLength(2);
    let most = 0;
    for (let left = 4; left > 0; left -= 1) {
      most = Math.max(most, house.agents.open.length);
      house.agents.open[0]!.answer();
      await house.settle();
    }
    expect(most).toBe(2);
    expect(house.agents.conversations).toHaveLength(4);
    expect((await house.runs()).map((run) => run.status)).toEqual(Array(4).fill('completed'));
  });

  test('an agent has its own cap, and others pass it by', async () => {
    const house = await houses.start({
      agents: [testAgent({ name: 'slow', max_concurrent: 1 }), testAgent({ name: 'quick' })],
    });
    await house.addJob({ name: 'a', agent_name: 'slow', schedule: every });
    await house.addJob({ name: 'b', agent_name: 'slow', schedule: every });
    await house.addJob({ name: 'c', agent_name: 'quick', schedule: every });
    await house.jump(MINUTE);
    expect(working(house)).toEqual(['a', 'c']);
    house.agents.of('a')[0]!.answer();
    await house.settle();
    expect(working(house)).toEqual(['c', 'b']);
  });

  test('a workspace has its own cap where one is set', async () => {
    const house = await houses.start({ settings: { maxConcurrentPerWorkspace: 1 } });
    const workspace = await house.commands.registerWorkspace({ path: '/repo', actor: 'user:test' });
    const bound = { scope: 'workspace', workspace_id: workspace.id, schedule: every } as const;
    await house.addJob({ name: 'a', ...bound });
    await house.addJob({ name: 'b', ...bound });
    await house.addJob({ name: 'c', schedule: every });
    await house.jump(MINUTE);
    expect(working(house).toSorted()).toEqual(['a', 'c']);
  });

  test('a cap that is raised is used at the next look', async () => {
    const house = await houses.start({ settings: { maxConcurrentJobs: 1 } });
    await house.addJob({ name: 'a', schedule: every });
    await house.addJob({ name: 'b', schedule: every });
    await house.jump(MINUTE);
    house.settings.maxConcurrentJobs = 2;
    house.engine.poke();
    await house.settle();
    expect(working(house)).toEqual(['a', 'b']);
  });
});

describe('the order of those who wait', () => {
  test('higher priority first, then live before catch-up, then by scheduled instant', async () => {
    const house = await houses.start({ settings: { maxConcurrentJobs: 1 } });
    await house.addJob({ name: 'holds', schedule: { mode: 'at', time: '2026-11-22T12:00:10Z' } });
    await house.jump(10 * SECOND);
    expect(working(house)).toEqual(['holds']);
    const late = { catch_up_policy: 'coalesce', misfire_grace_seconds: 5 } as const;
    await house.addJob({ name: 'catches-up', schedule: { mode: 'cron', expr: '1 12 * * *', ...late } });
    await house.addJob({ name: 'later', schedule: { mode: 'cron', expr: '3 12 * * *' } });
    await house.addJob({ name: 'earlier', schedule: { mode: 'cron', expr: '2 12 * * *', misfire_grace_seconds: 600 } });
    await house.addJob({ name: 'urgent', priority: 5, schedule: { mode: 'cron', expr: '3 12 * * *' } });
    await house.jump(3 * MINUTE - 10 * SECOND);
    const order: string[] = [];
    for (let left = 5; left > 0; left -= 1) {
      order.push(...working(house));
      house.agents.open[0]!.answer();
      await house.settle();
    }
    expect(order).toEqual(['holds', 'urgent', 'earlier', 'later', 'catches-up']);
  });

  test('a waiting run is given up when its queue_timeout has passed', async () => {
    const house = await houses.start({ settings: { maxConcurrentJobs: 1 } });
    await house.addJob({ name: 'holds', schedule: every });
    await house.addJob({ name: 'waits', queue_timeout: '30s', schedule: every, overlap: 'queue' });
    await house.jump(MINUTE);
    await house.jump(30 * SECOND);
    expect(await house.story('waits')).toEqual(['canceled queue_timeout']);
    expect(house.heard('run.finished').map((each) => each.run.reason)).toEqual(['queue_timeout']);
  });
});

describe('canceling', () => {
  const actor = 'user:test';

  test('a waiting run is canceled at once, and again changes nothing', async () => {
    const house = await houses.start({ settings: { maxConcurrentJobs: 1 } });
    await house.addJob({ name: 'holds', schedule: every });
    await house.addJob({ name: 'waits', schedule: every });
    await house.jump(MINUTE);
    const [run] = await house.runs({ job_id: 'job_waits' });
    const first = await house.commands.cancelRun({ id: run!.id, actor });
    expect(first).toMatchObject({ status: 'canceled', reason: 'user', actor, error: 'canceled by user:test' });
    const again = await house.commands.cancelRun({ id: run!.id, actor: 'user:other' });
    expect(again).toEqual(first);
    expect(house.heard('run.finished')).toHaveLength(1);
  });

  test('a claimed run whose agent has not started yet never counts as started', async () => {
    const house = await houses.start();
    house.agents.onStart = () => {};
    await house.addJob({ name: 'a', schedule: every });
    await house.jump(MINUTE);
    const [run] = await house.runs();
    expect(run).toMatchObject({ status: 'running' });
    await house.commands.cancelRun({ id: run!.id, actor });
    await house.settle();
    const [canceled] = await house.runs();
    expect(canceled).toMatchObject({ status: 'canceled', reason: 'user', actor });
    expect(canceled?.started_at).toBeUndefined();
  });

  test('a running agent is asked to stop with its own grace, and the first who asked is recorded', async () => {
    const house = await houses.start({ agents: [testAgent({ stop_grace_ms: 2500 })] });
    await house.addJob({ name: 'a', schedule: every });
    await house.jump(MINUTE);
    const [run] = await house.runs();
    house.agents.last.isStubborn = true;
    await house.commands.cancelRun({ id: run!.id, actor });
    await house.commands.cancelRun({ id: run!.id, actor: 'user:other' });
    await house.settle();
    expect(house.agents.last.stopGraceMs).toBe(2500);
    expect(await house.story('a')).toEqual(['running']);
    house.agents.last.end({ ended: 'stopped', error: 'killed', output: 'half', gone: true });
    await house.settle();
    const [canceled] = await house.runs();
    expect(canceled).toMatchObject({ status: 'canceled', reason: 'user', actor, output: 'half' });
  });

  test('a finished run stays as it was', async () => {
    const house = await houses.start();
    await house.addJob({ name: 'a', schedule: every });
    await house.jump(MINUTE);
    house.agents.last.answer();
    await house.settle();
    const [run] = await house.runs();
    expect(await house.commands.cancelRun({ id: run!.id, actor })).toEqual(run);
  });

  test('an unknown run is refused by its code', async () => {
    const house = await houses.start();
    await expect(house.commands.cancelRun({ id: 'run_none', actor })).rejects.toMatchObject({ code: 'run_not_found' });
  });

  test('a run that was claimed and waits for room of the machine is canceled without another try', async () => {
    const house = await houses.start();
    house.agents.onStart = (conversation) =>
      conversation.end({ ended: 'not_started', error: 'EAGAIN', passing: true, output: '', gone: true });
    await house.addJob({ name: 'a', schedule: every });
    await house.jump(MINUTE);
    const [run] = await house.runs();
    await house.commands.cancelRun({ id: run!.id, actor });
    await house.settle();
    expect(await house.story('a')).toEqual(['canceled user']);
    expect(house.agents.conversations).toHaveLength(1);
  });
});

describe('overlap, when it is carried out', () => {
  test('cancel_running ends the agent first; the newer run starts when it is gone', async () => {
    const house = await houses.start();
    await house.addJob({ name: 'a', schedule: every, overlap: 'cancel_running' });
    await house.jump(MINUTE);
    house.agents.last.isStubborn = true;
    await house.jump(MINUTE);
    expect(house.agents.conversations).toHaveLength(1);
    expect(house.agents.last.stopGraceMs).toBeDefined();
    house.agents.last.end({ ended: 'stopped', error: 'ended', output: '', gone: true });
    await house.settle();
    expect(house.agents.conversations).toHaveLength(2);
    expect(await house.story('a')).toEqual(['canceled overlap', 'running']);
  });

  test('queue replaces the one that waits, and the bus hears of its end', async () => {
    const house = await houses.start();
    await house.addJob({ name: 'a', schedule: every, overlap: 'queue' });
    await house.pass(3 * MINUTE, MINUTE);
    expect(await house.story('a')).toEqual(['running', 'canceled overlap', 'scheduled']);
    expect(house.heard('run.finished').map((each) => each.run.reason)).toEqual(['overlap']);
  });

  test('allow starts them side by side', async () => {
    const house = await houses.start();
    await house.addJob({ name: 'a', schedule: every, overlap: 'allow' });
    await house.pass(3 * MINUTE, MINUTE);
    expect(house.agents.open).toHaveLength(3);
  });
});

describe('stopping', () => {
  test('what runs gets its grace, and an end within it is an ordinary one', async () => {
    const house = await houses.start();
    await house.addJob({ name: 'a', schedule: every });
    await house.jump(MINUTE);
    const stopped = house.engine.stop({ graceMs: 30 * SECOND });
    await house.settle();
    await house.jump(10 * SECOND);
    expect(house.agents.last.stopGraceMs).toBeUndefined();
    house.agents.last.answer();
    await house.settle();
    await stopped;
    expect(await house.story('a')).toEqual(['completed']);
  });

  test('beyond the grace the agent is stopped and the run says why', async () => {
    const house = await houses.start();
    await house.addJob({ name: 'a', schedule: every });
    await house.jump(MINUTE);
    const stopped = house.engine.stop({ graceMs: 30 * SECOND });
    await house.settle();
    await house.jump(30 * SECOND);
    await stopped;
    const [run] = await house.runs();
    expect(run).toMatchObject({ status: 'failed', reason: 'shutdown' });
    expect(run?.error).toBe('the daemon was stopped while the run worked');
  });

  test('nothing is planned or started any more', async () => {
    const house = await houses.start();
    await house.addJob({ name: 'a', schedule: every });
    await house.engine.stop({ graceMs: 0 });
    await house.jump(HOUR);
    expect(await house.runs()).toEqual([]);
  });

  test('a tick that is under way when the engine is stopped starts nothing more', async () => {
    const house = await houses.start();
    await house.addJob({ name: 'a', schedule: every });
    house.clock.advance(MINUTE);
    const stopped = house.engine.stop({ graceMs: 0 });
    await house.settle();
    await stopped;
    expect(house.agents.conversations).toEqual([]);
  });

  test('a cancel during the grace is obeyed and recorded with its actor', async () => {
    const house = await houses.start();
    await house.addJob({ name: 'a', schedule: every });
    await house.jump(MINUTE);
    const [run] = await house.runs();
    const stopped = house.engine.stop({ graceMs: 30 * SECOND });
    await house.settle();
    await house.commands.cancelRun({ id: run!.id, actor: 'user:test' });
    await house.pass(2 * SECOND);
    await stopped;
    expect(await house.story('a')).toEqual(['canceled user']);
  });
});
