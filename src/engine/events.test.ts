import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { formatInstant } from '../model/instant.ts';
import { openSqliteStore } from '../store/sqlite/open-sqlite-store.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { Houses } from './testing/houses.ts';
import type { TestHouse } from './testing/test-house.ts';

const houses = new Houses({
  openStore: openSqliteStore,
  makeFolder: () => mkdtempSync(join(tmpdir(), 'rouse-events-')),
  removeFolder: (folder) => rmSync(folder, { recursive: true }),
  clock: (startMs) => new ManualClock(startMs),
});
afterEach(() => houses.close());

const SECOND = 1000;
const HOUR = 3600 * SECOND;
const actor = 'user:test';

async function addTrigger(house: TestHouse, written: Record<string, unknown>): Promise<string> {
  const record = await house.commands.createTrigger({
    written: { scope: 'global', agent_name: 'echo', prompt: 'Do it.', ...written },
    actor,
  });
  return record.automation.id;
}

async function send(house: TestHouse, kind: string, parts: Record<string, unknown> = {}) {
  const accepted = await house.commands.sendEvent({ written: { kind, ...parts }, actor });
  await house.settle();
  return accepted;
}

function prompts(house: TestHouse): string[] {
  return house.agents.conversations.map(({ start }) => start.prompt);
}

async function verdicts(house: TestHouse, id: string): Promise<string[]> {
  const { considered } = await house.commands.explainEvent({ id });
  return considered.map(({ trigger_name, verdict }) => `${trigger_name} ${verdict}`);
}

async function eventsOf(house: TestHouse, kind: string) {
  const { items } = await house.store.listActivations({ query: { kind } });
  return items.toReversed();
}

