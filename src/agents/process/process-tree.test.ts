// Which processes belong to a tree, decided on tables written down here; no process is touched by these tests, because
// every survey is only looked at. Ending real trees is the contract suites' business (test/contract).
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../clock/clock.ts';
import type { ProcessRow } from './process-row.ts';
import { ProcessTree, type TreeLeader } from './process-tree.ts';

const clock = systemClock();
const row = (pid: number, more: Partial<ProcessRow> = {}): ProcessRow => ({
  pid,
  ppid: 1,
  pgid: pid,
  sid: pid,
  started: `s${pid}`,
  ...more,
});
const leader = (hasExited: boolean): TreeLeader => ({ pid: 100, hasExited, exited: Promise.resolve() });

/** The pids found by surveys of one table after the other. */
async function surveys(tables: ProcessRow[][], lead?: TreeLeader): Promise<number[][]> {
  const left = [...tables];
  const table = { snapshot: async () => left.shift() ?? [] };
  const tree = new ProcessTree({ clock, table, token: 'mine', ...(lead === undefined ? {} : { leader: lead }) });
  const found: number[][] = [];
  for (let i = 0; i < tables.length; i++)
    found.push((await tree.survey()).map(({ pid }) => pid).toSorted((a, b) => a - b));
  return found;
}

describe('to a tree belongs', () => {
  const check = (title: string, rows: ProcessRow[], expected: number[], lead?: TreeLeader): void =>
    test(title, async () => expect(await surveys([rows], lead)).toEqual([expected]));

  check('who carries the token', [row(5, { token: 'mine' }), row(6, { token: 'theirs' }), row(7)], [5]);
  check('who is in the leader’s group', [row(100), row(101, { pgid: 100 }), row(7)], [100, 101], leader(false));
  check('who is in the leader’s session with a group of its own', [row(101, { sid: 100 })], [101], leader(true));
  check(
    'whoever descends from one who does',
    [row(5, { token: 'mine' }), row(8, { ppid: 5 }), row(9, { ppid: 8 })],
    [5, 8, 9],
  );
  check(
    'the group of a carrier that leads it, for a later daemon',
    [row(5, { token: 'mine' }), row(6, { pgid: 5 })],
    [5, 6],
  );
  check(
    'not the group of a carrier that only joined it',
    [row(6, { pgid: 5, sid: 5, token: 'mine' }), row(5), row(7, { pgid: 5 })],
    [6],
  );
  check('never the init process', [row(1, { token: 'mine' })], []);
  check(
    'never ourselves, nor what we started for others',
    [row(process.pid, { token: 'mine' }), row(9, { ppid: process.pid })],
    [],
  );
  check(
    'not the group of a stranger that got the leader’s number',
    [row(100, { started: 'new' }), row(101, { pgid: 100 })],
    [],
    leader(true),
  );
});

describe('a process that was seen', () => {
  test('is still known when its parent is gone and it left the group', async () => {
    const before = [row(5, { token: 'mine' }), row(8, { ppid: 5 })];
    expect(await surveys([before, [row(8)]])).toEqual([[5, 8], [8]]);
  });
  test('is not mistaken for another with its number', async () => {
    const before = [row(5, { token: 'mine' }), row(8, { ppid: 5 })];
    expect(await surveys([before, [row(8, { started: 'later' })]])).toEqual([[5, 8], []]);
  });
});

test('a table that cannot be read proves nothing', async () => {
  const table = { snapshot: () => Promise.reject(new Error('no /proc')) };
  const tree = new ProcessTree({ clock, table, token: 'mine' });
  expect(await tree.end({ graceMs: 0 })).toEqual({ gone: false, ended: 0 });
});
