/** Definitions and the switches laid over them, as part of the store port (store.ts). */
import type { Automation } from '../model/automation.ts';
import type { EpochMs } from '../model/instant.ts';
import type { Job, JobListQuery } from '../model/job.ts';
import type { Run } from '../model/run.ts';
import type { Trigger, TriggerListQuery } from '../model/trigger.ts';
import type { Cursor, PlaceCursor } from './cursor.ts';
import type { Page } from './page.ts';

/** An automation as it stands, with what is laid over it and what the engine knows of it. */
export interface AutomationRecord<A extends Automation = Automation> {
  /** As written; `enabled` is the definition's own. */
  automation: A;
  /** Grows by one with every change of the definition or its overlay; the ETag of the API. */
  revision: number;
  /** The overlay where there is one, else the definition's own; false while `paused`. */
  enabled: boolean;
  overlay?: { enabled_override: boolean; updated_at: EpochMs };
  /** Jobs only. */
  cursor?: Cursor;
  /** Fires in a row that failed for good. */
  consecutive_failures: number;
  /**
   * Set when the engine paused it after failures in a row; `enabled` is false then. Whoever enables it (an update whose
   * definition is enabled, an overlay that enables) ends this and resets the count.
   */
  paused?: { at: EpochMs; error: string };
  /** The newest run, whatever became of it, without its `prompt` and `output`. */
  last_run?: Run;
  /**
   * Why the stored definition cannot be read; then `automation` holds what is known besides the definition, switched
   * off and with an empty prompt, so that it can be shown, mended (`updateAutomation`, `syncAutomations`) and deleted.
   * Until then nothing of it fires, is accepted or starts.
   */
  unreadable?: string;
}

export interface DefinitionStore {
  /**
   * Creates a definition. Jobs get their cursor from `placeCursor` in the same step.
   * Names are unique per (kind, scope, workspace); webhook ids over all triggers. An id that exists already is this
   * same creation repeated: `created`, with the record as it stands.
   */
  createAutomation(p: {
    now: EpochMs;
    automation: Automation;
    placeCursor: PlaceCursor;
  }): Promise<
    | { outcome: 'created'; record: AutomationRecord }
    | { outcome: 'job_name_taken' | 'trigger_name_taken' | 'trigger_webhook_id_taken' }
  >;

  /**
   * Changes a definition: `change` is handed the current one and returns the new one (id, source and created_at must
   * stay) or a refusal, which comes back untouched. `ifRevision` makes it conditional.
   * A definition of source `config` or `package` is refused with `read_only`. When several refusals hold, the order is
   * not_found, read_only, revision_mismatch, refused, taken. `updated_at` becomes `now`.
   * The cursor is placed again; runs, waiting or running, are left alone (waiting ones count against the caps of the
   * agent and workspace that the definition names now). Going from disabled to enabled, here and by sync or overlay,
   * resets `consecutive_failures`. Nothing else in the store changes.
   */
  updateAutomation<R>(p: {
    now: EpochMs;
    id: string;
    ifRevision?: number;
    change: (current: Automation) => { automation: Automation } | { refuse: R };
    placeCursor: PlaceCursor;
  }): Promise<
    | { outcome: 'updated'; record: AutomationRecord }
    | { outcome: 'refused'; refusal: R }
    | { outcome: 'not_found' | 'read_only' | 'job_name_taken' | 'trigger_name_taken' | 'trigger_webhook_id_taken' }
    | { outcome: 'revision_mismatch'; revision: number }
  >;

  /**
   * Deletes a dynamic definition with its cursor and overlay. Runs that wait become `canceled` (reason `user`, the
   * error says the automation was deleted); running ones go on; history stays. Deletion wins over a late claim:
   * afterwards no step creates or claims a run of it.
   */
  deleteAutomation(p: {
    now: EpochMs;
    id: string;
    actor: string;
    ifRevision?: number;
  }): Promise<
    | { outcome: 'deleted'; canceled_run_ids: string[] }
    | { outcome: 'not_found' | 'read_only' }
    | { outcome: 'revision_mismatch'; revision: number }
  >;

  /**
   * Makes the definitions of one `source` equal to `automations` (their ids are derived from scope, workspace and
   * name, so the file is the identity): creates, changes, deletes (as `deleteAutomation`, the actor is the source);
   * leaves equal ones entirely alone, revision and cursor included. `created_at` and `updated_at` are not compared: a
   * changed one keeps its `created_at`. Ids in `keep_ids` (entries that are broken right now) are neither changed
   * nor deleted. Overlays are kept; those of deleted definitions go with them. One transaction.
   * All lists are of ids. One whose id, name or webhook id is held by a definition of another source, or that is listed
   * twice, is reported in `taken` and skipped; names and webhook ids may change hands within one sync.
   */
  syncAutomations(p: {
    now: EpochMs;
    source: 'config' | 'package';
    automations: readonly Automation[];
    keep_ids: readonly string[];
    placeCursor: PlaceCursor;
  }): Promise<{ created: string[]; changed: string[]; deleted: string[]; unchanged: number; taken: string[] }>;

  /** Lays a switch over a `config` or `package` definition. One that lies there already with this value changes nothing. */
  setOverlay(p: {
    now: EpochMs;
    id: string;
    enabled_override: boolean;
    placeCursor: PlaceCursor;
  }): Promise<
    { outcome: 'set'; record: AutomationRecord } | { outcome: 'not_found' | 'overlay_requires_config_source' }
  >;

  clearOverlay(p: {
    now: EpochMs;
    id: string;
    placeCursor: PlaceCursor;
  }): Promise<{ outcome: 'cleared'; record: AutomationRecord } | { outcome: 'not_found' | 'overlay_not_found' }>;

  getJob(p: { id: string }): Promise<AutomationRecord<Job> | undefined>;
  getTrigger(p: { id: string }): Promise<AutomationRecord<Trigger> | undefined>;
  /** Ordered by name, then id. `limit` is 1 to 500, 100 when absent. Throws `invalid_cursor`. */
  listJobs(p: { query: JobListQuery & { name?: string } }): Promise<Page<AutomationRecord<Job>>>;
  listTriggers(p: { query: TriggerListQuery & { name?: string } }): Promise<Page<AutomationRecord<Trigger>>>;
  /** The enabled jobs that fire next, by `due_at`, up to `until` inclusive; for `next` and the overview. */
  listUpcoming(p: { until: EpochMs; limit: number }): Promise<AutomationRecord<Job>[]>;
}
