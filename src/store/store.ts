/**
 * The store port: the specification of Rouse's durable state.
 *
 * The database is the only memory of the schedule. Whatever is due, waiting or running is a row here; no process
 * keeps anything that a `kill -9` could lose. Two adapters implement this file, one on embedded SQLite (`sqlite/`,
 * one process owns the home) and one on PostgreSQL (`postgres/`, several nodes); test/contract/store.ts proves both.
 *
 * How to read it
 *
 * - Methods are **atomic domain steps**, not table verbs. Each happens completely or not at all, and is durable
 *   (synced) when its promise resolves. A crash can only be before or after it. Whoever is told "no" by an exception
 *   knows nothing changed, except for `store_unavailable` with `outcome: 'unknown'`: then the step may have happened,
 *   and every step is written so that doing it again is harmless.
 * - Time never comes from the database. Every step is handed `now`.
 * - **Decisions are handed in.** Steps that must decide on facts and change rows together take a pure, synchronous
 *   function (`decide…`, `placeCursor`). The adapter reads the facts under the automation's lock, calls it, and
 *   writes what it returns, in one transaction; it may call it again after a serialization failure. So no decision
 *   ever rests on facts that somebody else has changed meanwhile, on one process or on several.
 * - **The automation's lock**: every step that creates, claims or finishes a run of an automation, moves its cursor or
 *   edits it, excludes every other such step on the same automation. Steps on different automations never wait for
 *   one another for longer than one transaction and never change each other's rows.
 * - **Losing a race is a return value**: each step lists its outcomes. Exceptions are `AppError`s: `disk_full`,
 *   `store_unavailable`, `home_in_use`, `home_read_only`.
 * - Reads never write. A read sees every step that resolved before it began.
 * - Lists are bounded and page by an opaque cursor; their order is stable while rows are added.
 *
 * What the port does not offer: timers, notifications, the value of a secret, any decision about schedules.
 */
import type { ActivationStore } from './activation-store.ts';
import type { RetentionStore } from './retention-store.ts';
import type { SessionListStore } from './session-list.ts';
import type { Automation } from '../model/automation.ts';
import type { EpochMs } from '../model/instant.ts';
import type { Job, JobListQuery } from '../model/job.ts';
import type {
  MissedRange,
  OpenPermission,
  Run,
  RunKind,
  RunQuery,
  RunReason,
  RunStatus,
  RunUsage,
} from '../model/run.ts';
import type { SchedulerState } from '../model/scheduler-state.ts';
import type { Session, TranscriptEntry } from '../model/session.ts';
import type { Trigger, TriggerListQuery } from '../model/trigger.ts';
import type { Workspace } from '../model/workspace.ts';
import type { TaskStore } from './task-store.ts';
import type { AccessStore } from './access-store.ts';
import type { HookStore } from './hook-store.ts';
import type { DeliveryStore } from './delivery-store.ts';
import type { PackageStore } from './package-store.ts';
import type { RequestStore } from './request-store.ts';
import type { NodeChannel } from './node-channel.ts';
import type { NodeStore } from './node-store.ts';
import type { SecretStore } from './secret-store.ts';

export interface Store
  extends
    DefinitionStore,
    CursorStore,
    RunStore,
    TaskStore,
    SessionStore,
    WorkspaceStore,
    AccountStore,
    ExecutionStore,
    AccessStore,
    RequestStore,
    PackageStore,
    ActivationStore,
    SecretStore,
    DeliveryStore,
    HookStore,
    SessionListStore,
    RetentionStore,
    NodeStore {
  /** Present where several nodes share the store: a bell between them. */
  readonly channel?: NodeChannel;
  readonly capabilities: StoreCapabilities;
  /** A small durable fact about the home, such as the zone the cursors were placed with. */
  readFact(p: { name: string }): Promise<string | undefined>;
  writeFact(p: { now: EpochMs; name: string; value: string }): Promise<void>;
  /** Sizes for `status`, cheap enough to ask every second. */
  readCounts(): Promise<StoreCounts>;
  /** Finishes what is under way, then releases the home. Idempotent. No step may be called afterwards. */
  close(): Promise<void>;
}