describe('an event that is told', () => {
  test('wakes the agents of the triggers that wait for it, with the prompt made from it', async () => {
    const house = await houses.start();
    await addTrigger(house, { name: 'a', event: 'ext.deploy', prompt: 'Check {{ .Data.sha }} of {{ .Kind }}.' });
    await addTrigger(house, { name: 'b', event: 'ext.other' });
    const { activation, runs } = await send(house, 'ext.deploy', { data: { sha: 'abc' } });
    expect(runs).toHaveLength(1);
    expect(prompts(house)).toEqual(['Check abc of ext.deploy.']);
    expect(house.agents.last.start.env['ROUSE_EVENT_ID']).toBe(activation.id);
    house.agents.last.answer();
    await house.settle();
    expect(await house.runs({ trigger_id: runs[0]!.trigger_id! })).toMatchObject([
      { status: 'completed', kind: 'trigger', event_id: activation.id, depth: 0 },
    ]);
  });

  test('is the same event when its id came before', async () => {
    const house = await houses.start();
    await addTrigger(house, { name: 'a', event: 'ext.deploy' });
    const first = await send(house, 'ext.deploy', { id: 'delivery-7' });
    const again = await send(house, 'ext.deploy', { id: 'delivery-7', data: { other: true } });
    expect(again).toMatchObject({ outcome: 'duplicate', activation: { id: first.activation.id } });
    expect((await send(house, 'ext.other', { id: 'delivery-7' })).outcome).toBe('stored');
    expect(await house.runs({ reason: 'template' })).toEqual([]);
    expect(house.agents.conversations).toHaveLength(1);
  });

  test('shares its transaction with those that come meanwhile', async () => {
    const house = await houses.start();
    await addTrigger(house, { name: 'a', event: 'ext.deploy', fire_limit: { max: 100, window: '1h' } });
    house.watched.forgetCalls();
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => house.commands.sendEvent({ written: { kind: 'ext.deploy' }, actor })),
    );
    expect(new Set(answers.flatMap(({ runs }) => runs.map(({ id }) => id))).size).toBe(40);
    expect(house.watched.calls.get('acceptActivations')).toBeLessThan(10);
  });

  test('is refused with what was probably meant', async () => {
    const house = await houses.start();
    await expect(send(house, 'deploy')).rejects.toMatchObject({
      code: 'validation_failed',
      problems: [{ path: 'event.kind', message: expect.stringContaining('Did you mean "ext.deploy"?') }],
    });
    await expect(send(house, 'ext.a', { dat: {} })).rejects.toMatchObject({
      problems: [{ path: 'event.dat', message: expect.stringContaining('Did you mean "data"?') }],
    });
    await expect(send(house, 'ext.a', { data: [1] })).rejects.toMatchObject({ problems: [{ path: 'event.data' }] });
    await expect(send(house, 'ext.a', { source: 'webhook' })).rejects.toMatchObject({
      problems: [{ path: 'event.source', code: 'conflict' }],
    });
    await expect(send(house, 'ext.a', { cause_run_id: 'run_gone' })).rejects.toMatchObject({ code: 'run_not_found' });
  });

  test('that was acknowledged is carried out after a kill, once', async () => {
    const house = await houses.start({ settings: { maxConcurrentJobs: 0 } });
    await addTrigger(house, { name: 'a', event: 'ext.deploy' });
    await send(house, 'ext.deploy');
    house.settings.maxConcurrentJobs = 5;
    await house.killAndStart();
    expect(house.agents.conversations).toHaveLength(1);
    await house.killAndStart();
    expect(await house.runs()).toHaveLength(1);
  });

  test('over the fire limit waits until the limit lets it, one after the other', async () => {
    const house = await houses.start();
    await addTrigger(house, { name: 'a', event: 'ext.deploy', fire_limit: { max: 1, window: '1h' } });
    const answers = [await send(house, 'ext.deploy'), await send(house, 'ext.deploy'), await send(house, 'ext.deploy')];
    const starts = answers.map(({ runs }) => (runs[0]!.available_at ?? 0) - house.now);
    expect(starts).toEqual([0, HOUR, 2 * HOUR]);
    expect(answers[1]!.verdicts[0]).toMatchObject({
      verdict: 'deferred',
      detail: expect.stringContaining(`its run starts at ${formatInstant(house.now + HOUR)}`),
    });
    house.agents.last.answer();
    await house.jump(HOUR);
    expect(house.agents.conversations).toHaveLength(2);
  });

  test('is not deferred without end: one that would wait for a season leaves a row that says so', async () => {
    const house = await houses.start();
    await addTrigger(house, { name: 'a', event: 'ext.deploy', fire_limit: { max: 1, window: '1000h' } });
    const answers = [];
    for (let n = 0; n < 5; n += 1) answers.push(await send(house, 'ext.deploy'));
    expect(answers.map(({ verdicts }) => verdicts[0]!.verdict)).toEqual([
      'fired',
      'deferred',
      'deferred',
      'fire_limit',
      'fire_limit',
    ]);
    expect(answers[3]!.activation.matched).toBe(1);
    expect(answers[3]!.runs[0]).toMatchObject({
      status: 'canceled',
      reason: 'fire_limit',
      error: expect.stringContaining('more than 90 days from now'),
    });
  });

  test('that its trigger cannot tell about fails the run with the key that is missing, and is not tried again', async () => {
    const house = await houses.start();
    const retry = { strategy: 'backoff', max_retries: 3, base_delay: '1s' };
    await addTrigger(house, { name: 'a', event: 'ext.deploy', prompt: 'Check {{ .Data.sha }}.', retry });
    await send(house, 'ext.deploy', { data: { branch: 'main' } });
    await house.pass(10 * SECOND);
    expect(await house.runs({ reason: 'template' })).toMatchObject([
      { status: 'failed', attempt: 1, error: expect.stringContaining('sha') },
    ]);
    expect(house.agents.conversations).toHaveLength(0);
  });

  test('is rendered anew for another attempt', async () => {
    const house = await houses.start({ redact: (text) => text.replaceAll('s3cret', '***') });
    const retry = { strategy: 'backoff', max_retries: 1, base_delay: '1s' };
    await addTrigger(house, { name: 'a', event: 'ext.deploy', prompt: 'Use {{ .Data.token }}.', retry });
    await send(house, 'ext.deploy', { data: { token: 's3cret' } });
    house.agents.last.fail();
    await house.pass(3 * SECOND);
    expect(prompts(house)).toEqual(['Use s3cret.', 'Use s3cret.']);
  });

  test('is taken in while everything is paused, and its runs wait', async () => {
    const house = await houses.start();
    await addTrigger(house, { name: 'a', event: 'ext.deploy' });
    await house.commands.pause({ actor });
    expect((await send(house, 'ext.deploy')).runs).toHaveLength(1);
    expect(house.agents.conversations).toHaveLength(0);
    await house.commands.resume({ actor });
    await house.settle();
    expect(house.agents.conversations).toHaveLength(1);
  });

  test('is forgotten when it is older than the configuration wants to keep', async () => {
    const house = await houses.start({ settings: { eventsMaxAgeMs: HOUR } });
    const { activation } = await send(house, 'ext.deploy');
    await house.pass(HOUR + 30 * SECOND, 10 * SECOND);
    await expect(house.commands.explainEvent({ id: activation.id })).rejects.toMatchObject({ code: 'event_not_found' });
  });
});

