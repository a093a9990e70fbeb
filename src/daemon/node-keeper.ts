/**
 * This daemon as one node among others: announces itself, learns whether it is drained, and stands back when another
 * living daemon has its name. Whose run is whose does not depend on any of it.
 */
import type { Clock } from '../clock/clock.ts';
import { AppError } from '../errors/app-error.ts';
import type { HappeningBus } from '../events/happening.ts';
import { NODE_ALIVE_MS } from '../model/node.ts';
import type { NodeAnnouncement } from '../store/node-store.ts';
import type { Store } from '../store/store.ts';

const ANNOUNCE_MS = 5_000;
/** With several signs of life missing, the process or its machine stood still. */
const SILENCE_MS = 4 * ANNOUNCE_MS;
/** Beyond this, leases could end on one node while they last on another. */
const SKEW_MAX_MS = 5_000;

export class NodeKeeper {
  readonly #p: KeeperParams;
  #draining = false;
  #taken = false;
  #trouble: string | undefined;
  #closed = false;
  #cancel: () => void = () => {};
  #announcing: Promise<void> = Promise.resolve();

  private constructor(p: KeeperParams) {
    this.#p = p;
  }

  /** Throws `node_name_taken` when another living daemon has the name. */
  static async open(p: KeeperParams): Promise<NodeKeeper> {
    const keeper = new NodeKeeper(p);
    await keeper.#announce({ first: true });
    keeper.#schedule();
    return keeper;
  }

  /** Nothing new starts here: somebody drains this node, or its name is another's. */
  get standsBack(): boolean {
    return this.#draining || this.#taken;
  }

  /** Looks again at once: somebody may have drained it or not. */
  refresh(): Promise<void> {
    this.#announcing = this.#announcing.then(() => this.#announce({ first: false })).catch(() => undefined);
    return this.#announcing;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancel();
    await this.#announcing;
    const { name, instance } = this.#p.self();
    await this.#noteUptime().catch(() => undefined);
    await this.#p.store.leaveNode({ name, instance }).catch(() => undefined);
  }

  #schedule(): void {
    if (this.#closed) return;
    this.#cancel = this.#p.clock.after(ANNOUNCE_MS, () => void this.refresh().then(() => this.#schedule()));
  }

  async #announce(p: { first: boolean }): Promise<void> {
    const { store, clock } = this.#p;
    if (this.#closed) return;
    const node = this.#p.self();
    const announce = { now: clock.now(), node };
    let answer = await store.announceNode({ ...announce, alive_ms: NODE_ALIVE_MS });
    if (answer.outcome === 'node_name_taken' && this.#p.isGone(answer.node.instance)) {
      answer = await store.announceNode({ ...announce, alive_ms: 0 });
    }
    this.#taken = answer.outcome === 'node_name_taken';
    if (answer.outcome === 'node_name_taken') {
      const error = new AppError('node_name_taken', { name: node.name, url: answer.node.url });
      if (p.first) throw error;
      return this.#report(error.message);
    }
    await this.#noteUptime();
    const wasDraining = this.#draining;
    this.#draining = answer.node.draining;
    if (wasDraining && !this.#draining) this.#p.onUndrained();
    const skewMs = answer.node.clock_skew_ms ?? 0;
    const isOff = Math.abs(skewMs) > SKEW_MAX_MS;
    this.#report(isOff ? `the clock of this machine is ${skewMs} ms ahead of the server's` : undefined);
  }

  #noteUptime(): Promise<void> {
    const { store, clock } = this.#p;
    return store.noteUptime({ now: clock.now(), instance: this.#p.self().instance, silence_ms: SILENCE_MS });
  }

  #report(trouble: string | undefined): void {
    const { bus, clock } = this.#p;
    const at = clock.now();
    if (trouble !== undefined && trouble !== this.#trouble) {
      bus.report({ type: 'service.failed', at, service: 'node', error: trouble });
    }
    if (trouble === undefined && this.#trouble !== undefined) {
      bus.report({ type: 'service.recovered', at, service: 'node' });
    }
    this.#trouble = trouble;
  }
}

interface KeeperParams {
  store: Pick<Store, 'announceNode' | 'leaveNode' | 'noteUptime'>;
  clock: Clock;
  bus: HappeningBus;
  /** As it is right now. */
  self: () => NodeAnnouncement;
  onUndrained: () => void;
  /** Whether this instance certainly lives no more: it was a process of this machine, say, and is not there. */
  isGone: (instance: string) => boolean;
}