export interface StoreCapabilities {
  /** `one`: a single process owns this store, so a run claimed by another instance is certainly abandoned. */
  readonly nodes: 'one' | 'many';
}

export interface StoreCounts {
  jobs: number;
  triggers: number;
  scheduled: number;
  running: number;
  /** Bytes of the database, write-ahead log included; absent where the adapter cannot say. */
  bytes?: number;
}

export interface Page<T> {
  items: T[];
  /** Present exactly when more follow. */
  next_cursor?: string;
}

// ---------------------------------------------------------------------------------------------------------------
// Definitions and overlays
// ---------------------------------------------------------------------------------------------------------------

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

/**
 * A job's durable cursor: {@link SchedulerState} and what only the engine needs.
 *
 * `due_at` = `next_run_at` + jitter while the job is enabled and schedulable, absent otherwise; only rows with a
 * `due_at` are ever looked at by the planner.
 */
export interface Cursor extends SchedulerState {
  due_at?: EpochMs;
  /** Origin of the `every` grid: when the job was first enabled. Never moves again. */
  anchor_at?: EpochMs;
  /**
   * The newest instant that had come when it was decided: what lies at or before it is accounted for. It does not move
   * back when the clock does, so nothing is decided twice.
   */
  accounted_until?: EpochMs;
  /**
   * The row of a limit stands for the instants after `accounted_until` up to `until` in advance, under the schedule and
   * the limits that `by` is a digest of. Void as soon as those change.
   */
  covered?: { until: EpochMs; by: string };
  /** Why the job cannot be scheduled; it is parked until somebody mends it. */
  parked_error?: string;
}

/**
 * Where the cursor of a job belongs after its definition or its switch changed. Pure; the engine owns it
 * (`placeCursor` in engine/). Both definitions are effective ones (`enabled` = the record's effective one); `previous`
 * is absent for a new job and for a stored definition that cannot be read. `runs` are rows (only `canceled` ones) for
 * instants that were due under the previous definition and not yet decided; they are created in the same step.
 */
export type PlaceCursor = (p: { job: Job; previous: Job | undefined; cursor: Cursor | undefined; now: EpochMs }) => {
  cursor: Cursor;
  runs: NewRun[];
};

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

// ---------------------------------------------------------------------------------------------------------------
// Cursors: planning
// ---------------------------------------------------------------------------------------------------------------

export interface UnfinishedRun {
  id: string;
  status: RunStatus;
  kind: RunKind;
  scheduled_at?: EpochMs;
  created_at: EpochMs;
  attempt: number;
}

/** What a decision about accepting runs may look at, all read under the automation's lock. */
export interface AcceptanceFacts {
  /**
   * Unfinished runs of this automation, oldest first, at most {@link UNFINISHED_RUNS_MAX}. For a job with `task` also
   * its `delegated` runs whose task is open: the work of such a fire is not done yet.
   */
  unfinished: UnfinishedRun[];
  /**
   * `accepted_at` of the runs that count against the fire limit (not `canceled`) and lie within the automation's
   * window before `now`, or after `now` (deferred); ascending, the newest `fire_limit.max` of them. A window is half
   * open: what was accepted at exactly `now` − window is out of it.
   */
  accepted: EpochMs[];
  /** What the automation's runs have used within its budget's window; zero when it has no such budget. */
  spent: Spending;
  /** When the window has let go of enough for its budget; absent while the budget is not used up. */
  spent_free_at?: EpochMs;
  /** What all runs have used since `daily_since`; zero when that was null. */
  spent_today: Spending;
}

export const UNFINISHED_RUNS_MAX = 1000;

export interface DueJob {
  job: Job;
  cursor: Cursor;
  facts: AcceptanceFacts;
}

