/**
 * The store port, chapter hooks: which calls are owed, and what became of them.
 *
 * What hooks tell of are activations, which the steps that make things happen have stored already. The **mark** says up
 * to which of them calls were made; making the calls and moving the mark is one step, so a notification is neither
 * forgotten nor made twice, whoever dies when. Carrying a call out is at least once: its id stays the same, so whoever
 * is told twice can know it.
 */
import type { Activation } from '../model/activation.ts';
import type { HookCall, HookCallQuery } from '../model/hook.ts';
import type { EpochMs } from '../model/instant.ts';
import type { Page } from './page.ts';

export type NewHookCall = Pick<HookCall, 'id' | 'hook' | 'event' | 'run_id' | 'automation_id' | 'event_id'>;

export interface HookStore {
  /**
   * Hands the activations behind the mark to `decide`, oldest first, at most `limit`, stores the calls it returns as
   * waiting from `now` on, and moves the mark behind them. A call whose id exists already is left out. `more` says that
   * there is certainly something left.
   */
  planHookCalls(p: {
    now: EpochMs;
    limit: number;
    decide: (activation: Activation) => NewHookCall[];
  }): Promise<{ planned: number; more: boolean }>;
  /** Moves the mark behind everything there is: nobody listened until now. */
  skipHookCalls(p: { now: EpochMs }): Promise<void>;

  /**
   * Takes waiting calls whose time has come, earliest first, at most `limit`, and hides each from others until `now` +
   * `lease_ms`, after which it is due again, because whoever took it must be gone.
   */
  takeHookCalls(p: { now: EpochMs; limit: number; lease_ms: number }): Promise<HookCall[]>;
  /** Makes every call that somebody took due at once: with capability `nodes: one`, a new process knows that they are gone. */
  releaseHookCalls(p: { now: EpochMs }): Promise<void>;
  /** When the next waiting call is due. */
  nextHookCallAt(): Promise<EpochMs | undefined>;
  /** One try has ended; with `next_at` another one follows, else it is over. A call that is over stays as it is. */
  endHookCall(p: {
    now: EpochMs;
    id: string;
    state: 'completed' | 'failed';
    duration_ms: number;
    detail: string;
    next_at?: EpochMs;
  }): Promise<void>;
  /** One that is over already: a gate, or a test. */
  recordHookCall(p: { call: HookCall }): Promise<void>;

  /** Newest first. Throws `invalid_cursor`. */
  listHookCalls(p: { query: HookCallQuery }): Promise<Page<HookCall>>;
  /** Forgets calls that are over and were made before `before`, at most `limit`. */
  pruneHookCalls(p: { before: EpochMs; limit: number }): Promise<{ deleted: number }>;
}
