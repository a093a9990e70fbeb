/**
 * The service that owes notifications. Behind the mark of the store it finds what happened, makes a call for each hook
 * that wants to know, and carries the calls out, a few at a time, until they are over. It never touches a run.
 *
 * It dies anywhere: before the mark moved the activations are found again, after it the calls are rows; one that was being
 * carried out becomes due again when its lease has passed, under the same id.
 */
import type { Clock } from '../clock/clock.ts';
import type { HookDefinition } from '../config/hook-entry.ts';
import type { HappeningBus } from '../events/happening.ts';
import type { Activation } from '../model/activation.ts';
import type { HookCall } from '../model/hook.ts';
import type { EpochMs } from '../model/instant.ts';
import type { Store } from '../store/store.ts';
import { hookCalled } from './hook-called.ts';
import { decideHookCalls } from './decide-hook-calls.ts';
import type { CompletedHook } from './hook-event.ts';
import type { HookRunner } from './hook-runner.ts';

/** At once: a hook that hangs holds up its own turn, not that of the others. */
const CALLS_MAX = 8;
const PLAN_BATCH = 100;
/** Between looks when nothing calls: what is due later has a time of its own. */
const LOOK_MS = 1_000;
/** Longer than the time limit of any hook, with the end of its processes. */
const LEASE_SLACK_MS = 60_000;
/** Before the second try, the third, …: about a day in all, as senders of webhooks do. */
const RETRY_MS: readonly number[] = [5_000, 30_000, 120_000, 600_000, 1_800_000, 7_200_000, 21_600_000, 43_200_000];
/** What became of calls is kept for so long. */
const KEPT_MS = 30 * 86_400_000;
const PRUNE_EVERY_MS = 3_600_000;
const PRUNE_BATCH = 500;
/** Whether anybody listened when the last daemon stopped. */
const LISTENING_FACT = 'hooks_listening';

export interface HookCourierDeps {
  store: Pick<
    Store,
    | 'planHookCalls'
    | 'skipHookCalls'
    | 'takeHookCalls'
    | 'releaseHookCalls'
    | 'capabilities'
    | 'nextHookCallAt'
    | 'endHookCall'
    | 'pruneHookCalls'
    | 'getActivation'
    | 'readFact'
    | 'writeFact'
  >;
  clock: Clock;
  bus: HappeningBus;
  runner: HookRunner;
  hooks: () => readonly HookDefinition[];
  onCompleted: (p: CompletedHook) => Promise<void>;
}

export class HookCourier {
  readonly #deps: HookCourierDeps;
  readonly #underWay = new Set<Promise<void>>();
  readonly #stopping = new AbortController();
  #turn: Promise<void> = Promise.resolve();
  #asked = false;
  #cancelLook: () => void = () => {};
  #unsubscribe: () => void = () => {};
  #isListening: boolean | undefined;
  #failing = false;
  #prunedAtMs = 0;

