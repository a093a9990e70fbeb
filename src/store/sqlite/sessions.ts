/** Conversations and their transcripts. */
import type { EpochMs } from '../../model/instant.ts';
import type { Session, TranscriptEntry } from '../../model/session.ts';
import type { RunResult } from '../run-store.ts';
import { bytesAdded, detailText, entryOf, sessionOf } from '../rows/session-row.ts';
import type { EntryRow, SessionRow } from '../rows/session-row.ts';
import {
  END_SESSION,
  INSERT_SESSION,
  READ_TRANSCRIPT,
  SESSION_BY_ID,
  entryLimit,
  sessionEnding,
  sessionValues,
} from '../rows/session-statements.ts';
import type { Connection } from './connection.ts';
import type { UsageColumns } from '../rows/usage-columns.ts';
import { asBit } from '../rows/value.ts';

export function insertSession(connection: Connection, session: Session): void {
  connection.run(INSERT_SESSION, ...sessionValues(session));
}

export function endSession(
  connection: Connection,
  p: { now: EpochMs; id: string; result: RunResult; usage: UsageColumns },
): void {
  connection.run(END_SESSION, ...sessionEnding(p));
}

export function getSession(connection: Connection, p: { id: string }): Session | undefined {
  const row = connection.one<SessionRow>(SESSION_BY_ID, p.id);
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

export function readTranscript(
  connection: Connection,
  p: { session_id: string; after_seq: number; limit: number },
): TranscriptEntry[] {
  return connection.all<EntryRow>(READ_TRANSCRIPT, p.session_id, p.after_seq, entryLimit(p.limit)).map(entryOf);
}
