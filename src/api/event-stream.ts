/**
 * Server-sent events with back-pressure: the producer is asked for the next event only when the client took the last
 * one, so a stream holds one event at a time. A client that takes nothing for a while is cut off; the number of
 * streams is bounded.
 */
import type { Clock } from '../clock/clock.ts';
import { AppError } from '../errors/app-error.ts';
import { formatInstant } from '../model/instant.ts';

export interface ServerSentEvent {
  /** Absent: a comment that only keeps the connection alive. */
  event?: string;
  id?: string;
  data?: unknown;
}

/** Often enough for proxies that cut silent connections after a minute. */
export const KEEP_ALIVE_MS = 15_000;
/** A client that took nothing for so long is gone or stuck. */
export const STALL_MS = 60_000;
/** Every stream costs a socket and a listener; a person with a page and a few terminals needs a dozen. */
const STREAMS_MAX = 200;
/** Clients are told to come back this soon after a cut. */
const RETRY_MS = 1_000;

export type Produce = (signal: AbortSignal) => AsyncGenerator<ServerSentEvent, void>;

export interface StreamRequest {
  signal: AbortSignal;
  /** Cuts the connection without further words. */
  cut: () => void;
}

export class EventStreams {
  readonly #clock: Clock;
  /** What a client is told when the producer fails; the failure itself is reported by whoever gives this. */
  readonly #describeFailure: (error: unknown) => unknown;
  #open = 0;

  constructor(p: { clock: Clock; describeFailure: (error: unknown) => unknown }) {
    this.#clock = p.clock;
    this.#describeFailure = p.describeFailure;
  }

  /** Streams that are open right now. */
  get open(): number {
    return this.#open;
  }

  /** Throws `rate_limited` when too many are open. Nothing is produced before the body is read. */
  reply(produce: Produce, request: StreamRequest): Response {
    if (this.#open >= STREAMS_MAX) {
      throw new AppError('rate_limited', { retry_at: formatInstant(this.#clock.now() + KEEP_ALIVE_MS) });
    }
    return new Response(this.#body(produce, request), {
      headers: { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' },
    });
  }

  #body(produce: Produce, request: StreamRequest): ReadableStream<Uint8Array> {
    const ending = new AbortController();
    const encoder = new TextEncoder();
    let events: AsyncGenerator<ServerSentEvent, void> | undefined;
    let disarm = (): void => undefined;

    const abort = (): void => ending.abort();
    const begin = (): AsyncGenerator<ServerSentEvent, void> => {
      this.#open += 1;
      request.signal.addEventListener('abort', abort, { once: true });
      return produce(ending.signal);
    };
    const finish = (): void => {
      if (events !== undefined && !finished) this.#open -= 1;
      finished = true;
      disarm();
      request.signal.removeEventListener('abort', abort);
      ending.abort();
    };
    let finished = false;

    const pull = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
      disarm();
      const first = events === undefined;
      events ??= begin();
      const next = await events.next().catch((error: unknown) => ({ failure: this.#describeFailure(error) }));
      if (finished) return;
      const failed = 'failure' in next;
      if (failed) controller.enqueue(encoder.encode(frameOf({ event: 'error', data: next.failure })));
      else if (!next.done)
        controller.enqueue(encoder.encode((first ? `retry: ${RETRY_MS}\n` : '') + frameOf(next.value)));
      if (failed || next.done) {
        finish();
        controller.close();
        return;
      }
      disarm = this.#clock.after(STALL_MS, () => {
        finish();
        request.cut();
      });
    };

    return new ReadableStream<Uint8Array>(
      {
        pull,
        async cancel() {
          finish();
          await events?.return();
        },
      },
      // Nothing ahead of the reader: with the default of one, production would begin before anybody reads.
      { highWaterMark: 0 },
    );
  }
}

/** One event as text. JSON has no raw line ends, so one `data` line always suffices. */
function frameOf({ event, id, data }: ServerSentEvent): string {
  if (event === undefined) return ': keep-alive\n\n';
  const idLine = id === undefined ? '' : `id: ${id}\n`;
  return `event: ${event}\n${idLine}data: ${JSON.stringify(data)}\n\n`;
}
