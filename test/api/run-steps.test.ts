// What may be done with a run besides ending it (once more, an answer for its agent), and why it does not go on.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Run } from '../../src/model/run.ts';
import type { ClaimedRun } from '../../src/store/run-store.ts';
import { type Harness, type Loose, openHarness, START } from './api-harness.ts';

let api: Harness;
beforeEach(async () => {
  api = await openHarness();
});
afterEach(() => api.close());

let names = 0;
async function createJob(parts: object = {}): Promise<Loose> {
  const json = {
    scope: 'global',
    name: `job-${(names += 1)}`,
    agent_name: 'echo',
    prompt: 'Hi.',
    schedule: { mode: 'every', interval: '1h' },
    ...parts,
  };
  return (await api.ask('POST automation/jobs', { json })).body.job;
}
const trigger = async (jobId: string): Promise<Loose> =>
  (await api.ask(`POST automation/jobs/${jobId}/trigger`)).body.run;
async function runningRun(parts: object = {}): Promise<{ claimed: ClaimedRun; run: Run }> {
  const job = await createJob(parts);
  const { id } = await trigger(job.id);
  const claimed = (await api.claim()).find(({ run }) => run.id === id)!;
  return { claimed, run: await api.start(claimed) };
}

describe('running a fire once more', () => {
  const retry = (id: string, client = 'cli') =>
    api.ask(`POST automation/runs/${id}/retry`, { headers: { 'rouse-client': client } });

  it('makes the next attempt under the same fire', async () => {
    const { claimed, run } = await runningRun();
    await api.finish(claimed, { status: 'failed', reason: 'timeout', error: 'too slow' });
    const { status, body, headers } = await retry(run.id);
    expect(status).toBe(202);
    expect(body.run).toMatchObject({ status: 'scheduled', attempt: 2, fire_id: run.fire_id, actor: 'user:cli' });
    expect(headers.get('location')).toBe(`/api/automation/runs/${body.run.id}`);
    expect(body.run.id).not.toBe(run.id);
  });
  it('of a completed one too', async () => {
    const { claimed, run } = await runningRun();
    await api.finish(claimed);
    expect(await retry(run.id)).toMatchObject({ status: 202, body: { run: { attempt: 2 } } });
  });
  it('is refused while the run or a later attempt has not ended', async () => {
    const { claimed, run } = await runningRun();
    const refused = { status: 409, body: { code: 'run_not_finished' } };
    expect(await retry(run.id)).toMatchObject(refused);
    await api.finish(claimed);
    await retry(run.id);
    expect(await retry(run.id)).toMatchObject(refused);
  });
  it('is refused over the fire limit, naming the instant', async () => {
    const { claimed, run } = await runningRun({ fire_limit: { max: 1, window: '1h' } });
    await api.finish(claimed);
    expect(await retry(run.id)).toMatchObject({
      status: 409,
      body: { code: 'fire_limit_reached', data: { possible_at: '2026-11-22T13:00:00.000Z' } },
    });
  });
  it('is refused when the job or the run is gone', async () => {
    const { claimed, run } = await runningRun();
    await api.finish(claimed);
    await api.ask(`DELETE automation/jobs/${run.job_id}`);
    expect(await retry(run.id)).toMatchObject({ status: 404, body: { code: 'job_not_found' } });
    expect(await retry('run_x')).toMatchObject({ status: 404, body: { code: 'run_not_found' } });
  });
});

