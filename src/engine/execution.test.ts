import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { openSqliteStore } from '../store/sqlite/open-sqlite-store.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import type { AgentDefinition } from '../model/agent.ts';
import type { Job } from '../model/job.ts';
import type { Run } from '../model/run.ts';
import { Houses } from './testing/houses.ts';
import { testAgent } from './testing/test-agent.ts';
import type { HouseParts, TestHouse } from './testing/test-house.ts';

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

/** One job, fired once; its agent works. */
async function working(
  parts: Partial<Job> & { agents?: AgentDefinition[]; house?: HouseParts } = {},
): Promise<TestHouse> {
  const { agents, house: houseParts, ...job } = parts;
  const house = await houses.start({ ...houseParts, ...(agents === undefined ? {} : { agents }) });
  await house.addJob({ name: 'a', schedule: hourly, ...job });
  await house.jump(HOUR);
  return house;
}

async function onlyRun(house: TestHouse): Promise<Run> {
  const runs = await house.runs();
  expect(runs).toHaveLength(1);
  return runs[0]!;
}

describe('an ordinary run', () => {
  test('ends with what the agent said, its use and its session', async () => {
    const house = await working();
    const { start } = house.agents.last;
    expect(start.prompt).toBe('Say hello.');
    expect(start.env).toMatchObject({ ROUSE_JOB_ID: 'job_a', ROUSE_ATTEMPT: '1', ROUSE_PROCESS_TOKEN: start.token });
    house.agents.last.answer('All good.', { usage: { input_tokens: 10, output_tokens: 5, cost_usd: 0.25 } });
    await house.settle();
    const run = await onlyRun(house);
    expect(run).toMatchObject({
      status: 'completed',
      output: 'All good.',
      usage: { input_tokens: 10 },
      started_at: house.now,
    });
    const session = await house.store.getSession({ id: run.session_id! });
    expect(session).toMatchObject({ run_id: run.id, stop_reason: 'end_turn', agent_session_id: 'agent-session' });
    expect(house.heard('run.finished')).toHaveLength(1);
  });

  const unavailable: [string, Partial<Job>, (house: TestHouse) => void, RegExp][] = [
    ['an agent that is not configured', { agent_name: 'nobody' }, () => {}, /nobody/],
    ['a folder that is not there', {}, (house) => house.missingFolders.add('/repo'), /\/repo/],
    ['a type of agent without a driver', { agent_name: 'web' }, () => {}, /type http/],
  ];
  test.each(unavailable)(
    '%s makes it agent_unavailable, and nothing was started',
    async (title, job, prepare, error) => {
      const house = await houses.start({ agents: [testAgent(), testAgent({ name: 'web', type: 'http' })] });
      const workspace = await house.commands.registerWorkspace({ path: '/repo', actor: 'user:test' });
      prepare(house);
      const bound = title.includes('folder') ? { scope: 'workspace' as const, workspace_id: workspace.id } : {};
      await house.addJob({ name: 'a', schedule: every, ...bound, ...job });
      await house.jump(MINUTE);
      const run = await onlyRun(house);
      expect(run).toMatchObject({ status: 'failed', reason: 'agent_unavailable', error: expect.stringMatching(error) });
      expect(run.started_at).toBeUndefined();
      expect(house.agents.conversations).toEqual([]);
    },
  );

  test('a file that the contract asks for is looked for in the working folder', async () => {
    const house = await working({ success: { file: 'report.md' } });
    house.agents.last.answer();
    await house.settle();
    expect(await house.story('a')).toEqual(['failed agent_error']);
    await house.jump(HOUR);
    house.files.add('/work-folder/report.md');
    house.agents.last.answer();
    await house.settle();
    expect(await house.story('a')).toEqual(['failed agent_error', 'completed']);
  });
});

