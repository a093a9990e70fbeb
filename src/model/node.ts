/** A daemon among several that share one store. */
import type { EpochMs } from './instant.ts';

export interface ClusterNode {
  /** The identity: at most one live daemon has it. */
  name: string;
  /** Which life of that daemon; runs name it as their `node`. */
  instance: string;
  version: string;
  labels: string[];
  /** Where its API listens. */
  url: string;
  started_at: EpochMs;
  heartbeat_at: EpochMs;
  /** Runs that execute there. */
  running: number;
  /** It starts nothing new; what runs goes on. */
  draining: boolean;
  drained_by?: string;
  /** How far its clock is ahead of the server's, in milliseconds; absent where they are one machine. */
  clock_skew_ms?: number;
}
