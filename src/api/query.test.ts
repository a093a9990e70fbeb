import { describe, expect, it } from 'vitest';
import { AppError } from '../errors/app-error.ts';
import { jobQuery } from './contract/job.ts';
import { runQuery } from './contract/run.ts';
import { readQuery, readSpan, readWhen } from './query.ts';

const now = Date.UTC(2026, 10, 22, 12);

/** The problems of what is thrown: path, code and the words that matter. */
function problemsOf(read: () => unknown): unknown[] {
  try {
    return [`was taken as ${JSON.stringify(read())}`];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return error.problems.map(({ path, code, message }) => `${path} ${code}: ${message}`);
  }
}
const query = (text: string) => readQuery(runQuery, new URLSearchParams(text));

describe('readQuery', () => {
  it('reads numbers and texts', () => {
    expect(query('')).toEqual({});
    expect(query('status=failed&limit=500&job_id=job_1')).toEqual({ status: 'failed', limit: 500, job_id: 'job_1' });
    expect(readQuery(jobQuery, new URLSearchParams('q=a%20b&tag=%C3%A9'))).toEqual({ q: 'a b', tag: 'é' });
  });
  it.each([
    ['limit=0', /query\.limit out_of_range: .*at least 1/],
    ['limit=501', /query\.limit out_of_range: .*at most 500/],
    ['limit=ten', /query\.limit wrong_type: .*a number/],
    ['limit=1.5', /query\.limit wrong_type/],
    ['limit=', /query\.limit wrong_type/],
    ['limit=1e3', /query\.limit wrong_type/],
    ['limit=99999999999999999999', /query\.limit wrong_type/],
    ['status=faild', /query\.status unknown_value: .*Did you mean "failed"/],
    ['statsu=failed', /query\.statsu unknown_field: .*Did you mean "status"/],
    ['job_id=', /query\.job_id out_of_range: .*not be empty/],
    ['limit=1&limit=2', /query\.limit conflict: .*twice/],
    ['__proto__=1', /query\.__proto__ unknown_field/],
    [`job_id=${'x'.repeat(300)}`, /query\.job_id out_of_range: .*256 characters/],
  ])('refuses %s', (text, problem) => {
    expect(problemsOf(() => query(text.slice(0, 400)))).toEqual([expect.stringMatching(problem)]);
  });
});

describe('readWhen', () => {
  const when = (text: string): string => new Date(readWhen(text, { now, path: 'query.since' })).toISOString();
  it('reads RFC 3339 with any offset', () => {
    expect(when('2026-11-22T10:00:00Z')).toBe('2026-11-22T10:00:00.000Z');
    expect(when('2026-11-22T10:00:00+02:00')).toBe('2026-11-22T08:00:00.000Z');
  });
  it('reads an offset whose plus was not encoded', () =>
    expect(when('2026-11-22T10:00:00 02:00')).toBe('2026-11-22T08:00:00.000Z'));
  it('counts a duration back from now', () => {
    expect(when('2h')).toBe('2026-11-22T10:00:00.000Z');
    expect(when('-90m')).toBe('2026-11-22T10:30:00.000Z');
  });
  it('reads wall time where there is a zone to mean it in, by the rule of schedules', () => {
    const there = (text: string): string =>
      new Date(readWhen(text, { now, path: 'query.at', zone: 'Europe/Paris' })).toISOString();
    expect(there('2026-11-22T09:00')).toBe('2026-11-22T08:00:00.000Z');
    expect(there('2026-07-22 09:00:30')).toBe('2026-07-22T07:00:30.000Z');
    expect(there('2026-03-29T02:30')).toBe('2026-03-29T01:00:00.000Z');
    expect(there('2026-10-25T02:30')).toBe('2026-10-25T00:30:00.000Z');
    expect(there('2026-11-22T09:00:00Z')).toBe('2026-11-22T09:00:00.000Z');
    expect(there('2h')).toBe('2026-11-22T10:00:00.000Z');
    expect(problemsOf(() => there('2026-02-30T09:00'))).toEqual([expect.stringMatching(/^query\.at invalid_instant/)]);
  });
  it.each(['yesterday', '2d', '2026-11-22', '2026-11-22T10:00:00', '10', '2026-13-01T00:00:00Z', 'NaN'])(
    'refuses %s',
    (text) => expect(problemsOf(() => when(text))).toEqual([expect.stringMatching(/^query\.since invalid_/)]),
  );
});

describe('readSpan', () => {
  it('is bounded', () => {
    expect(readSpan('1m30s', { path: 'query.wait', max: 600_000 })).toBe(90_000);
    expect(problemsOf(() => readSpan('11m', { path: 'query.wait', max: 600_000 }))).toEqual([
      expect.stringMatching(/query\.wait out_of_range: .*600 seconds/),
    ]);
    expect(problemsOf(() => readSpan('-1s', { path: 'query.wait', max: 600_000 }))).toEqual([
      expect.stringMatching(/out_of_range: .*negative/),
    ]);
  });
});
