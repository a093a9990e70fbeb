/** Conversations and their transcripts as rows, whichever database keeps them. */
import type { EpochMs } from '../../model/instant.ts';
import type { Session, TranscriptEntry, TranscriptKind } from '../../model/session.ts';

export interface SessionRow {
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
  automation_id: string | null;
  transcript_removed_at: EpochMs | null;
}

export function sessionOf(row: SessionRow): Session {
  const session: Session = {
    id: row.id,
    run_id: row.run_id,
    agent_name: row.agent_name,
    cwd: row.cwd,
    started_at: row.started_at,
    transcript_bytes: row.transcript_bytes,
    transcript_truncated: row.transcript_truncated === 1,
  };
  if (row.automation_id !== null) session.automation_id = row.automation_id;
  if (row.transcript_removed_at !== null) session.transcript_removed_at = row.transcript_removed_at;
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

export interface EntryRow {
  seq: number;
  at: EpochMs;
  kind: TranscriptKind;
  text: string;
  detail: string | null;
}

export function entryOf(row: EntryRow): TranscriptEntry {
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

/** All of a batch is new, or none of it; only a batch that grew before it was repeated is counted by its texts. */
export function bytesAdded(
  p: { entries: readonly TranscriptEntry[]; bytes: number },
  added: readonly TranscriptEntry[],
): number {
  if (added.length === p.entries.length) return p.bytes;
  const texts = added.map((entry) => Buffer.byteLength(entry.text) + Buffer.byteLength(detailText(entry) ?? ''));
  return Math.min(
    p.bytes,
    texts.reduce((sum, bytes) => sum + bytes, 0),
  );
}

export function detailText(entry: TranscriptEntry): string | null {
  return entry.detail === undefined ? null : JSON.stringify(entry.detail);
}
