/** Conversations and their transcripts. */
import type { EpochMs } from '../../model/instant.ts';
import type { Session, TranscriptEntry, TranscriptKind } from '../../model/session.ts';
import type { RunResult } from '../store.ts';
import type { Connection } from './connection.ts';
import type { UsageColumns } from './usage-columns.ts';
import { asBit, orNull } from './value.ts';

interface SessionRow {
  seq: number;
  id: string;
  run_id: string;
  agent_name: string;
  workspace_id: string | null;
  cwd: string;
  agent_session_id: string | null;
  started_at: EpochMs;
  ended_at: EpochMs | null;
  stop_reason: string | null;
  stop_detail: string | null;
  input_tokens: number | null;
  output_tokens: number | null;
  cost_usd: number | null;
  transcript_bytes: number;
  transcript_truncated: 0 | 1;
}

const INSERT = `insert into sessions (
  id, run_id, agent_name, workspace_id, cwd, agent_session_id, started_at, transcript_bytes, transcript_truncated
) values (?, ?, ?, ?, ?, ?, ?, ?, ?)`;

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

function sessionOf(row: SessionRow): Session {
  const session: Session = {
    id: row.id,
    run_id: row.run_id,
    agent_name: row.agent_name,
    cwd: row.cwd,
    started_at: row.started_at,
    transcript_bytes: row.transcript_bytes,
    transcript_truncated: row.transcript_truncated === 1,
  };
  if (row.workspace_id !== null) session.workspace_id = row.workspace_id;
  if (row.agent_session_id !== null) session.agent_session_id = row.agent_session_id;
  if (row.ended_at !== null) session.ended_at = row.ended_at;
  if (row.stop_reason !== null) session.stop_reason = row.stop_reason;
  if (row.stop_detail !== null) session.stop_detail = row.stop_detail;
  if (row.input_tokens !== null || row.output_tokens !== null || row.cost_usd !== null) {
    session.usage = {};
    if (row.input_tokens !== null) session.usage.input_tokens = row.input_tokens;
    if (row.output_tokens !== null) session.usage.output_tokens = row.output_tokens;
    if (row.cost_usd !== null) session.usage.cost_usd = row.cost_usd;
  }
  return session;
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
    connection.run(GROW, bytesOf(p, added), asBit(p.truncated), session.seq);
  });
}

function appendOne(connection: Connection, session: number, entry: TranscriptEntry): boolean {
  const detail = detailText(entry);
  return connection.run(APPEND, session, entry.seq, entry.at, entry.kind, entry.text, detail) > 0;
}

/** All of a batch is new, or none of it; only a batch that grew before it was repeated is counted by its texts. */
function bytesOf(p: { entries: readonly TranscriptEntry[]; bytes: number }, added: readonly TranscriptEntry[]): number {
  if (added.length === p.entries.length) return p.bytes;
  const texts = added.map((entry) => Buffer.byteLength(entry.text) + Buffer.byteLength(detailText(entry) ?? ''));
  return Math.min(
    p.bytes,
    texts.reduce((sum, bytes) => sum + bytes, 0),
  );
}

function detailText(entry: TranscriptEntry): string | null {
  return entry.detail === undefined ? null : JSON.stringify(entry.detail);
}

const READ = `select transcript_entries.seq, at, kind, text, detail from transcript_entries
  join sessions on sessions.seq = transcript_entries.session
  where sessions.id = ? and transcript_entries.seq > ? order by transcript_entries.seq limit ?`;

interface EntryRow {
  seq: number;
  at: EpochMs;
  kind: TranscriptKind;
  text: string;
  detail: string | null;
}

export function readTranscript(
  connection: Connection,
  p: { session_id: string; after_seq: number; limit: number },
): TranscriptEntry[] {
  const limit = Math.max(1, Math.min(1000, Math.trunc(p.limit)));
  return connection.all<EntryRow>(READ, p.session_id, p.after_seq, limit).map(entryOf);
}

function entryOf(row: EntryRow): TranscriptEntry {
  const entry: TranscriptEntry = { seq: row.seq, at: row.at, kind: row.kind, text: row.text };
  const detail = row.detail === null ? undefined : parseDetail(row.detail);
  return detail === undefined ? entry : { ...entry, detail };
}

/** What a person reads is the text; a damaged detail must not hide it. */
function parseDetail(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
