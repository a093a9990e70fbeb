/** Sessions as a list, and the conversation with which an automation goes on. */
import type { Session } from '../../model/session.ts';
import type { SessionRow } from '../rows/session-row.ts';
import type { ContinuedSession, SessionQuery } from '../session-list.ts';
import type { Page } from '../page.ts';
import {
  CONTINUED_SESSION,
  FORGET_CONTINUED,
  continuedValues,
  selectSessions,
  sessionPage,
} from '../rows/session-statements.ts';
import type { Database } from './database.ts';

export async function listSessions(database: Database, p: { query: SessionQuery }): Promise<Page<Session>> {
  const { sql, values } = selectSessions(p.query);
  return sessionPage(await database.all<SessionRow>(sql, ...values), p.query);
}

export function findContinuedSession(
  database: Database,
  p: { automation_id: string },
): Promise<ContinuedSession | undefined> {
  return database.one<ContinuedSession>(CONTINUED_SESSION, p.automation_id);
}

/** Locked, so that the automation cannot go between the look and the row. */
const AUTOMATION = 'select 1 from automations where id = ? for key share';
const KEEP = `insert into continued_sessions (
  automation_id, agent_name, cwd, agent_session_id, turns, input_tokens, output_tokens, cost_usd, begun_at, last_run_id
) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
on conflict (automation_id) do update set agent_name = excluded.agent_name, cwd = excluded.cwd,
  agent_session_id = excluded.agent_session_id, turns = excluded.turns, input_tokens = excluded.input_tokens,
  output_tokens = excluded.output_tokens, cost_usd = excluded.cost_usd, begun_at = excluded.begun_at,
  last_run_id = excluded.last_run_id
where continued_sessions.last_run_id <> excluded.last_run_id`;

export function keepContinuedSession(database: Database, { session }: { session: ContinuedSession }): Promise<void> {
  return database.write(async (connection) => {
    if ((await connection.one(AUTOMATION, session.automation_id)) === undefined) return;
    await connection.run(KEEP, ...continuedValues(session));
  });
}

export async function forgetContinuedSession(database: Database, p: { automation_id: string }): Promise<void> {
  await database.run(FORGET_CONTINUED, p.automation_id);
}
