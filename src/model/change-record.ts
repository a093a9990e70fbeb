/** Who asked for which change, and what became of it. */
import type { EpochMs } from './instant.ts';

export interface ChangeRecord {
  id: string;
  at: EpochMs;
  /** `user:cli`, `user:page`, `token:ci`, `run:run_…`. */
  actor: string;
  /** Whose credential it was; absent for the home's own token. */
  credential_id?: string;
  /** The operation of the API, by its name: `createJob`. */
  operation: string;
  /** What it was about, as far as the address said: `job_…`. */
  target?: string;
  /** `begun` and nothing later: the daemon died meanwhile, and whether it happened is to be seen in the state. */
  outcome: 'begun' | 'done' | 'refused';
  /** The HTTP status, once there is one. */
  status?: number;
  /** Why it was refused. */
  code?: string;
}

/** Newest first. `since` inclusive, `until` exclusive. */
export interface ChangeRecordQuery {
  since?: EpochMs;
  until?: EpochMs;
  actor?: string;
  operation?: string;
  target?: string;
  /** 1 to 500, 100 when absent. */
  limit?: number;
  cursor?: string;
}
