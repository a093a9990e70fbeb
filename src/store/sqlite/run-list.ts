/**
 * Reading runs. Every combination of filters is a walk along an index, newest first: a list of a hundred out of ten
 * million runs must not read ten million.
 */
import type { Run, RunQuery } from '../../model/run.ts';
import { RUN_STATUSES } from '../../model/run.ts';
import type { Page } from '../page.ts';
import type { Connection, Value } from './connection.ts';
import { decodePageCursor, encodePageCursor } from '../rows/page-cursor.ts';
import { runOf } from '../rows/run-row.ts';
import { FULL_RUN } from './run-row.ts';
import type { FullRunRow } from '../rows/run-row.ts';
import { pageLimit } from '../rows/value.ts';

/** A page ends early rather than hold more text than this; whoever pages on gets the rest. */
const PAGE_TEXT_MAX = 8 * 1024 * 1024;

export function listRuns(connection: Connection, p: { query: RunQuery }): Page<Run> {
  const { query } = p;
  const limit = pageLimit(query.limit);
  if (!isOfItsKind(connection, query)) return { items: [] };
  const selected = select(query);
  const page: Page<Run> = { items: [] };
  let text = 0;
  let last: FullRunRow | undefined;
  for (const row of connection.iterate<FullRunRow>(selected.sql, ...selected.values, limit + 1)) {
    if (last !== undefined && (page.items.length === limit || text > PAGE_TEXT_MAX)) {
      page.next_cursor = encodePageCursor('runs', [last.created_at, last.seq]);
      break;
    }
    page.items.push(runOf(row));
    text += (row.prompt?.length ?? 0) + (row.output?.length ?? 0);
    last = row;
  }
  return page;
}

const KIND_OF = 'select automation_kind from runs where automation_id = ? limit 1';

/**
 * Whether the asked-for job is a job and the trigger a trigger. An id never changes its kind, so one run tells; asking
 * each row would read the whole history of a trigger that was taken for a job. No run has both.
 */
function isOfItsKind(connection: Connection, query: RunQuery): boolean {
  const { job_id: jobId, trigger_id: triggerId } = query;
  if (jobId !== undefined && triggerId !== undefined) return false;
  const id = jobId ?? triggerId;
  const kind = id === undefined ? undefined : connection.one<{ automation_kind: string }>(KIND_OF, id)?.automation_kind;
  return kind === undefined || kind === (jobId === undefined ? 'trigger' : 'job');
}

/**
 * Every index of runs has the status before the time, so without a wanted status the list is the merge of one walk per
 * status: each is in order already and SQLite reads only as far as the limit needs. An index without the status for
 * the other half of the questions would cost every claim one more insertion.
 */
function select(query: RunQuery): { sql: string; values: Value[] } {
  const one = conditionsOf(query);
  const statuses = query.status === undefined && query.fire_id === undefined ? RUN_STATUSES : [query.status];
  const walks = statuses.map((status) => {
    const conditions = status === undefined ? one.conditions : [`status = '${status}'`, ...one.conditions];
    return `select created_at, seq from runs where ${conditions.join(' and ')}`;
  });
  const found = `${walks.join(' union all ')} order by created_at desc, seq desc limit ?`;
  return {
    sql: `with found as (${found}) ${FULL_RUN} where seq in (select seq from found) order by created_at desc, seq desc`,
    values: statuses.flatMap(() => one.values),
  };
}

/** Without the status, which is not bound: it must be a constant for the merge, and there are only six. */
function conditionsOf(query: RunQuery): { conditions: string[]; values: Value[] } {
  const conditions: string[] = [];
  const values: Value[] = [];
  const where = (condition: string, ...bound: Value[]): void => {
    conditions.push(condition);
    values.push(...bound);
  };
  if (query.job_id !== undefined) where('automation_id = ?', query.job_id);
  if (query.trigger_id !== undefined) where('automation_id = ?', query.trigger_id);
  if (query.fire_id !== undefined) where('fire_id = ?', query.fire_id);
  if (query.reason !== undefined) where('reason = ?', query.reason);
  if (query.exclude_id !== undefined) where('+id <> ?', query.exclude_id);
  if (query.since !== undefined) where('created_at >= ?', query.since);
  if (query.until !== undefined) where('created_at < ?', query.until);
  if (query.cursor !== undefined) {
    const [createdAt, seq] = decodePageCursor('runs', query.cursor, ['number', 'number']);
    where('created_at <= ? and (created_at, seq) < (?, ?)', createdAt, createdAt, seq);
  }
  return { conditions, values };
}

const WAITING = `${FULL_RUN} where queue is not null order by priority desc, catch_up, order_at, created_at, seq limit ?`;

export function listWaiting(connection: Connection, p: { limit: number }): Run[] {
  return connection.all<FullRunRow>(WAITING, Math.max(0, p.limit)).map(runOf);
}