describe('limits of time', () => {
  test('the timeout asks the agent to stop and says which limit it was', async () => {
    const house = await working({ timeout: '10m' });
    await house.jump(10 * MINUTE - 1);
    expect(house.agents.last.stopGraceMs).toBeUndefined();
    await house.jump(1);
    expect(await onlyRun(house)).toMatchObject({ reason: 'timeout', error: 'the run reached its timeout of 10m0s' });
  });

  test("the agent's own limit wins where it is shorter", async () => {
    const house = await working({ timeout: '10m', agents: [testAgent({ timeout_ms: 2 * MINUTE })] });
    await house.jump(2 * MINUTE);
    expect(await house.story('a')).toEqual(['failed timeout']);
  });

  test('an answer that was complete when the limit struck is still an answer', async () => {
    const house = await working({ timeout: '10m' });
    house.agents.last.isStubborn = true;
    await house.jump(10 * MINUTE);
    house.agents.last.answer();
    await house.settle();
    expect(await house.story('a')).toEqual(['completed']);
  });

  test('an agent that says nothing for its limit is stalled; every word begins it anew', async () => {
    const house = await working({ agents: [testAgent({ stall_timeout_ms: MINUTE })] });
    await house.jump(50 * SECOND);
    house.agents.last.say('still here');
    await house.jump(50 * SECOND);
    expect(await house.story('a')).toEqual(['running']);
    await house.jump(10 * SECOND);
    expect(await onlyRun(house)).toMatchObject({ reason: 'stalled', error: 'the agent said nothing for 1m0s' });
  });

  test("the process stays the run's until it is proven gone, and the trouble is said once", async () => {
    const house = await working({ timeout: '10m' });
    const { token } = house.agents.last.start;
    house.agents.last.isStubborn = true;
    house.agents.immortal.add(token);
    await house.jump(10 * MINUTE);
    house.agents.last.end({ ended: 'stopped', error: 'still there', output: '', gone: false });
    await house.pass(30 * SECOND);
    expect(await house.story('a')).toEqual(['running']);
    expect(house.heard('service.failed').map((each) => each.error)).toEqual([
      expect.stringMatching(/processes of run run_\w+ cannot be ended; trying on/),
    ]);
    house.agents.immortal.clear();
    await house.pass(2 * SECOND);
    expect(await house.story('a')).toEqual(['failed timeout']);
    expect(house.heard('service.recovered')).toHaveLength(1);
  });

  test('who cannot look for processes cannot say that they are gone', async () => {
    const house = await working();
    house.agents.custodianError = new Error('the process table cannot be read');
    house.agents.last.fail('lost', { gone: false });
    await house.pass(2 * SECOND);
    expect(await house.story('a')).toEqual(['running']);
    house.agents.custodianError = undefined;
    await house.pass(2 * SECOND);
    expect(await house.story('a')).toEqual(['failed agent_error']);
  });
});

describe('a start that the machine has no room for', () => {
  const refuse = (house: TestHouse, times: number): void => {
    house.agents.onStart = (conversation) => {
      if (house.agents.conversations.length > times) return conversation.begin();
      conversation.end({ ended: 'not_started', error: 'EAGAIN', passing: true, output: '', gone: true });
    };
  };

  test('is noted on the run and tried again until it works', async () => {
    const house = await houses.start();
    refuse(house, 3);
    await house.addJob({ name: 'a', schedule: hourly });
    await house.jump(HOUR);
    expect(await onlyRun(house)).toMatchObject({
      status: 'running',
      delivery_error: 'EAGAIN',
      delivery_error_at: house.now,
    });
    await house.pass(10 * SECOND);
    expect(house.agents.conversations).toHaveLength(4);
    house.agents.last.answer();
    await house.settle();
    expect(await onlyRun(house)).toMatchObject({ status: 'completed', delivery_error: 'EAGAIN' });
  });

  test('is given up after thirty tries', async () => {
    const house = await houses.start();
    refuse(house, 1000);
    await house.addJob({ name: 'a', schedule: hourly });
    await house.jump(HOUR);
    await house.pass(2 * MINUTE, 2 * SECOND);
    expect(house.agents.conversations).toHaveLength(30);
    expect(await onlyRun(house)).toMatchObject({
      status: 'failed',
      reason: 'agent_unavailable',
      error: expect.stringContaining('EAGAIN.'),
    });
  });

  test('is not taken for an agent that says nothing', async () => {
    const house = await houses.start({ agents: [testAgent({ stall_timeout_ms: 5 * SECOND })] });
    refuse(house, 10);
    await house.addJob({ name: 'a', schedule: hourly });
    await house.jump(HOUR);
    await house.pass(20 * SECOND);
    expect(await house.story('a')).toEqual(['running']);
  });
});

