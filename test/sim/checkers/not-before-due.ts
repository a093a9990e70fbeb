/** Nothing starts early, and nothing starts that was to be given up. */
import { jitterMs } from '../../../src/model/schedule/jitter.ts';
import { formatInstant } from '../../../src/model/instant.ts';
import type { ClaimedRun } from '../../../src/store/store.ts';
import type { Checker } from '../checker.ts';

export function notBeforeDue(): Checker {
  const readyAt = new Map<string, number>();
  return {
    name: 'not-before-due',
    promise: 'nothing starts before its instant with jitter, before it is available, or after its queue timeout',
    onStep({ step, changes }, reality) {
      if (step.name !== 'planFires') return;
      for (const change of changes) {
        if (change.table !== 'runs' || change.op !== 'insert' || change.to !== 'scheduled') continue;
        const row = reality.findRun(change.runId);
        const jitter = reality.jobs.get(change.automationId)?.job?.schedule?.jitter;
        if (row?.scheduled_at == null) continue;
        const dueAt = row.scheduled_at + (jitter === undefined ? 0 : jitterMs(row.automation_id, row.scheduled_at, jitter));
        readyAt.set(row.id, dueAt);
        if (row.available_at < dueAt) {
          reality.fail(`${row.id} may start at ${formatInstant(row.available_at)}, due is ${formatInstant(dueAt)}`, [
            row.id,
          ]);
        }
      }
    },
    onAnswer({ step, answer }, reality) {
      if (step.name !== 'claimRuns') return;
      // What the clock of the machine says, not what the step was told.
      const now = reality.wallNow();
      for (const { run } of answer as ClaimedRun[]) {
        const row = reality.findRun(run.id);
        const dueAt = Math.max(row?.available_at ?? 0, readyAt.get(run.id) ?? 0);
        if (now < dueAt) {
          reality.fail(`${run.id} was claimed at ${formatInstant(now)}, ${dueAt - now} ms before it was due`, [run.id]);
        }
        const told = Number(step.params['now']);
        if (row?.expires_at != null && told > row.expires_at) {
          reality.fail(`${run.id} was claimed at ${formatInstant(told)}, after its queue timeout`, [run.id]);
        }
      }
    },
  };
}
