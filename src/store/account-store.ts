/** The account: what automations were told, what they spent, what became of an instant; part of the store port (store.ts). */
import type { Automation } from '../model/automation.ts';
import type { EpochMs } from '../model/instant.ts';
import type { Run } from '../model/run.ts';

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
