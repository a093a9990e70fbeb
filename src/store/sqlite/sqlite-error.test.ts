import { expect, test } from 'vitest';
import { AppError } from '../../errors/app-error.ts';
import { type SqliteMoment, isBusyError, isConstraintError, translateSqliteError } from './sqlite-error.ts';

const FILE = '/home/rouse/rouse.db';

function sqliteError(errcode: number, message = 'it failed'): Error {
  return Object.assign(new Error(message), { code: 'ERR_SQLITE_ERROR', errcode });
}

function check(errcode: number, expected: object, moment: SqliteMoment = 'statement'): void {
  expect(translateSqliteError(sqliteError(errcode), FILE, moment)).toMatchObject(expected);
}

const unchanged = { code: 'store_unavailable', data: { outcome: 'unchanged' } };

test('every trouble of the device has its code of the port', () => {
  check(13, { code: 'disk_full', data: { path: FILE } });
  check(8, { code: 'home_read_only', data: { home: '/home/rouse' } });
  for (const code of [5, 10, 11, 14, 26]) check(code, unchanged);
});

test('extended codes count as their primary one', () => {
  check(8 | (3 << 8), { code: 'home_read_only' });
  check(10 | (4 << 8), unchanged);
});

test('only a commit that the device failed at leaves the outcome open', () => {
  check(10 | (4 << 8), { code: 'store_unavailable', data: { outcome: 'unknown' } }, 'commit');
  check(13, { code: 'disk_full' }, 'commit');
  check(5, unchanged, 'commit');
});

test('what is no trouble of the device passes through untouched', () => {
  const constraint = sqliteError(19 | (8 << 8));
  expect(translateSqliteError(constraint, FILE)).toBe(constraint);
  expect(isConstraintError(constraint)).toBe(true);
  expect(isBusyError(constraint)).toBe(false);
  expect(isBusyError(sqliteError(5))).toBe(true);
  for (const error of [new Error('other'), new AppError('invalid_cursor', {}), 'text', undefined]) {
    expect(translateSqliteError(error, FILE)).toBe(error);
    expect(isConstraintError(error)).toBe(false);
  }
});
