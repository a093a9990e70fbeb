import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Harness, type Loose, openHarness, START } from './api-harness.ts';

let api: Harness;
beforeEach(async () => {
  api = await openHarness();
});
afterEach(() => api.close());

const daily = { mode: 'cron', expr: '0 9 * * *', timezone: 'Europe/Paris' };
const written = (parts: object = {}): object => ({
  scope: 'global',
  name: 'daily',
  agent_name: 'echo',
  prompt: 'Say hello.',
  schedule: daily,
  ...parts,
});
const create = async (parts: object = {}): Promise<Loose> =>
  (await api.ask('POST automation/jobs', { json: written(parts) })).body.job;
const fileJob = { scope: 'global', name: 'from-file', agent_name: 'echo', prompt: 'Hi.', schedule: daily };

describe('a job that has fired', () => {
  it('shows the cursor as the contract describes it, without what only the engine keeps there', async () => {
    const { id } = await create();
    api.clock.advance(86_400_000);
    const now = api.clock.now();
    await api.store.planFires({
      now,
      limit: 10,
      daily_since: null,
      decide: ({ cursor }) => ({
        cursor: { ...cursor, due_at: now + 1, accounted_until: now, covered: { until: now + 1, by: 'x' } },
        runs: [],
        cancellations: [],
      }),
    });
    const { body } = await api.ask(`GET automation/jobs/${id}`);
    expect(body.job.scheduler).not.toHaveProperty('accounted_until');
    expect(body.job.scheduler).not.toHaveProperty('covered');
  });
});

describe('creating a job', () => {
  it('echoes what was understood, with the next five instants', async () => {
    const { status, body, headers } = await api.ask('POST automation/jobs', { json: written() });
    expect(status).toBe(201);
    expect(headers.get('location')).toBe(`/api/automation/jobs/${body.job.id}`);
    expect(headers.get('etag')).toBe('"1"');
    expect(body.job).toMatchObject({
      name: 'daily',
      source: 'dynamic',
      enabled: true,
      effective_enabled: true,
      retry: { strategy: 'none' },
      fire_limit: { max: 12, window: '1h' },
      created_at: '2026-11-22T12:00:00.000Z',
      schedule_text: expect.stringContaining('09:00'),
      scheduler: { job_id: body.job.id, next_run_at: '2026-11-23T08:00:00.000Z', misfire_count: 0 },
      consecutive_failures: 0,
    });
    expect(body.job.next_fires).toHaveLength(5);
    expect(body.job.next_fires[0]).toEqual({
      at: '2026-11-23T08:00:00.000Z',
      local: '2026-11-23T09:00:00',
      offset: '+01:00',
      zone: 'Europe/Paris',
    });
    expect(body.job).not.toHaveProperty('blocked');
    expect(body.job).not.toHaveProperty('last_run');
  });

  it('passes on what the model says, word for word and all of it', async () => {
    const { status, body } = await api.ask('POST automation/jobs', {
      json: {
        scope: 'global',
        name: '',
        agent_name: 'echo',
        prompt: 'x',
        schedule: { mode: 'cron', expr: '* *' },
        promt: 1,
      },
    });
    expect(status).toBe(422);
    expect(body).toMatchObject({ code: 'validation_failed', title: 'Validation failed' });
    expect(body.errors.map((error: Loose) => [error.path, error.code])).toEqual([
      ['job.name', 'required'],
      ['job.schedule.expr', 'invalid_cron'],
      ['job.promt', 'unknown_field'],
    ]);
    expect(body.errors[2].message).toContain('"prompt"');
  });

  it.each([
    ['a name that is taken', {}, 409, 'job_name_taken'],
    [
      'an instant that is past',
      { name: 'b', schedule: { mode: 'at', time: '2026-11-22T11:00:00Z' } },
      422,
      'at_in_past',
    ],
    ['an agent that nobody configured', { name: 'b', agent_name: 'eco' }, 422, 'agent_unknown'],
    [
      'a workspace that nobody registered',
      { name: 'b', scope: 'workspace', workspace_id: 'x' },
      404,
      'workspace_not_found',
    ],
    [
      'what is not valid, before it looks for the workspace',
      { name: '', scope: 'workspace', workspace_id: 'x' },
      422,
      'validation_failed',
    ],
  ])('refuses %s', async (_, parts, status, code) => {
    await create();
    const refused = await api.ask('POST automation/jobs', { json: written(parts) });
    expect(refused).toMatchObject({ status, body: { code } });
  });

  it.each([
    ['agent_name', { name: 'b', agent_name: 'eco' }],
    ['workspace_id', { name: 'b', scope: 'workspace', workspace_id: 'x' }],
  ])('says that it is %s which names what nobody knows', async (field, parts) => {
    const { body } = await api.ask('POST automation/jobs', { json: written(parts) });
    expect(body.errors).toEqual([
      { path: `job.${field}`, code: 'unknown_value', message: body.detail, value: (parts as Loose)[field] },
    ]);
  });

  it.each(['[]', '"job"', 'null', '7'])('refuses the body %s', async (body) => {
    const refused = await api.ask('POST automation/jobs', { body });
    expect(refused).toMatchObject({ status: 422, body: { code: 'validation_failed', errors: [{ path: 'job' }] } });
  });

  it('keeps prototypes out of definitions', async () => {
    const refused = await api.ask('POST automation/jobs', { body: '{"__proto__": {"name": "x"}}' });
    expect(refused).toMatchObject({ status: 400, body: { code: 'malformed_json' } });
    const odd = await api.ask('POST automation/jobs', { json: written({ constructor: { prototype: { a: 1 } } }) });
    expect(odd).toMatchObject({ status: 422, body: { errors: [{ path: 'job.constructor', code: 'unknown_field' }] } });
    expect(({} as Record<string, unknown>).a).toBeUndefined();
  });

  it('records which client asked', async () => {
    const job = await create();
    const run = await api.ask(`POST automation/jobs/${job.id}/trigger`, { headers: { 'rouse-client': 'cli' } });
    expect(run.body.run.actor).toBe('user:cli');
    const odd = await api.ask(`POST automation/jobs/${job.id}/trigger`, { headers: { 'rouse-client': 'a b' } });
    expect(odd.body.run).toMatchObject({ status: 'canceled', reason: 'overlap', actor: 'user:api' });
  });
});

