// Tasks over HTTP: the board, the leases, and what a delegated run shows of its task.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { describeTask } from '../../src/tasks/describe-task.ts';
import { type Harness, openHarness } from './api-harness.ts';

let api: Harness;
beforeEach(async () => {
  api = await openHarness();
});
afterEach(() => api.close());

const make = async (json: object = {}) =>
  (await api.ask('POST tasks', { json: { title: 'Do it', ...json } })).body.task;
const claim = async (json?: object) =>
  (await api.ask('POST tasks/claim', json === undefined ? {} : { json })).body.claim;

describe('the board', () => {
  test('a task is made, found again by each filter, and read', async () => {
    const owner = { kind: 'pool', ref: 'triage' };
    const created = await api.ask('POST tasks', {
      json: { title: 'Do it', owner, network_channel: 'reviews', priority: 2 },
    });
    expect(created).toMatchObject({ status: 201, body: { task: { status: 'queued', owner, created_by: 'user:api' } } });
    const { task } = created.body;
    expect(created.headers.get('location')).toBe(`/api/tasks/${task.id}`);
    expect((await api.ask(`GET tasks/${task.id}`)).body.task).toEqual(task);
    await make();
    for (const filter of [
      'owner_kind=pool',
      'owner_ref=triage',
      'network_channel=reviews',
      'status=queued&owner_ref=triage',
    ])
      expect((await api.ask(`GET tasks?${filter}`)).body.tasks.map(({ id }: { id: string }) => id)).toEqual([task.id]);
    expect((await api.ask('GET tasks')).body.tasks).toHaveLength(2);
  });

  test('the same key is the same task, and 200', async () => {
    const json = { title: 'Do it', idempotency_key: 'k' };
    const first = await api.ask('POST tasks', { json });
    const again = await api.ask('POST tasks', { json: { ...json, title: 'Another' } });
    expect(again).toMatchObject({ status: 200, body: first.body });
  });

  test.each([
    [{}, 'body.title'],
    [{ title: '' }, 'body.title'],
    [{ title: 'x', network_channel: 'No' }, 'body.network_channel'],
    [{ title: 'x', owner: { kind: 'cat', ref: 'a' } }, 'body.owner.kind'],
    [{ title: 'x', owned: true }, 'body.owned'],
  ])('%j is refused at %s', async (json, path) => {
    const { status, body } = await api.ask('POST tasks', { json });
    expect(status).toBe(422);
    expect(body.errors.map((error: { path: string }) => error.path)).toContain(path);
  });

  test('what does not exist is said', async () => {
    expect((await api.ask('GET tasks/none')).body.code).toBe('task_not_found');
    expect((await api.ask('POST tasks/claim', { json: { task_id: 'none' } })).body.code).toBe('task_not_found');
    expect((await api.ask('POST tasks', { json: { title: 'x', workspace_id: 'none' } })).body.code).toBe(
      'workspace_not_found',
    );
    const json = { lease_token: 'x' };
    expect((await api.ask('POST task-runs/none/complete', { json })).body.code).toBe('task_run_not_found');
    expect((await api.ask('POST task-runs/none/cancel')).body.code).toBe('task_not_found');
  });
});

describe('a claim', () => {
  test('is null when nothing fits', async () => {
    expect(await claim()).toBeNull();
    await make();
    expect(await claim({ network_channel: 'reviews' })).toBeNull();
  });

  test('holds for its lease, is prolonged, and is lost at the end', async () => {
    await make();
    const { task, lease_token } = await claim({ worker: 'ada', lease: '2m' });
    expect(task).toMatchObject({
      status: 'claimed',
      task_run: { claimed_by: 'ada', lease_expires_at: '2026-11-22T12:02:00.000Z' },
    });
    const run = `POST task-runs/${task.task_run.id}`;
    api.clock.advance(60_000);
    const beat = await api.ask(`${run}/heartbeat`, { json: { lease_token } });
    expect(beat.body.task.task_run.lease_expires_at).toBe('2026-11-22T12:06:00.000Z');
    api.clock.advance(5 * 60_000);
    const late = await api.ask(`${run}/complete`, { json: { lease_token, output: 'late' } });
    expect(late).toMatchObject({ status: 409, body: { code: 'task_lease_lost' } });
  });

  test.each(['0s', '500ms', '25h', 'soon'])('a lease of %s is refused', async (lease) => {
    const { status, body } = await api.ask('POST tasks/claim', { json: { lease } });
    expect([status, body.errors[0].path]).toEqual([422, 'body.lease']);
  });

  test('the token is shown once: no read, list or stream has it', async () => {
    await make();
    const { task, lease_token } = await claim();
    const shown = [await api.ask('GET tasks'), await api.ask(`GET tasks/${task.id}`)];
    expect(JSON.stringify(shown.map(({ body }) => body))).not.toContain(lease_token);
  });

  test('waits for work that comes, and not beyond its time', async () => {
    const waiting = api.ask('POST tasks/claim?wait=10m', { json: {} });
    await make({ title: 'Arrives' });
    expect((await waiting).body.claim.task.title).toBe('Arrives');
    const inVain = api.ask('POST tasks/claim?wait=1s', { json: {} });
    // The wait begins with a look at the store; time passes only afterwards.
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    api.clock.advance(1_000);
    expect((await inVain).body.claim).toBeNull();
  });
});

describe('a delegated run', () => {
  test('shows what became of its task, wherever it is shown', async () => {
    const { body } = await api.ask('POST automation/jobs', {
      json: {
        name: 'hand',
        scope: 'global',
        prompt: 'x',
        schedule: { mode: 'every', interval: '1h' },
        task: { title: 'Look' },
      },
    });
    const { run } = (await api.ask(`POST automation/jobs/${body.job.id}/trigger`)).body;
    await api.store.delegateRuns({ now: api.clock.now(), limit: 1, describe: describeTask });
    const { task, lease_token } = await claim({ worker: 'ada' });
    expect(task).toMatchObject({ title: 'Look', run_id: run.id, job_id: body.job.id });
    expect((await api.ask(`GET automation/runs/${run.id}`)).body.run).toMatchObject({
      status: 'delegated',
      task_id: task.id,
      task_run_id: task.task_run.id,
      task: { status: 'claimed', title: 'Look', claimed_by: 'ada' },
    });
    await api.ask(`POST task-runs/${task.task_run.id}/complete`, { json: { lease_token, output: 'All well.' } });
    const outcome = { task: { status: 'completed', output: 'All well.', ended_by: 'user:api' } };
    expect((await api.ask('GET automation/runs')).body.runs).toMatchObject([outcome]);
    expect((await api.ask(`GET automation/jobs/${body.job.id}/runs`)).body.runs).toMatchObject([outcome]);
    expect((await api.ask(`POST automation/runs/${run.id}/cancel`)).body.run).toMatchObject(outcome);
  });

  test('a run that waits for the task before it says so', async () => {
    const { body } = await api.ask('POST automation/jobs', {
      json: {
        name: 'hand',
        scope: 'global',
        prompt: 'x',
        overlap: 'queue',
        schedule: { mode: 'every', interval: '1h' },
        task: {},
      },
    });
    const trigger = async () => (await api.ask(`POST automation/jobs/${body.job.id}/trigger`)).body.run;
    const first = await trigger();
    await api.store.delegateRuns({ now: api.clock.now(), limit: 1, describe: describeTask });
    const second = await trigger();
    const { waiting } = (await api.ask(`GET automation/runs/${second.id}`)).body.run;
    expect(waiting).toMatchObject({
      why: 'previous_run',
      run_id: first.id,
      sentence: expect.stringContaining('queued still'),
    });
  });
});
