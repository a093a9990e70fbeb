/** Nothing starts early, and nothing starts that was to be given up. */
import { formatInstant } from '../../../src/model/instant.ts';
import type { EpochMs } from '../../../src/model/instant.ts';
import { jitterMs } from '../../../src/model/schedule/jitter.ts';
import type { RunRow } from '../../../src/store/rows/run-row.ts';
import type { Checker, Reality } from '../checker.ts';
import { scheduleOf } from '../job-history.ts';

export function notBeforeDue(): Checker {
  const readyAt = new Map<string, number>();
  return {
    name: 'not-before-due',
    promise: 'nothing starts before its instant with jitter, before it is available, or after its queue timeout',
    onStep({ step, changes }, reality) {
      for (const change of changes) {
        if (change.table !== 'runs') continue;
        const row = reality.findRun(change.runId);
        if (row === undefined) continue;
        if (step.name === 'planFires' && change.op === 'insert' && change.to === 'scheduled') {
          const dueAt = dueAtOf(row, reality);
          if (row.available_at < dueAt) {
            reality.fail(`${row.id} may start at ${formatInstant(row.available_at)}, due is ${formatInstant(dueAt)}`, [
              row.id,
            ]);
          }
          readyAt.set(row.id, dueAt);
        }
        if (change.op === 'update' && change.from === 'scheduled' && change.to === 'running') {
          // What the clock showed when the step was decided; it may have been set since.
          const now = Number(step.params['now']);
          checkClaim({ row, now, dueAt: Math.max(row.available_at, readyAt.get(row.id) ?? 0) }, reality);
        }
      }
    },
  };
}

function dueAtOf(row: RunRow, reality: Reality): number {
  const jitter = scheduleOf(reality.jobs.get(row.automation_id)?.job)?.jitter;
  const at = row.scheduled_at ?? row.created_at;
  return jitter === undefined ? at : at + jitterMs(row.automation_id, at, jitter);
}

function checkClaim(p: { row: RunRow; now: EpochMs; dueAt: EpochMs }, reality: Reality): void {
  const { row, now, dueAt } = p;
  const at = formatInstant(now);
  if (now < dueAt) reality.fail(`${row.id} was claimed at ${at}, ${dueAt - now} ms before it was due`, [row.id]);
  if (row.expires_at !== null && now > row.expires_at) {
    reality.fail(`${row.id} was claimed at ${at}, after its queue timeout`, [row.id]);
  }
}
