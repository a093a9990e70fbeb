/** A run as a row, whichever database keeps it: its columns, and the run that they make. */
import type { Automation } from '../../model/automation.ts';
import type { EpochMs } from '../../model/instant.ts';
import type { OpenPermission, Run, RunKind, RunReason, RunStatus } from '../../model/run.ts';
import type { NewRun } from '../acceptance.ts';
import type { AutomationKind } from './stored-definition.ts';

export type QueuePlace = 'later' | 'ready' | 'behind' | 'held';

/** The columns that make a {@link Run}, and what the steps need besides. */
export interface RunRow {
  seq: number;
  id: string;
  automation_id: string;
  automation_kind: AutomationKind;
  fire_id: string;
  attempt: number;
  status: RunStatus;
  queue: QueuePlace | null;
  kind: RunKind;
  reason: RunReason | null;
  priority: number;
  exclusive: 0 | 1;
  catch_up: 0 | 1;
  agent_name: string;
  workspace_id: string;
  /** As `labelText` writes them. */
  node_labels: string;
  created_at: EpochMs;
  scheduled_at: EpochMs | null;
  available_at: EpochMs;
  accepted_at: EpochMs;
  expires_at: EpochMs | null;
  started_at: EpochMs | null;
  ended_at: EpochMs | null;
  order_at: EpochMs;
  node: string | null;
  token: string | null;
  lease_until: EpochMs | null;
  slot: 'held' | 'given' | 'wanted' | null;
  permission: string | null;
  cancel_reason: RunReason | null;
  cancel_error: string | null;
  cancel_actor: string | null;
  session_id: string | null;
  task_id: string | null;
  task_run_id: string | null;
  event_id: string | null;
  depth: number | null;
  actor: string | null;
  exit_code: number | null;
  input_tokens: number | null;
  output_tokens: number | null;
  cost_usd: number | null;
  missed_count: number | null;
  missed_first: EpochMs | null;
  missed_last: EpochMs | null;
  delivery_error_at: EpochMs | null;
  delivery_error: string | null;
  error: string | null;
}

/** With the texts that live apart. */
export interface FullRunRow extends RunRow {
  prompt: string | null;
  output: string | null;
}

export function runOf(row: RunRow | FullRunRow): Run {
  const run: Run = {
    id: row.id,
    fire_id: row.fire_id,
    status: row.status,
    attempt: row.attempt,
    kind: row.kind,
    created_at: row.created_at,
    available_at: row.available_at,
  };
  if (row.automation_kind === 'job') run.job_id = row.automation_id;
  else run.trigger_id = row.automation_id;
  if (row.session_id !== null) run.session_id = row.session_id;
  if (row.task_id !== null) run.task_id = row.task_id;
  if (row.task_run_id !== null) run.task_run_id = row.task_run_id;
  if (row.scheduled_at !== null) run.scheduled_at = row.scheduled_at;
  if (row.started_at !== null) run.started_at = row.started_at;
  if (row.ended_at !== null) run.ended_at = row.ended_at;
  if (row.error !== null) run.error = row.error;
  if (row.delivery_error !== null) run.delivery_error = row.delivery_error;
  if (row.delivery_error_at !== null) run.delivery_error_at = row.delivery_error_at;
  if (row.reason !== null) run.reason = row.reason;
  if ('prompt' in row && row.prompt !== null) run.prompt = row.prompt;
  if ('output' in row && row.output !== null) run.output = row.output;
  if (row.input_tokens !== null || row.output_tokens !== null || row.cost_usd !== null) {
    run.usage = {};
    if (row.input_tokens !== null) run.usage.input_tokens = row.input_tokens;
    if (row.output_tokens !== null) run.usage.output_tokens = row.output_tokens;
    if (row.cost_usd !== null) run.usage.cost_usd = row.cost_usd;
  }
  if (row.missed_count !== null && row.missed_first !== null && row.missed_last !== null) {
    run.missed = { count: row.missed_count, first: row.missed_first, last: row.missed_last };
  }
  if (row.event_id !== null) run.event_id = row.event_id;
  if (row.depth !== null) run.depth = row.depth;
  if (row.actor !== null) run.actor = row.actor;
  if (row.node !== null) run.node = row.node;
  if (row.exit_code !== null) run.exit_code = row.exit_code;
  if (row.permission !== null) run.permission = JSON.parse(row.permission) as OpenPermission;
  return run;
}

/** What {@link runOf} would read back, without reading it back. */
export function createdRun(
  run: NewRun,
  p: { now: EpochMs; automation: Automation; kind: AutomationKind; canceled: boolean },
): Run {
  const created: Run = {
    id: run.id,
    fire_id: run.fire_id,
    status: run.status,
    attempt: run.attempt,
    kind: run.kind,
    created_at: p.now,
    available_at: run.available_at,
  };
  if (p.kind === 'job') created.job_id = p.automation.id;
  else created.trigger_id = p.automation.id;
  if (run.scheduled_at !== undefined) created.scheduled_at = run.scheduled_at;
  if (p.canceled) created.ended_at = p.now;
  if (run.error !== undefined) created.error = run.error;
  if (run.reason !== undefined) created.reason = run.reason;
  if (run.prompt !== undefined) created.prompt = run.prompt;
  if (run.missed !== undefined) created.missed = { ...run.missed };
  if (run.event_id !== undefined) created.event_id = run.event_id;
  if (run.depth !== undefined) created.depth = run.depth;
  if (run.actor !== undefined) created.actor = run.actor;
  return created;
}
