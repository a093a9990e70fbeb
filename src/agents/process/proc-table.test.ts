// A real process that does nothing but replace its program, out of our group and session, without a parent of ours.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { delay, systemClock } from '../../clock/clock.ts';
import { PROCESS_TOKEN_VARIABLE } from '../agent-driver.ts';
import { BLANK_MS, BlankRows } from './blank-rows.ts';
import { lookIntoProc } from './proc-table.ts';
import type { ProcessRow } from './process-row.ts';
import { createProcessTable } from './process-table.ts';

const row = (pid: number): ProcessRow => ({ pid, ppid: 1, pgid: pid, sid: pid, started: 's' });

describe('a look at the table is believed', () => {
  test('when nobody in it is without an environment', () => {
    expect(new BlankRows().settles([], { nowMs: 0 })).toBe(true);
  });
  test('when whoever is without has been so for long enough, and from then on', () => {
    const blank = new BlankRows();
    expect(blank.settles([row(1)], { nowMs: 10 })).toBe(false);
    expect(blank.settles([row(1)], { nowMs: 9 + BLANK_MS })).toBe(false);
    expect(blank.settles([row(1)], { nowMs: 10 + BLANK_MS })).toBe(true);
    expect(blank.settles([row(1)], { nowMs: 90_000 })).toBe(true);
  });
  test('not when that one was seen with one in between, nor for another with its number', () => {
    const blank = new BlankRows();
    blank.settles([row(1)], { nowMs: 0 });
    blank.settles([], { nowMs: 100 });
    expect(blank.settles([row(1)], { nowMs: BLANK_MS })).toBe(false);
    expect(blank.settles([{ ...row(1), started: 'later' }], { nowMs: 3 * BLANK_MS })).toBe(false);
  });
});

describe.runIf(process.platform === 'linux')('a storm of replaced programs', () => {
  const clock = systemClock();
  const LOOKS = 300;
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'rouse-exec-storm-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('hides nobody who carries the token', async () => {
    const pidFile = path.join(folder, 'pid');
    const stop = path.join(folder, 'stop');
    const script = path.join(folder, 'again.sh');
    // Replaces itself by itself until it is told to stop; the first one leaves its session and its parent.
    writeFileSync(
      script,
      `#!/bin/sh\n[ -e ${stop} ] && exit\n[ -s ${pidFile} ] || echo $$ > ${pidFile}\nexec ${script}\n`,
      {
        mode: 0o755,
      },
    );
    spawn('setsid', ['sh', '-c', `${script} &`], {
      env: { PATH: process.env['PATH'], [PROCESS_TOKEN_VARIABLE]: 'storm' },
      stdio: 'ignore',
    });
    try {
      while (!existsSync(pidFile) || readFileSync(pidFile, 'utf8').trim() === '') await delay(clock, 5);
      const pid = Number(readFileSync(pidFile, 'utf8'));
      const table = createProcessTable({ clock });
      let bare = 0;
      for (let look = 0; look < LOOKS; look += 1) {
        if (lookIntoProc().rows.find((one) => one.pid === pid)?.token === undefined) bare += 1;
        const found = (await table.snapshot()).find((one) => one.pid === pid);
        expect(found?.token, `look ${look}`).toBe('storm');
      }
      // Else the storm was none, and nothing was shown here.
      expect(bare).toBeGreaterThan(0);
    } finally {
      writeFileSync(stop, '');
    }
    while (lookIntoProc().rows.some(({ token }) => token === 'storm')) await delay(clock, 5);
  }, 60_000);
});