describe('what Rouse itself tells', () => {
  test('is the beginning and the end of a run and its session, with why it ended', async () => {
    const house = await houses.start();
    await house.addJob({ name: 'nightly' });
    await house.commands.runJobNow({ id: 'job_nightly', actor });
    await house.settle();
    house.agents.last.answer('All well.', { stop_reason: 'end_turn' });
    await house.settle();
    const kinds = (await house.store.listActivations({ query: {} })).items.map((event) => event.kind);
    expect(kinds.toReversed()).toEqual(['session.created', 'run.completed', 'session.stopped']);
    const [stopped] = await eventsOf(house, 'session.stopped');
    expect(stopped).toMatchObject({
      source: 'observer',
      depth: 1,
      cause: { automation_id: 'job_nightly' },
      data: {
        stop_reason: 'end_turn',
        stop_detail: '',
        job_name: 'nightly',
        run_status: 'completed',
        agent_name: 'echo',
      },
    });
    const [completed] = await eventsOf(house, 'run.completed');
    expect(completed!.data).toMatchObject({ status: 'completed', output: 'All well.', will_retry: false, attempt: 1 });
  });

  test('wakes triggers by filter, attempt by attempt', async () => {
    const house = await houses.start();
    const filter = { 'data.will_retry': 'false', 'data.job_name': 'nightly' };
    await addTrigger(house, { name: 'care', event: 'run.failed', filter, prompt: 'Look at {{ .Data.error }}.' });
    await house.addJob({ name: 'nightly', retry: { strategy: 'backoff', max_retries: 1, base_delay: '1s' } });
    await house.commands.runJobNow({ id: 'job_nightly', actor });
    await house.settle();
    house.agents.last.fail('no disk');
    await house.pass(3 * SECOND);
    expect(house.agents.of('care')).toHaveLength(0);
    house.agents.last.fail('no disk');
    await house.settle();
    expect(house.agents.of('care').map(({ start }) => start.prompt)).toEqual(['Look at no disk.']);
  });

  test('is a pause after failures', async () => {
    const house = await houses.start();
    await house.addJob({ name: 'nightly', pause_after_failures: 1 });
    await house.commands.runJobNow({ id: 'job_nightly', actor });
    await house.settle();
    house.agents.last.fail();
    await house.settle();
    const [paused] = await eventsOf(house, 'job.paused');
    expect(paused!.data).toMatchObject({ job_name: 'nightly', consecutive_failures: 1 });
  });
});

