/**
 * Traces for whoever collects them (OpenTelemetry, OTLP over HTTP): a span tree per finished run, sent in batches beside
 * everything else. Off unless an address is configured; then nothing of the library is even loaded.
 */
import type { HappeningBus, Happening } from '../events/happening.ts';
import type { EpochMs } from '../model/instant.ts';
import { isFinished, type Run } from '../model/run.ts';
import type { SpanSender } from './span-sender.ts';
import { traceOfRun } from './run-trace.ts';

/** Of claims whose runs go on, and of events that runs caused: beyond, the oldest are forgotten, and a span or link is missing. */
const REMEMBERED_MAX = 10_000;
const SERVICE = 'traces';

export interface TracesOptions {
  bus: HappeningBus;
  now(): EpochMs;
  /** Where to; null = nowhere. Read anew for every run. */
  url(): string | null;
  open(p: { url: string; onResult: (error: string | undefined) => void }): Promise<SpanSender>;
}

export class Traces {
  readonly #options: TracesOptions;
  readonly #claimedAt = new Map<string, EpochMs>();
  /** Which run caused an event. */
  readonly #causes = new Map<string, string>();
  readonly #unsubscribe: () => void;
  #sender: { url: string; opening: Promise<SpanSender> } | undefined;
  /** Resolves when everything that was told so far was handed to a sender. Never rejects. */
  #handed: Promise<void> = Promise.resolve();
  #failing = false;

  constructor(options: TracesOptions) {
    this.#options = options;
    this.#unsubscribe = options.bus.subscribe((happening) => this.#listen(happening));
  }

  /** Sends what is left, as far as the collector takes it within a moment. */
  async close(): Promise<void> {
    this.#unsubscribe();
    await this.#handed;
    const sender = await this.#sender?.opening.catch(() => undefined);
    await sender?.close();
  }

  #listen(happening: Happening): void {
    if (this.#options.url() === null) return;
    switch (happening.type) {
      case 'run.claimed':
        return remember(this.#claimedAt, happening.run.id, happening.at);
      case 'event.accepted':
        if (happening.event.cause !== undefined)
          remember(this.#causes, happening.event.id, happening.event.cause.run_id);
        return;
      case 'run.created':
        if (isFinished(happening.run.status)) this.#tell(happening.run, happening.at);
        return;
      case 'run.finished':
        return this.#tell(happening.run, happening.run.ended_at ?? happening.at);
      default:
    }
  }

  #tell(run: Run, endAt: EpochMs): void {
    const claimedAt = this.#claimedAt.get(run.id);
    this.#claimedAt.delete(run.id);
    const causeRunId = run.event_id === undefined ? undefined : this.#causes.get(run.event_id);
    const spans = traceOfRun({
      run,
      endAt,
      ...(claimedAt === undefined ? {} : { claimedAt }),
      ...(causeRunId === undefined ? {} : { causeRunId }),
    });
    const handing = this.#open().then(
      (sender) => sender?.send(spans),
      (error: unknown) => this.#note(error instanceof Error ? error.message : String(error)),
    );
    this.#handed = Promise.all([this.#handed, handing]).then(() => undefined);
  }

  /** The sender for the address as it is configured now; the one for an earlier address sends what it has. */
  async #open(): Promise<SpanSender | undefined> {
    const url = this.#options.url();
    if (url === null) return undefined;
    if (this.#sender?.url !== url) {
      // One that never opened was told by whoever wanted to send; rejecting once more, unheard, would end the daemon.
      void this.#sender?.opening.then(
        (sender) => sender.close(),
        () => undefined,
      );
      this.#sender = { url, opening: this.#options.open({ url, onResult: (error) => this.#note(error) }) };
    }
    return this.#sender.opening;
  }

  /** Told when it changes: a collector that is down must not fill the log. */
  #note(error: string | undefined): void {
    const { bus } = this.#options;
    const at = this.#options.now();
    if (error !== undefined && !this.#failing) {
      bus.report({ type: 'service.failed', at, service: SERVICE, error });
    }
    if (error === undefined && this.#failing) bus.report({ type: 'service.recovered', at, service: SERVICE });
    this.#failing = error !== undefined;
  }
}

function remember<V>(known: Map<string, V>, key: string, value: V): void {
  known.set(key, value);
  if (known.size <= REMEMBERED_MAX) return;
  const [oldest] = known.keys();
  if (oldest !== undefined) known.delete(oldest);
}
