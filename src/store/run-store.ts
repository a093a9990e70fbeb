/** Runs: accepting, claiming, executing, finishing, as part of the store port (store.ts). */
import type { Automation } from '../model/automation.ts';
import type { EpochMs } from '../model/instant.ts';
import type { Run, RunQuery, RunReason, RunUsage } from '../model/run.ts';
import type { Session } from '../model/session.ts';
import type { AcceptanceFacts, NewRun, RunCancellation } from './acceptance.ts';
import type { PlaceCursor } from './cursor.ts';
import type { AutomationRecord } from './definition-store.ts';
import type { Page } from './page.ts';

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
   * repeated. The run's lease lasts until `now + lease_ms`, also when the claim was made by an earlier try of this step.
   * With capability `nodes: many` a claim whose lease has ended does not come back: another node may be taking it over.
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
   * `node`; with `many`, every run whose lease has ended, and those of instances that `isGone` knows to live no more, whose
   * leases need not be waited for. Their processes may still live; whoever finishes them must first see to that. At most
   * `limit`, oldest first.
   */
  listAbandoned(p: {
    now: EpochMs;
    node: string;
    limit: number;
    isGone?: (instance: string) => boolean;
  }): Promise<ClaimedRun[]>;

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