describe('an agent that asks for permission', () => {
  const answer = (id: string, json: unknown) => api.ask(`POST automation/runs/${id}/permission`, { json });
  const open = {
    title: 'Delete the folder build',
    tool: 'shell',
    options: [
      { option_id: 'yes', name: 'Yes, once', kind: 'allow_once' },
      { option_id: 'always', name: 'Yes, always', kind: 'allow_always' },
      { option_id: 'no', name: 'No', kind: 'reject_once' },
    ],
    asked_at: '2026-11-22T12:00:00.000Z',
    deadline_at: '2026-11-22T12:05:00.000Z',
  };

  it('is shown with its request in every reply about the run', async () => {
    const { claimed, run } = await runningRun();
    await api.askPermission(claimed);
    const detail = (await api.ask(`GET automation/runs/${run.id}`)).body.run;
    expect(detail).toMatchObject({
      status: 'running',
      permission: open,
      waiting: { why: 'permission', since_at: open.asked_at, until_at: open.deadline_at },
    });
    expect(detail.waiting.sentence).toContain('Delete the folder build');
    expect((await api.ask('GET automation/runs?status=running')).body.runs).toMatchObject([{ permission: open }]);
    expect((await api.ask(`GET automation/jobs/${run.job_id}`)).body.job.last_run).toMatchObject({ permission: open });
  });

  it.each([
    ['allow', { decision: 'allow' }, 'yes'],
    ['deny', { decision: 'deny' }, 'no'],
    ['one of its own options', { option_id: 'always' }, 'always'],
  ])('is answered with %s', async (_, json, option_id) => {
    const { claimed, run } = await runningRun();
    const { answer: told } = await api.askPermission(claimed);
    const reply = await answer(run.id, json);
    expect(reply).toMatchObject({ status: 202, body: { run: { id: run.id, status: 'running' } } });
    expect(reply.body.run).not.toHaveProperty('permission');
    expect(await told).toEqual({ outcome: 'selected', option_id });
    expect(await answer(run.id, json)).toMatchObject({ status: 409, body: { code: 'permission_not_pending' } });
  });

  it.each([
    ['nothing', {}, 'body.decision', 'required'],
    ['both', { decision: 'allow', option_id: 'yes' }, 'body.decision', 'conflict'],
    ['a word', { decision: 'maybe' }, 'body.decision', 'unknown_value'],
    ['an option that was not offered', { option_id: 'never' }, 'option_id', 'unknown_value'],
    ['an empty option', { option_id: '' }, 'body.option_id', 'out_of_range'],
    ['another field', { allow: true }, 'body.allow', 'unknown_field'],
  ])('is not answered by %s', async (_, json, path, code) => {
    const { claimed, run } = await runningRun();
    await api.askPermission(claimed);
    expect(await answer(run.id, json)).toMatchObject({
      status: 422,
      body: { code: 'validation_failed', errors: [{ path, code }] },
    });
    expect((await api.ask(`GET automation/runs/${run.id}`)).body.run.permission).toBeDefined();
  });

  it('that never asked, or is no run, has nothing to be answered', async () => {
    const { run } = await runningRun();
    const allow = { decision: 'allow' };
    expect(await answer(run.id, allow)).toMatchObject({ status: 409, body: { code: 'permission_not_pending' } });
    expect(await answer('run_x', allow)).toMatchObject({ status: 404, body: { code: 'run_not_found' } });
  });

  it('is told to whoever follows the run', async () => {
    const { claimed, run } = await runningRun();
    const gone = new AbortController();
    const response = await api.send(`GET automation/runs/${run.id}/transcript`, {
      headers: { accept: 'text/event-stream' },
      signal: gone.signal,
    });
    const reader = response.body!.getReader();
    const next = async (): Promise<string> => new TextDecoder().decode((await reader.read()).value);
    expect(await next()).toMatch(/^event: run$/m);
    const asked = next();
    await api.askPermission(claimed);
    expect(await asked).toMatch(/^event: run\n.*Delete the folder build/);
    await reader.cancel();
  });
});

describe('why a run does not start', () => {
  const waiting = async (id: string): Promise<Loose> => (await api.ask(`GET automation/runs/${id}`)).body.run.waiting;

  it('everything is paused', async () => {
    const run = await trigger((await createJob()).id);
    await api.ask('POST automation/pause', { headers: { 'rouse-client': 'cli' } });
    expect(await waiting(run.id)).toEqual({
      why: 'paused',
      since_at: '2026-11-22T12:00:00.000Z',
      sentence: 'Everything is paused since 2026-11-22T12:00:00.000Z by user:cli.',
    });
  });

  it('its time has not come', async () => {
    const { claimed, run } = await runningRun();
    const later = START + 60_000;
    await api.finish(
      claimed,
      { status: 'failed', error: 'x' },
      {
        consecutive_failures: 0,
        retry: {
          id: `${run.id}b`,
          fire_id: run.fire_id!,
          attempt: 2,
          kind: 'manual',
          status: 'scheduled',
          available_at: later,
          accepted_at: later,
          priority: 0,
          exclusive: true,
          catch_up: false,
        },
      },
    );
    expect(await waiting(`${run.id}b`)).toEqual({
      why: 'not_before',
      until_at: '2026-11-22T12:01:00.000Z',
      sentence: 'Attempt 2 starts not before 2026-11-22T12:01:00.000Z.',
    });
  });

  it('the account of its agent is exhausted', async () => {
    const run = await trigger((await createJob()).id);
    await api.store.holdAgent({ now: START, hold: { agent_name: 'echo', until: START + 1000, reason: 'spent' } });
    expect(await waiting(run.id)).toEqual({
      why: 'usage_limit',
      until_at: '2026-11-22T12:00:01.000Z',
      sentence: 'The agent "echo" is held until 2026-11-22T12:00:01.000Z: spent',
    });
  });

  it('its agent works on as many as it may, and one that waits for permission does not count', async () => {
    const { claimed } = await runningRun();
    const run = await trigger((await createJob()).id);
    expect((await waiting(run.id)).why).toBe('slot');
    api.agents[0]!.max_concurrent = 1;
    try {
      expect(await waiting(run.id)).toMatchObject({ why: 'agent_cap', sentence: expect.stringContaining('"echo"') });
      await api.askPermission(claimed);
      expect((await waiting(run.id)).why).toBe('slot');
    } finally {
      api.agents[0]!.max_concurrent = 0;
    }
  });

  it('its workspace has as many as it may', async () => {
    const { workspace } = (await api.ask('POST workspaces', { json: { path: api.home } })).body;
    const there = { scope: 'workspace', workspace_id: workspace.id };
    await runningRun(there);
    const run = await trigger((await createJob(there)).id);
    const elsewhere = await trigger((await createJob()).id);
    api.status.max_concurrent_per_workspace = 1;
    expect(await waiting(run.id)).toMatchObject({ why: 'workspace_cap' });
    expect((await waiting(elsewhere.id)).why).toBe('slot');
  });
});
