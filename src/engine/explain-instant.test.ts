import { describe, expect, test } from 'vitest';
import type { EpochMs } from '../model/instant.ts';
import { parseInstant } from '../model/instant.ts';
import type { Job } from '../model/job.ts';
import type { Run } from '../model/run.ts';
import type { AutomationChange } from '../store/account-store.ts';
import type { Cursor } from '../store/cursor.ts';
import type { AutomationRecord } from '../store/definition-store.ts';
import type { InstantExplanation } from './explain-instant.ts';
import { explainInstant } from './explain-instant.ts';
import { scheduleOf } from './place-cursor.ts';
import { testJob } from './testing/test-job.ts';

function at(text: string): EpochMs {
  const read = parseInstant(text);
  if (!read.ok) throw new Error(read.problem.message);
  return read.epochMs;
}

const born = at('2026-11-01T00:00:00Z');
const now = at('2026-11-22T12:00:00Z');
const nine = at('2026-11-22T09:00:00Z');
const job = testJob({ schedule: { mode: 'cron', expr: '0 9 * * *' }, created_at: born });
const change = (when: string, parts: Partial<AutomationChange>): AutomationChange => ({
  automation_id: 'job_test',
  at: at(when),
  kind: 'updated',
  enabled: true,
  automation: job,
  ...parts,
});
const created = change('2026-11-01T00:00:00Z', { kind: 'created' });
const cursor: Cursor = {
  job_id: 'job_test',
  next_run_at: at('2026-11-23T09:00:00Z'),
  catch_up_policy: 'skip_missed',
  misfire_grace_seconds: 60,
  consecutive_resume_failures: 0,
  misfire_count: 0,
  updated_at: 0,
};

function row(parts: Partial<Run>): Run {
  return {
    id: 'run_1',
    job_id: 'job_test',
    status: 'completed',
    attempt: 1,
    kind: 'schedule',
    scheduled_at: nine,
    created_at: nine,
    started_at: nine,
    ended_at: nine + 90_000,
    ...parts,
  };
}

function explain(p: {
  when?: EpochMs;
  runs?: Run[];
  changes?: AutomationChange[];
  record?: Partial<AutomationRecord<Job>>;
  unschedulable?: boolean;
}): InstantExplanation {
  return explainInstant({
    record: { automation: job, revision: 1, enabled: true, consecutive_failures: 0, cursor, ...p.record },
    at: p.when ?? nine,
    now,
    runs: p.runs ?? [],
    changes: p.changes ?? [created],
    scheduleOf: (each) => (p.unschedulable ? undefined : scheduleOf({ job: each, anchorAt: born, timezone: 'UTC' })),
  });
}

const NINE = '2026-11-22T09:00:00.000Z';

describe('an instant that has rows', () => {
  const unstarted = { started_at: undefined, ended_at: undefined } as unknown as Partial<Run>;
  const table: [string, Run[], InstantExplanation['outcome'], string][] = [
    ['completed', [row({})], 'run', 'Completed at 2026-11-22T09:01:30.000Z (run run_1).'],
    [
      'started late',
      [row({ started_at: nine + 65_000 })],
      'run',
      'Completed at 2026-11-22T09:01:30.000Z, started 1m5s late (run run_1).',
    ],
    [
      'less than a second late is on time',
      [row({ started_at: nine + 999 })],
      'run',
      'Completed at 2026-11-22T09:01:30.000Z (run run_1).',
    ],
    [
      'failed in the end',
      [
        row({ status: 'failed' }),
        row({
          id: 'run_2',
          attempt: 2,
          status: 'failed',
          reason: 'timeout',
          error: 'the run reached its timeout of 1h0m0s',
        }),
      ],
      'run',
      'Failed at 2026-11-22T09:01:30.000Z, attempt 2, timeout: the run reached its timeout of 1h0m0s (run run_2).',
    ],
    [
      'canceled while it ran',
      [row({ status: 'canceled', reason: 'user', error: 'canceled by user:cli' })],
      'run',
      'Canceled at 2026-11-22T09:01:30.000Z, user: canceled by user:cli (run run_1).',
    ],
    [
      'running',
      [row({ status: 'running', ...unstarted, started_at: nine })],
      'run',
      `Running since ${NINE} (run run_1).`,
    ],
    [
      'waiting for a person',
      [
        row({
          status: 'running',
          permission: { title: 'Write', tool: 'write', options: [], asked_at: nine + 1000, deadline_at: nine + 2000 },
        }),
      ],
      'run',
      'Running, and waiting for permission since 2026-11-22T09:00:01.000Z (run run_1).',
    ],
    ['waiting', [row({ status: 'scheduled', ...unstarted })], 'run', `Accepted and waiting since ${NINE} (run run_1).`],
    [
      'refused',
      [
        row({
          status: 'canceled',
          reason: 'overlap',
          error: 'run run_0 was still working (overlap: skip)',
          ...unstarted,
        }),
      ],
      'refused',
      `Did not run at ${NINE} (overlap): run run_0 was still working (overlap: skip).`,
    ],
    [
      'missed alone',
      [
        row({
          status: 'canceled',
          reason: 'misfire',
          error: 'one instant was missed',
          missed: { count: 1, first: nine, last: nine },
          ...unstarted,
        }),
      ],
      'missed',
      `Did not run at ${NINE} (misfire): one instant was missed.`,
    ],
    [
      'missed as one of many',
      [
        row({
          status: 'canceled',
          reason: 'misfire',
          error: '3 instants were missed',
          missed: { count: 3, first: at('2026-11-20T09:00:00Z'), last: nine },
          ...unstarted,
        }),
      ],
      'missed',
      `Did not run at ${NINE} (misfire): 3 instants were missed. It is one of 3 instants from 2026-11-20T09:00:00.000Z to ${NINE}.`,
    ],
  ];
  test.each(table)('%s', (_title, runs, outcome, sentence) => {
    expect(explain({ runs })).toMatchObject({ outcome, sentence, runs });
  });
});

