// Requests that are sent twice and happen once, and the record of who changed what.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Harness, type Loose, openHarness, type SendInit, START } from './api-harness.ts';

let api: Harness;
beforeEach(async () => {
  api = await openHarness();
});
afterEach(() => api.close());

const DAY = 86_400_000;
const job = {
  scope: 'global',
  name: 'a',
  agent_name: 'echo',
  prompt: 'x',
  schedule: { mode: 'every', interval: '1h' },
};
const create = (key: string, json: object = job, init: SendInit = {}) =>
  api.ask('POST automation/jobs', { json, ...init, headers: { 'idempotency-key': key, ...init.headers } });
const changes = async (query = ''): Promise<Loose[]> => (await api.ask(`GET audit${query}`)).body.changes;

describe('a creation with an Idempotency-Key', () => {
  it('is answered the same way again, and happens once', async () => {
    const first = await create('k1');
    const { schedule, prompt, agent_name, name, scope } = job;
    const again = await create('k1', { schedule, prompt, agent_name, name, scope });
    expect(again.status).toBe(201);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('etag')).toBe(first.headers.get('etag'));
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
    expect([first, again].map(({ headers }) => headers.get('idempotency-replayed'))).toEqual([null, 'true']);
    expect((await api.ask('GET automation/jobs')).body.jobs).toHaveLength(1);
  });

  it('makes one run however often it is sent', async () => {
    const { body } = await create('k1');
    const trigger = () =>
      api.ask(`POST automation/jobs/${body.job.id}/trigger`, { headers: { 'idempotency-key': 'k2' } });
    const runs = [await trigger(), await trigger(), await trigger()].map((reply) => reply.body.run.id as string);
    expect(new Set(runs).size).toBe(1);
    expect((await api.ask('GET automation/runs')).body.runs).toHaveLength(1);
  });

  it('with another body under the same key is refused', async () => {
    await create('k1');
    const other = await create('k1', { ...job, name: 'b' });
    expect([other.status, other.body.code]).toEqual([409, 'idempotency_key_reused']);
    expect((await create('k2', { ...job, name: 'b' })).status).toBe(201);
  });

  it('that was refused frees its key', async () => {
    expect((await create('k1', { ...job, name: '' })).status).toBe(422);
    expect((await create('k1')).status).toBe(201);
  });

  it('belongs to its sender', async () => {
    const { body } = await api.ask('POST tokens', { json: { name: 'ci', scopes: ['write'] } });
    await create('k1');
    const other = await create('k1', { ...job, name: 'b' }, { token: body.secret });
    expect(other.status).toBe(201);
  });

  it('is remembered for a day', async () => {
    await create('k1');
    api.clock.advance(DAY);
    expect((await create('k1')).body.code).toBe('job_name_taken');
  });

  it('that a crash cut off is not carried out once more', async () => {
    const broken = await openHarness({
      wrapStore: () => ({ finishRequest: () => Promise.reject(new Error('the power went')) }),
    });
    try {
      const send = () => broken.ask('POST automation/jobs', { json: job, headers: { 'idempotency-key': 'k' } });
      expect((await send()).status).toBe(500);
      expect((await send()).body.code).toBe('idempotency_key_in_use');
      broken.status.node = 'node_after_restart';
      const again = await send();
      expect([again.status, again.body.code]).toEqual([409, 'idempotency_outcome_unknown']);
      expect((await broken.ask('GET automation/jobs')).body.jobs).toHaveLength(1);
    } finally {
      await broken.close();
    }
  });

  it.each(['', 'a b', 'x'.repeat(256)])('takes no key like %j', async (key) => {
    expect((await create(key)).status).toBe(400);
  });

  it('is the only thing that takes a key', async () => {
    const headers = { 'idempotency-key': 'k' };
    for (const route of ['POST automation/pause', 'POST tokens', 'DELETE automation/jobs/x']) {
      const json = route.endsWith('tokens') ? { name: 'ci', scopes: ['read'] } : undefined;
      const { status, body } = await api.ask(route, { headers, ...(json === undefined ? {} : { json }) });
      expect([route, status, body?.code]).toEqual([route, 400, 'malformed_request']);
    }
  });
});

