/** Sessions as a list, and the conversation with which an automation goes on. */
import type { Session } from '../../model/session.ts';
import type { ContinuedSession, SessionQuery } from '../session-list.ts';
import type { Page } from '../page.ts';
import type { SessionRow } from '../rows/session-row.ts';
import {
  CONTINUED_SESSION,
  FORGET_CONTINUED,
  continuedValues,
  selectSessions,
  sessionPage,
} from '../rows/session-statements.ts';
import type { Connection } from './connection.ts';

export function listSessions(connection: Connection, p: { query: SessionQuery }): Page<Session> {
  const { sql, values } = selectSessions(p.query);
  return sessionPage(connection.all<SessionRow>(sql, ...values), p.query);
}

export function findContinuedSession(
  connection: Connection,
  p: { automation_id: string },
): ContinuedSession | undefined {
  const row = connection.one<ContinuedSession>(CONTINUED_SESSION, p.automation_id);
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
  connection.write(() => connection.run(KEEP, ...continuedValues(session), session.automation_id));
}

export function forgetContinuedSession(connection: Connection, p: { automation_id: string }): void {
  connection.write(() => connection.run(FORGET_CONTINUED, p.automation_id));
}