/** A run to be created; the rest of {@link Run} follows from the automation. */
export interface NewRun {
  id: string;
  /** Unique together with `attempt`; derived from what must happen once. */
  fire_id: string;
  attempt: number;
  kind: RunKind;
  /** `canceled` for a fire that is recorded without ever running. */
  status: 'scheduled' | 'canceled';
  reason?: RunReason;
  error?: string;
  scheduled_at?: EpochMs;
  /** Not claimed before this instant. */
  available_at: EpochMs;
  /** From when it counts against the fire limit; meaningless for `canceled`. */
  accepted_at: EpochMs;
  /** Given up when it could not start by this instant. */
  expires_at?: EpochMs;
  priority: number;
  /** Never executes while another run of the automation does (every overlap policy but `allow`). */
  exclusive: boolean;
  /** A late start that catches up on downtime: among equal priorities it stands behind every live one. */
  catch_up: boolean;
  missed?: MissedRange;
  actor?: string;
  event_id?: string;
  depth?: number;
  /** Instead of the automation's own prompt (a manual run of a trigger renders it beforehand). */
  prompt?: string;
}

/**
 * End this unfinished run in favour of another: a waiting one at once, a running one by asking its executor, a delegated
 * one by asking for its task's end (`sweepTasks`).
 */
export interface RunCancellation {
  run_id: string;
  reason: RunReason;
  error: string;
  actor: string;
}

export interface FireDecision {
  cursor: Cursor;
  runs: NewRun[];
  cancellations: RunCancellation[];
}

/** What became of one due job. */
export interface PlannedFire {
  job_id: string;
  runs: Run[];
  /**
   * Fires whose id existed already (`scheduled_fire_already_claimed`): an outcome, not a failure. They created
   * nothing; the cursor moved on all the same.
   */
  already_claimed: string[];
  canceled_run_ids: string[];
  cancel_requested_run_ids: string[];
  parked_error?: string;
}

export interface CursorStore {
  /**
   * Decides due jobs and commits the decisions. Eligible: enabled jobs with `due_at` ≤ `now`, earliest first, at most
   * `limit`; on several nodes, rows that another node is deciding right now are passed over.
   * For each: the cursor becomes `decision.cursor`, the runs are created, the cancellations made, in one transaction
   * (one for the whole batch where that is faster). A stored definition that cannot be read is parked without
   * asking `decide`; if `decide` throws, or what it returns breaks a rule of the store (a run id of another fire, say),
   * that job alone is parked with the message. Cancellations of finished runs and of other automations are ignored.
   */
  planFires(p: {
    now: EpochMs;
    limit: number;
    /** Since when `spent_today` counts; null when nobody asks (there is no daily budget). */
    daily_since: EpochMs | null;
    decide: (due: DueJob) => FireDecision;
  }): Promise<PlannedFire[]>;

  /**
   * Places cursors again, in bounded batches: of the jobs that are parked (`parked`), or of all (`all`, after the
   * default zone changed). Returns how many are parked afterwards. Wherever cursors are placed, a job that
   * `placeCursor` throws at is parked with the message, and a `due_at` of a disabled or parked job is not kept.
   */
  replaceCursors(p: { now: EpochMs; which: 'parked' | 'all'; placeCursor: PlaceCursor }): Promise<{ parked: number }>;

  /**
   * The next instant after `after` at which something may be due: the least such `due_at` of an enabled job or of a
   * gathering, `available_at` or `expires_at` of a waiting run, or end of a task's lease. Absent when nothing will ever be. What was due by `after` and is
   * still there waits for room, not for time, so it is not looked at.
   */
  nextWakeAt(p: { after: EpochMs }): Promise<EpochMs | undefined>;
}

// ---------------------------------------------------------------------------------------------------------------
// Runs: accepting, claiming, executing, finishing
// ---------------------------------------------------------------------------------------------------------------

/**
 * A run with what the executor needs; `automation` is the definition as it stands now. When it was deleted while the
 * run was running (`listAbandoned`), it is what the run still knows of it: id, agent and workspace, an empty prompt.
 */
export interface ClaimedRun {
  run: Run;
  automation: Automation;
  /** The fence of every later step on this run, and the mark of its processes. */
  token: string;
}

export interface ClaimCaps {
  /** At most so many runs hold a slot at once, over all nodes. */
  total: number;
  /** Own caps of agents, by name; an agent that is absent has none. */
  per_agent: Readonly<Record<string, number>>;
  /**
   * Agents that are held: nothing of them starts. With `nodes: many` those that are on record at `now` are held as
   * well, because another node may have learned of one a moment ago. The same step gives their waiting runs the reason `usage_limit`, and
   * takes it from those that are held no more.
   */
  held: readonly string[];
  /** At most so many per workspace; 0 = no own cap. */
  per_workspace: number;
}

