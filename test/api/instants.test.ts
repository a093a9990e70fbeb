// What may be asked about single instants of a job: what became of them, and to run them after all.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { INSTANT_OUTCOMES } from '../../src/api/contract/explanation.ts';
import type { InstantOutcome } from '../../src/engine/explain-instant.ts';
import { runIdFor } from '../../src/model/identifiers.ts';
import { type Harness, type Loose, openHarness } from './api-harness.ts';

let api: Harness;
beforeEach(async () => {
  api = await openHarness();
});
afterEach(() => api.close());

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Every day at 09:00 in Paris, which is 08:00 UTC in November. */
async function createDaily(parts: object = {}): Promise<Loose> {
  const json = {
    scope: 'global',
    name: 'daily',
    agent_name: 'echo',
    prompt: 'Say hello.',
    schedule: { mode: 'cron', expr: '0 9 * * *', timezone: 'Europe/Paris' },
    fire_limit: { max: 100, window: '1h' },
    ...parts,
  };
  return (await api.ask('POST automation/jobs', { json })).body.job;
}

/** The planner's step with a decision of the test's own: the instant becomes one row, the cursor moves a day on. */
async function decideNext(row: { status: 'scheduled' | 'canceled'; missed?: { count: number } }): Promise<void> {
  const now = api.clock.now();
  await api.store.planFires({
    now,
    limit: 10,
    daily_since: null,
    decide({ job, cursor }) {
      const at = cursor.next_run_at as number;
      const fire_id = `fire_${job.id}_${at}`;
      const missed = row.missed && { count: row.missed.count, first: at, last: at + (row.missed.count - 1) * dayMs };
      const next = at + (missed?.count ?? 1) * dayMs;
      return {
        cursor: { ...cursor, next_run_at: next, due_at: next },
        cancellations: [],
        runs: [
          {
            id: runIdFor({ fire_id, attempt: 1 }),
            fire_id,
            attempt: 1,
            kind: 'schedule',
            status: row.status,
            ...(missed === undefined ? {} : { missed, reason: 'misfire' as const, error: 'nobody was there' }),
            scheduled_at: at,
            available_at: now,
            accepted_at: now,
            priority: 0,
            exclusive: true,
            catch_up: false,
          },
        ],
      };
    },
  });
}

