/**
 * The engine: one loop that drives the services. It sleeps until something is due, is poked when something changed,
 * and looks at the wall clock every half second besides, because timers stand still while a laptop sleeps and know
 * nothing of a clock that was set. There is no special path for the first boot or for waking up.
 */
import { delay } from '../clock/clock.ts';
import { AppError } from '../errors/app-error.ts';
import type { EpochMs } from '../model/instant.ts';
import { ClockGuard } from './clock-guard.ts';
import { Delegator } from '../tasks/delegator.ts';
import { LeaseKeeper } from '../tasks/lease-keeper.ts';
import { pruneDeliveries } from './delivery-pruner.ts';
import { Dispatcher } from './dispatcher.ts';
import type { ExecutionContext } from './execution-context.ts';
import { PauseSwitch } from './pause-switch.ts';
import type { PendingPermission } from './pending-permission.ts';
import { Matcher } from './matcher.ts';
import { Planner } from './planner.ts';
import { Rescuer } from './rescuer.ts';

/** The longest sleep: how late a jump of the clock may be noticed. */
const LOOK_MS = 500;
/** After a failed tick (a full disk, a database that went away) the loop waits this long. */
const TROUBLE_MS = 1000;
/** Leases are renewed this often, and what is too old forgotten. */
const KEEP_MS = 10_000;
/** What dead nodes left is looked for this often where there are several, so that it is taken over as its lease ends. */
const RESCUE_MS = 2_000;

export interface EngineHealth {
  /** When the last complete tick ended; absent before the first. */
  last_tick_at?: EpochMs;
  /** Why the latest tick failed; absent while all is well. */
  trouble?: string;
  executing: number;
}

export class Engine {
  /** Loaded by whoever composes the engine, before `start`; poke after changing it. */
  readonly pauseSwitch: PauseSwitch;
  readonly #context: ExecutionContext;
  readonly #planner: Planner;
  readonly #matcher: Matcher;
  readonly #dispatcher: Dispatcher;
  readonly #delegator: Delegator;
  readonly #leaseKeeper: LeaseKeeper;
  readonly #rescuer: Rescuer;
  readonly #clockGuard: ClockGuard;
  #stopping = false;
  #poked = true;
  #wake: () => void = () => {};
  #loop: Promise<void> | undefined;
  #wakeAt: EpochMs | undefined;
  #keptAtMs = Number.NEGATIVE_INFINITY;
  #rescuedAtMs = Number.NEGATIVE_INFINITY;
  #lastTickAt: EpochMs | undefined;
  #trouble: string | undefined;