describe('reading jobs', () => {
  it('answers with the job, its ETag and its last run', async () => {
    const { id } = await create();
    await api.ask(`POST automation/jobs/${id}/trigger`);
    const [claimed] = await api.claim();
    await api.start(claimed!);
    await api.finish(claimed!);
    const { status, body, headers } = await api.ask(`GET automation/jobs/${id}`);
    expect([status, headers.get('etag')]).toEqual([200, '"1"']);
    expect(body.job.last_run).toMatchObject({ status: 'completed', started_at: '2026-11-22T12:00:00.000Z' });
  });

  it('answers 404 to an id that is none', async () => {
    for (const id of ['job_nope', '..%2f..%2fetc', '%00', 'a'.repeat(4000), '%E0%A4%A']) {
      const refused = await api.ask(`GET automation/jobs/${id}`);
      expect(refused).toMatchObject({ status: 404, body: { code: 'job_not_found' } });
    }
  });

  it('pages in a stable order and filters', async () => {
    for (const name of ['c', 'a', 'b']) await create({ name, tags: [`t-${name}`] });
    await api.syncFile([fileJob]);
    const names = async (query: string): Promise<string[]> =>
      (await api.ask(`GET automation/jobs?${query}`)).body.jobs.map((job: Loose) => job.name);
    expect(await names('')).toEqual(['a', 'b', 'c', 'from-file']);
    expect(await names('source=config')).toEqual(['from-file']);
    expect(await names('tag=t-b')).toEqual(['b']);
    expect(await names('q=FROM')).toEqual(['from-file']);
    expect(await names('name=c')).toEqual(['c']);
    const first = await api.ask('GET automation/jobs?limit=3');
    expect(first.body.jobs).toHaveLength(3);
    const rest = await api.ask(`GET automation/jobs?limit=3&cursor=${encodeURIComponent(first.body.next_cursor)}`);
    expect(rest.body.jobs.map((job: Loose) => job.name)).toEqual(['from-file']);
    expect(rest.body).not.toHaveProperty('next_cursor');
  });

  it.each([
    ['limit=501', 422, 'validation_failed'],
    ['limit=0', 422, 'validation_failed'],
    ['scope=galaxy', 422, 'validation_failed'],
    ['nam=x', 422, 'validation_failed'],
    ['cursor=nonsense', 400, 'invalid_cursor'],
  ])('refuses ?%s', async (query, status, code) => {
    expect(await api.ask(`GET automation/jobs?${query}`)).toMatchObject({ status, body: { code } });
  });

  it('says why a job does not fire', async () => {
    const { id } = await create();
    const blocked = async (): Promise<unknown> => (await api.ask(`GET automation/jobs/${id}`)).body.job.blocked?.code;
    expect(await blocked()).toBeUndefined();
    const [agent] = api.agents.splice(0);
    expect(await blocked()).toBe('agent_unknown');
    api.agents.push(agent!);
    api.status.automation_enabled = false;
    expect(await blocked()).toBe('automation_disabled');
    await api.ask(`PATCH automation/jobs/${id}`, { json: { enabled: false } });
    const off = await api.ask(`GET automation/jobs/${id}`);
    expect(off.body.job).toMatchObject({ enabled: false, effective_enabled: false, next_fires: [] });
  });
});

