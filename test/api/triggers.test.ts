import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { completeTrigger } from '../../src/model/definition.ts';
import { type Harness, type Loose, openHarness, START } from './api-harness.ts';

let api: Harness;
beforeEach(async () => {
  api = await openHarness();
});
afterEach(() => api.close());

const written = (parts: object = {}): object => ({
  scope: 'global',
  name: 'deploy',
  agent_name: 'echo',
  event: 'ext.deploy',
  filter: { 'data.env': 'prod' },
  when: 'data.size > 1',
  prompt: 'Deploy {{ .Data.sha }}.',
  ...parts,
});
const create = async (parts: object = {}): Promise<Loose> =>
  (await api.ask('POST automation/triggers', { json: written(parts) })).body.trigger;
const send = (json: object): ReturnType<Harness['ask']> => api.ask('POST automation/events', { json });
const deploy = { kind: 'ext.deploy', data: { env: 'prod', size: 2, sha: 'abc' } };

async function syncFile(parts: object): Promise<string> {
  const completed = completeTrigger(written(parts), { source: 'config', now: START });
  if (!completed.ok) throw new Error(JSON.stringify(completed.problems));
  const { automation } = completed;
  await api.store.syncAutomations({
    now: START,
    source: 'config',
    automations: [automation],
    keep_ids: [],
    placeCursor: () => {
      throw new Error('a trigger has no cursor');
    },
  });
  return automation.id;
}

