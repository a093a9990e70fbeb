/**
 * What jobs and triggers share, written once: who is asked, what is said, and under which policies.
 * What wakes them is in job.ts and trigger.ts.
 */
import type { EpochMs } from './instant.ts';
import type { FireLimitConfig } from './fire-limit-config.ts';
import type { RetryConfig } from './retry-config.ts';
import type { Scope } from './scope.ts';

/** How many runs execute at once over the whole daemon, unless configured. */
export const DEFAULT_MAX_CONCURRENT_JOBS = 5;
/** The zone of schedules that name none. */
export const DEFAULT_TIMEZONE = 'UTC';
/** Longest life of a run, unless configured; Go duration text. */
export const DEFAULT_TIMEOUT = '1h';
/** So many fires in a row failed for good disable the automation. */
export const DEFAULT_PAUSE_AFTER_FAILURES = 10;

/** Where a definition comes from: a TOML file, a package, or somebody at run time. */
export const JOB_SOURCES = ['config', 'package', 'dynamic'] as const;
export type JobSource = (typeof JOB_SOURCES)[number];

/** What a fire does while an earlier run of the same automation is unfinished. */
export const OVERLAP_POLICIES = ['skip', 'queue', 'queue_all', 'cancel_running', 'allow'] as const;
export type OverlapPolicy = (typeof OVERLAP_POLICIES)[number];

/** Limits on what an automation may spend; 0 or absent means none. Tokens are input plus output. */
export interface BudgetConfig {
  run_tokens?: number;
  run_cost_usd?: number;
  tokens?: number;
  cost_usd?: number;
  /** The rolling window of `tokens` and `cost_usd`, Go duration text, `24h` when absent. */
  window?: string;
}

/** The rolling window of a budget that names none. */
export const DEFAULT_BUDGET_WINDOW = '24h';

export const SESSION_MODES = ['new', 'resume'] as const;
export type SessionMode = (typeof SESSION_MODES)[number];

/** Whether a run starts a conversation or goes on with the automation's previous one, and until when. */
export interface SessionConfig {
  mode?: SessionMode;
  max_turns?: number;
  max_tokens?: number;
  max_age?: string;
}

/** Whether an agent that answered nothing can have succeeded. */
export const SUCCESS_OUTPUTS = ['required', 'optional'] as const;
export type SuccessOutput = (typeof SUCCESS_OUTPUTS)[number];

/** What counts as success; absent fields take the defaults: exit code 0, some output. */
export interface SuccessConfig {
  exit_codes?: number[];
  output?: SuccessOutput;
  /** A regular expression that the final answer must match. */
  pattern?: string;
  /** A file, relative to the working folder, that must exist afterwards. */
  file?: string;
}

export interface AutomationFields {
  id: string;
  scope: Scope;
  name: string;
  agent_name: string;
  workspace_id?: string;
  /** A run starts only on a node that has all of these labels; its name counts as one. */
  node_labels?: string[];
  prompt: string;
  enabled: boolean;
  retry: RetryConfig;
  fire_limit: FireLimitConfig;
  source: JobSource;
  created_at: EpochMs;
  updated_at: EpochMs;
  overlap?: OverlapPolicy;
  timeout?: string;
  queue_timeout?: string;
  /** Higher first, 0 when absent. */
  priority?: number;
  budget?: BudgetConfig;
  session?: SessionConfig;
  success?: SuccessConfig;
  pause_after_failures?: number;
  tags?: string[];
  description?: string;
}
