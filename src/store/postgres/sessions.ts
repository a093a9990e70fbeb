/** Conversations and their transcripts. */
import type { EpochMs } from '../../model/instant.ts';
import type { Session, TranscriptEntry } from '../../model/session.ts';
import { bytesAdded, detailText, entryOf, sessionOf } from '../rows/session-row.ts';
import type { EntryRow, SessionRow } from '../rows/session-row.ts';
import type { UsageColumns } from '../rows/usage-columns.ts';
import { asBit, orNull } from '../rows/value.ts';
import type { RunResult } from '../run-store.ts';
import { jsonRows } from './database.ts';
import type { Connection, Database } from './database.ts';

const INSERT = `insert into sessions (
  id, run_id, agent_name, workspace_id, cwd, agent_session_id, started_at, transcript_bytes, transcript_truncated,
  automation_id
) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

export async function insertSession(connection: Connection, session: Session): Promise<void> {
  await connection.run(
    INSERT,
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
  );
}

const END = `update sessions set ended_at = ?, stop_reason = ?, stop_detail = ?, input_tokens = ?, output_tokens = ?,
  cost_usd = ?, agent_session_id = coalesce(?, agent_session_id) where id = ?`;

/** `usage` is the run's, which may have been reported before its end. */
export async function endSession(
  connection: Connection,
  p: { now: EpochMs; id: string; result: RunResult; usage: UsageColumns },
): Promise<void> {
  const { result } = p;
  await connection.run(
    END,
    p.now,
    orNull(result.stop_reason),
    orNull(result.stop_detail),
    ...p.usage,
    orNull(result.agent_session_id),
    p.id,
  );
}

export async function getSession(connection: Connection, p: { id: string }): Promise<Session | undefined> {
  const row = await connection.one<SessionRow>('select * from sessions where id = ?', p.id);
  return row === undefined ? undefined : sessionOf(row);
}

const LOCK = 'select seq from sessions where id = ? for update';
const APPEND = `insert into transcript_entries (session, seq, at, kind, text, detail)
  select session, seq, at, kind, text, detail from json_populate_recordset(null::transcript_entries, ?::json)
  on conflict do nothing returning seq`;
const GROW = `update sessions set transcript_bytes = transcript_bytes + ?,
  transcript_truncated = greatest(transcript_truncated, ?) where seq = ?`;

export function appendTranscript(
  database: Database,
  p: { session_id: string; entries: readonly TranscriptEntry[]; bytes: number; truncated: boolean },
): Promise<void> {
  return database.write(async (connection) => {
    const session = await connection.one<{ seq: number }>(LOCK, p.session_id);
    if (session === undefined) return;
    const { entries } = p;
    const rows = entries.map((entry) => entryColumns(session.seq, entry));
    const inserted = await connection.all<{ seq: number }>(APPEND, jsonRows(rows));
    const seqs = new Set(inserted.map((row) => row.seq));
    const added = entries.filter((entry) => seqs.delete(entry.seq));
    await connection.run(GROW, bytesAdded(p, added), asBit(p.truncated), session.seq);
  });
}

function entryColumns(session: number, entry: TranscriptEntry): Record<string, string | number | null> {
  const { seq, at, kind, text } = entry;
  return { session, seq, at, kind, text, detail: detailText(entry) };
}

const READ = `select transcript_entries.seq, at, kind, text, detail from transcript_entries
  join sessions on sessions.seq = transcript_entries.session
  where sessions.id = ? and transcript_entries.seq > ? order by transcript_entries.seq limit ?`;

export async function readTranscript(
  connection: Connection,
  p: { session_id: string; after_seq: number; limit: number },
): Promise<TranscriptEntry[]> {
  const limit = Math.max(1, Math.min(1000, Math.trunc(p.limit)));
  return (await connection.all<EntryRow>(READ, p.session_id, p.after_seq, limit)).map(entryOf);
}
