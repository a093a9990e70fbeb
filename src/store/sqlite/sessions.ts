/** Conversations and their transcripts. */
import type { EpochMs } from '../../model/instant.ts';
import type { Session, TranscriptEntry } from '../../model/session.ts';
import type { RunResult } from '../run-store.ts';
import { bytesAdded, detailText, entryOf, sessionOf } from '../rows/session-row.ts';
import type { EntryRow, SessionRow } from '../rows/session-row.ts';
import type { Connection } from './connection.ts';
import type { UsageColumns } from '../rows/usage-columns.ts';
import { asBit, orNull } from '../rows/value.ts';

const INSERT = `insert into sessions (
  id, run_id, agent_name, workspace_id, cwd, agent_session_id, started_at, transcript_bytes, transcript_truncated,
  automation_id
) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

export function insertSession(connection: Connection, session: Session): void {
  connection.run(
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
export function endSession(
  connection: Connection,
  p: { now: EpochMs; id: string; result: RunResult; usage: UsageColumns },
): void {
  const { result } = p;
  connection.run(
    END,
    p.now,
    orNull(result.stop_reason),
    orNull(result.stop_detail),
    ...p.usage,
    orNull(result.agent_session_id),
    p.id,
  );
}

export function getSession(connection: Connection, p: { id: string }): Session | undefined {
  const row = connection.one<SessionRow>('select * from sessions where id = ?', p.id);
  return row === undefined ? undefined : sessionOf(row);
}

const APPEND = `insert into transcript_entries (session, seq, at, kind, text, detail) values (?, ?, ?, ?, ?, ?)
  on conflict do nothing`;
const GROW = `update sessions set transcript_bytes = transcript_bytes + ?,
  transcript_truncated = max(transcript_truncated, ?) where seq = ?`;

export function appendTranscript(
  connection: Connection,
  p: { session_id: string; entries: readonly TranscriptEntry[]; bytes: number; truncated: boolean },
): void {
  connection.write(() => {
    const session = connection.one<{ seq: number }>('select seq from sessions where id = ?', p.session_id);
    if (session === undefined) return;
    const added = p.entries.filter((entry) => appendOne(connection, session.seq, entry));
    connection.run(GROW, bytesAdded(p, added), asBit(p.truncated), session.seq);
  });
}

function appendOne(connection: Connection, session: number, entry: TranscriptEntry): boolean {
  const detail = detailText(entry);
  return connection.run(APPEND, session, entry.seq, entry.at, entry.kind, entry.text, detail) > 0;
}

const READ = `select transcript_entries.seq, at, kind, text, detail from transcript_entries
  join sessions on sessions.seq = transcript_entries.session
  where sessions.id = ? and transcript_entries.seq > ? order by transcript_entries.seq limit ?`;

export function readTranscript(
  connection: Connection,
  p: { session_id: string; after_seq: number; limit: number },
): TranscriptEntry[] {
  const limit = Math.max(1, Math.min(1000, Math.trunc(p.limit)));
  return connection.all<EntryRow>(READ, p.session_id, p.after_seq, limit).map(entryOf);
}