describe('permission', () => {
  const actor = 'user:test';

  test('while a person is asked the run is shown with its request and its slot goes to another', async () => {
    const house = await working({ house: { settings: { maxConcurrentJobs: 1 } } });
    await house.addJob({ name: 'b', schedule: hourly });
    const answer = house.agents.last.ask({ title: 'Write README.md' });
    await house.settle();
    const run = await onlyRun(house);
    expect(run).toMatchObject({
      status: 'running',
      permission: { title: 'Write README.md', tool: 'write', asked_at: house.now, deadline_at: house.now + 300_000 },
    });
    expect(house.heard('permission.opened').map((each) => each.run.id)).toEqual([run.id]);
    const second = await house.commands.runJobNow({ id: 'job_b', actor });
    await house.settle();
    expect(house.agents.open.map(({ start }) => start.env['ROUSE_AUTOMATION'])).toEqual(['a', 'b']);

    // Answered: it waits for a slot, and takes the first that becomes free, before any waiting run.
    const third = await house.commands.runJobNow({ id: 'job_a', actor });
    expect(third.status).toBe('canceled');
    await house.commands.answerPermission({ id: run.id, answer: { decision: 'allow' }, actor });
    const heard = { is: false };
    void answer.then(() => {
      heard.is = true;
    });
    await house.settle();
    expect(heard.is).toBe(false);
    house.agents.open[1]!.answer();
    await house.settle();
    expect(await answer).toEqual({ outcome: 'selected', option_id: 'yes' });
    expect((await house.store.getRun({ id: second.id }))?.status).toBe('completed');
    expect((await house.store.getRun({ id: run.id }))?.permission).toBeUndefined();
    house.agents.open[0]!.answer();
    await house.settle();
    expect((await house.store.getRun({ id: run.id }))?.status).toBe('completed');
  });

  test('a slot that becomes free goes to the answered run before any that waits', async () => {
    const house = await working({ house: { settings: { maxConcurrentJobs: 1 } } });
    for (const name of ['b', 'c']) await house.addJob({ name, schedule: hourly });
    const answer = house.agents.last.ask();
    await house.settle();
    const [run] = await house.runs();
    await house.commands.runJobNow({ id: 'job_b', actor });
    await house.settle();
    await house.commands.runJobNow({ id: 'job_c', actor });
    await house.commands.answerPermission({ id: run!.id, answer: { option_id: 'no' }, actor });
    await house.settle();
    house.agents.of('b')[0]!.answer();
    await house.settle();
    expect(await answer).toEqual({ outcome: 'selected', option_id: 'no' });
    expect(house.agents.of('c')).toHaveLength(0);
    house.agents.of('a')[0]!.answer();
    await house.settle();
    expect(house.agents.of('c')).toHaveLength(1);
  });

  test('nobody answers: denied at the deadline, and a run that fails by it says so and is not retried', async () => {
    const house = await working({ retry: { strategy: 'backoff', max_retries: 3, base_delay: '1s' } });
    const answer = house.agents.last.ask();
    await house.settle();
    await house.jump(300_000);
    expect(await answer).toEqual({ outcome: 'selected', option_id: 'no' });
    house.agents.last.fail('I was not allowed to');
    await house.settle();
    expect(await onlyRun(house)).toMatchObject({
      reason: 'permission',
      error: 'I was not allowed to; a permission request was not answered in time',
    });
  });

  test('canceled while it asks', async () => {
    const house = await working();
    const answer = house.agents.last.ask();
    await house.settle();
    const run = await onlyRun(house);
    await house.commands.cancelRun({ id: run.id, actor });
    await house.settle();
    expect(await answer).toEqual({ outcome: 'cancelled' });
    const canceled = await onlyRun(house);
    expect(canceled).toMatchObject({ status: 'canceled', reason: 'user', actor });
    expect(canceled.permission).toBeUndefined();
  });

  test('two requests are asked one after the other', async () => {
    const house = await working();
    const first = house.agents.last.ask({ title: 'first' });
    const second = house.agents.last.ask({ title: 'second' });
    await house.settle();
    const { id, permission } = await onlyRun(house);
    expect(permission?.title).toBe('first');
    await house.commands.answerPermission({ id, answer: { decision: 'allow' }, actor });
    await house.settle();
    expect(await first).toEqual({ outcome: 'selected', option_id: 'yes' });
    expect((await onlyRun(house)).permission?.title).toBe('second');
    await house.commands.answerPermission({ id, answer: { decision: 'deny' }, actor });
    await house.settle();
    expect(await second).toEqual({ outcome: 'selected', option_id: 'no' });
    expect(house.heard('permission.answered').map((each) => each.by)).toEqual([actor, actor]);
  });

  test('questions that wait for their turn are not put any more when the conversation is over', async () => {
    const house = await working();
    for (const title of ['first', 'second', 'third']) void house.agents.last.ask({ title });
    await house.settle();
    expect((await onlyRun(house)).permission?.title).toBe('first');
    house.agents.last.answer();
    await house.settle();
    expect((await onlyRun(house)).status).toBe('completed');
    expect(house.heard('permission.opened').map((each) => each.run.permission?.title)).toEqual(['first']);
  });

  test.each(['allow', 'deny'] as const)('the policy %s answers by itself and opens nothing', async (permission) => {
    const house = await working({ agents: [testAgent({ permission })] });
    const answer = await house.agents.last.ask();
    expect(answer).toEqual({ outcome: 'selected', option_id: permission === 'allow' ? 'yes' : 'no' });
    expect((await onlyRun(house)).permission).toBeUndefined();
    expect(house.heard('permission.opened')).toEqual([]);
    const { id } = await onlyRun(house);
    await expect(house.commands.answerPermission({ id, answer: { decision: 'allow' }, actor })).rejects.toMatchObject({
      code: 'permission_not_pending',
    });
  });

  test('an option that was not offered is refused with those that were', async () => {
    const house = await working();
    void house.agents.last.ask();
    await house.settle();
    const { id } = await onlyRun(house);
    const answered = house.commands.answerPermission({ id, answer: { option_id: 'maybe' }, actor });
    await expect(answered).rejects.toMatchObject({
      code: 'validation_failed',
      problems: [expect.objectContaining({ message: expect.stringContaining('yes, no') })],
    });
  });

  test('a request that the agent withdraws gives the slot back, because the agent works on', async () => {
    const house = await working({ house: { settings: { maxConcurrentJobs: 1 } } });
    await house.addJob({ name: 'b', schedule: hourly });
    const withdraw = new AbortController();
    const answer = house.agents.last.ask({ withdraw: withdraw.signal });
    await house.settle();
    withdraw.abort();
    await house.settle();
    expect(await answer).toEqual({ outcome: 'cancelled' });
    expect((await onlyRun(house)).permission).toBeUndefined();
    await house.commands.runJobNow({ id: 'job_b', actor });
    await house.settle();
    expect(house.agents.of('b')).toHaveLength(0);
  });

  test('waiting for an answer, or for the slot after it, is not the silence of the agent', async () => {
    const house = await working({
      house: { settings: { maxConcurrentJobs: 1 } },
      agents: [testAgent({ stall_timeout_ms: MINUTE })],
    });
    await house.addJob({ name: 'b', schedule: hourly, agent_name: 'echo' });
    const answer = house.agents.last.ask();
    await house.settle();
    const [run] = await house.runs();
    await house.commands.runJobNow({ id: 'job_b', actor });
    await house.settle();
    await house.commands.answerPermission({ id: run!.id, answer: { decision: 'allow' }, actor });
    for (let left = 4; left > 0; left -= 1) {
      await house.jump(30 * SECOND);
      house.agents.of('b')[0]!.say('working');
    }
    expect((await house.store.getRun({ id: run!.id }))?.status).toBe('running');
    house.agents.of('b')[0]!.answer();
    await house.settle();
    await answer;
    await house.jump(MINUTE);
    expect(await house.store.getRun({ id: run!.id })).toMatchObject({ status: 'failed', reason: 'stalled' });
  });
});