export interface RunResult {
  status: 'completed' | 'failed' | 'canceled';
  reason?: RunReason;
  error?: string;
  actor?: string;
  exit_code?: number;
  output?: string;
  usage?: RunUsage;
  stop_reason?: string;
  stop_detail?: string;
  agent_session_id?: string;
}

/** What follows a finished run, decided under the automation's lock. */
export interface FollowUp {
  /** The next attempt under the same fire. */
  retry?: NewRun;
  consecutive_failures: number;
  /** Too many fires in a row failed for good: the automation is paused, with this sentence. */
  pause?: { error: string };
}

export interface RunStore {
  /**
   * Accepts runs on demand (manual, backfill, trigger): `decide` sees the facts and returns rows or a refusal.
   * Runs whose fire id and attempt exist already are not created again; they are in `existing`. A definition that
   * cannot be read is `not_found`: nothing could start its runs.
   */
  acceptRuns<R>(p: {
    now: EpochMs;
    automation_id: string;
    /** As in `planFires`. */
    daily_since: EpochMs | null;
    decide: (p: {
      record: AutomationRecord;
      facts: AcceptanceFacts;
    }) => { runs: NewRun[]; cancellations: RunCancellation[] } | { refuse: R };
  }): Promise<
    | {
        outcome: 'accepted';
        runs: Run[];
        existing: Run[];
        canceled_run_ids: string[];
        cancel_requested_run_ids: string[];
      }
    | { outcome: 'refused'; refusal: R }
    | { outcome: 'not_found' }
  >;

  /**
   * `scheduled → running` for as many waiting runs as the caps leave room for, at most one per token.
   * A run that waits for a permission holds no slot. Runs of jobs with `task` are left to `delegateRuns`. Eligible: `available_at` ≤ `now`, `expires_at` not passed, the automation still exists and can be read, no other
   * attempt of the same fire is running, and, for an `exclusive` run, no run of the same automation at all.
   * Order: priority (higher first), then live before `catch_up`, then `scheduled_at` or `created_at`, then
   * `created_at`, then the order of creation. When thousands become available in one instant an adapter may look at
   * the earliest of them first.
   * `tokens` are fresh, one per possible claim; one that holds a run already comes back with it, so the step may be
   * repeated. The run's lease lasts until `now + lease_ms`.
   */
  claimRuns(p: {
    now: EpochMs;
    node: string;
    lease_ms: number;
    caps: ClaimCaps;
    tokens: readonly string[];
  }): Promise<ClaimedRun[]>;

  /** `scheduled → canceled` (`queue_timeout`) for waiting runs whose `expires_at` has passed, at most `limit`. */
  expireRuns(p: { now: EpochMs; limit: number }): Promise<Run[]>;

  /**
   * An agent really started: sets `started_at`, the prompt as sent, and creates the session. Fenced by `token`.
   * Repeating it with the same session changes nothing.
   */
  startRun(p: {
    now: EpochMs;
    run_id: string;
    token: string;
    prompt: string;
    session: Session;
  }): Promise<{ outcome: 'started' | 'lost' }>;

  /**
   * `running → completed | failed | canceled`, ends the session, and creates what follows. Fenced by `token`:
   * `lost` when the run is no longer this claim's. A run that is finished already with this token answers
   * `finished` with its row (and the next attempt, where there is one) and changes nothing, so the step may be
   * repeated. Without an actor in the result, the run's own stays. A run whose end somebody asked for (`cancelRun`) does
   * not fail any more: a `failed` result makes it `canceled`, with what was asked, and `decideFollowUp` sees it so.
   * `decideFollowUp` sees the automation (absent when deleted or unreadable: no retry then), and the facts with this
   * run already finished.
   */
  finishRun(p: {
    now: EpochMs;
    run_id: string;
    token: string;
    result: RunResult;
    decideFollowUp: (p: { run: Run; record: AutomationRecord | undefined; facts: AcceptanceFacts }) => FollowUp;
    /** Places the cursor of a job that `decideFollowUp` pauses. */
    placeCursor: PlaceCursor;
  }): Promise<{ outcome: 'finished'; run: Run; retry?: Run; paused?: { error: string } } | { outcome: 'lost' }>;

