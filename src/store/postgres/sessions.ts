/** Conversations and their transcripts. */
import type { EpochMs } from '../../model/instant.ts';
import type { Session, TranscriptEntry } from '../../model/session.ts';
import { bytesAdded, detailText, entryOf, sessionOf } from '../rows/session-row.ts';
import type { EntryRow, SessionRow } from '../rows/session-row.ts';
import type { UsageColumns } from '../rows/usage-columns.ts';
import { asBit } from '../rows/value.ts';
import type { RunResult } from '../run-store.ts';
import { jsonRows } from './database.ts';
import {
  END_SESSION,
  INSERT_SESSION,
  READ_TRANSCRIPT,
  SESSION_BY_ID,
  entryLimit,
  sessionEnding,
  sessionValues,
} from '../rows/session-statements.ts';
import type { Connection, Database } from './database.ts';

export async function insertSession(connection: Connection, session: Session): Promise<void> {
  await connection.run(INSERT_SESSION, ...sessionValues(session));
}

export async function endSession(
  connection: Connection,
  p: { now: EpochMs; id: string; result: RunResult; usage: UsageColumns },
): Promise<void> {
  await connection.run(END_SESSION, ...sessionEnding(p));
}

export async function getSession(connection: Connection, p: { id: string }): Promise<Session | undefined> {
  const row = await connection.one<SessionRow>(SESSION_BY_ID, p.id);
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

export async function readTranscript(
  connection: Connection,
  p: { session_id: string; after_seq: number; limit: number },
): Promise<TranscriptEntry[]> {
  return (await connection.all<EntryRow>(READ_TRANSCRIPT, p.session_id, p.after_seq, entryLimit(p.limit))).map(entryOf);
}
