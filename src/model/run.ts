/** The durable record of one attempt to carry out a fire, and the drawing its states move along. */
import type { EpochMs } from './instant.ts';

export const RUN_STATUSES = ['scheduled', 'running', 'delegated', 'completed', 'failed', 'canceled'] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

/** Why a run is not simply completed. */
export const RUN_REASONS = [
  'misfire',
  'overlap',
  'fire_limit',
  'budget',
  'queue_timeout',
  'timeout',
  'stalled',
  'interrupted',
  'usage_limit',
  'permission',
  'hook',
  'user',
  'shutdown',
  'agent_unavailable',
  'agent_error',
  'template',
  'no_output',
  'loop_guard',
  'paused',
] as const;
export type RunReason = (typeof RUN_REASONS)[number];

export const RUN_KINDS = ['schedule', 'trigger', 'manual', 'replay', 'backfill'] as const;
export type RunKind = (typeof RUN_KINDS)[number];

export interface RunUsage {
  input_tokens?: number;
  output_tokens?: number;
  cost_usd?: number;
}

/** The contiguous range of scheduled instants that one canceled run stands for. */
export interface MissedRange {
  count: number;
  first: EpochMs;
  last: EpochMs;
}

/** What an agent asked and nobody has answered yet; the run waits and holds no slot. */
export interface OpenPermission {
  /** What the agent wants to do, in one line. */
  title: string;
  tool: string;
  options: { option_id: string; name: string; kind: string }[];
  asked_at: EpochMs;
  /** Denied then. */
  deadline_at: EpochMs;
}

/** What a person answered, on its way to the node that executes the run. */
export interface PermissionReply {
  /** `asked_at` of the request it answers. */
  asked_at: EpochMs;
  /** One of its options; absent: none of them. */
  option_id?: string;
  by: string;
}

export interface Run {
  id: string;
  job_id?: string;
  trigger_id?: string;
  session_id?: string;
  task_id?: string;
  task_run_id?: string;
  fire_id?: string;
  status: RunStatus;
  /** 1 for the first attempt. */
  attempt: number;
  scheduled_at?: EpochMs;
  /** Set only when an agent really started. */
  started_at?: EpochMs;
  ended_at?: EpochMs;
  error?: string;
  delivery_error?: string;
  delivery_error_at?: EpochMs;
  reason?: RunReason;
  kind: RunKind;
  created_at: EpochMs;
  /** Not before this instant: a retry's waiting time, a deferral, the spreading of catch-up starts. */
  available_at?: EpochMs;
  /** As sent to the agent. */
  prompt?: string;
  /** The final answer, bounded. */
  output?: string;
  usage?: RunUsage;
  missed?: MissedRange;
  event_id?: string;
  depth?: number;
  /** Who asked for it, or who ended it: `user:cli`, `overlap:<run>`, … */
  actor?: string;
  node?: string;
  exit_code?: number;
  /** Present while a running run waits for somebody's permission. */
  permission?: OpenPermission;
}

export interface RunQuery {
  job_id?: string;
  trigger_id?: string;
  status?: RunStatus;
  exclude_id?: string;
  since?: EpochMs;
  until?: EpochMs;
  limit?: number;
  fire_id?: string;
  reason?: RunReason;
  cursor?: string;
}

/** `scheduled → running → completed | failed | canceled`; `scheduled → delegated`; `scheduled → canceled | failed`. */
const NEXT: Readonly<Record<RunStatus, readonly RunStatus[]>> = {
  scheduled: ['running', 'delegated', 'canceled', 'failed'],
  running: ['completed', 'failed', 'canceled'],
  delegated: [],
  completed: [],
  failed: [],
  canceled: [],
};

/** Whether a run may go from one state to another in one step. */
export function isRunTransition(p: { from: RunStatus; to: RunStatus }): boolean {
  return NEXT[p.from].includes(p.to);
}

/** Finished states never change again. */
export function isFinished(status: RunStatus): boolean {
  return NEXT[status].length === 0;
}
