/** Reading activations: lists along an index, newest first, and what was made of one. */
import type { Activation, ActivationQuery, TriggerVerdict } from '../../model/activation.ts';
import type { EpochMs } from '../../model/instant.ts';
import type { Run } from '../../model/run.ts';
import { VERDICTS_MAX } from '../activation-store.ts';
import { activationOf, verdictOf } from '../rows/activation-row.ts';
import type { ActivationRow, VerdictRow } from '../rows/activation-row.ts';
import { decodePageCursor, encodePageCursor } from '../rows/page-cursor.ts';
import { runOf } from '../rows/run-row.ts';
import type { FullRunRow } from '../rows/run-row.ts';
import { pageLimit } from '../rows/value.ts';
import type { Page } from '../page.ts';
import { findActivation } from './activation-row.ts';
import type { Connection, Database, Value } from './database.ts';
import { FULL_RUN } from './run-row.ts';

/** A page ends early rather than hold more data than this. */
const PAGE_DATA_MAX = 4 * 1024 * 1024;

interface FoundRow {
  accepted_at: EpochMs;
  seq: number;
  /** Bytes of its data, known without reading them. */
  bytes: number;
}

const BY_SEQ = 'select * from activations where seq = any(?) order by accepted_at desc, seq desc';

export async function listActivations(database: Database, p: { query: ActivationQuery }): Promise<Page<Activation>> {
  const limit = pageLimit(p.query.limit);
  const { sql, values } = select(p.query);
  return database.read(async (connection) => {
    const found = await connection.all<FoundRow>(sql, ...values, limit + 1);
    const shown = cut(found, limit);
    const seqs = shown.map((row) => row.seq);
    const page: Page<Activation> = { items: (await connection.all<ActivationRow>(BY_SEQ, seqs)).map(activationOf) };
    const last = shown.at(-1);
    if (found.length > shown.length && last !== undefined) {
      page.next_cursor = encodePageCursor('activations', [last.accepted_at, last.seq]);
    }
    return page;
  });
}

function cut(found: readonly FoundRow[], limit: number): FoundRow[] {
  let bytes = 0;
  const shown: FoundRow[] = [];
  for (const row of found) {
    if (shown.length === limit || bytes > PAGE_DATA_MAX) break;
    shown.push(row);
    bytes += row.bytes;
  }
  return shown;
}

function select(query: ActivationQuery): { sql: string; values: Value[] } {
  const conditions = ['true'];
  const values: Value[] = [];
  const where = (condition: string, ...bound: Value[]): void => {
    conditions.push(condition);
    values.push(...bound);
  };
  if (query.kind !== undefined) where('kind = ?', query.kind);
  if (query.workspace_id !== undefined) where(`workspace_id = ? and workspace_id <> ''`, query.workspace_id);
  if (query.cause_run_id !== undefined) where('cause_run_id = ?', query.cause_run_id);
  if (query.source !== undefined) where('source = ?', query.source);
  if (query.since !== undefined) where('accepted_at >= ?', query.since);
  if (query.until !== undefined) where('accepted_at < ?', query.until);
  if (query.cursor !== undefined) {
    where('(accepted_at, seq) < (?, ?)', ...decodePageCursor('activations', query.cursor, ['number', 'number']));
  }
  const sql = `select accepted_at, seq, octet_length(data) as bytes from activations
    where ${conditions.join(' and ')} order by accepted_at desc, seq desc limit ?`;
  return { sql, values };
}

const VERDICTS = `select * from activation_verdicts where activation = ? order by position limit ${VERDICTS_MAX}`;

export async function listVerdicts(connection: Connection, p: { activation_id: string }): Promise<TriggerVerdict[]> {
  const row = await findActivation(connection, p.activation_id);
  return row === undefined ? [] : (await connection.all<VerdictRow>(VERDICTS, row.seq)).map(verdictOf);
}

const OF_TRIGGER = `select activation_verdicts.*, activations.id, activations.kind, activations.accepted_at
  from activation_verdicts join activations on activations.seq = activation_verdicts.activation
  where automation_id = ? order by activation desc limit ?`;

export async function listTriggerVerdicts(
  connection: Connection,
  p: { trigger_id: string; limit: number },
): Promise<{ activation: Pick<Activation, 'id' | 'kind' | 'accepted_at'>; verdict: TriggerVerdict }[]> {
  const rows = await connection.all<VerdictRow & { id: string; kind: string; accepted_at: EpochMs }>(
    OF_TRIGGER,
    p.trigger_id,
    pageLimit(p.limit),
  );
  return rows.map((row) => ({
    activation: { id: row.id, kind: row.kind, accepted_at: row.accepted_at },
    verdict: verdictOf(row),
  }));
}

const RUNS = `${FULL_RUN} where runs.event_id = ? order by runs.created_at, runs.seq limit ?`;

export async function listActivationRuns(
  connection: Connection,
  p: { activation_id: string; limit: number },
): Promise<Run[]> {
  return (await connection.all<FullRunRow>(RUNS, p.activation_id, pageLimit(p.limit))).map(runOf);
}
