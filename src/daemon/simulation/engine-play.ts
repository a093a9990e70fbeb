/**
 * The engine's services on a virtual clock: the planner, the delegator, the dispatcher with its executions, and every decision beneath
 * them are the daemon's own. Only the loop around them differs from `Engine`: that one looks at the clock twice a second
 * and at abandoned runs every ten, because real clocks jump and real processes die; a clock that does neither needs no
 * looking, and a simulated week would be nothing but looks.
 */
import type { VirtualTime } from '../../clock/virtual-time.ts';
import { Dispatcher } from '../../engine/dispatcher.ts';
import type { ExecutionContext } from '../../engine/execution-context.ts';
import { Planner } from '../../engine/planner.ts';
import type { EpochMs } from '../../model/instant.ts';
import { Delegator } from '../../tasks/delegator.ts';

export class EnginePlay {
  readonly #context: ExecutionContext;
  readonly #time: VirtualTime;
  readonly #planner: Planner;
  readonly #delegator: Delegator;
  readonly #dispatcher: Dispatcher;
  #poked = false;
  #wake: () => void = () => {};

  constructor(p: { context: ExecutionContext; time: VirtualTime }) {
    this.#context = p.context;
    this.#time = p.time;
    this.#planner = new Planner(p.context);
    this.#delegator = new Delegator(p.context);
    this.#dispatcher = new Dispatcher(p.context, { onRoom: () => this.#poke() });
  }

  /**
   * Plays until `isOver`, or until nothing can happen any more. `begin` is called when what was executing before has its
   * slots again, and may add to what waits. Rejects with what a service throws or reports as failed: the daemon would try
   * again until it works, and a calculation in memory that fails once would fail for ever.
   */
  async play(p: { begin: () => Promise<void>; isOver: () => boolean }): Promise<void> {
    const failures: unknown[] = [];
    const unsubscribe = this.#context.bus.subscribe((happening) => {
      if (happening.type !== 'service.failed') return;
      failures.push(new Error(`the simulation failed in ${happening.service}: ${happening.error}`));
    });
    this.#run(p.begin).catch((error: unknown) => failures.push(error));
    await this.#time.runUntil(() => p.isOver() || failures.length > 0);
    unsubscribe();
    if (failures.length > 0) throw failures[0];
  }

  async #run(begin: () => Promise<void>): Promise<never> {
    await this.#dispatcher.claim(this.#context.clock.now());
    await begin();
    for (;;) {
      this.#poked = false;
      const wakeAt = await this.#tick();
      if (!this.#poked) await this.#sleep(wakeAt);
    }
  }

  /** The order of the engine's tick: planned before claimed, so that an instant that is due now starts now. */
  async #tick(): Promise<EpochMs | undefined> {
    const now = this.#context.clock.now();
    while (await this.#planner.tick(now));
    while (await this.#delegator.tick(now));
    while (await this.#dispatcher.tend(now));
    await this.#dispatcher.claim(now);
    const wakes = [await this.#context.store.nextWakeAt({ after: now }), this.#dispatcher.nextHoldEnd()];
    const known = wakes.filter((at) => at !== undefined);
    return known.length === 0 ? undefined : Math.min(...known);
  }

  #poke(): void {
    this.#poked = true;
    this.#dispatcher.ringRoom();
    this.#wake();
  }

  /** Until then, or until a slot becomes free; without an instant, until then only. */
  async #sleep(until: EpochMs | undefined): Promise<void> {
    const { clock } = this.#context;
    await new Promise<void>((resolve) => {
      const cancel = until === undefined ? () => {} : clock.after(Math.max(1, until - clock.now()), resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
    this.#wake = () => {};
  }
}
