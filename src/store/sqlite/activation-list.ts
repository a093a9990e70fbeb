/** Reading activations: lists along an index, newest first, and what was made of one. */
import type { Activation, ActivationQuery, TriggerVerdict } from '../../model/activation.ts';
import type { Run } from '../../model/run.ts';
import type { Page } from '../page.ts';
import { activationOf, verdictOf } from '../rows/activation-row.ts';
import {
  LIST_VERDICTS,
  type TriggerVerdictRow,
  VERDICTS_OF_TRIGGER,
  activationConditions,
  triggerVerdictOf,
} from '../rows/activation-statements.ts';
import type { ActivationRow, VerdictRow } from '../rows/activation-row.ts';
import { encodePageCursor } from '../rows/page-cursor.ts';
import { runOf } from '../rows/run-row.ts';
import type { FullRunRow } from '../rows/run-row.ts';
import { pageLimit } from '../rows/value.ts';
import { findActivation } from './activation-row.ts';
import { FULL_RUN } from '../rows/run-statements.ts';
import type { Connection } from './connection.ts';

/** A page ends early rather than hold more data than this. */
const PAGE_DATA_MAX = 4 * 1024 * 1024;

export function listActivations(connection: Connection, p: { query: ActivationQuery }): Page<Activation> {
  const limit = pageLimit(p.query.limit);
  const where = activationConditions(p.query);
  const sql = `select * from activations where ${where.text} order by accepted_at desc, seq desc limit ?`;
  const page: Page<Activation> = { items: [] };
  let bytes = 0;
  let last: ActivationRow | undefined;
  for (const row of connection.iterate<ActivationRow>(sql, ...where.values, limit + 1)) {
    if (last !== undefined && (page.items.length === limit || bytes > PAGE_DATA_MAX)) {
      page.next_cursor = encodePageCursor('activations', [last.accepted_at, last.seq]);
      break;
    }
    page.items.push(activationOf(row));
    bytes += row.data.length;
    last = row;
  }
  return page;
}

export function listVerdicts(connection: Connection, p: { activation_id: string }): TriggerVerdict[] {
  const row = findActivation(connection, p.activation_id);
  return row === undefined ? [] : connection.all<VerdictRow>(LIST_VERDICTS, row.seq).map(verdictOf);
}

export function listTriggerVerdicts(
  connection: Connection,
  p: { trigger_id: string; limit: number },
): { activation: Pick<Activation, 'id' | 'kind' | 'accepted_at'>; verdict: TriggerVerdict }[] {
  const rows = connection.all<TriggerVerdictRow>(VERDICTS_OF_TRIGGER, p.trigger_id, pageLimit(p.limit));
  return rows.map(triggerVerdictOf);
}

const RUNS = `${FULL_RUN} where runs.event_id = ? order by runs.created_at, runs.seq limit ?`;

export function listActivationRuns(connection: Connection, p: { activation_id: string; limit: number }): Run[] {
  return connection.all<FullRunRow>(RUNS, p.activation_id, pageLimit(p.limit)).map(runOf);
}
