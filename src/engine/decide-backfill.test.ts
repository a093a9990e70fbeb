import { describe, expect, test } from 'vitest';
import { backfillFireIdFor, fireIdFor } from '../model/identifiers.ts';
import type { AcceptanceFacts } from '../store/acceptance.ts';
import { NO_SPENDING } from './budget.ts';
import { decideBackfill } from './decide-backfill.ts';
import { NOON } from './testing/houses.ts';
import { testJob } from './testing/test-job.ts';

const HOUR = 3_600_000;
const facts: AcceptanceFacts = { unfinished: [], accepted: [], spent: NO_SPENDING, spent_today: NO_SPENDING };
const instants = [NOON - 3 * HOUR, NOON - 2 * HOUR, NOON - HOUR];
const decide = (parts: Parameters<typeof testJob>[0] = {}, more: Partial<AcceptanceFacts> = {}) =>
  decideBackfill({
    automation: testJob(parts),
    instants,
    facts: { ...facts, ...more },
    actor: 'user:test',
    now: NOON,
  });

describe('a backfill', () => {
  test('makes one run per instant, oldest first, behind live ones', () => {
    expect(decide().map((run) => run.scheduled_at)).toEqual(instants);
    for (const run of decide()) {
      expect(run).toMatchObject({
        kind: 'backfill',
        status: 'scheduled',
        catch_up: true,
        actor: 'user:test',
        attempt: 1,
      });
    }
  });

  test('has fires of its own, the same for every repeat', () => {
    const [run] = decide();
    expect(run?.fire_id).toBe(backfillFireIdFor({ job_id: 'job_test', scheduled_at: instants[0]! }));
    expect(run?.fire_id).not.toBe(fireIdFor({ job_id: 'job_test', scheduled_at: instants[0]! }));
    expect(decide().map((each) => each.id)).toEqual(decide().map((each) => each.id));
  });

  test('queues even where the policy skips, one after the other unless it allows', () => {
    const unfinished = [
      { id: 'run_a', status: 'running' as const, kind: 'schedule' as const, created_at: NOON, attempt: 1 },
    ];
    expect(decide({ overlap: 'skip' }, { unfinished }).map((run) => [run.status, run.exclusive])).toEqual(
      Array(3).fill(['scheduled', true]),
    );
    expect(decide({ overlap: 'allow' }).every((run) => !run.exclusive)).toBe(true);
  });

  test('is deferred by the fire limit instead of refused', () => {
    const limited = decide({ fire_limit: { max: 2, window: '1h' } }, { accepted: [NOON - 60_000] });
    expect(limited.map((run) => run.available_at - NOON)).toEqual([0, HOUR - 60_000, HOUR]);
    expect(limited.every((run) => run.accepted_at === run.available_at)).toBe(true);
  });
});
