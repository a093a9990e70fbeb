/** Further attempts: as many as allowed, none too early, none too few, and none after somebody asked for the end. */
import { durationMs } from '../../../src/model/duration.ts';
import { maxDelayMsOf } from '../../../src/model/effective.ts';
import type { RunReason } from '../../../src/model/run.ts';
import type { RunRow } from '../../../src/store/rows/run-row.ts';
import type { Checker, Reality } from '../checker.ts';

const FINAL: readonly (RunReason | null)[] = ['template', 'permission', 'budget', 'hook', 'user'];

/** Attempts beyond the policy that an exhausted account may cost. */
const USAGE_LIMIT_ATTEMPTS_MAX = 10;

export function retries(): Checker {
  const endRequested = new Set<string>();
  return {
    name: 'retries',
    promise: 'a failed attempt is followed by another exactly when its retry policy says so, never before its delay',
    onStep({ step, changes }, reality) {
      for (const change of changes) {
        if (change.table !== 'runs') continue;
        if (change.op === 'update' && change.cancelRequested) endRequested.add(change.runId);
        const row = reality.findRun(change.runId);
        if (row === undefined) continue;
        // A person may ask for one more attempt, besides the policy.
        if (step.name === 'acceptRuns') continue;
        if (change.op === 'insert' && row.attempt > 1) checkRetry({ row, endRequested }, reality);
        if (change.op === 'update' && change.from === 'running' && change.to === 'failed') {
          checkFollowed({ row, endRequested }, reality);
        }
      }
    },
  };
}

function checkRetry(p: { row: RunRow; endRequested: ReadonlySet<string> }, reality: Reality): void {
  const { row } = p;
  const [previous] = reality.all<RunRow>(
    'select * from runs where fire_id = ? and attempt = ?',
    row.fire_id,
    row.attempt - 1,
  );
  const job = reality.jobs.get(row.automation_id)?.job;
  if (previous === undefined || job === undefined) {
    reality.fail(`${row.id} is attempt ${row.attempt} of nothing`, [row.id]);
    return;
  }
  const about = [row.id, previous.id];
  if (previous.status !== 'failed') reality.fail(`${row.id} follows an attempt that is ${previous.status}`, about);
  if (p.endRequested.has(previous.id)) {
    reality.fail(`${row.id} tries again what somebody had asked to end (${previous.id})`, about);
  }
  // The fire waits for the account, whatever the policy; how often is bounded.
  if (previous.reason === 'usage_limit') {
    const max = 1 + job.retry.max_retries + USAGE_LIMIT_ATTEMPTS_MAX;
    if (row.attempt > max) reality.fail(`${row.id} is attempt ${row.attempt} at an exhausted account`, about);
    return;
  }
  if (job.retry.strategy !== 'backoff' || row.attempt > job.retry.max_retries + 1) {
    reality.fail(`${row.id} is attempt ${row.attempt}, allowed are ${job.retry.max_retries} retries`, about);
    return;
  }
  const doubled = durationMs(job.retry.base_delay) * 2 ** (row.attempt - 2);
  const notBefore = (previous.ended_at ?? 0) + Math.min(doubled, maxDelayMsOf(job));
  if (row.available_at < notBefore) reality.fail(`${row.id} may start ${notBefore - row.available_at} ms early`, about);
}

function checkFollowed(p: { row: RunRow; endRequested: ReadonlySet<string> }, reality: Reality): void {
  const { row } = p;
  const job = reality.jobs.get(row.automation_id)?.job;
  const mayFollow = job?.retry.strategy === 'backoff' && row.attempt <= job.retry.max_retries;
  if (!mayFollow || FINAL.includes(row.reason) || p.endRequested.has(row.id)) return;
  const next = reality.all('select 1 from runs where fire_id = ? and attempt = ?', row.fire_id, row.attempt + 1);
  if (next.length === 0) reality.fail(`${row.id} failed (${row.reason}) and no further attempt was created`, [row.id]);
}
