/**
 * Reading runs. Every combination of filters is a walk along an index, newest first: a list of a hundred out of ten
 * million runs must not read ten million.
 */
import type { Run, RunQuery } from '../../model/run.ts';
import { RUN_STATUSES } from '../../model/run.ts';
import { decodePageCursor, encodePageCursor } from '../rows/page-cursor.ts';
import { runOf } from '../rows/run-row.ts';
import type { FullRunRow } from '../rows/run-row.ts';
import { pageLimit } from '../rows/value.ts';
import type { Page } from '../page.ts';
import type { Connection, Database, Value } from './database.ts';
import { FULL_RUN } from './run-row.ts';

/** A page ends early rather than hold more text than this; whoever pages on gets the rest. */
const PAGE_TEXT_MAX = 8 * 1024 * 1024;

interface FoundRow {
  created_at: number;
  seq: number;
  /** Bytes of its texts, known without reading them. */
  text: number;
}

const BY_SEQ = `${FULL_RUN} where runs.seq = any(?) order by runs.created_at desc, runs.seq desc`;

export function listRuns(database: Database, p: { query: RunQuery }): Promise<Page<Run>> {
  const { query } = p;
  const limit = pageLimit(query.limit);
  const selected = select(query);
  return database.read(async (connection) => {
    if (!(await isOfItsKind(connection, query))) return { items: [] };
    const found = await connection.all<FoundRow>(selected.sql, ...selected.values(limit + 1));
    const shown = cut(found, limit);
    const rows = await connection.all<FullRunRow>(
      BY_SEQ,
      shown.map((row) => row.seq),
    );
    const page: Page<Run> = { items: rows.map(runOf) };
    const last = shown.at(-1);
    if (found.length > shown.length && last !== undefined) {
      page.next_cursor = encodePageCursor('runs', [last.created_at, last.seq]);
    }
    return page;
  });
}

function cut(found: readonly FoundRow[], limit: number): FoundRow[] {
  let text = 0;
  const shown: FoundRow[] = [];
  for (const row of found) {
    if (shown.length === limit || text > PAGE_TEXT_MAX) break;
    shown.push(row);
    text += row.text;
  }
  return shown;
}

const KIND_OF = 'select automation_kind from runs where automation_id = ? limit 1';

/** Whether the asked-for job is a job and the trigger a trigger. An id never changes its kind, so one run tells. */
async function isOfItsKind(connection: Connection, query: RunQuery): Promise<boolean> {
  const { job_id: jobId, trigger_id: triggerId } = query;
  if (jobId !== undefined && triggerId !== undefined) return false;
  const id = jobId ?? triggerId;
  if (id === undefined) return true;
  const kind = (await connection.one<{ automation_kind: string }>(KIND_OF, id))?.automation_kind;
  return kind === undefined || kind === (jobId === undefined ? 'trigger' : 'job');
}

/** Every index of runs has the status before the time, so without a wanted status the list is the merge of six walks. */
function select(query: RunQuery): { sql: string; values: (limit: number) => Value[] } {
  const one = conditionsOf(query);
  const statuses = query.status === undefined && query.fire_id === undefined ? RUN_STATUSES : [query.status];
  const walks = statuses.map((status) => {
    const conditions = status === undefined ? one.conditions : [`status = '${status}'`, ...one.conditions];
    const where = conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`;
    return `(select created_at, seq from runs${where} order by created_at desc, seq desc limit ?)`;
  });
  return {
    sql: `select found.created_at, found.seq,
        coalesce(octet_length(prompt), 0) + coalesce(octet_length(output), 0) as text
      from (${walks.join(' union all ')}) as found left join run_texts on run_texts.run = found.seq
      order by found.created_at desc, found.seq desc limit ?`,
    values: (limit) => [...statuses.flatMap(() => [...one.values, limit]), limit],
  };
}

/** Without the status, which is not bound: there are only six, and each has its walk. */
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
  if (query.exclude_id !== undefined) where('id <> ?', query.exclude_id);
  if (query.since !== undefined) where('created_at >= ?', query.since);
  if (query.until !== undefined) where('created_at < ?', query.until);
  if (query.cursor !== undefined) {
    where('(created_at, seq) < (?, ?)', ...decodePageCursor('runs', query.cursor, ['number', 'number']));
  }
  return { conditions, values };
}

const WAITING = `${FULL_RUN} where queue is not null
  order by priority desc, catch_up, order_at, created_at, runs.seq limit ?`;

export async function listWaiting(connection: Connection, p: { limit: number }): Promise<Run[]> {
  return (await connection.all<FullRunRow>(WAITING, Math.max(0, Math.trunc(p.limit)))).map(runOf);
}
