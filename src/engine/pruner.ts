/**
 * The pruner: forgets what retention says, in steps that are small enough for nobody to wait for, with a pause between
 * them. It runs beside the engine's loop, never within a tick, and a step that fails costs only itself: it is tried again
 * in a round that comes soon. What a step does is for its area (retention-steps.ts); the ledger of what was spent is never touched.
 */
import { delay, type Clock } from '../clock/clock.ts';
import { AppError } from '../errors/app-error.ts';
import type { HappeningBus } from '../events/happening.ts';
import type { EpochMs } from '../model/instant.ts';

export interface PruneStep {
  /** What it forgets, for the log. */
  name: string;
  /** Once per round, before the first step: what the steps of the round share. */
  begin?(p: { now: EpochMs }): Promise<void>;
  /** One bounded step; `more` when the next one would find work. */
  step(p: { now: EpochMs }): Promise<{ more: boolean }>;
}

/** Between two rounds. What is a day too old may as well be a quarter of an hour older. */
const ROUND_MS = 15 * 60 * 1000;
/** After a round in which something failed, which is soon over where a database was away; doubled while it goes on. */
const RETRY_MS = 5_000;
/** After the start the daemon has better things to do than to forget. */
const FIRST_MS = 10_000;
/** Between two steps: ticks, requests and other processes come first. */
const PAUSE_MS = 25;

export class Pruner {
  readonly #p: { clock: Clock; bus: HappeningBus; steps: readonly PruneStep[] };
  readonly #closing = new AbortController();
  readonly #troubled = new Set<string>();
  #loop: Promise<void> | undefined;

  constructor(p: { clock: Clock; bus: HappeningBus; steps: readonly PruneStep[] }) {
    this.#p = p;
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  /** Resolves when the step under way has ended. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#loop;
  }

  /** One round over all areas; public so that a test need not wait for it. */
  async round(): Promise<void> {
    for (const area of this.#p.steps) {
      try {
        await this.#prune(area);
        this.#recovered(area.name);
      } catch (error) {
        this.#failed(area.name, error);
      }
    }
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    await delay(this.#p.clock, FIRST_MS, signal);
    for (let retryMs = RETRY_MS; !signal.aborted;) {
      await this.round();
      const isTroubled = this.#troubled.size > 0;
      await delay(this.#p.clock, isTroubled ? Math.min(retryMs, ROUND_MS) : ROUND_MS, signal);
      retryMs = isTroubled ? 2 * retryMs : RETRY_MS;
    }
  }

  async #prune(area: PruneStep): Promise<void> {
    const { clock } = this.#p;
    const { signal } = this.#closing;
    if (signal.aborted) return;
    await area.begin?.({ now: clock.now() });
    while (!signal.aborted && (await area.step({ now: clock.now() })).more) await delay(clock, PAUSE_MS, signal);
  }

  #failed(name: string, error: unknown): void {
    if (this.#troubled.has(name)) return;
    this.#troubled.add(name);
    this.#p.bus.report({
      type: 'service.failed',
      at: this.#p.clock.now(),
      service: 'pruner',
      error: `${name}: ${error instanceof Error ? error.message : String(error)}`,
      ...(error instanceof AppError ? { code: error.code } : {}),
    });
  }

  #recovered(name: string): void {
    if (!this.#troubled.delete(name) || this.#troubled.size > 0) return;
    this.#p.bus.report({ type: 'service.recovered', at: this.#p.clock.now(), service: 'pruner' });
  }
}