describe('the record of changes', () => {
  it('names who asked for what, about what, and what became of it', async () => {
    const { body } = await api.ask('POST automation/jobs', { json: job, headers: { 'rouse-client': 'cli' } });
    const { id } = body.job as { id: string };
    const issued = await api.ask('POST tokens', { json: { name: 'ci', scopes: ['write'] } });
    await api.ask(`DELETE automation/jobs/${id}`, { token: issued.body.secret });
    await api.ask(`DELETE automation/jobs/${id}`);
    expect(await changes()).toMatchObject([
      { actor: 'user:api', operation: 'deleteJob', target: id, outcome: 'refused', status: 404, code: 'job_not_found' },
      { actor: 'token:ci', credential_id: issued.body.token.id, operation: 'deleteJob', outcome: 'done', status: 204 },
      { actor: 'user:api', operation: 'createToken', outcome: 'done' },
      { actor: 'user:cli', operation: 'createJob', outcome: 'done', status: 201, at: new Date(START).toISOString() },
    ]);
    expect(await changes(`?target=${id}&actor=token:ci`)).toHaveLength(1);
    expect(JSON.stringify(await changes())).not.toContain(issued.body.secret);
  });

  it('shows a change that was begun and of which nothing more is known', async () => {
    const broken = await openHarness({
      wrapStore: () => ({ finishRequest: () => Promise.reject(new Error('the power went')) }),
    });
    try {
      await broken.ask('POST automation/pause');
      expect((await broken.ask('GET audit')).body.changes).toMatchObject([
        { operation: 'pauseAutomation', outcome: 'begun' },
      ]);
    } finally {
      await broken.close();
    }
  });

  it('leaves out what changes nothing', async () => {
    await api.ask('GET automation/jobs');
    await api.ask('POST automation/schedule/preview', { json: { spec: { mode: 'every', interval: '1h' } } });
    await api.ask('POST automation/jobs', { json: job, token: 'wrong' });
    expect(await changes()).toEqual([]);
  });

  it('comes page by page', async () => {
    for (let index = 0; index < 5; index += 1) await api.ask('POST automation/pause');
    const first = await api.ask('GET audit?limit=3');
    expect(first.body.changes).toHaveLength(3);
    expect(await changes(`?limit=3&cursor=${first.body.next_cursor}`)).toHaveLength(2);
    expect(await changes('?since=1h')).toHaveLength(5);
    expect(await changes(`?until=${new Date(START).toISOString()}`)).toHaveLength(0);
  });
});

describe('workspaces', () => {
  it('are read, renamed, trusted and forgotten', async () => {
    const registered = await api.ask('POST workspaces', { json: { path: api.home, name: 'shop' } });
    const { id } = registered.body.workspace as { id: string };
    expect((await api.ask('GET workspaces/shop')).body.workspace).toMatchObject({ id, trusted: false });
    const trusted = await api.ask(`PATCH workspaces/${id}`, { json: { trusted: true } });
    expect(trusted.body.workspace).toMatchObject({ name: 'shop', trusted: true });
    const renamed = await api.ask('PATCH workspaces/shop', { json: { name: 'store' } });
    expect(renamed.body.workspace).toMatchObject({ id, name: 'store', trusted: true });
    expect((await api.ask('GET workspaces/shop')).body.code).toBe('workspace_not_found');
    expect((await api.ask(`DELETE workspaces/${id}`)).status).toBe(204);
    expect((await api.ask('GET workspaces')).body.workspaces).toEqual([]);
  });

  it('that automations are bound to are not forgotten', async () => {
    const { body } = await api.ask('POST workspaces', { json: { path: api.home, name: 'shop' } });
    const bound = { ...job, scope: 'workspace', workspace_id: body.workspace.id };
    expect((await api.ask('POST automation/jobs', { json: bound })).status).toBe(201);
    expect((await api.ask('DELETE workspaces/shop')).body.code).toBe('workspace_in_use');
  });
});

describe('what the owner looks up', () => {
  it('is which machines take part', async () => {
    const node = {
      name: 'attic',
      instance: 'node_test',
      version: '0.1.0',
      labels: ['gpu'],
      url: 'http://attic',
      running: 0,
      cap: 5,
    };
    await api.store.announceNode({ now: START, alive_ms: 30_000, node: { ...node, started_at: START } });
    expect((await api.ask('GET nodes')).body.nodes).toMatchObject([
      { name: 'attic', instance: 'node_test', version: '0.1.0', labels: ['gpu'], own: true, running: 0, state: 'live' },
    ]);
  });
});
