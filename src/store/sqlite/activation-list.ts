/** Reading activations: lists along an index, newest first, and what was made of one. */
import type { Activation, ActivationQuery, TriggerVerdict } from '../../model/activation.ts';
import type { EpochMs } from '../../model/instant.ts';
import type { Run } from '../../model/run.ts';
import { VERDICTS_MAX } from '../activation-store.ts';
import type { Page } from '../page.ts';
import { activationOf, verdictOf } from '../rows/activation-row.ts';
import type { ActivationRow, VerdictRow } from '../rows/activation-row.ts';
import { decodePageCursor, encodePageCursor } from '../rows/page-cursor.ts';
import { runOf } from '../rows/run-row.ts';
import type { FullRunRow } from '../rows/run-row.ts';
import { pageLimit } from '../rows/value.ts';
import { findActivation } from './activation-row.ts';
import type { Connection, Value } from './connection.ts';
import { FULL_RUN } from './run-row.ts';

/** A page ends early rather than hold more data than this. */
const PAGE_DATA_MAX = 4 * 1024 * 1024;

export function listActivations(connection: Connection, p: { query: ActivationQuery }): Page<Activation> {
  const limit = pageLimit(p.query.limit);
  const { sql, values } = select(p.query);
  const page: Page<Activation> = { items: [] };
  let bytes = 0;
  let last: ActivationRow | undefined;
  for (const row of connection.iterate<ActivationRow>(sql, ...values, limit + 1)) {
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
  // Not worth an index: there are four sources, and most activations share one.
  if (query.source !== undefined) where('source = ?', query.source);
  if (query.since !== undefined) where('accepted_at >= ?', query.since);
  if (query.until !== undefined) where('accepted_at < ?', query.until);
  if (query.cursor !== undefined) {
    const [acceptedAt, seq] = decodePageCursor('activations', query.cursor, ['number', 'number']);
    where('accepted_at <= ? and (accepted_at, seq) < (?, ?)', acceptedAt, acceptedAt, seq);
  }
  const sql = `select * from activations where ${conditions.join(' and ')} order by accepted_at desc, seq desc limit ?`;
  return { sql, values };
}

const VERDICTS = `select * from activation_verdicts where activation = ? order by position limit ${VERDICTS_MAX}`;

export function listVerdicts(connection: Connection, p: { activation_id: string }): TriggerVerdict[] {
  const row = findActivation(connection, p.activation_id);
  return row === undefined ? [] : connection.all<VerdictRow>(VERDICTS, row.seq).map(verdictOf);
}

const OF_TRIGGER = `select activation_verdicts.*, activations.id, activations.kind, activations.accepted_at
  from activation_verdicts join activations on activations.seq = activation_verdicts.activation
  where automation_id = ? order by activation desc limit ?`;

export function listTriggerVerdicts(
  connection: Connection,
  p: { trigger_id: string; limit: number },
): { activation: Pick<Activation, 'id' | 'kind' | 'accepted_at'>; verdict: TriggerVerdict }[] {
  const rows = connection.all<VerdictRow & { id: string; kind: string; accepted_at: EpochMs }>(
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

export function listActivationRuns(connection: Connection, p: { activation_id: string; limit: number }): Run[] {
  return connection.all<FullRunRow>(RUNS, p.activation_id, pageLimit(p.limit)).map(runOf);
}