describe('budgets', () => {
  test('a run that goes beyond its own limit is stopped while it runs', async () => {
    const house = await working({ budget: { run_tokens: 1000 } });
    house.agents.last.use({ input_tokens: 700, output_tokens: 300 });
    await house.settle();
    expect(await house.story('a')).toEqual(['running']);
    house.agents.last.use({ input_tokens: 700, output_tokens: 301 });
    await house.settle();
    expect(await onlyRun(house)).toMatchObject({
      status: 'failed',
      reason: 'budget',
      error: 'the run used 1001 tokens of the 1000 it may use',
      usage: { input_tokens: 700, output_tokens: 301 },
    });
  });

  test('a complete answer is kept, even when its last report reaches the limit', async () => {
    const house = await working({ budget: { tokens: 1000 } });
    house.agents.last.isStubborn = true;
    house.agents.last.use({ input_tokens: 1000 });
    await house.settle();
    expect(house.agents.last.stopGraceMs).toBeDefined();
    house.agents.last.answer();
    await house.settle();
    expect(await house.story('a')).toEqual(['completed']);
  });

  test('the window is looked at when a fire is decided, and frees again when its oldest use leaves it', async () => {
    const house = await working({ budget: { tokens: 1000, window: '90m' } });
    house.agents.last.answer('ok', { usage: { input_tokens: 1000 } });
    await house.settle();
    await house.jump(HOUR);
    expect(await house.story('a')).toEqual(['completed', 'canceled budget']);
    // The use left the window at 14:30; the grid's next instant is 15:00.
    await house.jump(HOUR);
    expect(house.agents.conversations).toHaveLength(2);
  });

  test('a run that was accepted before the money was gone does not start', async () => {
    const house = await houses.start({ settings: { maxConcurrentJobs: 1 } });
    await house.addJob({ name: 'a', schedule: every, overlap: 'queue', budget: { tokens: 1000 } });
    await house.jump(MINUTE);
    await house.jump(MINUTE);
    expect(await house.story('a')).toEqual(['running', 'scheduled']);
    house.agents.last.answer('ok', { usage: { output_tokens: 2000 } });
    await house.settle();
    expect(await house.story('a')).toEqual(['completed', 'canceled budget']);
    expect(house.agents.conversations).toHaveLength(1);
    expect((await house.record('a')).consecutive_failures).toBe(0);
  });

  test('the use of a window is let go of at the very instant that the planner says', async () => {
    const house = await working({ budget: { tokens: 1000, window: '1h' } });
    house.agents.last.answer('ok', { usage: { input_tokens: 1000 } });
    await house.settle();
    await house.jump(HOUR);
    expect(await house.story('a')).toEqual(['completed', 'running']);
  });

  test('the day ends for all automations, and begins anew at midnight UTC', async () => {
    const house = await working({ house: { settings: { daily: { tokens: null, costUsd: 1 } } } });
    await house.addJob({ name: 'b', schedule: hourly });
    house.agents.last.answer('ok', { usage: { cost_usd: 1.5 } });
    await house.settle();
    await house.jump(HOUR);
    expect(await house.story('b')).toEqual(['canceled budget']);
    const [, refused] = await house.runs({ job_id: 'job_a' });
    expect(refused).toMatchObject({ missed: { count: 10 }, reason: 'budget' });
    await house.jump(10 * HOUR);
    expect(house.agents.open).toHaveLength(2);
  });

  test('use that could not be written while the run worked is written before its end', async () => {
    const house = await working();
    house.watched.fail('reportUsage', { times: 2 });
    house.agents.last.use({ input_tokens: 500 });
    house.agents.last.fail();
    await house.pass(5 * SECOND);
    expect(await onlyRun(house)).toMatchObject({ status: 'failed', usage: { input_tokens: 500 } });
  });
});

