/**
 * A stream that survives a lost connection: it is opened again after the last event that was seen.
 *
 * A client has no timer of its own (it runs where the caller's clock does), so `pause` is the caller's. Without one a
 * lost stream is opened again once, at once.
 */
import { ApiError, unreachable } from './api-error.ts';
import { type ReceivedEvent, readEvents } from './event-source.ts';

/** Waits `ms` milliseconds, less when `signal` aborts. */
export type Pause = (ms: number, signal?: AbortSignal) => Promise<void>;

export interface ResumeOptions {
  signal?: AbortSignal;
  pause?: Pause;
}

const PAUSE_MS_MIN = 250;
const PAUSE_MS_MAX = 10_000;
/** With the pauses above, about a minute of a daemon that is not there. */
const ATTEMPTS_MAX = 10;

/** `open` gets the id of the last event; undefined from it means that nothing more will come. */
export async function* resumedEvents(p: {
  open: (lastId: string | undefined) => Promise<Response>;
  isLast: (event: ReceivedEvent) => boolean;
  url: string;
  options: ResumeOptions;
}): AsyncGenerator<ReceivedEvent, void> {
  const { signal, pause } = p.options;
  let lastId: string | undefined;
  let failures = 0;
  for (;;) {
    let lost: unknown = new Error('the stream ended early');
    try {
      const response = await p.open(lastId);
      if (response.body === null || response.status === 204) return;
      for await (const event of readEvents(response.body)) {
        failures = 0;
        lastId = event.id ?? lastId;
        yield event;
        if (p.isLast(event)) return;
      }
    } catch (error) {
      if (signal?.aborted === true) throw signal.reason;
      // A refusal is an answer; only silence is worth asking again.
      if (error instanceof ApiError && error.code !== 'daemon_unreachable') throw error;
      lost = error;
    }
    failures += 1;
    if (failures > (pause === undefined ? 1 : ATTEMPTS_MAX)) {
      throw lost instanceof ApiError ? lost : unreachable(p.url, lost);
    }
    await pause?.(Math.min(PAUSE_MS_MIN * 2 ** (failures - 1), PAUSE_MS_MAX), signal);
    if (signal?.aborted === true) throw signal.reason;
  }
}
