// A few kills at random moments; `node test/crash/run.ts` does many.
import { expect, test } from 'vitest';
import { killAtRandom } from './random-kills.ts';

test('a daemon killed again and again loses no instant and executes none twice', async () => {
  const seed = Date.now() % 1_000_000;
  expect({ seed, wrong: await killAtRandom({ kills: 3, seed }) }).toEqual({ seed, wrong: [] });
}, 60_000);
