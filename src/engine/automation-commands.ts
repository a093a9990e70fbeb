/**
 * What people and programs may ask of the engine, apart from reading: the verbs behind REST, CLI and MCP.
 *
 * Input is what a person wrote, on the wire's terms and unvalidated; every refusal is an `AppError` with a permanent
 * code. Implemented by `createAutomationCommands` in this folder's commands/; surfaces depend on this interface only.
 */
import type { Job } from '../model/job.ts';
import type { Run } from '../model/run.ts';
import type { AutomationRecord } from '../store/store.ts';
import type { Workspace } from '../model/workspace.ts';

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
  /** Idempotent; answers with the run as it is afterwards. `run_not_found`. */
  cancelRun(p: { id: string; actor: Actor }): Promise<Run>;
  /** Registers a folder that exists; `name` defaults to the folder's. */
  registerWorkspace(p: { path: string; name?: string; trusted?: boolean; actor: Actor }): Promise<Workspace>;
}
