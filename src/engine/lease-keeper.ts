/**
 * This node's claims on a store that several nodes share: renewed in time, asked about before an agent is started, and
 * given up by the node itself before their leases end. Another node takes a run over when its lease has ended, so by
 * then nothing here may work on it any more: that is what keeps a node that was frozen, or cut off from the store, from
 * working beside its successor. Where one process owns the store nobody looks at leases, and nothing here does anything
 * but renew.
 */
import type { Clock } from '../clock/clock.ts';
import type { Store } from '../store/store.ts';

/** How long a claim holds without being renewed. */
export const LEASE_MS = 30_000;
/** So long before its lease ends a run is given up: time enough to end its processes. */
const FENCE_MS = 10_000;

export class LeaseKeeper {
  readonly #p: LeaseParams;
  /** Until when each claim surely is ours, on the clock that nobody sets. */
  readonly #heldUntilMs = new Map<string, number>();
  #cancelFence: () => void = () => {};

  constructor(p: LeaseParams) {
    this.#p = p;
  }

  get #isShared(): boolean {
    return this.#p.store.capabilities.nodes === 'many';
  }

  /** `askedAtMs`: monotonic, before the store was asked, because the lease counts from then. */
  granted(p: { token: string; askedAtMs: number }): void {
    this.#heldUntilMs.set(p.token, p.askedAtMs + LEASE_MS);
    this.#watch();
  }

  ended(token: string): void {
    this.#heldUntilMs.delete(token);
    this.#watch();
  }

  /** Prolongs all of them; those that are somebody else's by now are given up. */
  async renew(): Promise<void> {
    const { clock, store, node } = this.#p;
    const tokens = [...this.#heldUntilMs.keys()];
    if (tokens.length === 0) return;
    const askedAtMs = clock.monotonicMs();
    const lost = new Set(await store.renewLeases({ now: clock.now(), node, lease_ms: LEASE_MS, tokens }));
    for (const token of tokens) {
      if (lost.has(token)) this.#giveUp(token);
      // It may have ended, or been given up, while the store was asked.
      else if (this.#heldUntilMs.has(token)) this.#heldUntilMs.set(token, askedAtMs + LEASE_MS);
    }
    this.#watch();
  }

  /** Whether an agent may be started for this claim. A process that was frozen since it claimed asks the store again. */
  async mayStart(token: string): Promise<boolean> {
    if (!this.#isShared) return true;
    if (this.#leftMs(token) > FENCE_MS) return true;
    await this.renew();
    return this.#leftMs(token) > FENCE_MS;
  }

  close(): void {
    this.#cancelFence();
    this.#heldUntilMs.clear();
  }

  #leftMs(token: string): number {
    return (this.#heldUntilMs.get(token) ?? Number.NEGATIVE_INFINITY) - this.#p.clock.monotonicMs();
  }

  #giveUp(token: string): void {
    this.#heldUntilMs.delete(token);
    this.#p.giveUp(token);
  }

  /** A timer of its own: a store that does not answer holds up the loop, and must not hold up this. */
  #watch(): void {
    this.#cancelFence();
    if (!this.#isShared || this.#heldUntilMs.size === 0) return;
    const first = Math.min(...this.#heldUntilMs.values());
    this.#cancelFence = this.#p.clock.after(first - FENCE_MS - this.#p.clock.monotonicMs(), () => this.#fence());
  }

  #fence(): void {
    for (const token of [...this.#heldUntilMs.keys()]) if (this.#leftMs(token) <= FENCE_MS) this.#giveUp(token);
    this.#watch();
  }
}

interface LeaseParams {
  store: Pick<Store, 'capabilities' | 'renewLeases'>;
  clock: Clock;
  node: string;
  /** Ends what works under this claim, without writing anything. */
  giveUp: (token: string) => void;
}