  constructor(context: ExecutionContext) {
    this.#context = context;
    this.#clockGuard = new ClockGuard(context);
    this.#planner = new Planner(context);
    this.#matcher = new Matcher(context);
    this.pauseSwitch = new PauseSwitch({ store: context.store, settle: (p) => this.#planner.settlePaused(p) });
    this.#dispatcher = new Dispatcher(context, { onRoom: () => this.poke() });
    this.#delegator = new Delegator(context);
    this.#leaseKeeper = new LeaseKeeper(context);
    this.#rescuer = new Rescuer(context, { onRescued: () => this.poke() });
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  /** Something changed (a definition, a run, a slot): look now. Cheap, and safe to call at any time. */
  poke(): void {
    this.#poked = true;
    this.#dispatcher.ringRoom();
    this.#wake();
  }

  health(): EngineHealth {
    return {
      executing: this.#dispatcher.executing,
      ...(this.#lastTickAt === undefined ? {} : { last_tick_at: this.#lastTickAt }),
      ...(this.#trouble === undefined ? {} : { trouble: this.#trouble }),
    };
  }

  /** The open permission requests of a run that executes here. */
  permissionOf(p: { runId: string }): PendingPermission | undefined {
    return this.#dispatcher.permissionOf(p);
  }

  /** No new plans, no new starts, a grace period for what runs, then a recorded end. */
  async stop(p: { graceMs: number }): Promise<void> {
    this.#stopping = true;
    this.#wake();
    await this.#loop;
    await this.#dispatcher.stop(p);
    await this.#rescuer.settled();
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      this.#poked = false;
      await this.#tick();
      if (this.#stopping) return;
      // Never straight from one tick into the next: with a store that answers at once, jobs that come due faster than
      // ticks end would keep requests, signals and agents waiting for ever.
      if (this.#poked || this.#isDue()) await this.#breathe();
      else await this.#sleep();
    }
  }

  async #tick(): Promise<void> {
    const { clock } = this.#context;
    const startedAt = clock.now();
    try {
      if (this.#context.store.capabilities.nodes === 'many' || this.pauseSwitch.isUnsure) await this.pauseSwitch.load();
      await this.#keep();
      await this.#clockGuard.tick(clock.now());
      // Planned before claimed, so that an instant that is due now starts in this very tick.
      while (!this.#stopping && !this.#paused() && (await this.#planner.tick(clock.now()))) await this.#breathe();
      while (await this.#leaseKeeper.tick(clock.now())) await this.#breathe();
      while (!this.#stopping && !this.#paused() && (await this.#delegator.tick(clock.now()))) await this.#breathe();
      while (await this.#dispatcher.tend(clock.now())) if (this.#stopping) return;
      // Also while everything is paused: what happens is told, and what comes of it waits.
      while (!this.#stopping && (await this.#matcher.tick(clock.now()))) await this.#breathe();
      if (!this.#stopping && !this.#paused()) await this.#dispatcher.claim(clock.now());
      this.#wakeAt = earliest(
        await this.#context.store.nextWakeAt({ after: startedAt }),
        this.#dispatcher.nextHoldEnd(),
      );
      this.#lastTickAt = clock.now();
      if (this.#trouble !== undefined) {
        this.#trouble = undefined;
        this.#context.bus.report({ type: 'service.recovered', at: clock.now(), service: 'engine' });
      }
    } catch (error) {
      this.#report(error);
    }
  }

  #isTimeToKeep(): boolean {
    return this.#context.clock.monotonicMs() - this.#keptAtMs >= KEEP_MS;
  }

  #isTimeToRescue(): boolean {
    const { clock, store } = this.#context;
    const everyMs = store.capabilities.nodes === 'many' ? RESCUE_MS : KEEP_MS;
    return clock.monotonicMs() - this.#rescuedAtMs >= everyMs;
  }

  #paused(): boolean {
    return this.pauseSwitch.state().paused;
  }

  /** Rescue comes first in a tick: a dead run must not make its automation's next fire look like an overlap. */
  async #keep(): Promise<void> {
    const { clock } = this.#context;
    if (!this.#isTimeToRescue()) return;
    while (await this.#rescuer.tick(clock.now())) {
      if (this.#stopping) return;
      await this.#breathe();
    }
    this.#rescuedAtMs = clock.monotonicMs();
    if (!this.#isTimeToKeep()) return;
    await this.#dispatcher.renewLeases();
    while (!this.#stopping && (await this.#matcher.prune(clock.now()))) await this.#breathe();
    while (!this.#stopping && (await pruneDeliveries(this.#context, clock.now()))) await this.#breathe();
    this.#keptAtMs = clock.monotonicMs();
  }

  /**
   * Between two batches of many: a store that answers at once would otherwise keep the event loop for all of them, and
   * neither a request nor a signal would be heard meanwhile.
   */
  #breathe(): Promise<void> {
    return delay(this.#context.clock, 0);
  }

  #report(error: unknown): void {
    const text = error instanceof Error ? error.message : String(error);
    // Said once per trouble, not once per second: a full disk must not also fill the log.
    if (this.#trouble !== text) {
      this.#context.bus.report({
        type: 'service.failed',
        at: this.#context.clock.now(),
        service: 'engine',
        error: text,
        ...(error instanceof AppError ? { code: error.code } : {}),
      });
    }
    this.#trouble = text;
  }

  async #sleep(): Promise<void> {
    const { clock } = this.#context;
    while (!this.#stopping && !this.#poked && !this.#isDue()) {
      const now = clock.now();
      const untilDue = this.#wakeAt === undefined ? LOOK_MS : this.#wakeAt - now;
      const sleepMs = this.#trouble === undefined ? Math.min(LOOK_MS, Math.max(1, untilDue)) : TROUBLE_MS;
      await this.#sleepOnce(sleepMs);
      if (this.#trouble !== undefined) return;
    }
  }

  /** Whether the next tick has something to do at once; after a failed one it waits, whatever is due. */
  #isDue(): boolean {
    const { clock } = this.#context;
    if (this.#trouble !== undefined) return false;
    const isTimeToKeep = this.#isTimeToKeep() || this.#isTimeToRescue();
    return isTimeToKeep || (this.#wakeAt !== undefined && this.#wakeAt <= clock.now());
  }

  #sleepOnce(ms: number): Promise<void> {
    return new Promise<void>((resolve) => {
      const cancel = this.#context.clock.after(ms, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    }).then(() => {
      this.#wake = () => {};
    });
  }
}

function earliest(a: EpochMs | undefined, b: EpochMs | undefined): EpochMs | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Math.min(a, b);
}
