// What is kept over all jobs: what was used, who is held, whether everything is paused, what the coming days would bring.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Harness, type Loose, openHarness, START } from './api-harness.ts';

let api: Harness;
beforeEach(async () => {
  api = await openHarness();
});
afterEach(() => api.close());

const dayMs = 86_400_000;
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
const jobBlocked = async (id: string): Promise<Loose> => (await api.ask(`GET automation/jobs/${id}`)).body.job.blocked;

describe('pausing everything', () => {
  it('keeps the first pause, shows it everywhere, and ends', async () => {
    const { id } = await createJob();
    const paused = { paused: true, since: '2026-11-22T12:00:00.000Z', by: 'user:cli' };
    const pause = (client: string) => api.ask('POST automation/pause', { headers: { 'rouse-client': client } });
    expect(await pause('cli')).toMatchObject({ status: 200, body: { automation: paused } });
    api.clock.advance(60_000);
    expect((await pause('page')).body).toEqual({ automation: paused });
    expect((await api.ask('GET status')).body.status.automation).toEqual({ enabled: true, timezone: 'UTC', ...paused });
    expect(await jobBlocked(id)).toMatchObject({ code: 'paused', since_at: paused.since });
    const resumed = await api.ask('POST automation/resume');
    expect(resumed).toMatchObject({ status: 200, body: { automation: { paused: false } } });
    expect(resumed.body.automation).toEqual({ paused: false });
    expect((await api.ask('POST automation/resume')).body.automation).toEqual({ paused: false });
    expect(await jobBlocked(id)).toBeUndefined();
  });

  it('tells a job that is off by itself from the pause', async () => {
    const { id } = await createJob({ enabled: false });
    await api.ask('POST automation/pause');
    expect(await jobBlocked(id)).toBeUndefined();
  });

  it('is seen by whoever listens', async () => {
    const seen: string[] = [];
    api.bus.subscribe((happening) => seen.push(happening.type));
    await api.ask('POST automation/pause');
    await api.ask('POST automation/resume');
    expect(seen).toEqual(['engine.paused', 'engine.resumed']);
  });
});

describe('a job that was paused after failures', () => {
  it('says so, since when, and how it goes on', async () => {
    const { id } = await createJob();
    await api.ask(`POST automation/jobs/${id}/trigger`);
    const [claimed] = await api.claim();
    await api.start(claimed!);
    const failed = { status: 'failed', reason: 'agent_error', error: 'broken' } as const;
    await api.finish(claimed!, failed, { consecutive_failures: 10, pause: { error: '10 fires in a row failed' } });
    const { job } = (await api.ask(`GET automation/jobs/${id}`)).body;
    expect(job).toMatchObject({
      effective_enabled: false,
      next_fires: [],
      blocked: {
        code: 'paused_after_failures',
        message: '10 fires in a row failed. Enabling the job ends this and resets the count.',
        since_at: '2026-11-22T12:00:00.000Z',
      },
    });
    const again = (await api.ask(`PATCH automation/jobs/${id}`, { json: { enabled: true } })).body.job;
    expect(again).toMatchObject({ effective_enabled: true, consecutive_failures: 0 });
    expect(again).not.toHaveProperty('blocked');
  });
});

describe('usage', () => {
  async function use(jobId: string, usage: object): Promise<void> {
    await api.ask(`POST automation/jobs/${jobId}/trigger`);
    const [claimed] = await api.claim();
    await api.start(claimed!);
    await api.finish(claimed!, { status: 'completed', output: 'x', usage });
  }
  const read = async (query = ''): Promise<Loose> => (await api.ask(`GET usage${query}`)).body.usage;

  it('nothing is nothing', async () =>
    expect(await read()).toEqual({
      since_day: '2026-11-15',
      daily_budget: {},
      days: [],
      totals: { runs: 0, tokens: 0, input_tokens: 0, output_tokens: 0, cost_usd: 0 },
      today: { tokens: 0, cost_usd: 0 },
      truncated: false,
    }));

  it('is told per day, automation and agent, and in all', async () => {
    const [a, b] = [await createJob(), await createJob()];
    await use(a.id, { input_tokens: 10, output_tokens: 5, cost_usd: 0.5 });
    await use(a.id, { input_tokens: 1 });
    api.clock.advance(dayMs);
    await use(b.id, { output_tokens: 7, cost_usd: 0.25 });
    const all = await read();
    expect(all.days).toEqual([
      {
        day: '2026-11-23',
        automation_id: b.id,
        agent_name: 'echo',
        runs: 1,
        tokens: 7,
        input_tokens: 0,
        output_tokens: 7,
        cost_usd: 0.25,
      },
      {
        day: '2026-11-22',
        automation_id: a.id,
        agent_name: 'echo',
        runs: 2,
        tokens: 16,
        input_tokens: 11,
        output_tokens: 5,
        cost_usd: 0.5,
      },
    ]);
    expect(all.totals).toEqual({ runs: 3, tokens: 23, input_tokens: 11, output_tokens: 12, cost_usd: 0.75 });
    expect(all.today).toEqual({ tokens: 7, cost_usd: 0.25 });
    const ofA = await read(`?automation_id=${a.id}`);
    expect([ofA.totals.runs, ofA.today]).toEqual([2, { tokens: 0, cost_usd: 0 }]);
    for (const since of ['2026-11-23', '2026-11-23T23:59:59Z', '12h']) {
      expect(await read(`?since=${since}`)).toMatchObject({ since_day: '2026-11-23', totals: { runs: 1 } });
    }
    await api.ask(`DELETE automation/jobs/${a.id}`);
    expect((await read(`?automation_id=${a.id}`)).totals.runs).toBe(2);
  });

  it('stands beside the budget of a job, within its window', async () => {
    const { id, ...created } = await createJob({ budget: { tokens: 100, window: '2h' } });
    expect(created.spent).toEqual({ tokens: 0, cost_usd: 0 });
    await use(id, { input_tokens: 10, cost_usd: 0.5 });
    const spent = async (): Promise<Loose> => (await api.ask(`GET automation/jobs/${id}`)).body.job.spent;
    expect(await spent()).toEqual({ tokens: 10, cost_usd: 0.5 });
    expect((await api.ask('GET automation/jobs')).body.jobs[0]).not.toHaveProperty('spent');
    api.clock.advance(2 * 3_600_000 + 1);
    expect(await spent()).toEqual({ tokens: 0, cost_usd: 0 });
    expect(await createJob({ budget: { run_tokens: 5 } })).not.toHaveProperty('spent');
  });

  it.each(['since=soon', 'since=2026-13-01', 'since=', 'automation_id=', 'until=2h'])('refuses ?%s', async (query) =>
    expect(await api.ask(`GET usage?${query}`)).toMatchObject({ status: 422, body: { code: 'validation_failed' } }),
  );
});

