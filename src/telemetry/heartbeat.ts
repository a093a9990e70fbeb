/**
 * Tells a watchdog elsewhere that the scheduler is alive: a request a minute, and only while it really ticks. A process
 * that hangs, a database that is gone and a machine that is off all look the same from there: silence.
 */
import { type Clock, delay } from '../clock/clock.ts';
import type { HappeningBus } from '../events/happening.ts';
import type { EpochMs } from '../model/instant.ts';

const BEAT_MS = 60_000;
const REQUEST_MS_MAX = 10_000;
const SERVICE = 'heartbeat';

export interface HeartbeatOptions {
  clock: Clock;
  bus: HappeningBus;
  /** Where to; null = nowhere. Read anew for every beat. */
  url(): string | null;
  /** The end of the scheduler's last complete tick. */
  lastTickAt(): EpochMs | undefined;
  request(url: string, p: { signal: AbortSignal }): Promise<{ ok: boolean; status: number }>;
}

export class Heartbeat {
  readonly #options: HeartbeatOptions;
  readonly #stop = new AbortController();
  #loop: Promise<void> | undefined;
  #seenTickAt: EpochMs | undefined;
  #failing = false;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#loop;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await this.#beat();
      await delay(this.#options.clock, BEAT_MS, signal);
    }
  }

  async #beat(): Promise<void> {
    const { bus, clock } = this.#options;
    const target = this.#options.url();
    const tickAt = this.#options.lastTickAt();
    // Compared with the tick seen at the last beat, not with the clock: that may have been set meanwhile.
    const ticks = tickAt !== undefined && tickAt !== this.#seenTickAt;
    this.#seenTickAt = tickAt;
    if (target === null || !ticks) return;
    const error = await this.#send(target);
    if (this.#stop.signal.aborted) return;
    if (error !== undefined && !this.#failing) {
      bus.report({ type: 'service.failed', at: clock.now(), service: SERVICE, error });
    }
    if (error === undefined && this.#failing)
      bus.report({ type: 'service.recovered', at: clock.now(), service: SERVICE });
    this.#failing = error !== undefined;
  }

  /** Why it did not arrive; the address is not told, because it often holds a key. */
  async #send(url: string): Promise<string | undefined> {
    const timeout = new AbortController();
    const cancel = this.#options.clock.after(REQUEST_MS_MAX, () => timeout.abort());
    try {
      const reply = await this.#options.request(url, { signal: AbortSignal.any([timeout.signal, this.#stop.signal]) });
      return reply.ok ? undefined : `the heartbeat was answered with status ${reply.status}`;
    } catch {
      return timeout.signal.aborted
        ? `the heartbeat was not answered within ${REQUEST_MS_MAX / 1_000} s`
        : 'the heartbeat could not be sent: nobody answered at daemon.heartbeat_url';
    } finally {
      cancel();
    }
  }
}
