/** One conversation with an agent, with its transcript. */
import type { EpochMs } from './instant.ts';
import type { RunUsage } from './run.ts';

export interface Session {
  id: string;
  run_id: string;
  agent_name: string;
  /** Of the run: its job or trigger. */
  automation_id?: string;
  workspace_id?: string;
  /** The working folder. */
  cwd: string;
  /** The identity the agent itself gave the conversation, where it does. */
  agent_session_id?: string;
  started_at: EpochMs;
  ended_at?: EpochMs;
  stop_reason?: string;
  stop_detail?: string;
  usage?: RunUsage;
  transcript_bytes: number;
  /** Whether the transcript reached its bound and later entries were left out. */
  transcript_truncated: boolean;
  /** When retention took the transcript away; absent while it is there. */
  transcript_removed_at?: EpochMs;
}

/** What can stand in a transcript, in the order it happened. */
export const TRANSCRIPT_KINDS = [
  'prompt',
  'message',
  'thought',
  'tool_call',
  'tool_result',
  'permission_request',
  'permission_answer',
  'plan',
  'output',
  'stderr',
  'notice',
  'truncated',
  'stop',
] as const;
export type TranscriptKind = (typeof TRANSCRIPT_KINDS)[number];

export interface TranscriptEntry {
  /** From 1, without holes, per session. */
  seq: number;
  at: EpochMs;
  kind: TranscriptKind;
  /** What a person reads. */
  text: string;
  /** What a program may need besides: tool names, options, raw updates; bounded. */
  detail?: Record<string, unknown>;
}
