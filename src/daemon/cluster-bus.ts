/**
 * What happens on all nodes, for whoever watches through this one: the page and the live streams. The node's own bus
 * knows only what happens here, and log and metrics listen to that one, so that nothing is counted once per node.
 */
import { HappeningBus } from '../events/happening.ts';
import type { Happening } from '../events/happening.ts';

export class ClusterBus extends HappeningBus {
  readonly #local: HappeningBus;
  #watchers = 0;
  /** Hears nothing of this node any more. */
  readonly close: () => void;

  constructor(local: HappeningBus) {
    super();
    this.#local = local;
    this.close = local.subscribe((happening) => super.report(happening));
  }

  get isWatched(): boolean {
    return this.#watchers > 0;
  }

  /** Of this node. */
  override report(happening: Happening): void {
    this.#local.report(happening);
  }

  /** Of another node. */
  hear(happening: Happening): void {
    super.report(happening);
  }

  override subscribe(listener: (happening: Happening) => void): () => void {
    const end = super.subscribe(listener);
    this.#watchers += 1;
    let ended = false;
    return () => {
      end();
      if (!ended) this.#watchers -= 1;
      ended = true;
    };
  }
}
