/** Statements about conversations that both databases understand, with the values that they take. */
import type { EpochMs } from '../../model/instant.ts';
import type { Session } from '../../model/session.ts';
import type { ContinuedSession, SessionQuery } from '../session-list.ts';
import type { Page } from '../page.ts';
import type { RunResult } from '../run-store.ts';
import { Conditions, type Selection } from './conditions.ts';
import { decodePageCursor, pageOf } from './page-cursor.ts';
import { type SessionRow, sessionOf } from './session-row.ts';
import type { UsageColumns } from './usage-columns.ts';
import { type ColumnValue, asBit, orNull, pageLimit } from './value.ts';

export const SESSION_BY_ID = 'select * from sessions where id = ?';
export const INSERT_SESSION = `insert into sessions (
  id, run_id, agent_name, workspace_id, cwd, agent_session_id, started_at, transcript_bytes, transcript_truncated,
  automation_id
) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

export function sessionValues(session: Session): ColumnValue[] {
  return [
    session.id,
    session.run_id,
    session.agent_name,
    orNull(session.workspace_id),
    session.cwd,
    orNull(session.agent_session_id),
    session.started_at,
    session.transcript_bytes,
    asBit(session.transcript_truncated),
    orNull(session.automation_id),
  ];
}

export const END_SESSION = `update sessions set ended_at = ?, stop_reason = ?, stop_detail = ?, input_tokens = ?,
  output_tokens = ?, cost_usd = ?, agent_session_id = coalesce(?, agent_session_id) where id = ?`;

/** `usage` is the run's, which may have been reported before its end. */
export function sessionEnding(p: { now: EpochMs; id: string; result: RunResult; usage: UsageColumns }): ColumnValue[] {
  const { stop_reason, stop_detail, agent_session_id } = p.result;
  return [p.now, orNull(stop_reason), orNull(stop_detail), ...p.usage, orNull(agent_session_id), p.id];
}

export const READ_TRANSCRIPT = `select transcript_entries.seq, at, kind, text, detail from transcript_entries
  join sessions on sessions.seq = transcript_entries.session
  where sessions.id = ? and transcript_entries.seq > ? order by transcript_entries.seq limit ?`;

/** How many entries of a transcript are read at once. */
export function entryLimit(limit: number): number {
  return Math.max(1, Math.min(1000, Math.trunc(limit)));
}

/** As many texts as there are combinations of filters. */
export function selectSessions(query: SessionQuery): Selection {
  const where = new Conditions()
    .addWhen('agent_name = ?', query.agent_name)
    .addWhen('automation_id = ?', query.automation_id)
    .addWhen('workspace_id = ?', query.workspace_id)
    .addWhen('started_at >= ?', query.since)
    .addWhen('started_at < ?', query.until);
  if (query.cursor !== undefined) {
    where.before('started_at', decodePageCursor('sessions', query.cursor, ['number', 'number']));
  }
  const sql = `select * from sessions where ${where.text} order by started_at desc, seq desc limit ?`;
  return { sql, values: [...where.values, pageLimit(query.limit) + 1] };
}

export function sessionPage(rows: readonly SessionRow[], query: SessionQuery): Page<Session> {
  const limit = pageLimit(query.limit);
  const positionOf = (row: SessionRow): [number, number] => [row.started_at, row.seq];
  return pageOf(rows, { limit, list: 'sessions', itemOf: sessionOf, positionOf });
}

export const CONTINUED_SESSION = 'select * from continued_sessions where automation_id = ?';
export const FORGET_CONTINUED = 'delete from continued_sessions where automation_id = ?';

export function continuedValues(session: ContinuedSession): ColumnValue[] {
  return [
    session.automation_id,
    session.agent_name,
    session.cwd,
    session.agent_session_id,
    session.turns,
    session.input_tokens,
    session.output_tokens,
    session.cost_usd,
    session.begun_at,
    session.last_run_id,
  ];
}
