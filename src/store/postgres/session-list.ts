/** Sessions as a list, and the conversation with which an automation goes on. */
import type { Session } from '../../model/session.ts';
import { decodePageCursor, encodePageCursor } from '../rows/page-cursor.ts';
import { sessionOf, type SessionRow } from '../rows/session-row.ts';
import { pageLimit } from '../rows/value.ts';
import type { ContinuedSession, SessionQuery } from '../session-list.ts';
import type { Page } from '../page.ts';
import type { Database, Value } from './database.ts';

export async function listSessions(database: Database, p: { query: SessionQuery }): Promise<Page<Session>> {
  const limit = pageLimit(p.query.limit);
  const { where, values } = conditionsOf(p.query);
  const sql = `select * from sessions where ${where} order by started_at desc, seq desc limit ?`;
  const rows = await database.all<SessionRow>(sql, ...values, limit + 1);
  const page: Page<Session> = { items: rows.slice(0, limit).map(sessionOf) };
  const last = rows[limit - 1];
  if (rows.length > limit && last !== undefined) {
    page.next_cursor = encodePageCursor('sessions', [last.started_at, last.seq]);
  }
  return page;
}

function conditionsOf(query: SessionQuery): { where: string; values: Value[] } {
  const conditions = ['true'];
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
    add('(started_at, seq) < (?, ?)', startedAt, seq);
  }
  return { where: conditions.join(' and '), values };
}

export function findContinuedSession(
  database: Database,
  p: { automation_id: string },
): Promise<ContinuedSession | undefined> {
  return database.one<ContinuedSession>('select * from continued_sessions where automation_id = ?', p.automation_id);
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
    await connection.run(
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
    );
  });
}

export async function forgetContinuedSession(database: Database, p: { automation_id: string }): Promise<void> {
  await database.run('delete from continued_sessions where automation_id = ?', p.automation_id);
}