  /**
   * Asks for a run's end, in any state: a waiting run is `canceled` at once; a running one is marked and its executor
   * ends it (see `listCancelRequests`); a finished one is returned unchanged. The first request's actor stays.
   */
  cancelRun(p: {
    now: EpochMs;
    run_id: string;
    reason: RunReason;
    error: string;
    actor: string;
  }): Promise<{ outcome: 'canceled' | 'requested' | 'finished'; run: Run } | { outcome: 'not_found' }>;

  /** Running runs of this node whose end somebody asked for. */
  listCancelRequests(p: { node: string }): Promise<{ run_id: string; token: string; cancellation: RunCancellation }[]>;

  /**
   * Prolongs this node's leases; returns the tokens among `tokens` that are no longer this node's. With capability
   * `nodes: many` a lease that has ended cannot be prolonged: another node may be taking the run over.
   */
  renewLeases(p: { now: EpochMs; node: string; lease_ms: number; tokens: readonly string[] }): Promise<string[]>;

  /**
   * Running runs that no live executor has: with capability `nodes: one`, every run claimed by another instance than
   * `node`; with `many`, every run whose lease has ended. Their processes may still live; whoever finishes them must
   * first see to that. At most `limit`, oldest first.
   */
  listAbandoned(p: { now: EpochMs; node: string; limit: number }): Promise<ClaimedRun[]>;

  getRun(p: { id: string }): Promise<Run | undefined>;
  /**
   * Newest first by `created_at`, then by the order of creation. `since` inclusive and `until` exclusive bound
   * `created_at`. `limit` is 1 to 500, 100 when absent; a page whose prompts and outputs would be many megabytes ends
   * before it, and `next_cursor` says so. Throws `invalid_cursor`.
   */
  listRuns(p: { query: RunQuery }): Promise<Page<Run>>;
  /** The waiting runs in the order of `claimRuns`, those included whose time or room has not come; at most `limit`. */
  listWaiting(p: { limit: number }): Promise<Run[]>;
}

// ---------------------------------------------------------------------------------------------------------------
// Sessions and transcripts
// ---------------------------------------------------------------------------------------------------------------

export interface SessionStore {
  /**
   * Appends entries (numbered by the one executor that writes this session, from 1 without holes). An entry whose
   * `seq` is stored already is left out, so the step may be repeated. `bytes` is what they add to the session, as far
   * as they are new; `truncated` stays once it was said. A session that does not exist takes nothing.
   */
  appendTranscript(p: {
    session_id: string;
    entries: readonly TranscriptEntry[];
    bytes: number;
    truncated: boolean;
  }): Promise<void>;
  getSession(p: { id: string }): Promise<Session | undefined>;
  /** Entries with `seq` > `after_seq`, ascending, at most `limit` (1 to 1000). */
  readTranscript(p: { session_id: string; after_seq: number; limit: number }): Promise<TranscriptEntry[]>;
}

// ---------------------------------------------------------------------------------------------------------------
// Workspaces
// ---------------------------------------------------------------------------------------------------------------

export interface WorkspaceStore {
  /** Registers a folder, or changes the one with the same path, which keeps its id and `created_at`. Names are unique. */
  putWorkspace(p: {
    now: EpochMs;
    workspace: Workspace;
  }): Promise<{ outcome: 'put'; workspace: Workspace } | { outcome: 'workspace_name_taken' }>;
  listWorkspaces(): Promise<Workspace[]>;
  /** By id, else by name, else by path. */
  findWorkspace(p: { ref: string }): Promise<Workspace | undefined>;
  /** Refused with `in_use` while a definition is bound to it. */
  deleteWorkspace(p: { id: string }): Promise<{ outcome: 'deleted' | 'not_found' | 'in_use' }>;
}

// ---------------------------------------------------------------------------------------------------------------
// The account: what automations were told, what they spent, what became of an instant
// ---------------------------------------------------------------------------------------------------------------