describe('changing a job', () => {
  it('merges the patch and moves the ETag', async () => {
    const { id } = await create({ tags: ['x'] });
    const { status, body, headers } = await api.ask(`PATCH automation/jobs/${id}`, {
      json: { prompt: 'Say goodbye.', tags: null, schedule: { expr: '30 9 * * *' } },
      headers: { 'content-type': 'application/merge-patch+json' },
    });
    expect([status, headers.get('etag')]).toEqual([200, '"2"']);
    expect(body.job).toMatchObject({ prompt: 'Say goodbye.', schedule: { ...daily, expr: '30 9 * * *' } });
    expect(body.job).not.toHaveProperty('tags');
    expect(body.job.next_fires[0].local).toBe('2026-11-23T09:30:00');
  });

  it('happens only to the revision that If-Match names', async () => {
    const { id } = await create();
    const patch = (ifMatch: string): ReturnType<Harness['ask']> =>
      api.ask(`PATCH automation/jobs/${id}`, { json: { prompt: 'x' }, headers: { 'if-match': ifMatch } });
    expect(await patch('"2"')).toMatchObject({
      status: 412,
      body: { code: 'precondition_failed', data: { actual: 1 } },
    });
    expect(await patch('W/"1"')).toMatchObject({ status: 412 });
    expect(await patch('1')).toMatchObject({ status: 400, body: { code: 'malformed_request' } });
    expect(await patch('"1"')).toMatchObject({ status: 200 });
    expect(await patch('"1", "2"')).toMatchObject({ status: 200 });
    expect(await patch('*')).toMatchObject({ status: 200 });
  });

  it('refuses what the file owns', async () => {
    const [job] = await api.syncFile([fileJob]);
    const patched = await api.ask(`PATCH automation/jobs/${job!.id}`, { json: { prompt: 'x' } });
    expect(patched).toMatchObject({ status: 409, body: { code: 'read_only_definition' } });
    const deleted = await api.ask(`DELETE automation/jobs/${job!.id}`);
    expect(deleted).toMatchObject({ status: 409, body: { code: 'read_only_definition' } });
  });

  it('deletes, once, if the revision is right', async () => {
    const { id } = await create();
    const remove = (headers = {}): ReturnType<Harness['ask']> => api.ask(`DELETE automation/jobs/${id}`, { headers });
    expect(await remove({ 'if-match': '"9"' })).toMatchObject({ status: 412 });
    expect(await remove({ 'if-match': '"1"' })).toMatchObject({ status: 204, body: undefined });
    expect(await remove()).toMatchObject({ status: 404, body: { code: 'job_not_found' } });
  });
});