describe('an agent whose account is exhausted', () => {
  it('is shown with the end of its hold until it is released', async () => {
    const until = START + 3_600_000;
    await api.store.holdAgent({
      now: START,
      hold: { agent_name: 'echo', until, reason: 'usage limit reached, resets 1pm' },
    });
    const agents = async (): Promise<Loose> => (await api.ask('GET agents')).body.agents;
    expect(await agents()).toMatchObject([
      { name: 'echo', held_until: '2026-11-22T13:00:00.000Z', held_reason: 'usage limit reached, resets 1pm' },
    ]);
    expect(await api.ask('POST agents/echo/release')).toMatchObject({ status: 204, body: undefined });
    expect((await agents())[0]).not.toHaveProperty('held_until');
    expect(await api.ask('POST agents/echo/release')).toMatchObject({ status: 404, body: { code: 'agent_not_found' } });
  });
  it('is held no longer than it says', async () => {
    await api.store.holdAgent({ now: START, hold: { agent_name: 'echo', until: START + 1000, reason: 'x' } });
    api.clock.advance(1001);
    expect((await api.ask('GET agents')).body.agents[0]).not.toHaveProperty('held_until');
  });
});

describe('simulating', () => {
  it('tells what would happen, with durations and instants as text', async () => {
    Object.assign(api.simulation, {
      jobs: [
        {
          job_id: 'job_a',
          name: 'nightly',
          fires: 14,
          runs: 12,
          refused: { overlap: 2 },
          wait_ms_max: 90_000,
          wait_ms_mean: 1500.4,
          duration_ms: 61_000,
          samples: 3,
          expected: { tokens: 1200, cost_usd: 0.5 },
        },
      ],
      concurrent_max: 2,
      expected: { tokens: 1200, cost_usd: 0.5 },
      left_out: [
        { job_id: 'job_b', name: 'stops', reason: 'paused after failures', since: START + 1000 },
        { job_id: 'job_c', name: 'broken', reason: 'no such zone' },
      ],
      truncated_at: START + dayMs,
    });
    const { status, body } = await api.ask('GET automation/simulate?days=2');
    expect(status).toBe(200);
    expect(body.simulation).toEqual({
      from: '2026-11-22T12:00:00.000Z',
      to: '2026-11-24T12:00:00.000Z',
      jobs: [
        {
          job_id: 'job_a',
          name: 'nightly',
          fires: 14,
          runs: 12,
          refused: { overlap: 2 },
          wait_max: '1m30s',
          wait_mean: '1.5s',
          duration: '1m1s',
          samples: 3,
          expected: { tokens: 1200, cost_usd: 0.5 },
        },
      ],
      concurrent_max: 2,
      concurrent_cap: 5,
      expected: { tokens: 1200, cost_usd: 0.5 },
      left_out: [
        { job_id: 'job_b', name: 'stops', reason: 'paused after failures', since: '2026-11-22T12:00:01.000Z' },
        { job_id: 'job_c', name: 'broken', reason: 'no such zone' },
      ],
      truncated_at: '2026-11-23T12:00:00.000Z',
    });
  });
  it('looks a week ahead unless told otherwise', async () =>
    expect((await api.ask('GET automation/simulate')).body.simulation.to).toBe('2026-11-29T12:00:00.000Z'));
  it.each(['days=0', 'days=32', 'days=1.5', 'days=week', 'weeks=1'])('refuses ?%s', async (query) =>
    expect(await api.ask(`GET automation/simulate?${query}`)).toMatchObject({
      status: 422,
      body: { code: 'validation_failed' },
    }),
  );
});