describe('an instant without a row', () => {
  const off = (kind: AutomationChange['kind'], detail?: string): AutomationChange[] => [
    created,
    change('2026-11-20T00:00:00Z', { kind, enabled: false, ...(detail === undefined ? {} : { detail }) }),
  ];
  const pending = { ...cursor, next_run_at: nine };
  const table: [string, Parameters<typeof explain>[0], InstantExplanation['outcome'], string][] = [
    [
      'before the job was there',
      { when: at('2026-10-01T09:00:00Z') },
      'before_job',
      'The job did not exist at 2026-10-01T09:00:00.000Z; it was created at 2026-11-01T00:00:00.000Z.',
    ],
    [
      'not on the grid',
      { when: at('2026-11-22T10:00:00Z') },
      'not_an_instant',
      "2026-11-22T10:00:00.000Z is no instant of this job's schedule. The one before is 2026-11-22T09:00:00.000Z. The one after is 2026-11-23T09:00:00.000Z.",
    ],
    ['to come', { when: at('2026-11-23T09:00:00Z') }, 'upcoming', 'Will fire at 2026-11-23T09:00:00.000Z.'],
    [
      'to come, while the job is off',
      { when: at('2026-11-23T09:00:00Z'), record: { enabled: false } },
      'disabled',
      'Nothing will run at 2026-11-23T09:00:00.000Z while the job is disabled.',
    ],
    [
      'disabled then',
      { changes: off('updated') },
      'disabled',
      `Nothing ran at ${NINE}: the job was disabled since 2026-11-20T00:00:00.000Z.`,
    ],
    [
      'paused then, after failures',
      { changes: off('paused', '10 fires in a row failed for good') },
      'paused',
      `Nothing ran at ${NINE}: the job was paused at 2026-11-20T00:00:00.000Z (10 fires in a row failed for good).`,
    ],
    [
      'edited while it was paused: still paused',
      { changes: [...off('paused', 'too many failures'), change('2026-11-21T00:00:00Z', { enabled: false })] },
      'paused',
      `Nothing ran at ${NINE}: the job was paused at 2026-11-20T00:00:00.000Z (too many failures).`,
    ],
    [
      'edited while it was off: off since it was switched',
      { changes: [...off('updated'), change('2026-11-21T00:00:00Z', { enabled: false })] },
      'disabled',
      `Nothing ran at ${NINE}: the job was disabled since 2026-11-20T00:00:00.000Z.`,
    ],
    [
      'due and not decided',
      { record: { cursor: pending } },
      'pending',
      `The instant ${NINE} is due and not decided yet; the next tick of the daemon decides it.`,
    ],
    [
      'parked',
      { record: { cursor: { ...cursor, parked_error: 'there is no zone Mars/Olympus' } }, unschedulable: true },
      'unknown',
      'The job cannot be scheduled: there is no zone Mars/Olympus.',
    ],
    [
      'on the grid of then, and nothing is left of it',
      {},
      'schedule_changed',
      `There is no row for ${NINE}: the schedule was changed after it, or its row was removed by the retention rules.`,
    ],
  ];
  test.each(table)('%s', (_title, p, outcome, sentence) => {
    expect(explain(p)).toMatchObject({ outcome, sentence });
  });
});

test('a limit speaks of instants to come in the future tense', () => {
  const tomorrow = at('2026-11-23T09:00:00Z');
  const refused = row({
    status: 'canceled',
    reason: 'budget',
    error: 'used up',
    missed: { count: 2, first: nine, last: tomorrow },
  });
  expect(explain({ when: tomorrow, runs: [refused] }).sentence).toContain(
    'Will not run at 2026-11-23T09:00:00.000Z (budget)',
  );
});

test('the schedule as it stood at the instant answers, not the one of today', () => {
  const hourly = testJob({ schedule: { mode: 'cron', expr: '0 * * * *' }, created_at: born });
  const ten = at('2026-11-22T10:00:00Z');
  const changes = [change('2026-11-01T00:00:00Z', { kind: 'created', automation: hourly })];
  expect(explain({ when: ten, changes })).toMatchObject({
    outcome: 'schedule_changed',
    previous_at: nine,
    next_at: at('2026-11-22T11:00:00Z'),
  });
});

test('a sentence ends with one full stop, whatever the error ended with', () => {
  const canceled = row({ status: 'canceled', reason: 'user', error: 'The job was deleted.', ended_at: nine });
  const { started_at: _started, ...refused } = canceled;
  expect(explain({ runs: [refused] }).sentence).toBe(`Did not run at ${NINE} (user): The job was deleted.`);
});
