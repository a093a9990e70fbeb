/**
 * What people and programs may ask of the engine, apart from reading: the verbs behind REST, CLI and MCP.
 *
 * Input is what a person wrote, on the wire's terms and unvalidated; every refusal is an `AppError` with a permanent
 * code. Implemented by `createAutomationCommands` in this folder's commands/; surfaces depend on this interface only.
 */
import type { Delivery } from '../model/delivery.ts';
import type { Job } from '../model/job.ts';
import type { Problem } from '../model/problem.ts';
import type { Run } from '../model/run.ts';
import type { Trigger } from '../model/trigger.ts';
import type { AcceptedActivation } from '../store/activation-store.ts';
import type { AutomationRecord } from '../store/definition-store.ts';
import type { Workspace } from '../model/workspace.ts';
import type { EpochMs } from '../model/instant.ts';
import type { EventExplanation } from './explain-event.ts';
import type { InstantExplanation } from './explain-instant.ts';
import type { SimulationReport } from './simulation-report.ts';
import type { TriggerTest } from './test-trigger.ts';

/** Who asks, for the record: `user:api`, `user:cli`, … */
export type Actor = string;

export interface AutomationCommands {
  /**
   * Creates a dynamic job from what a person wrote: the model's job fields on wire terms, `id`, `source`, `created_at`
   * and `updated_at` excepted. `validation_failed` lists all problems; an `at` in the past is refused naming both
   * instants; `agent_unknown`, `workspace_not_found` and `job_name_taken` as they say.
   */
  createJob(p: { written: unknown; actor: Actor }): Promise<AutomationRecord<Job>>;
  /**
   * Merge-patches a dynamic job (RFC 7396: null removes a field), then validates the whole. `enabled` alone may be
   * patched here too. `job_not_found`, `read_only_definition` (config, package), `precondition_failed`.
   */
  updateJob(p: { id: string; patch: unknown; ifRevision?: number; actor: Actor }): Promise<AutomationRecord<Job>>;
  deleteJob(p: { id: string; ifRevision?: number; actor: Actor }): Promise<void>;
  /** The runtime switch over a config or package job; `overlay_requires_config_source` for a dynamic one. */
  setJobOverlay(p: { id: string; enabled: boolean; actor: Actor }): Promise<AutomationRecord<Job>>;
  clearJobOverlay(p: { id: string; actor: Actor }): Promise<AutomationRecord<Job>>;
  /**
   * Runs a job now, kind `manual`, without moving its cursor. The run comes back as it was accepted: usually
   * `scheduled`, or `canceled` with reason `overlap`. `fire_limit_reached` (409) names the instant it becomes possible.
   * A disabled job may be run by hand.
   */
  runJobNow(p: { id: string; prompt?: string; actor: Actor }): Promise<Run>;
  /** As for jobs. `trigger_name_taken`, `trigger_webhook_id_taken`. */
  createTrigger(p: { written: unknown; actor: Actor }): Promise<AutomationRecord<Trigger>>;
  updateTrigger(p: {
    id: string;
    patch: unknown;
    ifRevision?: number;
    actor: Actor;
  }): Promise<AutomationRecord<Trigger>>;
  deleteTrigger(p: { id: string; ifRevision?: number; actor: Actor }): Promise<void>;
  setTriggerOverlay(p: { id: string; enabled: boolean; actor: Actor }): Promise<AutomationRecord<Trigger>>;
  clearTriggerOverlay(p: { id: string; actor: Actor }): Promise<AutomationRecord<Trigger>>;
  /**
   * Runs a trigger now, kind `manual`, whatever its conditions say, on an envelope: what is left out of it is what the
   * trigger waits for. The envelope is kept as an event that no trigger was considered for. As for jobs otherwise.
   */
  runTriggerNow(p: { id: string; envelope?: unknown; actor: Actor }): Promise<Run>;
  /** Which conditions an envelope, or a stored event, meets, and the prompt it makes. Writes nothing. */
  testTrigger(p: { id: string; envelope: unknown } | { id: string; event_id: string }): Promise<TriggerTest>;
  /**
   * The same for a trigger that is still being written, with what is wrong about it so far. `test` is absent while its
   * event, conditions or prompt cannot be read. Writes nothing.
   */
  previewTrigger(p: { written: unknown; envelope: unknown }): Promise<{ problems: Problem[]; test?: TriggerTest }>;
  /**
   * Takes in an event that somebody tells: stored and matched when this resolves. One whose `id` came before is
   * answered with what came of it then. `validation_failed`, `workspace_not_found`, `run_not_found` for its cause.
   */
  sendEvent(p: { written: unknown; actor: Actor }): Promise<AcceptedActivation>;
  /** What was considered for an event, what came of it, and where it came from. `event_not_found`. */
  explainEvent(p: { id: string }): Promise<EventExplanation>;
  /** Idempotent; answers with the run as it is afterwards. `run_not_found`. */
  cancelRun(p: { id: string; actor: Actor }): Promise<Run>;
  /**
   * The instants of a past range, both ends inclusive, as runs of kind `backfill`; at most `BACKFILL_MAX` of them, more
   * are refused. `dryRun` lists them and creates nothing. Asking twice creates nothing twice: `exists` says so.
   * `validation_failed` for a range that ends before it begins or in the future.
   */
  backfillJob(p: {
    id: string;
    from: EpochMs;
    to: EpochMs;
    dryRun: boolean;
    actor: Actor;
  }): Promise<{ instants: BackfillInstant[]; runs: Run[] }>;
  /** What became of an instant of a job, or will, and why. Never writes. */
  explainJob(p: { id: string; at: EpochMs }): Promise<InstantExplanation>;
  /**
   * Runs a finished run's fire once more, as a new attempt under the same fire, at once and besides its retry policy.
   * `run_not_finished`, `run_already_exists` when a later attempt is there already.
   */
  retryRun(p: { id: string; actor: Actor }): Promise<Run>;
  /**
   * Answers what a run's agent asked: a decision, or one of the request's own options. `permission_not_pending`,
   * `validation_failed` for an option that was not offered.
   */
  answerPermission(p: {
    id: string;
    answer: { decision: 'allow' | 'deny' } | { option_id: string };
    actor: Actor;
  }): Promise<Run>;
  /**
   * Stops all planning and starting, or ends that. What runs goes on; what waits keeps waiting; instants that come due
   * meanwhile leave one `canceled` row (`paused`) per job. Which automations were off stays as it was. Idempotent.
   */
  pause(p: { actor: Actor }): Promise<PauseState>;
  resume(p: { actor: Actor }): Promise<PauseState>;
  pauseState(): PauseState;
  /**
   * Carries a stored delivery out once more, as a new delivery with what the first one said. `delivery_not_found`,
   * `delivery_not_replayable` for one that was refused or whose event is no longer kept, `trigger_not_found`.
   */
  replayDelivery(p: { id: string; actor: Actor }): Promise<Delivery>;
  /** Ends an agent's usage-limit hold early; `agent_not_found` when it is not held. */
  releaseAgent(p: { name: string; actor: Actor }): Promise<void>;
  /**
   * What the enabled jobs would do from now on: the same decisions on a virtual clock, with the durations and the use
   * of past runs. Bounded in days (1 to 31) and fires; reaching a bound is said in the result.
   */
  simulate(p: { days: number }): Promise<SimulationReport>;
  /** Registers a folder that exists; `name` defaults to the folder's. */
  registerWorkspace(p: {
    path: string;
    name?: string;
    trusted?: boolean;
    node_labels?: string[];
    actor: Actor;
  }): Promise<Workspace>;
  /** Renames it, changes where it lives, or its trust, which the configuration follows at once. `workspace_not_found`, `workspace_name_taken`. */
  updateWorkspace(p: {
    ref: string;
    name?: string;
    trusted?: boolean;
    node_labels?: string[];
    actor: Actor;
  }): Promise<Workspace>;
  /** Forgets it; the folder is left alone. `workspace_not_found`, `workspace_in_use`. */
  removeWorkspace(p: { ref: string; actor: Actor }): Promise<void>;
}

/** One instant of a backfill; `exists` when it was backfilled before, `ran` when its scheduled fire completed. */
export interface BackfillInstant {
  at: EpochMs;
  state: 'new' | 'exists' | 'ran';
}

export interface PauseState {
  paused: boolean;
  /** Since when, and by whom: an actor, or `config` for `[automation] enabled = false`. */
  since?: EpochMs;
  by?: string;
}
