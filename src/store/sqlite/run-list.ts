/**
 * Reading runs. Every combination of filters is a walk along an index, newest first: a list of a hundred out of ten
 * million runs must not read ten million.
 */
import type { Run, RunQuery } from '../../model/run.ts';
import type { Page } from '../page.ts';
import { FULL_RUN, KIND_OF_AUTOMATION, narrowedTo, walkConditions, walksOf } from '../rows/run-statements.ts';
import type { Selection } from '../rows/conditions.ts';
import type { Connection } from './connection.ts';
import { encodePageCursor } from '../rows/page-cursor.ts';
import { runOf } from '../rows/run-row.ts';
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

/**
 * Whether the asked-for job is a job and the trigger a trigger. Asking each row would read the whole history of a
 * trigger that was taken for a job.
 */
function isOfItsKind(connection: Connection, query: RunQuery): boolean {
  const wanted = narrowedTo(query);
  if (wanted === undefined || wanted === 'nobody') return wanted === undefined;
  const found = connection.one<{ automation_kind: string }>(KIND_OF_AUTOMATION, wanted.id);
  return found === undefined || found.automation_kind === wanted.kind;
}

function select(query: RunQuery): Selection {
  const walks = walksOf(query).map((status) => {
    // The plus keeps SQLite from walking along the ids.
    const where = walkConditions(query, { status, idColumn: '+id' });
    return { sql: `select created_at, seq from runs where ${where.text}`, values: where.values };
  });
  const found = `${walks.map((walk) => walk.sql).join(' union all ')} order by created_at desc, seq desc limit ?`;
  return {
    sql: `with found as (${found}) ${FULL_RUN} where seq in (select seq from found) order by created_at desc, seq desc`,
    values: walks.flatMap((walk) => walk.values),
  };
}

const WAITING = `${FULL_RUN} where queue is not null order by priority desc, catch_up, order_at, created_at, seq limit ?`;

export function listWaiting(connection: Connection, p: { limit: number }): Run[] {
  return connection.all<FullRunRow>(WAITING, Math.max(0, p.limit)).map(runOf);
}
