import { expect, test } from 'vitest';
import { AppError } from '../../errors/app-error.ts';
import {
  isConnectionLost,
  isConstraintError,
  isRetryable,
  isServerAway,
  translatePostgresError,
} from './postgres-error.ts';

function serverError(code: string, message = 'it failed'): Error {
  return Object.assign(new Error(message), { code });
}

function check(error: Error, expected: object, moment: 'statement' | 'commit' = 'statement'): void {
  expect(translatePostgresError(error, moment)).toMatchObject(expected);
}

const unavailable = (outcome: 'unchanged' | 'unknown') => ({ code: 'store_unavailable', data: { outcome } });

test('a server that is away, refuses, stands by or is too slow is unavailable, and changed nothing', () => {
  const codes = [
    'ECONNREFUSED',
    'ECONNRESET',
    'ENOTFOUND',
    '57P01',
    '57P03',
    '08006',
    '25006',
    '57014',
    '55P03',
    '28P01',
  ];
  for (const code of codes) check(serverError(code), unavailable('unchanged'));
  for (const text of [
    'Connection terminated unexpectedly',
    'Query read timeout',
    'timeout exceeded when trying to connect',
  ])
    check(new Error(text), unavailable('unchanged'));
});

test('only a commit whose answer never came leaves the outcome open', () => {
  check(new Error('Connection terminated unexpectedly'), unavailable('unknown'), 'commit');
  check(serverError('57P01'), unavailable('unknown'), 'commit');
  check(serverError('40P01'), unavailable('unchanged'), 'commit');
  check(serverError('53100'), { code: 'disk_full' }, 'commit');
});

test('losing against others is tried again, broken rules and lost connections are not', () => {
  expect(['40001', '40P01', '23505', 'ECONNRESET'].map((code) => isRetryable(serverError(code)))).toEqual([
    true,
    true,
    false,
    false,
  ]);
  expect(isConstraintError(serverError('23505'))).toBe(true);
  expect(isConnectionLost(serverError('23505'))).toBe(false);
});

test('a server that may come back is waited for; what only a person can mend is not', () => {
  const isAway = (error: unknown): boolean => isServerAway(translatePostgresError(error));
  const passing = ['ECONNREFUSED', 'ENOTFOUND', 'ETIMEDOUT', '57P03', '57P01', '53300'];
  expect(passing.filter((code) => !isAway(serverError(code)))).toEqual([]);
  expect(['28P01', '3D000', '42501', '25006', '57014'].filter((code) => isAway(serverError(code)))).toEqual([]);
  expect(isAway(new Error('The server does not support SSL connections'))).toBe(false);
  expect(isAway(new AppError('store_unavailable', { outcome: 'unchanged', reason: 'it is of another program' }))).toBe(
    false,
  );
});

test('what is no trouble of the server passes through untouched', () => {
  const errors = [
    serverError('23514'),
    serverError('P0001'),
    new Error('other'),
    new AppError('invalid_cursor', {}),
    'text',
  ];
  for (const error of errors) expect(translatePostgresError(error)).toBe(error);
});
