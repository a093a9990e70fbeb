/**
 * The ledger: what the definitions promised, recomputed from their history, against the rows that account for it. Each
 * promised instant is covered once, by its own row or by the one row of a range; nothing else is.
 */
import type { EpochMs } from '../../../src/model/instant.ts';
import { formatInstant } from '../../../src/model/instant.ts';
import type { RunRow } from '../../../src/store/rows/run-row.ts';
import type { Checker, Reality } from '../checker.ts';
import type { JobHistory } from '../job-history.ts';

/** What one range may hold here; a simulation has no more. */
const RANGE_MAX = 1_000_000;

interface Outcome {
  runId: string;
  /** Of the instants' schedule: what an edit moved belongs to another promise. */
  hash: string | undefined;
  /** Which of the job's periods decided it; what a later one promises anew is not decided by it. */
  period: number;
  /** Before how many corrections of a clock that was wrong by more than a day. */
  corrections: number;
}

export function everyInstant(): Checker {
  const outcomes = new Map<string, Map<EpochMs, Outcome>>();
  return {
    name: 'every-instant',
    promise: 'every promised instant has exactly one outcome row, and nothing fires that was not promised',
    onStep({ step, changes }, reality) {
      if (step.name === 'replaceCursors' && step.params['which'] === 'all') {
        for (const history of reality.jobs.values()) history.place(Number(step.params['now']));
      }
      for (const change of changes) {
        if (change.table !== 'runs' || change.op !== 'insert') continue;
        const row = reality.findRun(change.runId);
        const history = reality.jobs.get(change.automationId);
        if (row === undefined || history === undefined || row.kind !== 'schedule' || row.attempt > 1) continue;
        if (step.name === 'planFires' && history.job?.enabled !== true) {
          reality.fail(
            `${row.id} was created for ${history.id}, which is ${history.job ? 'switched off' : 'deleted'}`,
            [row.id, history.id],
          );
        }
        let known = outcomes.get(history.id);
        if (known === undefined) outcomes.set(history.id, (known = new Map()));
        const now = Number(step.params['now']);
        enter({ row, history, known }, reality);
        history.account(Math.min(row.missed_last ?? row.scheduled_at ?? now, now));
      }
    },
    atEnd(reality) {
      for (const history of reality.jobs.values()) {
        const ids = reality.all<{ id: string }>('select id from runs where automation_id = ?', history.id);
        const rows = new Set(ids.map((run) => run.id));
        const known = outcomes.get(history.id) ?? new Map<EpochMs, Outcome>();
        for (const [instant, { runId }] of known) {
          if (rows.has(runId)) continue;
          reality.fail(`${runId}, the outcome of ${formatInstant(instant)} of ${history.id}, is gone`, [runId]);
        }
        for (const [index, period] of history.periods.entries()) {
          const from = Math.max(period.from, -8.64e15);
          const due = period.schedule.between(from, period.until ?? reality.wallNow(), RANGE_MAX);
          const decided = due.findLastIndex((at) => known.get(at)?.period === index);
          const promised = period.endedByDeletion ? due.slice(0, decided + 1) : due;
          const missing = promised.filter((instant) => !known.has(instant));
          const [first] = missing;
          if (first === undefined) continue;
          reality.fail(
            `${missing.length} instants of ${history.id} have no outcome, the first is ${formatInstant(first)}`,
            [history.id],
          );
        }
      }
    },
  };
}

function enter(p: { row: RunRow; history: JobHistory; known: Map<EpochMs, Outcome> }, reality: Reality): void {
  const { row, history, known } = p;
  const about = [row.id, history.id];
  const { schedule } = history;
  const at = row.scheduled_at;
  if (at === null || schedule === undefined || schedule.prev(at) !== at) {
    reality.fail(
      `${row.id} stands for ${at === null ? 'no instant' : formatInstant(at)}, which is none of ${history.id}`,
      about,
    );
    return;
  }
  const first = row.missed_first ?? at;
  const last = row.missed_last ?? at;
  const instants = schedule.between(first - 1, last, RANGE_MAX);
  if (row.missed_count !== null && (row.missed_count !== instants.length || first !== at)) {
    reality.fail(
      `${row.id} says it stands for ${row.missed_count} instants, its range holds ${instants.length}`,
      about,
    );
  }
  for (const instant of instants) {
    const before = known.get(instant);
    const isCorrected = before !== undefined && before.corrections < history.corrections;
    if (before !== undefined && before.hash === history.hash && !isCorrected) {
      reality.fail(`${formatInstant(instant)} of ${history.id} has two outcomes: ${before.runId} and ${row.id}`, [
        ...about,
        before.runId,
      ]);
    }
    known.set(instant, {
      runId: row.id,
      hash: history.hash,
      period: history.periods.length - 1,
      corrections: history.corrections,
    });
  }
}