describe('a trigger', () => {
  it('is created, with when, if and then in words', async () => {
    const { status, body, headers } = await api.ask('POST automation/triggers', { json: written() });
    expect(status).toBe(201);
    expect(headers.get('location')).toBe(`/api/automation/triggers/${body.trigger.id}`);
    expect(headers.get('etag')).toBe('"1"');
    expect(body.trigger).toMatchObject({
      event: 'ext.deploy',
      filter: { 'data.env': 'prod' },
      source: 'dynamic',
      effective_enabled: true,
      consecutive_failures: 0,
      trigger_text: 'When ext.deploy happens, if data.env is "prod" and (data.size > 1), then echo is woken.',
      recent_events: [],
    });
  });

  it('is refused with everything that is wrong with it', async () => {
    const { status, body } = await api.ask('POST automation/triggers', {
      json: written({ event: 'deploy', when: 'data.x ==', filter: { 'dta.x': '1' }, prompt: '{{ .Nope }}', pomt: 1 }),
    });
    expect(status).toBe(422);
    expect(body.errors.map((error: Loose) => error.path)).toEqual([
      'trigger.filter["dta.x"]',
      'trigger.prompt',
      'trigger.when',
      'trigger.pomt',
      'trigger.event',
    ]);
    expect(body.errors.at(-1).message).toContain('Did you mean "ext.deploy"?');
  });

  it('keeps its name to itself, and names an agent that exists', async () => {
    await create();
    expect((await api.ask('POST automation/triggers', { json: written() })).body.code).toBe('trigger_name_taken');
    const other = await api.ask('POST automation/triggers', { json: written({ name: 'b', agent_name: 'ecko' }) });
    expect(other.body).toMatchObject({ code: 'agent_unknown', detail: expect.stringContaining('echo') });
  });

  it('is patched, conditionally where the caller wants it', async () => {
    const { id } = await create();
    const patched = await api.ask(`PATCH automation/triggers/${id}`, {
      json: { filter: { 'data.env': null, 'data.sha': 'abc' }, when: null },
      headers: { 'if-match': '"1"' },
    });
    expect(patched.body.trigger).toMatchObject({ filter: { 'data.sha': 'abc' } });
    expect(patched.body.trigger).not.toHaveProperty('when');
    const stale = await api.ask(`PATCH automation/triggers/${id}`, { json: {}, headers: { 'if-match': '"1"' } });
    expect(stale.status).toBe(412);
  });

  it('is listed by event, and deleted', async () => {
    const { id } = await create();
    await create({ name: 'other', event: 'ext.other' });
    const list = await api.ask('GET automation/triggers?event=ext.deploy');
    expect(list.body.triggers.map((trigger: Loose) => trigger.id)).toEqual([id]);
    expect((await api.ask(`DELETE automation/triggers/${id}`)).status).toBe(204);
    expect((await api.ask(`GET automation/triggers/${id}`)).body.code).toBe('trigger_not_found');
    expect((await send(deploy)).body.considered).toEqual([]);
  });

  it('of a file is only switched, by an overlay', async () => {
    const id = await syncFile({});
    const patched = await api.ask(`PATCH automation/triggers/${id}`, { json: { enabled: false } });
    expect(patched.body.code).toBe('read_only_definition');
    const off = await api.ask(`PUT automation/triggers/${id}/overlay`, { json: { enabled_override: false } });
    expect(off.body.trigger).toMatchObject({ enabled: true, effective_enabled: false });
    expect((await send(deploy)).body.considered).toMatchObject([{ trigger_id: id, verdict: 'disabled' }]);
    expect((await api.ask(`DELETE automation/triggers/${id}/overlay`)).body.trigger.effective_enabled).toBe(true);
    expect((await api.ask(`DELETE automation/triggers/${id}/overlay`)).body.code).toBe('trigger_overlay_not_found');
    expect((await send(deploy)).body.considered).toMatchObject([{ verdict: 'fired' }]);
  });

  it('is run now on an envelope', async () => {
    const { id } = await create();
    const { status, body } = await api.ask(`POST automation/triggers/${id}/trigger`, {
      json: { envelope: { data: { sha: 'x' } } },
    });
    expect(status).toBe(202);
    expect(body.run).toMatchObject({ trigger_id: id, kind: 'manual', status: 'scheduled' });
    const { event } = (await api.ask(`GET automation/events/${body.run.event_id}`)).body;
    expect(event).toMatchObject({ kind: 'ext.deploy', data: { sha: 'x' }, verdicts: [] });
    expect((await api.ask(`POST automation/triggers/${id}/trigger`)).status).toBe(202);
    const runs = await api.ask(`GET automation/triggers/${id}/runs`);
    expect(runs.body.runs).toHaveLength(2);
    const odd = await api.ask(`POST automation/triggers/${id}/trigger`, { json: { envelop: {} } });
    expect(odd.body.errors).toMatchObject([{ path: 'envelop', code: 'unknown_field' }]);
  });

  it('is tried on an envelope, or a stored event, and nothing is created', async () => {
    const { id } = await create();
    const { body } = await api.ask(`POST automation/triggers/${id}/test`, { json: { envelope: deploy } });
    expect(body.test).toMatchObject({ outcome: 'would_fire', prompt: 'Deploy abc.' });
    expect(body.test.conditions.map((one: Loose) => one.condition)).toEqual([
      'enabled',
      'event',
      'scope',
      'workspace',
      'own_events',
      'filter',
      'when',
    ]);
    const { event } = (await send({ ...deploy, data: { env: 'test' } })).body;
    const stored = await api.ask(`POST automation/triggers/${id}/test`, { json: { event_id: event.id } });
    expect(stored.body.test).toMatchObject({
      outcome: 'would_not_match',
      prompt_error: expect.stringContaining('sha'),
    });
    const both = await api.ask(`POST automation/triggers/${id}/test`, { json: { event_id: event.id, envelope: {} } });
    expect(both.status).toBe(422);
    expect((await api.ask('GET automation/runs')).body.runs).toEqual([]);
  });
});