describe('loops', () => {
  test('a trigger does not match what its own runs caused, and the event says why', async () => {
    const house = await houses.start();
    house.agents.onStart = (conversation) => {
      conversation.begin();
      conversation.answer();
    };
    await addTrigger(house, { name: 'again', event: 'session.stopped' });
    await house.addJob({ name: 'first' });
    await house.commands.runJobNow({ id: 'job_first', actor });
    await house.settle();
    await house.settle();
    const stopped = await eventsOf(house, 'session.stopped');
    expect(stopped).toHaveLength(2);
    expect(await verdicts(house, stopped[0]!.id)).toEqual(['again fired']);
    expect(await verdicts(house, stopped[1]!.id)).toEqual(['again own_event']);
    const { sentence } = await house.commands.explainEvent({ id: stopped[1]!.id });
    expect(sentence).toContain("the trigger's own run");
  });

  test('one that may match its own events is stopped at the depth that is allowed, and a row says so', async () => {
    const house = await houses.start({ settings: { maxDepth: 2 } });
    house.agents.onStart = (conversation) => {
      conversation.begin();
      conversation.answer();
    };
    const id = await addTrigger(house, { name: 'again', event: 'session.stopped', allow_own_events: true });
    await house.addJob({ name: 'first' });
    await house.commands.runJobNow({ id: 'job_first', actor });
    for (let turn = 0; turn < 8; turn += 1) await house.settle();
    expect(await house.runs({ trigger_id: id })).toMatchObject([
      { status: 'completed', depth: 1 },
      { status: 'completed', depth: 2 },
      { status: 'canceled', reason: 'loop_guard', depth: 3 },
    ]);
    const last = (await eventsOf(house, 'session.stopped')).at(-1);
    expect(await verdicts(house, last!.id)).toEqual(['again loop_guard']);
  });

  test('a chain of five events shows its lineage', async () => {
    const house = await houses.start();
    for (let step = 1; step < 5; step += 1) await addTrigger(house, { name: `s${step}`, event: `ext.e${step}` });
    let { activation } = await send(house, 'ext.e1');
    for (let step = 2; step <= 5; step += 1) {
      const run = house.agents.last.start.env['ROUSE_RUN_ID'];
      ({ activation } = await send(house, `ext.e${step}`, { cause_run_id: run }));
    }
    const { lineage, event } = await house.commands.explainEvent({ id: activation.id });
    expect(event.depth).toBe(4);
    expect(lineage.map((step) => step.event?.kind)).toEqual(['ext.e1', 'ext.e2', 'ext.e3', 'ext.e4', 'ext.e5']);
    expect(lineage.map((step) => step.run?.status)).toEqual(['running', 'running', 'running', 'running', undefined]);
    const first = await house.commands.explainEvent({ id: lineage[0]!.event!.id });
    expect(first.caused.map(({ kind }) => kind)).toContain('ext.e2');
  });

  test('the lineage begins with the run of a job where one began it', async () => {
    const house = await houses.start();
    await house.addJob({ name: 'first' });
    const run = await house.commands.runJobNow({ id: 'job_first', actor });
    await house.settle();
    const { activation } = await send(house, 'ext.a', { cause_run_id: run.id });
    const { lineage } = await house.commands.explainEvent({ id: activation.id });
    expect(lineage).toMatchObject([{ run: { id: run.id } }, { event: { id: activation.id, depth: 1 } }]);
  });
});

describe('gathering', () => {
  test('makes one fire of many, with all of them in order', async () => {
    const house = await houses.start();
    await addTrigger(house, {
      name: 'g',
      event: 'ext.push',
      coalesce: { key: 'data.repo', window: '30s' },
      prompt: '{{ .Data.key }}: {{ range .Data.events }}{{ .data.n }} {{ end }}',
    });
    for (let n = 1; n <= 3; n += 1) await send(house, 'ext.push', { data: { repo: 'x', n } });
    await send(house, 'ext.push', { data: { repo: 'y', n: 9 } });
    await house.pass(29 * SECOND);
    expect(house.agents.conversations).toHaveLength(0);
    await house.killAndStart();
    await house.pass(2 * SECOND);
    expect(prompts(house).toSorted()).toEqual(['x: 1 2 3', 'y: 9']);
    const [run] = await house.runs();
    const { event, sentence } = await house.commands.explainEvent({ id: run!.event_id! });
    expect(event).toMatchObject({ gathered: { count: 3 }, depth: 0 });
    expect(sentence).toContain('gathering of 3 ext.push');
  });

  test('of a trigger that is switched off meanwhile fires nothing, and says so', async () => {
    const house = await houses.start();
    const id = await addTrigger(house, { name: 'g', event: 'ext.push', coalesce: { window: '30s' } });
    const { verdicts: given } = await send(house, 'ext.push');
    await house.commands.updateTrigger({ id, patch: { enabled: false }, actor });
    await house.pass(31 * SECOND);
    expect(await house.runs()).toEqual([]);
    expect(await verdicts(house, given[0]!.gathered_into!)).toEqual(['g disabled']);
  });
});

