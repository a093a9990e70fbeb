/** Sessions as a list, and the conversation with which an automation goes on. */
import type { Session } from '../../model/session.ts';
import type { ContinuedSession, SessionQuery } from '../session-list.ts';
import type { Page } from '../page.ts';
import { decodePageCursor, encodePageCursor } from '../rows/page-cursor.ts';
import { sessionOf, type SessionRow } from '../rows/session-row.ts';
import { pageLimit } from '../rows/value.ts';
import type { Connection, Value } from './connection.ts';

export function listSessions(connection: Connection, p: { query: SessionQuery }): Page<Session> {
  const { query } = p;
  const limit = pageLimit(query.limit);
  const { where, values } = conditionsOf(query);
  const rows = connection.all<SessionRow>(
    `select * from sessions ${where} order by started_at desc, seq desc limit ?`,
    ...values,
    limit + 1,
  );
  const page: Page<Session> = { items: rows.slice(0, limit).map(sessionOf) };
  const last = rows[limit - 1];
  if (rows.length > limit && last !== undefined) {
    page.next_cursor = encodePageCursor('sessions', [last.started_at, last.seq]);
  }
  return page;
}

/** As many texts as there are combinations of filters. */
function conditionsOf(query: SessionQuery): { where: string; values: Value[] } {
  const conditions: string[] = [];
  const values: Value[] = [];
  const add = (condition: string, ...bound: Value[]): void => {
    conditions.push(condition);
    values.push(...bound);
  };
  if (query.agent_name !== undefined) add('agent_name = ?', query.agent_name);
  if (query.automation_id !== undefined) add('automation_id = ?', query.automation_id);
  if (query.workspace_id !== undefined) add('workspace_id = ?', query.workspace_id);
  if (query.since !== undefined) add('started_at >= ?', query.since);
  if (query.until !== undefined) add('started_at < ?', query.until);
  if (query.cursor !== undefined) {
    const [startedAt, seq] = decodePageCursor('sessions', query.cursor, ['number', 'number']);
    add('started_at <= ? and (started_at, seq) < (?, ?)', startedAt, startedAt, seq);
  }
  return { where: conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`, values };
}

export function findContinuedSession(
  connection: Connection,
  p: { automation_id: string },
): ContinuedSession | undefined {
  const row = connection.one<ContinuedSession>(
    'select * from continued_sessions where automation_id = ?',
    p.automation_id,
  );
  return row === undefined ? undefined : { ...row };
}

const KEEP = `insert into continued_sessions (
  automation_id, agent_name, cwd, agent_session_id, turns, input_tokens, output_tokens, cost_usd, begun_at,
  last_run_id
) select ?, ?, ?, ?, ?, ?, ?, ?, ?, ? where exists (select 1 from automations where id = ?)
on conflict do update set agent_name = excluded.agent_name, cwd = excluded.cwd,
  agent_session_id = excluded.agent_session_id, turns = excluded.turns, input_tokens = excluded.input_tokens,
  output_tokens = excluded.output_tokens, cost_usd = excluded.cost_usd, begun_at = excluded.begun_at, last_run_id = excluded.last_run_id
where last_run_id <> excluded.last_run_id`;

export function keepContinuedSession(connection: Connection, p: { session: ContinuedSession }): void {
  const { session } = p;
  connection.write(() =>
    connection.run(
      KEEP,
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
      session.automation_id,
    ),
  );
}

export function forgetContinuedSession(connection: Connection, p: { automation_id: string }): void {
  connection.write(() => connection.run('delete from continued_sessions where automation_id = ?', p.automation_id));
}
