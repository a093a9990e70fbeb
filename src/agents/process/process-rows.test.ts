import { describe, expect, test } from 'vitest';
import { findToken, lookIntoProc, parseStat } from './proc-table.ts';
import { parsePsRows } from './ps-table.ts';

describe('a line of /proc/<pid>/stat', () => {
  const rest = '7 8 9 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 1234567 1 2';
  const check = (title: string, stat: string, expected: ReturnType<typeof parseStat>): void =>
    test(title, () => expect(parseStat(42, stat)).toEqual(expected));
  const row = { pid: 42, ppid: 7, pgid: 8, sid: 9, started: '1234567' };
  check('is read', `42 (node) S ${rest}`, row);
  check('may have a name full of traps', `42 (a) Z 1 (b) S ${rest}`, row);
  check('of a zombie is no process', `42 (node) Z ${rest}`, undefined);
  check('of a kernel thread is none for us', `42 (kworker) I 2 0 0 0 -1 69238880 ${rest}`, undefined);
  check('that is cut off is none', '42 (node) S 7 8', undefined);
});

describe('the token in an environment', () => {
  const check = (title: string, environ: string, expected: string | undefined): void =>
    test(title, () => expect(findToken(Buffer.from(environ))).toBe(expected));
  check('is found at the start', 'ROUSE_PROCESS_TOKEN=abc\0PATH=/bin\0', 'abc');
  check('is found in the middle', 'PATH=/bin\0ROUSE_PROCESS_TOKEN=abc\0X=1\0', 'abc');
  check('is found at a cut end', 'PATH=/bin\0ROUSE_PROCESS_TOKEN=abc', 'abc');
  check('is not another variable’s value', 'X=ROUSE_PROCESS_TOKEN=abc\0', undefined);
  check('is not another variable', 'MY_ROUSE_PROCESS_TOKEN=abc\0', undefined);
  check('is found behind such a value', 'X=ROUSE_PROCESS_TOKEN=no\0ROUSE_PROCESS_TOKEN=yes\0', 'yes');
  check('is absent from nothing', '', undefined);
});

test.runIf(process.platform === 'linux')('the live table has our parent and not ourselves', () => {
  const pids = lookIntoProc().rows.map(({ pid }) => pid);
  expect(pids).toContain(process.ppid);
  expect(pids).not.toContain(process.pid);
});

test('what ps prints on macOS is read', () => {
  const listing = [
    '    1     0     1 Ss   Mon Nov 22 19:45:00 2026     /sbin/launchd',
    '  501   500   501 S+   Sun Nov  1 09:05:07 2026     node agent.js PATH=/bin ROUSE_PROCESS_TOKEN=t-1 HOME=/Users/x',
    '  502   501   501 Z    Sun Nov  1 09:05:08 2026     (sh)',
    'rubbish',
    '',
  ].join('\n');
  expect(parsePsRows(listing)).toEqual([
    { pid: 1, ppid: 0, pgid: 1, sid: 0, started: 'Mon Nov 22 19:45:00 2026' },
    { pid: 501, ppid: 500, pgid: 501, sid: 0, started: 'Sun Nov  1 09:05:07 2026', token: 't-1' },
  ]);
});