describe('usage limits', () => {
  const exhausted = (house: TestHouse, until: number): void =>
    house.agents.last.fail('limit reached', { usage_limit_until: until });

  test('hold the agent; its runs wait and say why; the fire is tried again when the hold ends', async () => {
    const house = await working({ agents: [testAgent(), testAgent({ name: 'other' })] });
    await house.addJob({ name: 'b', schedule: { mode: 'every', interval: '10m' } });
    await house.addJob({ name: 'c', agent_name: 'other', schedule: { mode: 'every', interval: '10m' } });
    exhausted(house, house.now + 30 * MINUTE);
    await house.settle();
    await house.jump(10 * MINUTE);
    expect(await house.store.listAgentHolds({ now: house.now })).toHaveLength(1);
    expect(await house.story('a')).toEqual(['failed usage_limit', 'scheduled usage_limit']);
    expect(await house.story('b')).toEqual(['scheduled usage_limit']);
    expect(await house.story('c')).toEqual(['running']);
    await house.jump(20 * MINUTE - 1);
    expect(house.agents.of('a')).toHaveLength(1);
    await house.jump(1);
    expect(house.agents.of('a')).toHaveLength(2);
    expect(house.agents.of('a')[1]!.start.env['ROUSE_ATTEMPT']).toBe('2');
    expect(house.heard('agent.held')).toHaveLength(1);
  });

  test('a person may end the hold early, and the fire goes on at once', async () => {
    const house = await working();
    exhausted(house, house.now + 24 * HOUR);
    await house.settle();
    expect(house.agents.conversations).toHaveLength(1);
    await house.commands.releaseAgent({ name: 'echo', actor: 'user:test' });
    await house.settle();
    expect(house.agents.conversations).toHaveLength(2);
    const released = house.commands.releaseAgent({ name: 'echo', actor: 'user:test' });
    await expect(released).rejects.toMatchObject({ code: 'agent_not_found' });
  });

  test('an instant that has passed already holds nothing, and is still no reason to hurry', async () => {
    const house = await working();
    exhausted(house, house.now - 1);
    await house.settle();
    expect(house.agents.conversations).toHaveLength(1);
    await house.jump(MINUTE);
    expect(house.agents.conversations).toHaveLength(2);
  });

  test('a fire that meets one limit after the other is given up in the end', async () => {
    const house = await working();
    for (let left = 11; left > 0; left -= 1) {
      exhausted(house, house.now + MINUTE);
      await house.settle();
      await house.jump(MINUTE);
    }
    expect(house.agents.of('a')).toHaveLength(11);
    expect((await house.record('a')).consecutive_failures).toBe(1);
  });
});

