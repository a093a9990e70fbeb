/**
 * The dispatcher: the only service that starts agents. A tick gives up what waited too long, hears who is to be ended,
 * and claims as many waiting runs as the caps leave room for; each claim becomes an {@link Execution}.
 */
import { delay } from '../clock/clock.ts';
import type { EpochMs } from '../model/instant.ts';
import type { AgentHold } from '../store/account-store.ts';
import type { ClaimCaps, ClaimedRun } from '../store/run-store.ts';
import { Execution } from './execution.ts';
import type { ExecutionContext } from './execution-context.ts';
import type { PendingPermission } from './pending-permission.ts';
import { LEASE_MS, LeaseKeeper } from './lease-keeper.ts';
import { RoomBell } from './room-bell.ts';

/** Waiting runs given up per step. */
const EXPIRE_BATCH = 200;
/** While stopping, when no loop ticks any more, requests to cancel are looked for this often. */
const CANCEL_LOOK_MS = 500;

export class Dispatcher {
  readonly #context: ExecutionContext;
  readonly #executions = new Map<string, Execution>();
  /** Called when a slot may have become free. */
  readonly #onRoom: () => void;
  readonly #room = new RoomBell();
  readonly #leases: LeaseKeeper;
  #holds: AgentHold[] = [];
  /**
   * Tokens of a claim whose answer never came. They may hold runs already, so the next claim asks with them again;
   * otherwise such a run would stay `running`, executed by nobody, for as long as this process lives.
   */
  #unanswered: string[] = [];
  #stopping = false;

  constructor(context: ExecutionContext, p: { onRoom: () => void }) {
    this.#context = context;
    this.#onRoom = p.onRoom;
    const { store, clock, node } = context;
    const giveUp = (token: string): void => this.#executions.get(token)?.stop({ why: 'lost' });
    this.#leases = new LeaseKeeper({ store, clock, node, giveUp });
  }

  /** When the earliest hold ends: its agent's runs may start then. */
  nextHoldEnd(): EpochMs | undefined {
    return this.#holds.length === 0 ? undefined : Math.min(...this.#holds.map((hold) => hold.until));
  }

  /** Settings or holds changed: whoever waits for a slot looks again. */
  ringRoom(): void {
    this.#room.ring();
  }

  get executing(): number {
    return this.#executions.size;
  }

  /** Gives up what waited too long and hears who is to be ended; while paused too. True when there is more of it. */
  async tend(now: EpochMs): Promise<boolean> {
    const { store, bus } = this.#context;
    // Another node may have made room, and nobody here would hear of it.
    if (store.capabilities.nodes === 'many') this.#room.ring();
    await this.#hearCancelRequests();
    await this.#hearPermissionReplies();
    const expired = await store.expireRuns({ now, limit: EXPIRE_BATCH });
    for (const run of expired) bus.report({ type: 'run.finished', at: now, run, will_retry: false });
    this.#holds = await store.listAgentHolds({ now });
    return expired.length === EXPIRE_BATCH;
  }

