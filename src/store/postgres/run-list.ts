/**
 * Reading runs. Every combination of filters is a walk along an index, newest first: a list of a hundred out of ten
 * million runs must not read ten million.
 */
import type { Run, RunQuery } from '../../model/run.ts';
import { cutPage, encodePageCursor } from '../rows/page-cursor.ts';
import { runOf } from '../rows/run-row.ts';
import type { FullRunRow } from '../rows/run-row.ts';
import { pageLimit } from '../rows/value.ts';
import type { Page } from '../page.ts';
import { FULL_RUN, KIND_OF_AUTOMATION, narrowedTo, walkConditions, walksOf } from '../rows/run-statements.ts';
import type { Selection } from '../rows/conditions.ts';
import type { Connection, Database } from './database.ts';

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
  const { sql, values } = select(query, limit + 1);
  return database.read(async (connection) => {
    if (!(await isOfItsKind(connection, query))) return { items: [] };
    const found = await connection.all<FoundRow>(sql, ...values);
    const shown = cutPage(found, { limit, sizeMax: PAGE_TEXT_MAX, sizeOf: (row) => row.text });
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

/** Whether the asked-for job is a job and the trigger a trigger. */
async function isOfItsKind(connection: Connection, query: RunQuery): Promise<boolean> {
  const wanted = narrowedTo(query);
  if (wanted === undefined || wanted === 'nobody') return wanted === undefined;
  const found = await connection.one<{ automation_kind: string }>(KIND_OF_AUTOMATION, wanted.id);
  return found === undefined || found.automation_kind === wanted.kind;
}

function select(query: RunQuery, limit: number): Selection {
  const walks = walksOf(query).map((status) => {
    const where = walkConditions(query, { status, idColumn: 'id' });
    const sql = `(select created_at, seq from runs where ${where.text} order by created_at desc, seq desc limit ?)`;
    return { sql, values: [...where.values, limit] };
  });
  return {
    sql: `select found.created_at, found.seq,
        coalesce(octet_length(prompt), 0) + coalesce(octet_length(output), 0) as text
      from (${walks.map((walk) => walk.sql).join(' union all ')}) as found
        left join run_texts on run_texts.run = found.seq
      order by found.created_at desc, found.seq desc limit ?`,
    values: [...walks.flatMap((walk) => walk.values), limit],
  };
}

const WAITING = `${FULL_RUN} where queue is not null
  order by priority desc, catch_up, order_at, created_at, runs.seq limit ?`;

export async function listWaiting(connection: Connection, p: { limit: number }): Promise<Run[]> {
  return (await connection.all<FullRunRow>(WAITING, Math.max(0, Math.trunc(p.limit)))).map(runOf);
}
