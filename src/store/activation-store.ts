/**
 * The store port, chapter activations: what happened, what was considered for it, and the runs that came of it.
 *
 * An activation is stored and matched in one step, so whoever is told of it may rely on it: there is no moment at which
 * it is acknowledged and unmatched, except that one with very many candidates goes on in later steps (`matching`).
 *
 * - **Candidates** come from an index on (event, scope, workspace, the most selective equality of the filter), so the
 *   cost of a step does not depend on triggers that cannot match. Whether a candidate matches is decided by the engine
 *   (`match`), and what comes of it under the automation's lock (`accept`), with the same facts as for jobs.
 * - **Identity**: an activation by its `id` (and its `dedupe_key`), a run by its fire id, which is derived from
 *   (trigger, activation). Repeating any step creates nothing twice.
 * - **Occurrences** are what the store's own steps have to tell: a run ended, a session began or stopped, a task was
 *   completed, an automation was paused. The step that makes it happen records the occurrence in the same transaction, whichever step it is;
 *   `settleActivations` turns occurrences into activations. So an event about a run is as durable as the run.
 * - **Gatherings** hold the activations of one key until their window has passed; then one activation stands for all.
 * - Other chapters that store something together with an activation (a webhook delivery) call the adapter's own function
 *   for it within their transaction; the meaning is that of `acceptActivations`.
 */
import type { Activation, ActivationQuery, MatchVerdict, TriggerVerdict } from '../model/activation.ts';
import type { EpochMs } from '../model/instant.ts';
import type { Run } from '../model/run.ts';
import type { Session } from '../model/session.ts';
import type { Task } from '../model/task.ts';
import type { Trigger } from '../model/trigger.ts';
import type { AcceptanceFacts, NewRun, RunCancellation } from './acceptance.ts';
import type { Page } from './page.ts';

/** What is taken in; the rest of {@link Activation} follows from it. */
export type NewActivation = Omit<Activation, 'accepted_at' | 'matching' | 'considered' | 'matched' | 'gathered'> & {
  /** At most one activation has it, for as long as it is kept. */
  dedupe_key?: string;
};

/** A trigger as the matching sees it; `enabled` is the effective switch. */
export interface MatchCandidate {
  trigger: Trigger;
  enabled: boolean;
  /** Why it was paused after failures; it is not enabled then. */
  paused?: string;
  /** Why its definition cannot be read; then nothing but its id, name and event is known. */
  unreadable?: string;
}

export type MatchAnswer =
  | { matched: false; verdict: MatchVerdict; detail: string }
  | { matched: true }
  /** It joins the open gathering of this key, or opens one. */
  | { matched: true; gather: { key: string; window_ms: number; max_wait_ms: number } };

/** What a match comes to: rows, and a sentence. `verdict` is one of those that concern the trigger, or why it is not one. */
export interface MatchAcceptance {
  runs: NewRun[];
  cancellations: RunCancellation[];
  verdict: MatchVerdict;
  detail: string;
}

/** The engine's decisions, pure and synchronous; the adapter may ask them again. */
export interface MatchDecider {
  match(p: { activation: Activation; candidate: MatchCandidate }): MatchAnswer;
  accept(p: { activation: Activation; candidate: MatchCandidate; facts: AcceptanceFacts }): MatchAcceptance;
  /** The envelope of an occurrence; its `id` is derived from what occurred. */
  envelopeOf(occurrence: Occurrence): NewActivation;
  /** The envelope that stands for the gathered activations, which come in the order of their acceptance. */
  gather(p: {
    id: string;
    trigger_id: string;
    key: string;
    members: readonly Activation[];
    now: EpochMs;
  }): NewActivation;
}

/** The automation of an occurrence, as far as it is still known. */
export interface OccurrenceAutomation {
  id: string;
  kind: 'job' | 'trigger';
  name: string;
}