describe('overlays', () => {
  it('switch a file job off and on again', async () => {
    const [job] = await api.syncFile([fileJob]);
    const put = await api.ask(`PUT automation/jobs/${job!.id}/overlay`, { json: { enabled_override: false } });
    expect(put).toMatchObject({
      status: 200,
      body: {
        job: {
          enabled: true,
          effective_enabled: false,
          overlay: { enabled_override: false, updated_at: '2026-11-22T12:00:00.000Z' },
          next_fires: [],
        },
      },
    });
    const cleared = await api.ask(`DELETE automation/jobs/${job!.id}/overlay`);
    expect(cleared).toMatchObject({ status: 200, body: { job: { effective_enabled: true } } });
    expect(cleared.body.job).not.toHaveProperty('overlay');
    const again = await api.ask(`DELETE automation/jobs/${job!.id}/overlay`);
    expect(again).toMatchObject({ status: 404, body: { code: 'job_overlay_not_found' } });
  });
  it('are refused for a dynamic job, an unknown one, and a body that says nothing', async () => {
    const { id } = await create();
    const put = (job: string, json: unknown): ReturnType<Harness['ask']> =>
      api.ask(`PUT automation/jobs/${job}/overlay`, { json });
    expect(await put(id, { enabled_override: true })).toMatchObject({
      status: 409,
      body: { code: 'overlay_requires_config_source' },
    });
    expect(await put('job_x', { enabled_override: true })).toMatchObject({ status: 404 });
    expect(await put(id, {})).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'body.enabled_override', code: 'required' }] },
    });
    expect(await put(id, { enabled_override: 'no' })).toMatchObject({
      status: 422,
      body: { errors: [{ code: 'wrong_type' }] },
    });
    expect(await put(id, { enabled: true, enabled_override: true })).toMatchObject({
      status: 422,
      body: {
        errors: [{ path: 'body.enabled', code: 'unknown_field', message: expect.stringContaining('enabled_override') }],
      },
    });
  });
});

describe('running a job now', () => {
  it('answers at once with the run', async () => {
    const { id } = await create();
    const { status, body, headers } = await api.ask(`POST automation/jobs/${id}/trigger`, { json: { prompt: 'Now.' } });
    expect(status).toBe(202);
    expect(body.run).toMatchObject({
      job_id: id,
      status: 'scheduled',
      kind: 'manual',
      prompt: 'Now.',
      actor: 'user:api',
    });
    expect(headers.get('location')).toBe(`/api/automation/runs/${body.run.id}`);
  });

  it('waits for the end when asked to', async () => {
    const { id } = await create();
    const reply = api.ask(`POST automation/jobs/${id}/trigger?wait=30s`);
    const [claimed] = await vi.waitFor(async () => {
      const runs = await api.claim();
      expect(runs).toHaveLength(1);
      return runs;
    });
    await api.start(claimed!);
    await api.finish(claimed!);
    expect((await reply).body.run).toMatchObject({ status: 'completed', output: 'hello' });
    expect(api.clock.timers).toBe(0);
  });

  it('answers with the run as it is when the time is over', async () => {
    const { id } = await create();
    const reply = api.ask(`POST automation/jobs/${id}/trigger?wait=30s`);
    await vi.waitFor(() => expect(api.clock.timers).toBe(1));
    api.clock.advance(30_000);
    expect(await reply).toMatchObject({ status: 202, body: { run: { status: 'scheduled' } } });
  });

  it('does not make a stopping daemon wait', async () => {
    const { id } = await create();
    const reply = api.ask(`POST automation/jobs/${id}/trigger?wait=30s`);
    await vi.waitFor(() => expect(api.clock.timers).toBe(1));
    api.bus.report({ type: 'daemon.stopping', at: START, reason: 'SIGTERM' });
    expect(await reply).toMatchObject({ status: 202 });
  });

  it.each([
    ['wait=11m', {}],
    ['wait=-1s', {}],
    ['wait=30', {}],
    ['wait', {}],
    ['', { json: { prompt: '' } }],
    ['', { json: { promt: 'x' } }],
    ['', { json: [] }],
  ])('refuses ?%s %j', async (query, init) => {
    const { id } = await create();
    const refused = await api.ask(`POST automation/jobs/${id}/trigger?${query}`, init);
    expect(refused).toMatchObject({ status: 422, body: { code: 'validation_failed' } });
    expect((await api.ask('GET automation/runs')).body.runs).toEqual([]);
  });

  it('names the instant at which a limited job may run again', async () => {
    const { id } = await create({ fire_limit: { max: 1, window: '1h' }, overlap: 'allow' });
    await api.ask(`POST automation/jobs/${id}/trigger`);
    const refused = await api.ask(`POST automation/jobs/${id}/trigger`);
    expect(refused).toMatchObject({
      status: 409,
      body: { code: 'fire_limit_reached', data: { possible_at: '2026-11-22T13:00:00.000Z' } },
    });
  });

  it('answers 404 for a job that is none', async () =>
    expect(await api.ask('POST automation/jobs/job_x/trigger')).toMatchObject({ status: 404 }));
});