describe('retries and automatic pauses', () => {
  test('a failed run is followed by attempts under the same fire, each waiting twice as long', async () => {
    const house = await working({ retry: { strategy: 'backoff', max_retries: 2, base_delay: '10s' } });
    const waits: number[] = [];
    for (let left = 2; left > 0; left -= 1) {
      house.agents.last.fail();
      await house.settle();
      const waiting = (await house.runs()).at(-1)!;
      waits.push((waiting.available_at ?? 0) - house.now);
      await house.jump(waits.at(-1)!);
    }
    house.agents.last.fail();
    await house.settle();
    expect(waits[0]).toBeGreaterThanOrEqual(10_000);
    expect(waits[0]).toBeLessThanOrEqual(11_000);
    expect(waits[1]).toBeGreaterThanOrEqual(20_000);
    const runs = await house.runs();
    expect(runs.map((run) => run.attempt)).toEqual([1, 2, 3]);
    expect(new Set(runs.map((run) => run.fire_id)).size).toBe(1);
    expect((await house.record('a')).consecutive_failures).toBe(1);
    expect(house.heard('run.finished').map((each) => each.will_retry)).toEqual([true, true, false]);
  });

  test('so many fires failed for good pause the job; enabling it begins a new count', async () => {
    const house = await working({ pause_after_failures: 2 });
    house.agents.last.fail('first');
    await house.settle();
    await house.jump(HOUR);
    house.agents.last.fail('second');
    await house.settle();
    const paused = await house.record('a');
    expect(paused).toMatchObject({ enabled: false, consecutive_failures: 2, paused: { at: house.now } });
    expect(paused.cursor?.due_at).toBeUndefined();
    expect(house.heard('automation.paused')).toEqual([
      expect.objectContaining({
        automation_id: 'job_a',
        detail: '2 fires in a row failed for good (pause_after_failures: 2)',
      }),
    ]);
    await house.jump(2 * HOUR);
    expect(house.agents.conversations).toHaveLength(2);
    await house.commands.updateJob({ id: 'job_a', patch: { enabled: true }, actor: 'user:test' });
    const enabled = await house.record('a');
    expect(enabled).toMatchObject({ enabled: true, consecutive_failures: 0 });
    expect(enabled.paused).toBeUndefined();
    expect(enabled.cursor?.next_run_at).toBe(house.now + HOUR);
  });

  test('a person retries a finished run: one more attempt, whatever its policy', async () => {
    const house = await working();
    house.agents.last.fail();
    await house.settle();
    const run = await onlyRun(house);
    const retry = await house.commands.retryRun({ id: run.id, actor: 'user:test' });
    expect(retry).toMatchObject({ fire_id: run.fire_id, attempt: 2, actor: 'user:test', status: 'scheduled' });
    await house.settle();
    await expect(house.commands.retryRun({ id: run.id, actor: 'user:test' })).rejects.toMatchObject({
      code: 'run_not_finished',
    });
    house.agents.last.answer();
    await house.settle();
    expect(await house.story('a')).toEqual(['failed agent_error', 'completed']);
  });
});

describe('a mistake inside', () => {
  test('a port that breaks its word ends the run, and the engine goes on', async () => {
    const house = await working({ success: { pattern: '(' } });
    house.agents.last.answer();
    await house.settle();
    expect(await onlyRun(house)).toMatchObject({
      status: 'failed',
      reason: 'agent_error',
      error: expect.stringContaining('the run could not be carried out'),
    });
    await house.jump(HOUR);
    expect(house.agents.conversations).toHaveLength(2);
    expect(house.engine.health().executing).toBe(1);
  });
});
