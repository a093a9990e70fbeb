/** Statements about runs that both databases understand, with the values that they take. */
import type { EpochMs } from '../../model/instant.ts';
import { RUN_STATUSES, type RunQuery, type RunStatus } from '../../model/run.ts';
import type { RunResult } from '../run-store.ts';
import { Conditions } from './conditions.ts';
import { decodePageCursor } from './page-cursor.ts';
import type { FullRunRow } from './run-row.ts';
import { type UsageColumns, usageColumns } from './usage-columns.ts';
import { type ColumnValue, orNull } from './value.ts';

export const FULL_RUN =
  'select runs.*, run_texts.prompt, run_texts.output from runs left join run_texts on run_texts.run = runs.seq';
export const RUN_BY_ID = `${FULL_RUN} where runs.id = ?`;

export const SET_STARTED = 'update runs set started_at = ?, session_id = ? where seq = ?';
export const KEEP_PROMPT =
  'insert into run_texts (run, prompt) values (?, ?) on conflict (run) do update set prompt = excluded.prompt';
export const KEEP_OUTPUT =
  'insert into run_texts (run, output) values (?, ?) on conflict (run) do update set output = excluded.output';
export const END_RUN = `update runs set status = ?, reason = ?, error = ?, actor = coalesce(?, actor), exit_code = ?,
  input_tokens = ?, output_tokens = ?, cost_usd = ?, ended_at = ?, lease_until = null, slot = null, permission = null,
  permission_reply = null
  where seq = ?`;

/** For {@link END_RUN}, and what was used, for whoever else keeps it. */
export function endingOf(p: { now: EpochMs; row: FullRunRow; result: RunResult }): {
  values: ColumnValue[];
  usage: UsageColumns;
} {
  const { row, result } = p;
  const [input, output, cost] = usageColumns(result.usage);
  // Use that was reported before the end stays when the end brings none: money that was spent does not come back.
  const usage: UsageColumns = [input ?? row.input_tokens, output ?? row.output_tokens, cost ?? row.cost_usd];
  const { status, reason, error, actor, exit_code: exitCode } = result;
  return {
    values: [status, orNull(reason), orNull(error), orNull(actor), orNull(exitCode), ...usage, p.now, row.seq],
    usage,
  };
}

/** Somebody asked for the end of this run: however it came about, it is no failure. */
export function asAsked(row: FullRunRow, result: RunResult): RunResult {
  if (row.cancel_reason === null || result.status !== 'failed') return result;
  return {
    ...result,
    status: 'canceled',
    reason: row.cancel_reason,
    ...(row.cancel_error === null ? {} : { error: row.cancel_error }),
    ...(row.cancel_actor === null ? {} : { actor: row.cancel_actor }),
  };
}

export const CANCEL_WAITING = `update runs set status = 'canceled', queue = null, reason = ?, error = ?,
  actor = coalesce(?, actor), ended_at = ? where seq = ?`;
export const CANCEL_ALL_WAITING = `update runs set status = 'canceled', queue = null, reason = 'user', error = ?,
  actor = ?, ended_at = ? where automation_id = ? and status = 'scheduled' returning id`;
export const REQUEST_CANCEL = `update runs set cancel_reason = ?, cancel_error = ?, cancel_actor = ?
  where seq = ? and cancel_reason is null`;
export const CANCEL_REQUESTS = `select id, token, cancel_reason, cancel_error, cancel_actor from runs
  where status = 'running' and cancel_reason is not null and node = ?`;

export const KIND_OF_AUTOMATION = 'select automation_kind from runs where automation_id = ? limit 1';

/** Whose kind has to be looked up before a list; an id never changes its kind, so one run tells. No run has both. */
export function narrowedTo(query: RunQuery): { id: string; kind: 'job' | 'trigger' } | 'nobody' | undefined {
  const { job_id: jobId, trigger_id: triggerId } = query;
  if (jobId !== undefined && triggerId !== undefined) return 'nobody';
  if (jobId !== undefined) return { id: jobId, kind: 'job' };
  return triggerId === undefined ? undefined : { id: triggerId, kind: 'trigger' };
}

/**
 * Every index of runs has the status before the time, so without a wanted status a list is the merge of one walk per
 * status: each is in order already, and no more is read than the limit needs. An index without the status for the other
 * half of the questions would cost every claim one more insertion.
 */
export function walksOf(query: RunQuery): readonly (RunStatus | undefined)[] {
  return query.status === undefined && query.fire_id === undefined ? RUN_STATUSES : [query.status];
}

/**
 * The conditions of one walk. The status is not bound, because it has to be a constant for the merge, and there are only
 * six. `idColumn` is how the database is told not to walk along the index of ids.
 */
export function walkConditions(query: RunQuery, p: { status: RunStatus | undefined; idColumn: string }): Conditions {
  const where = new Conditions();
  if (p.status !== undefined) where.add(`status = '${p.status}'`);
  where
    .addWhen('automation_id = ?', query.job_id)
    .addWhen('automation_id = ?', query.trigger_id)
    .addWhen('fire_id = ?', query.fire_id)
    .addWhen('reason = ?', query.reason)
    .addWhen(`${p.idColumn} <> ?`, query.exclude_id)
    .addWhen('created_at >= ?', query.since)
    .addWhen('created_at < ?', query.until);
  if (query.cursor !== undefined) {
    where.before('created_at', decodePageCursor('runs', query.cursor, ['number', 'number']));
  }
  return where;
}