describe('the instants of a job', () => {
  it('are calculated from any instant, also in the past, and across a change of the clocks', async () => {
    const { id } = await create({ schedule: { mode: 'cron', expr: '30 2 * * *', timezone: 'Europe/Paris' } });
    const { body } = await api.ask(`GET automation/jobs/${id}/fires?from=2026-03-28T00:00:00Z&count=3`);
    expect(body).toMatchObject({
      timezone: 'Europe/Paris',
      fires: [
        { at: '2026-03-28T01:30:00.000Z', offset: '+01:00' },
        { at: '2026-03-29T01:00:00.000Z', local: '2026-03-29T03:00:00', offset: '+02:00', dst: 'gap' },
        { at: '2026-03-30T00:30:00.000Z' },
      ],
    });
  });
  it('follow the grid of an interval', async () => {
    const { id } = await create({ schedule: { mode: 'every', interval: '7m' } });
    api.clock.advance(20 * 60_000);
    const { body } = await api.ask(`GET automation/jobs/${id}/fires?count=2`);
    expect(body.fires.map((fire: Loose) => fire.at)).toEqual(['2026-11-22T12:21:00.000Z', '2026-11-22T12:28:00.000Z']);
  });
  it('are there although the job is switched off', async () => {
    const { id } = await create({ enabled: false });
    expect((await api.ask(`GET automation/jobs/${id}/fires`)).body.fires).toHaveLength(5);
  });
  it.each(['count=0', 'count=501', 'from=tomorrow', 'from=2026-11-22'])('refuse ?%s', async (query) => {
    const { id } = await create();
    expect(await api.ask(`GET automation/jobs/${id}/fires?${query}`)).toMatchObject({ status: 422 });
  });
});

describe('the runs of a job', () => {
  it('are its own, newest first', async () => {
    const a = await create({ name: 'a', overlap: 'allow' });
    const b = await create({ name: 'b' });
    const ids: string[] = [];
    for (const { id } of [a, b, a]) {
      ids.push((await api.ask(`POST automation/jobs/${id}/trigger`)).body.run.id);
      api.clock.advance(1_000);
    }
    const { body } = await api.ask(`GET automation/jobs/${a.id}/runs`);
    expect(body.runs.map((run: Loose) => run.id)).toEqual([ids[2], ids[0]]);
    expect((await api.ask(`GET automation/jobs/${a.id}/runs?since=2s`)).body.runs).toHaveLength(1);
    expect(await api.ask('GET automation/jobs/job_x/runs')).toMatchObject({ status: 404 });
    expect(await api.ask(`GET automation/jobs/${a.id}/runs?job_id=${b.id}`)).toMatchObject({ status: 422 });
  });
});