describe('a dry run', () => {
  const written = {
    name: 'a',
    event: 'ext.deploy',
    filter: { 'data.env': 'prod' },
    when: 'data.size > 3',
    prompt: 'Deploy {{ .Data.sha }}.',
  };

  async function tried(envelope: unknown, more: Record<string, unknown> = {}) {
    const house = await houses.start();
    const id = await addTrigger(house, { ...written, ...more });
    const test = await house.commands.testTrigger({ id, envelope });
    expect(await house.runs()).toEqual([]);
    return test;
  }

  test('says that it would fire, and what the agent would be told', async () => {
    const test = await tried({ data: { env: 'prod', size: 4, sha: 'abc' } });
    expect(test).toMatchObject({ outcome: 'would_fire', prompt: 'Deploy abc.' });
    expect(test.conditions.map(({ holds }) => holds)).toEqual(Array(7).fill(true));
  });

  test('says which conditions do not hold, all of them', async () => {
    const test = await tried({ kind: 'ext.other', data: { env: 'test', size: 1 } });
    expect(test.outcome).toBe('would_not_match');
    expect(test.prompt_error).toContain('sha');
    expect(test.conditions.filter(({ holds }) => !holds).map(({ condition }) => condition)).toEqual([
      'event',
      'filter',
      'when',
    ]);
  });

  test('says that the template would fail, or that it would be gathered', async () => {
    expect((await tried({ data: { env: 'prod', size: 4 } })).outcome).toBe('would_fail');
    const gathered = await tried({ data: { env: 'prod', size: 4, sha: 'x' } }, { coalesce: { window: '30s' } });
    expect(gathered.outcome).toBe('would_gather');
  });

  test('takes a stored event, and says why it did not fire', async () => {
    const house = await houses.start();
    const id = await addTrigger(house, written);
    const { activation } = await send(house, 'ext.deploy', { data: { env: 'prod', size: 'big', sha: 'x' } });
    expect(await verdicts(house, activation.id)).toEqual(['a condition_error']);
    const test = await house.commands.testTrigger({ id, event_id: activation.id });
    expect(test.sentence).toContain('the condition could not be evaluated');
  });
});

describe('a trigger run by hand', () => {
  test('takes an envelope, whatever its conditions say, and keeps it as an event', async () => {
    const house = await houses.start();
    const id = await addTrigger(house, {
      name: 'a',
      event: 'ext.deploy',
      enabled: false,
      filter: { 'data.env': 'prod' },
      prompt: 'Deploy {{ .Data.sha }}.',
    });
    const run = await house.commands.runTriggerNow({ id, envelope: { data: { sha: 'abc' } }, actor });
    await house.settle();
    expect(prompts(house)).toEqual(['Deploy abc.']);
    expect(run).toMatchObject({ kind: 'manual', trigger_id: id, actor });
    const { event, sentence } = await house.commands.explainEvent({ id: run.event_id! });
    expect(event).toMatchObject({ kind: 'ext.deploy', data: { sha: 'abc' }, addressed_to: '' });
    expect(sentence).toContain('by hand');
  });

  test('is refused over the fire limit', async () => {
    const house = await houses.start();
    const id = await addTrigger(house, { name: 'a', event: 'ext.a', fire_limit: { max: 1, window: '1h' } });
    await house.commands.runTriggerNow({ id, actor });
    await expect(house.commands.runTriggerNow({ id, actor })).rejects.toMatchObject({ code: 'fire_limit_reached' });
  });
});

describe('what is refused when a trigger is written', () => {
  async function problems(parts: Record<string, unknown>) {
    const house = await houses.start();
    const written = { name: 'a', event: 'ext.a', ...parts };
    const error = await addTrigger(house, written).then(
      () => undefined,
      (refused: unknown) => refused,
    );
    return (error as { problems?: { path: string; message: string }[] } | undefined)?.problems;
  }

  test('an event that nothing can produce, with the one that was meant', async () => {
    expect(await problems({ event: 'session.stoped' })).toMatchObject([
      { path: 'trigger.event', message: expect.stringContaining('Did you mean "session.stopped"?') },
    ]);
  });

  test('a condition that is wrong, with where', async () => {
    expect(await problems({ when: 'data.x ==' })).toMatchObject([
      { path: 'trigger.when', code: 'invalid_condition', message: expect.stringContaining('character 10') },
    ]);
  });

  test('filters and templates that cannot match or render', async () => {
    const found = await problems({ filter: { 'dta.x': '1' }, prompt: '{{ .Nothing }}' });
    expect(found?.map(({ path }) => path)).toEqual(['trigger.filter["dta.x"]', 'trigger.prompt']);
  });
});
