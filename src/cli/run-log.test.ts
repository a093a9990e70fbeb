import { expect, it } from 'vitest';
import type { Happening } from '../events/happening.ts';
import type { Run } from '../model/run.ts';
import { painter } from './paint.ts';
import { createRunLog } from './run-log.ts';

const at = Date.UTC(2026, 10, 22, 9, 0, 0);
const run = (fields: Partial<Run>): Run => ({
  id: 'run_1',
  job_id: 'job_1',
  status: 'completed',
  kind: 'schedule',
  attempt: 1,
  created_at: at,
  scheduled_at: at,
  started_at: at,
  ended_at: at + 1200,
  ...fields,
});

const lineOf = (happening: Happening, p: { columns?: number; name?: string } = {}): string | undefined =>
  createRunLog({
    paint: painter({ color: false }),
    nameOf: () => p.name ?? 'nightly',
    jobName: () => p.name ?? 'nightly',
    timeZone: 'UTC',
    ...(p.columns === undefined ? {} : { columns: p.columns }),
  }).line(happening);

function check(happening: Happening, line: string | undefined): void {
  expect(lineOf(happening)).toBe(line);
}
const finished = (fields: Partial<Run>, willRetry = false): Happening => ({
  type: 'run.finished',
  at,
  run: run(fields),
  will_retry: willRetry,
});

it('an ended run is one line: when, whose, how, how long, what was said', () => {
  check(
    finished({ output: '\nAll is well.\nMore.' }),
    '09:00:00  nightly           ✓ completed       1.2 s  All is well.',
  );
  check(
    finished({ status: 'failed', reason: 'timeout', error: 'It took longer than 1h.' }, true),
    '09:00:00  nightly           ✗ failed          1.2 s  timeout: It took longer than 1h. (will be tried again)',
  );
  check(
    finished({ output: 'Done.', attempt: 2 }),
    '09:00:00  nightly           ✓ completed       1.2 s  Done. (attempt 2)',
  );
});

it('a run that started late says by how much, a manual one does not', () => {
  const late = { started_at: at + 120_000, ended_at: at + 121_200, output: 'Done.' };
  check(finished(late), '09:00:00  nightly           ✓ completed       1.2 s  Done. (2 min late)');
  check(finished({ ...late, kind: 'manual' }), '09:00:00  nightly           ✓ completed       1.2 s  Done.');
});

it('a waiting run gets its line at its end, a refused one at once', () => {
  check({ type: 'run.created', at, run: run({ status: 'scheduled' }) }, undefined);
  const {
    started_at: _started,
    ended_at: _ended,
    ...refused
  } = run({
    status: 'canceled',
    reason: 'misfire',
    missed: { count: 3, first: at - 7_200_000, last: at },
  });
  check(
    { type: 'run.created', at, run: refused },
    '09:00:00  nightly           ⊘ canceled               misfire: 3 fires missed, 2026-11-22 07:00:00 to 2026-11-22 09:00:00',
  );
});

it('what an agent printed cannot steer the terminal', () => {
  const line = lineOf(finished({ output: '\u001b[2J\u001b]0;owned\u0007hello' }));
  expect(line).toMatch(/hello$/);
  expect(line).not.toContain('\u001b');
});

it('a long name is cut, and so is the line on a terminal, but not in a pipe', () => {
  const output = 'x'.repeat(200);
  expect(lineOf(finished({ output }))?.endsWith(output)).toBe(true);
  expect(lineOf(finished({ output }), { columns: 80 })).toHaveLength(80);
  expect(lineOf(finished({ output: '' }), { name: 'n'.repeat(50) })).toContain(`${'n'.repeat(31)}…`);
});

it('other happenings are lines only where a person should know', () => {
  check({ type: 'run.claimed', at, run: run({ status: 'running' }) }, undefined);
  check({ type: 'config.loaded', at, created: 0, changed: 0, deleted: 0, problems: 0 }, undefined);
  check(
    { type: 'config.loaded', at, created: 1, changed: 0, deleted: 2, problems: 1 },
    '09:00:00  configuration     ! 1 created, 0 changed, 2 deleted, 1 with problems (rouse config check)',
  );
  check({ type: 'service.recovered', at, service: 'engine' }, '09:00:00  engine            ✓ works again');
  check(
    { type: 'job.parked', at, job_id: 'job_1', detail: 'The zone is unknown.' },
    '09:00:00  nightly           ! parked: The zone is unknown.',
  );
});

it('a task that ended says by whom, and what came of it', () => {
  const task = {
    id: 'task_1',
    title: 'Look',
    status: 'completed' as const,
    priority: 0,
    created_by: 'automation:job_1',
    created_at: at,
    updated_at: at,
    task_run: {
      id: 'trun_1',
      idempotency_key: 'k',
      claims: 1,
      lapses: 0,
      output: 'All well.\nMore.',
      ended_by: 'user:ada',
    },
  };
  check({ type: 'task.finished', at, task }, '09:00:00  Look              ✓ task completed by user:ada: All well.');
});