  /** Claims and starts what the caps leave room for. */
  async claim(now: EpochMs): Promise<void> {
    if (this.#stopping) return;
    const { store, bus } = this.#context;
    const holdingSlots = [...this.#executions.values()].filter((execution) => !execution.permission.isOpen).length;
    const { maxConcurrentJobs, ownMax = 0 } = this.#context.settings();
    // The node's own cap is about what works on this machine, so who waits for a person counts there.
    const ownRoom = ownMax === 0 ? Number.POSITIVE_INFINITY : ownMax - this.#executions.size;
    const room = Math.min(maxConcurrentJobs - holdingSlots, ownRoom);
    const tokens = [...this.#unanswered];
    // What may have been claimed already is carried out all the same.
    const standsBack = this.#context.standsBack?.() === true;
    while (tokens.length < room && !standsBack) tokens.push(this.#context.newToken());
    if (tokens.length === 0) return;
    this.#unanswered = tokens;
    const askedAtMs = this.#context.clock.monotonicMs();
    const claimed = await store.claimRuns({
      now,
      node: this.#context.node,
      lease_ms: LEASE_MS,
      caps: this.#caps(),
      tokens,
    });
    this.#unanswered = [];
    for (const claim of claimed) {
      bus.report({ type: 'run.claimed', at: now, run: claim.run });
      this.#leases.granted({ token: claim.token, askedAtMs });
      this.#begin(claim);
    }
  }

  /** Keeps this node's claims; an execution whose claim is somebody else's ends without writing. */
  renewLeases(): Promise<void> {
    return this.#leases.renew();
  }

  /** The open permission requests of a run that executes here. */
  permissionOf(p: { runId: string }): PendingPermission | undefined {
    for (const execution of this.#executions.values()) {
      if (execution.claimed.run.id === p.runId) return execution.permission;
    }
    return undefined;
  }

  /**
   * No new starts; what runs gets `graceMs` to end by itself, then is asked to, and ended. Resolves when every
   * execution has written its end, or cannot: then a later daemon recovers the row.
   */
  async stop(p: { graceMs: number }): Promise<void> {
    this.#stopping = true;
    const ended = Promise.all([...this.#executions.values()].map((execution) => execution.done));
    const timeUp = new AbortController();
    const listening = this.#hearWhileStopping(timeUp.signal);
    await Promise.race([ended, delay(this.#context.clock, p.graceMs, timeUp.signal)]);
    for (const execution of this.#executions.values()) execution.stop({ why: 'shutdown' });
    // Asking, SIGTERM and SIGKILL take their own graces; beyond that only a store that refuses can hold us.
    await Promise.race([ended, delay(this.#context.clock, this.#stopAllowanceMs(), timeUp.signal)]);
    timeUp.abort();
    await listening;
    for (const execution of this.#executions.values()) execution.abandon();
    await Promise.all([...this.#executions.values()].map((execution) => execution.done));
    this.#leases.close();
  }

  #begin(claim: ClaimedRun): void {
    const freed = (): void => {
      this.#room.ring();
      this.#onRoom();
    };
    const execution = new Execution(this.#context, claim, {
      caps: () => this.#caps(),
      room: this.#room,
      mayStart: () => this.#leases.mayStart(claim.token),
      onRoom: freed,
      // Known at once, so that no claim can start another one of it before the next look at the store.
      onHeld: (hold) => this.#holds.push(hold),
    });
    this.#executions.set(claim.token, execution);
    void execution.done.then(() => {
      this.#executions.delete(claim.token);
      this.#leases.ended(claim.token);
      freed();
    });
  }

  #caps(): ClaimCaps {
    const settings = this.#context.settings();
    const capped = this.#context.agents.list().filter((agent) => agent.max_concurrent > 0);
    return {
      total: settings.maxConcurrentJobs,
      per_agent: Object.fromEntries(capped.map((agent) => [agent.name, agent.max_concurrent])),
      per_workspace: settings.maxConcurrentPerWorkspace,
      held: this.#holds.map((hold) => hold.agent_name),
    };
  }

  async #hearCancelRequests(): Promise<void> {
    if (this.#executions.size === 0) return;
    const requests = await this.#context.store.listCancelRequests({ node: this.#context.node });
    for (const { token, cancellation } of requests) {
      this.#executions.get(token)?.stop({ why: 'cancel', cancellation });
    }
  }

  /** What people answered on other nodes; here it is heard at once, and this finds it answered already. */
  async #hearPermissionReplies(): Promise<void> {
    if (![...this.#executions.values()].some(({ permission }) => permission.isOpen)) return;
    const { store, node } = this.#context;
    for (const { token, reply } of await store.listPermissionReplies({ node })) {
      const permission = this.#executions.get(token)?.permission;
      if (permission?.askedAt !== reply.asked_at) continue;
      const { option_id: id, by: actor } = reply;
      permission.answer({
        answer: id === undefined ? { outcome: 'cancelled' } : { outcome: 'selected', option_id: id },
        actor,
      });
    }
  }

  /** Whoever cancels during the grace is heard and recorded, as at any other time. */
  async #hearWhileStopping(timeUp: AbortSignal): Promise<void> {
    while (!timeUp.aborted && this.#executions.size > 0) {
      await delay(this.#context.clock, CANCEL_LOOK_MS, timeUp);
      // A store in trouble: the executions say so when they write their ends.
      await this.#hearCancelRequests().catch(() => undefined);
    }
  }

  #stopAllowanceMs(): number {
    const graces = this.#context.agents.list().map((agent) => agent.stop_grace_ms);
    return 2 * Math.max(1000, ...graces) + 10_000;
  }
}
