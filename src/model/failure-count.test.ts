import { expect, test } from 'vitest';
import { countFailure } from './failure-count.ts';
import type { Job } from './job.ts';

const automation = { pause_after_failures: 3 } as Job;

const check = (title: string, p: { before: number; enabled?: boolean; automation?: Job }, expected: object): void =>
  test(title, () => expect(countFailure({ automation, enabled: true, ...p })).toEqual(expected));

check('one more is counted', { before: 1 }, { consecutive_failures: 2 });
check(
  'the last one allowed pauses',
  { before: 2 },
  { consecutive_failures: 3, pause: { error: '3 fires in a row failed for good (pause_after_failures: 3)' } },
);
check('what is off already is not paused again', { before: 5, enabled: false }, { consecutive_failures: 6 });
check('0 is no limit', { before: 99, automation: { pause_after_failures: 0 } as Job }, { consecutive_failures: 100 });