describe('explaining an instant', () => {
  const explain = async (id: string, at?: string): Promise<Loose> => {
    const query = at === undefined ? '' : `?at=${encodeURIComponent(at)}`;
    return (await api.ask(`GET automation/jobs/${id}/explain${query}`)).body.explanation;
  };

  it('the documented outcomes are those of the engine', () => {
    const outcomes: Record<InstantOutcome, true> = {
      run: true,
      refused: true,
      missed: true,
      pending: true,
      upcoming: true,
      disabled: true,
      paused: true,
      before_job: true,
      schedule_changed: true,
      not_an_instant: true,
      unknown: true,
    };
    expect(Object.keys(outcomes)).toEqual([...INSTANT_OUTCOMES]);
  });

  it('says what comes, with the instants around it', async () => {
    const { id } = await createDaily();
    expect(await explain(id, '2026-11-23T08:00:00Z')).toEqual({
      job_id: id,
      at: '2026-11-23T08:00:00.000Z',
      outcome: 'upcoming',
      sentence: 'Will fire at 2026-11-23T08:00:00.000Z.',
      runs: [],
      previous_at: '2026-11-22T08:00:00.000Z',
      next_at: '2026-11-24T08:00:00.000Z',
    });
  });

  it.each([
    ['an instant with an offset', '2026-11-23T10:00:00+02:00'],
    ["wall time in the job's zone", '2026-11-23T09:00'],
    ['wall time with a space and seconds', '2026-11-23 09:00:00'],
  ])('%s means the instant', async (_, at) => {
    const { id } = await createDaily();
    expect((await explain(id, at)).at).toBe('2026-11-23T08:00:00.000Z');
  });

  it('wall time is meant in the zone inside the expression, then in the daemon’s', async () => {
    const inside = await createDaily({ schedule: { mode: 'cron', expr: 'TZ=Asia/Tokyo 0 9 * * *' } });
    expect((await explain(inside.id, '2026-11-23T09:00')).at).toBe('2026-11-23T00:00:00.000Z');
    const nowhere = await createDaily({ name: 'b', schedule: { mode: 'every', interval: '1h' } });
    expect((await explain(nowhere.id, '2026-11-23T09:00')).at).toBe('2026-11-23T09:00:00.000Z');
  });

  it('wall time that does not exist means the end of the gap', async () => {
    const { id } = await createDaily();
    expect((await explain(id, '2027-03-28T02:30')).at).toBe('2027-03-28T01:00:00.000Z');
  });

  it('a duration counts back from now, and nothing at all is now', async () => {
    const { id } = await createDaily();
    expect(await explain(id, '4h')).toMatchObject({ at: '2026-11-22T08:00:00.000Z', outcome: 'before_job' });
    expect(await explain(id)).toMatchObject({
      at: '2026-11-22T12:00:00.000Z',
      outcome: 'not_an_instant',
      previous_at: '2026-11-22T08:00:00.000Z',
      next_at: '2026-11-23T08:00:00.000Z',
    });
  });

  it('tells what ran, what was missed, what is due and what is none apart', async () => {
    const { id } = await createDaily();
    api.clock.advance(dayMs);
    expect(await explain(id, '2026-11-23T09:00')).toMatchObject({ outcome: 'pending' });
    await decideNext({ status: 'scheduled' });
    const [claimed] = await api.claim();
    await api.start(claimed!);
    await api.finish(claimed!);
    const ran = await explain(id, '2026-11-23T09:00');
    expect(ran).toMatchObject({ outcome: 'run', runs: [{ id: claimed!.run.id, status: 'completed' }] });
    expect(ran.sentence).toContain(claimed!.run.id);
    api.clock.advance(3 * dayMs);
    await decideNext({ status: 'canceled', missed: { count: 3 } });
    expect(await explain(id, '2026-11-25T09:00')).toMatchObject({
      outcome: 'missed',
      sentence: expect.stringContaining('one of 3 instants'),
      runs: [{ missed: { count: 3, first: '2026-11-24T08:00:00.000Z', last: '2026-11-26T08:00:00.000Z' } }],
    });
    expect(await explain(id, '2026-11-26T09:01')).toMatchObject({ outcome: 'not_an_instant', runs: [] });
  });

  it('says that the job was off, or that everything is paused', async () => {
    const { id } = await createDaily();
    await api.ask('POST automation/pause');
    expect(await explain(id, '2026-11-23T09:00')).toMatchObject({ outcome: 'paused' });
    await api.ask('POST automation/resume');
    await api.ask(`PATCH automation/jobs/${id}`, { json: { enabled: false } });
    expect(await explain(id, '2026-11-23T09:00')).toMatchObject({ outcome: 'disabled' });
    api.clock.advance(2 * dayMs);
    expect(await explain(id, '2026-11-23T09:00')).toMatchObject({
      outcome: 'disabled',
      sentence: expect.stringContaining('2026-11-22T12:00:00.000Z'),
    });
  });

  it.each(['at=', 'at=yesterday', 'at=2026-11-22', 'at=2026-13-22T09:00', 'at=2026-11-22T09:60', 'when=2h'])(
    'refuses ?%s',
    async (query) => {
      const { id } = await createDaily();
      const refused = await api.ask(`GET automation/jobs/${id}/explain?${query}`);
      expect(refused).toMatchObject({ status: 422, body: { code: 'validation_failed', errors: [{}] } });
    },
  );
  it('answers 404 for a job that is none', async () =>
    expect(await api.ask('GET automation/jobs/job_x/explain?at=2h')).toMatchObject({
      status: 404,
      body: { code: 'job_not_found' },
    }));
});

