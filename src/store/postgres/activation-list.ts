/** Reading activations: lists along an index, newest first, and what was made of one. */
import type { Activation, ActivationQuery, TriggerVerdict } from '../../model/activation.ts';
import type { EpochMs } from '../../model/instant.ts';
import type { Run } from '../../model/run.ts';
import { activationOf, verdictOf } from '../rows/activation-row.ts';
import {
  LIST_VERDICTS,
  type TriggerVerdictRow,
  VERDICTS_OF_TRIGGER,
  activationConditions,
  triggerVerdictOf,
} from '../rows/activation-statements.ts';
import type { ActivationRow, VerdictRow } from '../rows/activation-row.ts';
import { cutPage, encodePageCursor } from '../rows/page-cursor.ts';
import { runOf } from '../rows/run-row.ts';
import type { FullRunRow } from '../rows/run-row.ts';
import { pageLimit } from '../rows/value.ts';
import type { Page } from '../page.ts';
import { findActivation } from './activation-row.ts';
import { FULL_RUN } from '../rows/run-statements.ts';
import type { Connection, Database } from './database.ts';

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
  const where = activationConditions(p.query);
  const sql = `select accepted_at, seq, octet_length(data) as bytes from activations
    where ${where.text} order by accepted_at desc, seq desc limit ?`;
  return database.read(async (connection) => {
    const found = await connection.all<FoundRow>(sql, ...where.values, limit + 1);
    const shown = cutPage(found, { limit, sizeMax: PAGE_DATA_MAX, sizeOf: (row) => row.bytes });
    const seqs = shown.map((row) => row.seq);
    const page: Page<Activation> = { items: (await connection.all<ActivationRow>(BY_SEQ, seqs)).map(activationOf) };
    const last = shown.at(-1);
    if (found.length > shown.length && last !== undefined) {
      page.next_cursor = encodePageCursor('activations', [last.accepted_at, last.seq]);
    }
    return page;
  });
}

export async function listVerdicts(connection: Connection, p: { activation_id: string }): Promise<TriggerVerdict[]> {
  const row = await findActivation(connection, p.activation_id);
  return row === undefined ? [] : (await connection.all<VerdictRow>(LIST_VERDICTS, row.seq)).map(verdictOf);
}

export async function listTriggerVerdicts(
  connection: Connection,
  p: { trigger_id: string; limit: number },
): Promise<{ activation: Pick<Activation, 'id' | 'kind' | 'accepted_at'>; verdict: TriggerVerdict }[]> {
  const rows = await connection.all<TriggerVerdictRow>(VERDICTS_OF_TRIGGER, p.trigger_id, pageLimit(p.limit));
  return rows.map(triggerVerdictOf);
}

const RUNS = `${FULL_RUN} where runs.event_id = ? order by runs.created_at, runs.seq limit ?`;

export async function listActivationRuns(
  connection: Connection,
  p: { activation_id: string; limit: number },
): Promise<Run[]> {
  return (await connection.all<FullRunRow>(RUNS, p.activation_id, pageLimit(p.limit))).map(runOf);
}