/** One change of what decides an automation's instants, written by the step that made it. */
export interface AutomationChange {
  automation_id: string;
  at: EpochMs;
  /**
   * `paused`: automatically, after failures in a row; `resumed` ends that. `created`, `updated`, `overlay_set` and
   * `overlay_cleared` as the steps of these names; `deleted` is the last one.
   */
  kind: 'created' | 'updated' | 'overlay_set' | 'overlay_cleared' | 'paused' | 'resumed' | 'deleted';
  /** Effective, afterwards. */
  enabled: boolean;
  /** The definition afterwards; absent for `deleted`. */
  automation?: Automation;
  /** Why, for `paused`. */
  detail?: string;
}

/** What finished or running runs have used within a window; tokens are input plus output. */
export interface Spending {
  tokens: number;
  cost_usd: number;
}

/** The use of one day, one automation, one agent. */
export interface UsageDay extends Spending {
  /** `2026-11-22`, in UTC. */
  day: string;
  automation_id: string;
  agent_name: string;
  runs: number;
  input_tokens: number;
  output_tokens: number;
}

/** An agent whose account is exhausted; nothing of it starts before `until`. */
export interface AgentHold {
  agent_name: string;
  until: EpochMs;
  reason: string;
}

export interface AccountStore {
  /** Oldest first, up to `until` inclusive; the newest `limit` of them (1 to 1000). Kept when the automation goes. */
  listAutomationChanges(p: { automation_id: string; until: EpochMs; limit: number }): Promise<AutomationChange[]>;

  /**
   * The rows that answer for one scheduled instant of a job: its own runs, all attempts, or the one row whose `missed`
   * range contains it; `backfill` runs of the instant too. Oldest first.
   */
  findInstantRuns(p: { job_id: string; scheduled_at: EpochMs }): Promise<Run[]>;

  /** What runs that ended (or report use) at or after `since` have used: of one automation, or of all. */
  readSpending(p: { automation_id?: string; since: EpochMs }): Promise<Spending>;
  /**
   * By which instant enough of the window has passed for the use of it to be below both limits (null = no such limit);
   * undefined when it is below already. Use counts from the instant its run ended.
   */
  spendingFreeAt(p: {
    automation_id: string;
    now: EpochMs;
    window_ms: number;
    tokens: number | null;
    cost_usd: number | null;
  }): Promise<EpochMs | undefined>;
  /** Per day, automation and agent, newest day first, at most `limit` (1 to 1000). Kept when runs are deleted. */
  listUsageDays(p: { since_day: string; automation_id?: string; limit: number }): Promise<UsageDay[]>;

  /** Holds an agent; an earlier `until` never shortens a hold. */
  holdAgent(p: { now: EpochMs; hold: AgentHold }): Promise<void>;
  /** Those that have not ended by `now`. */
  listAgentHolds(p: { now: EpochMs }): Promise<AgentHold[]>;
  releaseAgent(p: { agent_name: string }): Promise<{ outcome: 'released' | 'not_found' }>;
}

export interface ExecutionStore {
  /** What a running run has used so far, so that budgets see it before it ends. Fenced by `token`. */
  reportUsage(p: { run_id: string; token: string; usage: RunUsage }): Promise<{ outcome: 'reported' | 'lost' }>;

  /**
   * A claimed run could not be handed on for a passing reason (no memory, no process, no file handle): the trouble is
   * noted on the run (`delivery_error`, `delivery_error_at`), which stays `running` and is tried again. Fenced.
   */
  noteDeliveryError(p: {
    now: EpochMs;
    run_id: string;
    token: string;
    error: string;
  }): Promise<{ outcome: 'noted' | 'lost' }>;

  /** A running run waits for a person: it is shown with its request, and gives its slot away. Fenced by `token`. */
  openPermission(p: {
    now: EpochMs;
    run_id: string;
    token: string;
    permission: OpenPermission;
  }): Promise<{ outcome: 'opened' | 'lost' }>;
  /**
   * It was answered: the run takes a slot again, before any waiting run does, or is told to wait for one (`full`; ask
   * again when a run has ended). Repeating it once regained is harmless. Fenced by `token`.
   */
  regainSlot(p: {
    now: EpochMs;
    run_id: string;
    token: string;
    caps: ClaimCaps;
  }): Promise<{ outcome: 'regained' | 'full' | 'lost' }>;
}
