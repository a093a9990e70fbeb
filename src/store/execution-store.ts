/** What happens to a run while it executes, as part of the store port (store.ts). */
import type { EpochMs } from '../model/instant.ts';
import type { OpenPermission, PermissionReply, RunUsage } from '../model/run.ts';
import type { ClaimCaps } from './run-store.ts';

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
   * Keeps a person's answer for whoever executes the run: the first one to the request that is open now. `not_open`: there
   * is none, it is another one, or it was answered already.
   */
  answerPermission(p: { run_id: string; reply: PermissionReply }): Promise<{ outcome: 'kept' | 'not_open' }>;
  /** Answers to open requests of this node's running runs. They stay until the run takes its slot again. */
  listPermissionReplies(p: { node: string }): Promise<{ token: string; reply: PermissionReply }[]>;
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
