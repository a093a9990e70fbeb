import { describe, expect, test } from 'vitest';
import { AppError, isAppError } from './app-error.ts';
import { ERROR_CODES, errorCatalog } from './catalog.ts';
import { EXIT_CODE_MEANINGS, EXIT_CODES } from './exit-code.ts';
import { invariant, InvariantError } from './invariant.ts';

/** The errors of the reference page, one permanent code each. */
const referenceCodes = [
  'job_not_found',
  'trigger_not_found',
  'run_not_found',
  'run_already_exists',
  'scheduler_state_not_found',
  'scheduled_fire_already_claimed',
  'job_name_taken',
  'trigger_name_taken',
  'trigger_webhook_id_taken',
  'overlay_requires_config_source',
  'job_overlay_not_found',
  'trigger_overlay_not_found',
] as const;

describe('the catalogue', () => {
  test('has a code for each error of the reference page', () => {
    expect(referenceCodes.filter((code) => !ERROR_CODES.includes(code))).toEqual([]);
  });
  test.each(ERROR_CODES)('%s has a title, a hint and numbers that exist', (code) => {
    const { title, hint, status, exitCode } = errorCatalog[code];
    expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
    expect(title).toMatch(/^[A-Z].*[A-Za-z]$/);
    expect(hint).toMatch(/^[A-Z`].*\.$/);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(600);
    expect(Object.values(EXIT_CODES)).toContain(exitCode);
    expect(exitCode).not.toBe(EXIT_CODES.ok);
  });
  test('exit codes are told apart and explained', () => {
    const codes = Object.values(EXIT_CODES);
    expect(new Set(codes).size).toBe(codes.length);
    expect(Object.keys(EXIT_CODE_MEANINGS)).toEqual(Object.keys(EXIT_CODES));
  });
});

describe('an AppError', () => {
  const error = new AppError('fire_limit_reached', {
    id: 'job_1',
    max: 2,
    window: '1h',
    possible_at: '2026-11-22T20:00:00.000Z',
  });

  test('carries everything a surface needs', () => {
    expect(error).toMatchObject({
      code: 'fire_limit_reached',
      status: 409,
      exitCode: EXIT_CODES.limited,
      retryable: true,
      title: 'Fire limit reached',
      problems: [],
    });
    expect(error.detail).toContain('2026-11-22T20:00:00.000Z');
    expect(error.message).toBe(error.detail);
    expect(error.hint).toContain('fire_limit');
  });
  test('keeps its cause and its problems', () => {
    const cause = new Error('beneath');
    const problems = [{ path: 'job.name', code: 'required', message: 'A job needs a name.' }];
    const failed = new AppError('validation_failed', { subject: 'job', problems: 1 }, { cause, problems });
    expect(failed.cause).toBe(cause);
    expect(failed.problems).toBe(problems);
    expect(failed.detail).toBe('The job has one problem.');
  });
  test('is told apart from other errors, and by code', () => {
    expect(isAppError(error)).toBe(true);
    expect(isAppError(error, 'job_not_found', 'fire_limit_reached')).toBe(true);
    expect(isAppError(error, 'job_not_found')).toBe(false);
    expect(isAppError(new Error('other'))).toBe(false);
    expect(isAppError(undefined)).toBe(false);
  });
  test('says what is certain when a store fails', () => {
    const sentence = (outcome: 'unchanged' | 'unknown'): string =>
      new AppError('store_unavailable', { outcome, reason: 'locked' }).detail;
    expect(sentence('unchanged')).toContain('Nothing was changed.');
    expect(sentence('unknown')).toContain('not known');
  });
});

test('an invariant throws only when it does not hold', () => {
  expect(() => invariant(1 + 1 === 2, 'arithmetic')).not.toThrow();
  expect(() => invariant(undefined, 'a value must be there')).toThrow(InvariantError);
  expect(() => invariant(0, 'not zero')).toThrow(/defect in Rouse: not zero/);
});