describe('backfilling', () => {
  const backfill = (id: string, json: unknown) => api.ask(`POST automation/jobs/${id}/backfill`, { json });
  const range = { from: '2026-11-20T00:00', to: '2026-11-22T00:00' };

  it('a dry run lists the instants where the job lives, and creates nothing', async () => {
    const { id } = await createDaily();
    const { status, body } = await backfill(id, { ...range, dry_run: true });
    expect(status).toBe(200);
    expect(body).toEqual({
      instants: [
        {
          at: '2026-11-20T08:00:00.000Z',
          state: 'new',
          local: '2026-11-20T09:00:00',
          offset: '+01:00',
          zone: 'Europe/Paris',
        },
        {
          at: '2026-11-21T08:00:00.000Z',
          state: 'new',
          local: '2026-11-21T09:00:00',
          offset: '+01:00',
          zone: 'Europe/Paris',
        },
      ],
      runs: [],
    });
    expect((await api.ask(`GET automation/jobs/${id}/runs`)).body.runs).toEqual([]);
  });

  it('creates one run per instant, and nothing twice', async () => {
    const { id } = await createDaily();
    const first = await backfill(id, range);
    expect(first.status).toBe(202);
    expect(first.body.runs).toMatchObject([
      { kind: 'backfill', status: 'scheduled', scheduled_at: '2026-11-20T08:00:00.000Z', actor: 'user:api' },
      { kind: 'backfill', status: 'scheduled', scheduled_at: '2026-11-21T08:00:00.000Z' },
    ]);
    const second = await backfill(id, range);
    expect(second).toMatchObject({ status: 202, body: { runs: [] } });
    expect(second.body.instants.map(({ state }: Loose) => state)).toEqual(['exists', 'exists']);
    expect((await api.ask(`GET automation/jobs/${id}/runs`)).body.runs).toHaveLength(2);
  });

  it('both ends count, as instants, as wall time and counted back from now', async () => {
    const { id } = await createDaily();
    const instants = async (json: object): Promise<string[]> =>
      (await backfill(id, { ...json, dry_run: true })).body.instants.map(({ at }: Loose) => at);
    const friday = '2026-11-20T08:00:00.000Z';
    expect(await instants({ from: friday, to: friday })).toEqual([friday]);
    expect(await instants({ from: '2026-11-20T09:00', to: '2026-11-20 09:00' })).toEqual([friday]);
    expect(await instants({ from: '51h', to: '29h' })).toEqual([]);
    expect(await instants({ from: '52h', to: '52h' })).toEqual([friday]);
  });

  it.each([
    ['a range that ends before it begins', { from: '2h', to: '3h' }, 'to'],
    ['a range that ends in the future', { from: '2h', to: '2026-11-22T12:00:00.001Z' }, 'to'],
    ['more instants than at once', { from: '2020-01-01T00:00', to: '1h' }, 'from'],
  ])('refuses %s', async (_, json, path) => {
    const { id } = await createDaily();
    expect(await backfill(id, json)).toMatchObject({
      status: 422,
      body: { code: 'validation_failed', errors: [{ path: expect.stringMatching(new RegExp(`\\b${path}$`)) }] },
    });
  });

  it.each([
    ['no range', {}, ['body.from', 'body.to']],
    ['half a range', { from: '2h' }, ['body.to']],
    ['a word', { from: 'monday', to: '1h' }, ['body.from']],
    ['a day', { from: '2026-11-20', to: '1h' }, ['body.from']],
    ['a number', { from: 5, to: '1h' }, ['body.from']],
    ['a dry run that is no truth', { ...range, dry_run: 'yes' }, ['body.dry_run']],
    ['a field that nobody knows', { ...range, limit: 3 }, ['body.limit']],
  ])('refuses %s', async (_, json, paths) => {
    const { id } = await createDaily();
    const { status, body } = await backfill(id, json);
    expect([status, body.code]).toEqual([422, 'validation_failed']);
    expect(body.errors.map(({ path }: Loose) => path)).toEqual(paths);
    expect((await api.ask('GET automation/runs')).body.runs).toEqual([]);
  });
  it('answers 404 for a job that is none', async () =>
    expect(await backfill('job_x', range)).toMatchObject({ status: 404, body: { code: 'job_not_found' } }));
});
