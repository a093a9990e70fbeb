/**
 * Simulations one at a time: each may keep a processor busy for half a minute, and the daemon has real work to do.
 * Who asks while one goes on waits for the next; who asks for the same number of days as somebody who waits already
 * shares the answer, so there are never more waiting than there are numbers of days to ask for.
 */
import type { AgentRegistry } from '../../agents/agent-registry.ts';
import type { Clock } from '../../clock/clock.ts';
import type { EngineSettings } from '../../engine/engine-context.ts';
import type { SimulationReport } from '../../engine/simulation-report.ts';
import { AppError } from '../../errors/app-error.ts';
import type { RealStore } from './paced-store.ts';
import { simulateDays } from './simulate-days.ts';

export class DaysSimulator {
  readonly #p: { store: RealStore; agents: AgentRegistry; clock: Clock; settings: () => EngineSettings };
  readonly #closing = new AbortController();
  readonly #waiting = new Map<number, Promise<SimulationReport>>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(p: {
    /** The real one; only read. */
    store: RealStore;
    agents: AgentRegistry;
    clock: Clock;
    settings: () => EngineSettings;
  }) {
    this.#p = p;
  }

  /** Throws as {@link simulateDays} does; `shutting_down` once closed. */
  simulate(p: { days: number }): Promise<SimulationReport> {
    const waiting = this.#waiting.get(p.days);
    if (waiting !== undefined) return waiting;
    const simulation = this.#last.then(() => {
      this.#waiting.delete(p.days);
      if (this.#closing.signal.aborted) throw new AppError('shutting_down', {});
      const { store, agents, clock, settings } = this.#p;
      return simulateDays({ ...p, store, agents, clock, settings: settings(), signal: this.#closing.signal });
    });
    this.#waiting.set(p.days, simulation);
    this.#last = simulation.catch(() => undefined);
    return simulation;
  }

  /** Ends what goes on and refuses what waits; resolves when the real store is not read any more. Idempotent. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#last;
  }
}
