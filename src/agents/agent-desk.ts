/**
 * What people ask about agents besides running them: which are installed, whether one would start, and what it would
 * cost. Nothing of it spends money. Implemented by the daemon; surfaces depend on this interface only.
 */
import type { EpochMs } from '../model/instant.ts';

/** A program that Rouse knows, found on this machine or not. */
export interface DetectedAgent {
  name: string;
  title: string;
  installed: boolean;
  path?: string;
  version?: string;
  /** Absent where the program cannot be asked. */
  logged_in?: boolean;
  /** Names of the configured agents that start it. */
  configured_as: string[];
  /** What to do next, in a sentence. */
  next: string;
  /** The lines of `[agents.<name>]` with which it is configured. */
  config: string;
}

/** Whether a configured agent would start right now. */
export interface AgentHealth {
  name: string;
  ready: boolean;
  problem?: string;
  hint?: string;
  version?: string;
  detail?: string;
  logged_in?: boolean;
  modes?: string[];
  models?: string[];
  held_until?: EpochMs;
  /** Of the runs of the past thirty days; absent when there were none. */
  past?: { runs: number; average_tokens: number; average_cost_usd: number };
}

export interface AgentDesk {
  detect(): Promise<DetectedAgent[]>;
  /** Undefined when there is no such agent. */
  test(p: { name: string }): Promise<AgentHealth | undefined>;
}