describe('previewing a schedule', () => {
  const preview = (json: unknown): ReturnType<Harness['ask']> => api.ask('POST automation/schedule/preview', { json });

  it('asks for the spec in words that people know', async () => {
    const { body } = await preview({});
    expect(body.errors).toEqual([{ path: 'preview.spec', code: 'required', message: 'This is required.' }]);
  });
  it('says it in words and instants', async () => {
    const { status, body } = await preview({ spec: { mode: 'cron', expr: '0 9 * * 1-5' }, timezone: 'Europe/Paris' });
    expect(status).toBe(200);
    expect(body.preview).toMatchObject({
      text: expect.stringContaining('weekday'),
      timezone: 'Europe/Paris',
      fires: [{ at: '2026-11-23T08:00:00.000Z', local: '2026-11-23T09:00:00' }, {}, {}, {}, {}],
    });
  });
  it('marks the days on which the clocks change', async () => {
    const { body } = await preview({
      spec: { mode: 'cron', expr: '30 2 * * *', timezone: 'Europe/Paris' },
      from: '2026-10-24T12:00:00Z',
      count: 1,
    });
    expect(body.preview.fires).toMatchObject([{ dst: 'overlap', note: expect.stringContaining('twice') }]);
  });
  it.each([
    [{ spec: { mode: 'cron', expr: '* * *' } }, 'preview.spec.expr'],
    [{ spec: { mode: 'cron', expr: '0 9 * * *', exprr: 1 } }, 'preview.spec.exprr'],
    [{ spec: { mode: 'sometimes' } }, 'preview.spec.mode'],
    [{}, 'preview.spec'],
    [{ spec: 'hourly' }, 'preview.spec'],
    [{ spec: { mode: 'every', interval: '0s' } }, 'preview.spec.interval'],
    [{ spec: daily, timezone: 'Mars/Olympus' }, 'preview.timezone'],
    [{ spec: daily, count: 501 }, 'preview.count'],
    [{ spec: daily, count: 1.5 }, 'preview.count'],
    [{ spec: daily, from: 'x' }, 'preview.from'],
    [{ spec: daily, cuont: 1 }, 'preview.cuont'],
  ])('refuses %j', async (json, path) => {
    const { status, body } = await preview(json);
    expect([status, body.errors?.[0].path]).toEqual([422, path]);
  });
});

describe('what fires next', () => {
  it('merges all enabled jobs in order of their instants', async () => {
    await create({ name: 'hourly', schedule: { mode: 'cron', expr: '0 * * * *' } });
    await create({ name: 'half', schedule: { mode: 'cron', expr: '30 * * * *' } });
    await create({ name: 'off', enabled: false, schedule: { mode: 'cron', expr: '* * * * *' } });
    await create({ name: 'also-hourly', schedule: { mode: 'cron', expr: '0 * * * *' } });
    const { body } = await api.ask('GET automation/next?within=2h');
    expect(body).toMatchObject({ until_at: '2026-11-22T14:00:00.000Z', truncated: false });
    expect(body.fires.map((fire: Loose) => `${fire.at.slice(11, 16)} ${fire.job_name}`)).toEqual([
      '12:30 half',
      '13:00 also-hourly',
      '13:00 hourly',
      '13:30 half',
      '14:00 also-hourly',
      '14:00 hourly',
    ]);
    expect((await api.ask('GET automation/next?within=2h&limit=2')).body).toMatchObject({
      truncated: true,
      fires: [{ job_name: 'half' }, { job_name: 'also-hourly' }],
    });
    expect((await api.ask('GET automation/next')).body.fires).toHaveLength(72);
  });
  it.each(['within=400000h', 'within=soon', 'limit=501'])('refuses ?%s', async (query) => {
    expect(await api.ask(`GET automation/next?${query}`)).toMatchObject({ status: 422 });
  });
});