  constructor(deps: HookCourierDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#unsubscribe = this.#deps.bus.subscribe((happening) => {
      if (happening.type === 'event.accepted' && happening.event.source === 'observer') this.poke();
      if (happening.type === 'config.loaded') this.poke();
    });
    this.poke();
  }

  /** Something may be owed. */
  poke(): void {
    if (this.#asked || this.#stopping.signal.aborted) return;
    this.#asked = true;
    this.#turn = this.#turn.then(() => this.#look());
  }

  /** No new calls; those under way are ended, and will be tried again by the next daemon. */
  async close(): Promise<void> {
    this.#unsubscribe();
    this.#cancelLook();
    this.#stopping.abort();
    await this.#turn;
    await Promise.all(this.#underWay);
  }

  async #look(): Promise<void> {
    this.#asked = false;
    this.#cancelLook();
    if (this.#stopping.signal.aborted) return;
    const { clock, bus } = this.#deps;
    let nextMs = LOOK_MS;
    try {
      if (await this.#listens()) {
        await this.#plan();
        await this.#takeDue();
        await this.#prune();
      }
      nextMs = await this.#untilNext();
      if (this.#failing) bus.report({ type: 'service.recovered', at: clock.now(), service: 'hooks' });
      this.#failing = false;
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      if (!this.#failing) bus.report({ type: 'service.failed', at: clock.now(), service: 'hooks', error: text });
      this.#failing = true;
    }
    if (!this.#stopping.signal.aborted) this.#cancelLook = clock.after(nextMs, () => this.poke());
  }

  /** Hooks that come to be are told what happens from then on, not what happened before. */
  async #listens(): Promise<boolean> {
    const { store, clock, hooks } = this.#deps;
    const listens = hooks().length > 0;
    if (this.#isListening === listens) return listens;
    const before = await store.readFact({ name: LISTENING_FACT });
    const now = clock.now();
    if (listens && before !== 'yes') await store.skipHookCalls({ now });
    if ((before === 'yes') !== listens) {
      await store.writeFact({ now, name: LISTENING_FACT, value: listens ? 'yes' : 'no' });
    }
    // Once, at the start: whoever took calls on this store before is gone.
    if (this.#isListening === undefined && store.capabilities.nodes === 'one') await store.releaseHookCalls({ now });
    this.#isListening = listens;
    return listens;
  }

  async #plan(): Promise<void> {
    const { store, clock, hooks } = this.#deps;
    for (;;) {
      const decide = (activation: Activation) => decideHookCalls({ activation, hooks: hooks() });
      const { more } = await store.planHookCalls({ now: clock.now(), limit: PLAN_BATCH, decide });
      if (!more || this.#stopping.signal.aborted) return;
    }
  }

  async #takeDue(): Promise<void> {
    const { store, clock, hooks } = this.#deps;
    const room = CALLS_MAX - this.#underWay.size;
    if (room <= 0) return;
    const lease_ms = Math.max(...hooks().map((hook) => hook.timeout_ms)) + LEASE_SLACK_MS;
    for (const call of await store.takeHookCalls({ now: clock.now(), limit: room, lease_ms })) {
      const done = this.#carryOut(call).finally(() => {
        this.#underWay.delete(done);
        this.poke();
      });
      this.#underWay.add(done);
    }
  }

  /** Never rejects: what cannot be written down is tried again when the lease has passed. */
  async #carryOut(call: HookCall): Promise<void> {
    const { store, clock, bus, runner, hooks, onCompleted } = this.#deps;
    try {
      const end = async (p: {
        state: 'completed' | 'failed';
        detail: string;
        duration_ms: number;
        next_at?: EpochMs;
      }): Promise<void> => {
        const now = clock.now();
        await store.endHookCall({ now, id: call.id, ...p });
        bus.report(hookCalled({ ...call, ...p, state: p.next_at === undefined ? p.state : 'waiting' }, now));
      };
      const hook = hooks().find(({ name }) => name === call.hook);
      if (hook === undefined) {
        return await end({ state: 'failed', detail: 'there is no hook of this name any more', duration_ms: 0 });
      }
      const event = call.event_id === undefined ? undefined : await store.getActivation({ id: call.event_id });
      if (event === undefined) {
        return await end({ state: 'failed', detail: 'what it was to tell is no longer kept', duration_ms: 0 });
      }
      const data = { ...event.data, event_id: event.id };
      const result = await runner.run({ hook, id: call.id, event: call.event, data, signal: this.#stopping.signal });
      if (this.#stopping.signal.aborted) return;
      const { duration_ms, detail } = result;
      if (result.ok) {
        await end({ state: 'completed', detail, duration_ms });
        const { depth, workspace_id } = event;
        return await onCompleted({ call, depth, ...(workspace_id === undefined ? {} : { workspace_id }) });
      }
      // A command that failed did something, and nobody knows what; an address can be asked again.
      const waitMs = hook.url === '' || result.final === true ? undefined : RETRY_MS[call.attempts];
      await end({
        state: 'failed',
        detail,
        duration_ms,
        ...(waitMs === undefined ? {} : { next_at: clock.now() + waitMs }),
      });
    } catch {
      // The row is there and its lease passes.
    }
  }

  async #untilNext(): Promise<number> {
    const { store, clock } = this.#deps;
    if (this.#isListening !== true) return LOOK_MS * 60;
    const at = await store.nextHookCallAt();
    if (this.#underWay.size >= CALLS_MAX || at === undefined) return LOOK_MS;
    return Math.min(LOOK_MS, Math.max(10, at - clock.now()));
  }

  async #prune(): Promise<void> {
    const { store, clock } = this.#deps;
    const nowMs = clock.monotonicMs();
    if (this.#prunedAtMs !== 0 && nowMs - this.#prunedAtMs < PRUNE_EVERY_MS) return;
    const { deleted } = await store.pruneHookCalls({ before: clock.now() - KEPT_MS, limit: PRUNE_BATCH });
    if (deleted < PRUNE_BATCH) this.#prunedAtMs = nowMs;
  }
}
