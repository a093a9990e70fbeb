// kill -9 at named steps of the store, with real agent processes running; then real executions are counted, not rows.
// The points here are those whose neighbours differ most; `node test/crash/run.ts` goes through all of them.
import { describe, expect, test } from 'vitest';
import { crashAt } from './crash-load.ts';

describe.concurrent('a daemon that is killed', () => {
  test.each([
    'within planFires 2',
    'after planFires 2',
    'before claimRuns 2',
    'after claimRuns 2',
    'before startRun 3',
    'before finishRun 2',
    'within finishRun 2',
    'after finishRun 2',
  ])(
    '%s loses no instant and executes none twice',
    async (point) => {
      expect(await crashAt(point)).toEqual([]);
    },
    60_000,
  );
});
