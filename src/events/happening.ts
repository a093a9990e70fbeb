/**
 * The one vocabulary of things that happen. Logs, the live stream, metrics and the tests listen to it; nothing else
 * tells the outside what the engine does. A happening is reported after the step that it describes is durable.
 */
import type { Activation } from '../model/activation.ts';
import type { Delivery } from '../model/delivery.ts';
import type { HookCallState, HookEvent } from '../model/hook.ts';
import type { EpochMs } from '../model/instant.ts';
import type { Run } from '../model/run.ts';
import type { Task } from '../model/task.ts';
import type { TranscriptEntry } from '../model/session.ts';

export type Happening =
  | { type: 'daemon.started'; at: EpochMs; url: string }
  | { type: 'daemon.stopping'; at: EpochMs; reason: string }
  | { type: 'config.loaded'; at: EpochMs; created: number; changed: number; deleted: number; problems: number }
  /** Something is wrong in a file that was not before; told once, after the `config.loaded` that found it. */
  | {
      type: 'config.problem';
      at: EpochMs;
      file: string;
      line?: number;
      column?: number;
      path: string;
      code: string;
      message: string;
    }
  | { type: 'job.created' | 'job.updated' | 'job.deleted' | 'job.parked'; at: EpochMs; job_id: string; detail?: string }
  | { type: 'trigger.created' | 'trigger.updated' | 'trigger.deleted'; at: EpochMs; trigger_id: string }
  /** A run row came to be: accepted (`scheduled`) or recorded as refused (`canceled`). */
  | { type: 'run.created'; at: EpochMs; run: Run }
  | { type: 'run.claimed'; at: EpochMs; run: Run }
  | { type: 'run.started'; at: EpochMs; run: Run; pid?: number }
  /** Nothing more becomes of the run itself; a `delegated` one lives on as its task. */
  | { type: 'run.finished'; at: EpochMs; run: Run; will_retry: boolean }
  | { type: 'transcript.appended'; at: EpochMs; run_id: string; session_id: string; entries: TranscriptEntry[] }
  /** Something happened that may wake triggers: it is stored and matched. */
  | { type: 'event.accepted'; at: EpochMs; event: Omit<Activation, 'data'> }
  /** A webhook delivery that is believed is stored and matched, or was known already. */
  | { type: 'delivery.received'; at: EpochMs; delivery: Delivery; duplicate: boolean }
  /** Some that are alike were refused; told when they are on record, about once a second. */
  | { type: 'delivery.refused'; at: EpochMs; endpoint: string; reason: string; count: number; trigger_id?: string }
  /** After failures in a row; `detail` says how many. */
  | { type: 'automation.paused'; at: EpochMs; automation_id: string; detail: string }
  /** The clock had shown `was_at`, more than a day ahead of what it shows now: all cursors were placed again. */
  | { type: 'clock.corrected'; at: EpochMs; was_at: EpochMs }
  /** Everything was paused, or goes on. */
  | { type: 'engine.paused' | 'engine.resumed'; at: EpochMs; by: string }
  | { type: 'agent.held'; at: EpochMs; agent_name: string; until: EpochMs; detail: string }
  | { type: 'permission.opened'; at: EpochMs; run: Run }
  | { type: 'permission.answered'; at: EpochMs; run_id: string; by: string }
  /** A task came to be, queued: a run handed it over, or somebody made it by hand. */
  | { type: 'task.created'; at: EpochMs; task: Task }
  | { type: 'task.claimed'; at: EpochMs; task: Task }
  /** Back in the queue: given back, or its lease ran out. */
  | { type: 'task.requeued'; at: EpochMs; task: Task }
  /** Completed, failed or canceled; its status says which. */
  | { type: 'task.finished'; at: EpochMs; task: Task }
  /** A hook was called and the call ended; `waiting` will be tried again. */
  | {
      type: 'hook.called';
      at: EpochMs;
      call_id: string;
      hook: string;
      event: HookEvent;
      state: HookCallState;
      duration_ms: number;
      detail: string;
      run_id?: string;
    }
  /** A service's tick failed; the loop goes on and tries again. */
  | { type: 'service.failed'; at: EpochMs; service: string; error: string; code?: string }
  | { type: 'service.recovered'; at: EpochMs; service: string };

export type HappeningType = Happening['type'];
export type HappeningOf<T extends HappeningType> = Extract<Happening, { type: T }>;

/** Reports what happened, to whoever listens. Listeners are called in order, synchronously; one that throws is dropped from that call only. */
export class HappeningBus {
  readonly #listeners = new Set<(happening: Happening) => void>();

  report(happening: Happening): void {
    for (const listener of this.#listeners) {
      try {
        listener(happening);
      } catch {
        // A broken listener (a closed socket, a full pipe) must never disturb the engine that reports.
      }
    }
  }

  /** The returned function ends the subscription. */
  subscribe(listener: (happening: Happening) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