/** What a step of the store made happen. */
export type Occurrence = { at: EpochMs } & (
  | {
      kind: 'run.completed' | 'run.failed' | 'run.canceled';
      run: Run;
      agent_name: string;
      workspace_id?: string;
      automation: OccurrenceAutomation;
      /** Another attempt of the same fire exists already. */
      will_retry: boolean;
    }
  | {
      kind: 'session.created' | 'session.stopped';
      session: Session;
      run: Run;
      automation: OccurrenceAutomation;
    }
  | {
      kind: 'task.completed';
      task: Task;
      /** What handed it over; absent for a task that was made by hand. */
      from?: { run: Run; automation: OccurrenceAutomation };
    }
  | {
      kind: 'job.paused' | 'trigger.paused';
      automation: OccurrenceAutomation;
      workspace_id?: string;
      error: string;
      consecutive_failures: number;
    }
);

export interface AcceptedActivation {
  /** `duplicate`: it was there already, and nothing happened. */
  outcome: 'stored' | 'duplicate';
  activation: Activation;
  /** Created by this step; for a duplicate those that exist, at most 100. */
  runs: Run[];
  /** Those of this step; for a duplicate those that were kept. */
  verdicts: TriggerVerdict[];
  canceled_run_ids: string[];
}

/** Candidates of one activation that one step considers; the others follow in `settleActivations`. */
export const CANDIDATES_PER_STEP = 500;
/** Verdicts that are kept of one activation; `considered` says how many there were. */
export const VERDICTS_MAX = 1000;
/** A gathering with so many members, or so many bytes of data, is closed at once, and the next one begins. */
export const GATHERED_MAX = 1000;
export const GATHERED_BYTES_MAX = 4 * 1024 * 1024;

export interface ActivationStore {
  /**
   * Takes activations in, in order, each matched with up to {@link CANDIDATES_PER_STEP} candidates, all in one synced
   * transaction. A `match` or `accept` that throws, or whose answer breaks a rule of the store, costs its trigger the
   * fire and leaves the verdict `error`; the others go on.
   */
  acceptActivations(p: {
    now: EpochMs;
    activations: readonly NewActivation[];
    /** As in `planFires`. */
    daily_since: EpochMs | null;
    decider: MatchDecider;
  }): Promise<AcceptedActivation[]>;

  /**
   * Goes on with what waits, oldest first, at most `limit` of each: activations with candidates left, occurrences not
   * yet told, gatherings that are due by `now` (of a trigger that is gone: recorded, with the verdict `deleted`).
   * `more` says that there is certainly something left. Writes nothing when nothing waits.
   */
  settleActivations(p: {
    now: EpochMs;
    limit: number;
    daily_since: EpochMs | null;
    decider: MatchDecider;
  }): Promise<{ settled: AcceptedActivation[]; more: boolean }>;

  getActivation(p: { id: string }): Promise<Activation | undefined>;
  /** Newest first. `limit` as for runs; a page of very large ones ends early. Throws `invalid_cursor`. */
  listActivations(p: { query: ActivationQuery }): Promise<Page<Activation>>;
  /** In the order they were considered, at most {@link VERDICTS_MAX}. */
  listVerdicts(p: { activation_id: string }): Promise<TriggerVerdict[]>;
  /** What a trigger made of the activations it was considered for, newest first, at most `limit` (1 to 500). */
  listTriggerVerdicts(p: {
    trigger_id: string;
    limit: number;
  }): Promise<{ activation: Pick<Activation, 'id' | 'kind' | 'accepted_at'>; verdict: TriggerVerdict }[]>;
  /** The runs that came of an activation, all attempts, oldest first, at most `limit` (1 to 500). */
  listActivationRuns(p: { activation_id: string; limit: number }): Promise<Run[]>;
  /** The activations of an open gathering, in order; undefined when there is none of this id. */
  readGathering(p: { id: string }): Promise<{ due_at: EpochMs; activation_ids: string[] } | undefined>;

  /**
   * Forgets activations accepted before `before`, at most `limit`, oldest first, with their verdicts. Those that an
   * unfinished run or an open gathering needs stay, and so do those still matching.
   */
  pruneActivations(p: { before: EpochMs; limit: number }): Promise<{ deleted: number }>;
}