describe('an event', () => {
  it('is answered with what came of it', async () => {
    const { id } = await create();
    const { status, body, headers } = await send(deploy);
    expect(status).toBe(202);
    expect(headers.get('location')).toBe(`/api/automation/events/${body.event.id}`);
    expect(body).toMatchObject({
      duplicate: false,
      event: { kind: 'ext.deploy', source: 'extension', scope: 'global', depth: 0, considered: 1, matched: 1 },
      considered: [{ trigger_id: id, trigger_name: 'deploy', verdict: 'fired', run_id: body.runs[0].id }],
      runs: [{ trigger_id: id, event_id: body.event.id, kind: 'trigger' }],
    });
  });

  it('is taken in once per id', async () => {
    await create();
    const first = await send({ ...deploy, id: 'd-1' });
    const again = await send({ ...deploy, id: 'd-1' });
    expect([first.status, again.status]).toEqual([202, 200]);
    expect(again.body).toMatchObject({ duplicate: true, runs: [{ id: first.body.runs[0].id }] });
  });

  it('is explained: what was considered, what could not match and why, and what came of it', async () => {
    await create({ name: 'hit' });
    await create({ name: 'miss', filter: { 'data.env': 'test' } });
    await create({ name: 'cond', when: 'data.size > 99' });
    const { body } = await send(deploy);
    const { event } = (await api.ask(`GET automation/events/${body.event.id}`)).body;
    expect(event.sentence).toBe('This ext.deploy was considered by 2 triggers: 1 fired; 1 did not match.');
    expect(event.verdicts).toMatchObject([
      { trigger_name: 'hit', verdict: 'fired' },
      { trigger_name: 'cond', verdict: 'condition', detail: 'the condition (when) is false for this event' },
    ]);
    expect(event.not_considered).toMatchObject([{ trigger_name: 'miss', detail: 'data.env is "prod", not "test"' }]);
    expect(event.runs).toHaveLength(1);
    expect(event.lineage).toMatchObject([{ event: { id: event.id } }]);
    const trigger = (await api.ask('GET automation/triggers?name=hit')).body.triggers[0];
    const { recent_events } = (await api.ask(`GET automation/triggers/${trigger.id}`)).body.trigger;
    expect(recent_events).toMatchObject([{ event_id: event.id, verdict: { verdict: 'fired' } }]);
    expect((await api.ask('GET automation/events/evt_nope')).body.code).toBe('event_not_found');
  });

  it('is listed by kind, newest first, page by page', async () => {
    for (const kind of ['ext.a', 'ext.b', 'ext.a']) await send({ kind });
    const { body } = await api.ask('GET automation/events?kind=ext.a&limit=1');
    expect(body.events).toHaveLength(1);
    const rest = await api.ask(`GET automation/events?kind=ext.a&cursor=${body.next_cursor}`);
    expect(rest.body.events).toHaveLength(1);
    expect((await api.ask('GET automation/events?kin=x')).status).toBe(422);
    expect((await api.ask('GET automation/events?cursor=x')).body.code).toBe('invalid_cursor');
  });

  it('that cannot be is refused with what to do', async () => {
    const problem = async (json: object | string): Promise<string> => {
      const { body } = await api.ask('POST automation/events', { json });
      return `${body.code}: ${(body.errors ?? []).map((error: Loose) => error.path).join(' ')}`;
    };
    expect(await problem({})).toBe('validation_failed: event.kind');
    expect(await problem({ kind: 'run.failed' })).toBe('validation_failed: event.kind');
    expect(await problem({ kind: 'ext.a', data: 'text' })).toBe('validation_failed: event.data');
    expect(await problem({ kind: 'ext.a', scope: 'workspace' })).toBe('validation_failed: event.workspace_id');
    expect(await problem({ kind: 'ext.a', occurred_at: 'now' })).toBe('validation_failed: event.occurred_at');
    expect(await problem({ kind: 'ext.a', depth: 0 })).toBe('validation_failed: event.depth');
    expect(await problem({ kind: 'ext.a', workspace_id: 'nowhere' })).toContain('workspace_not_found');
    expect(await problem('text')).toBe('validation_failed: event');
    const deep = await api.ask('POST automation/events', {
      body: `{"kind":"ext.a","data":${'{"a":'.repeat(99)}1${'}'.repeat(99)}}`,
    });
    expect(deep.status).toBe(400);
    const proto = await api.ask('POST automation/events', { body: '{"kind":"ext.a","data":{"__proto__":{"x":1}}}' });
    expect(proto.status).toBe(400);
    expect((await api.ask('GET automation/events')).body.events).toEqual([]);
  });
});
