/**
 * The narrow gate between a conversation and `onEntry`: every entry is made harmless and bounded here, what streams
 * in small pieces is gathered into readable ones, and a flood stops being passed on while it is still being counted.
 */
import { delayedCall } from './delayed-call.ts';
import { ENTRY_BYTES_MAX, type AgentEntry } from './agent-driver.ts';
import { boundedDetail, boundedText, harmlessText } from './bounded-text.ts';
import type { Clock } from '../clock/clock.ts';
import type { TranscriptKind } from '../model/session.ts';

/** How long streamed text may wait for more before it is shown: short for a reader, long for a token stream. */
export const GATHER_MS = 200;
/** UTF-16 units after which gathered text is passed on at once: at most three bytes each, so it fits an entry. */
const GATHER_LENGTH_MAX = 16 * 1024;
/**
 * The most that one conversation passes on, text and details together. A transcript's own bound is smaller; this one
 * only keeps a flood from becoming somebody else's flood.
 */
export const REPORTED_BYTES_MAX = 16 * 1024 * 1024;

/** Few and written by the driver itself, so they pass also after the bound: without them the end would be invisible. */
const ALWAYS: ReadonlySet<TranscriptKind> = new Set(['notice', 'stop', 'truncated']);
/** The unbounded kinds among them are bounded by number. */
const NOTICES_AFTER_BOUND_MAX = 100;

export class EntrySink {
  readonly #onEntry: (entry: AgentEntry) => void;
  readonly #clock: Clock;
  readonly #bytesMax: number;
  #bytes = 0;
  #leftOutBytes = 0;
  #leftOutEntries = 0;
  #noticesAfterBound = 0;
  #closed = false;
  /** Streamed text that waits for more of its kind. */
  #gathered: { kind: TranscriptKind; text: string; detail: Record<string, unknown> | undefined } | undefined;
  readonly #flushLater: { arm(): void; cancel(): void };
  readonly #failure = Promise.withResolvers<Error>();
  #failed: Error | undefined;

  constructor(p: { clock: Clock; onEntry: (entry: AgentEntry) => void; bytesMax?: number | undefined }) {
    this.#onEntry = p.onEntry;
    this.#clock = p.clock;
    this.#bytesMax = p.bytesMax ?? REPORTED_BYTES_MAX;
    this.#flushLater = delayedCall(this.#clock, GATHER_MS, () => this.#flushLines());
  }

  /** Resolves with what a callback of the dispatcher threw: nobody records any more, so nobody should go on. */
  get failure(): Promise<Error> {
    return this.#failure.promise;
  }

  /** What {@link failure} resolved with, for whoever asks afterwards. */
  get failed(): Error | undefined {
    return this.#failed;
  }

  /** Calls a callback of the dispatcher; what it throws must not tear down the stream it was called from. */
  guard(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#failed ??= error instanceof Error ? error : new Error(String(error));
      this.#failure.resolve(this.#failed);
    }
  }

  /** One whole entry; what was gathered before goes first, so the order is the order in which things happened. */
  report(entry: AgentEntry): void {
    this.flush();
    this.#pass(entry);
  }

  /**
   * A piece of a stream. The entries of one kind, put one behind the other, give the stream back, as long as nothing
   * was left out. `detail` belongs to the stream's current message; pieces with another one start a new entry.
   */
  stream(kind: TranscriptKind, text: string, detail?: Record<string, unknown>): void {
    if (text === '' || this.#closed) return;
    const gathered = this.#gathered;
    if (
      gathered !== undefined &&
      (gathered.kind !== kind || gathered.detail?.['message_id'] !== detail?.['message_id'])
    ) {
      this.flush();
    }
    const current = (this.#gathered ??= { kind, text: '', detail });
    current.text += text;
    while (current.text.length >= GATHER_LENGTH_MAX) {
      const end = pieceEnd(current.text);
      this.#pass(entryOf(kind, current.text.slice(0, end), current.detail));
      current.text = current.text.slice(end);
    }
    if (current.text === '') this.#gathered = undefined;
    else this.#flushLater.arm();
  }

  /** Passes on what was gathered. */
  flush(): void {
    const gathered = this.#gathered;
    this.#flushLater.cancel();
    this.#gathered = undefined;
    if (gathered !== undefined) this.#pass(entryOf(gathered.kind, gathered.text, gathered.detail));
  }

  /** Passes on the rest and says what was left out. Afterwards nothing is reported any more. */
  close(): void {
    if (this.#closed) return;
    this.flush();
    if (this.#leftOutEntries > 0) {
      this.#send({
        kind: 'notice',
        text: `${this.#leftOutEntries} further entries (${this.#leftOutBytes} bytes) were left out of the transcript.`,
        detail: { left_out_entries: this.#leftOutEntries, left_out_bytes: this.#leftOutBytes },
      });
    }
    this.#closed = true;
  }

  /** Whole lines when there are any, so that live following shows lines; an unfinished one waits at most once more. */
  #flushLines(): void {
    const gathered = this.#gathered;
    if (gathered === undefined) return;
    const end = gathered.text.lastIndexOf('\n') + 1;
    if (end === 0 || end === gathered.text.length) return this.flush();
    this.#pass(entryOf(gathered.kind, gathered.text.slice(0, end), gathered.detail));
    gathered.text = gathered.text.slice(end);
    this.#flushLater.arm();
  }

  #pass(entry: AgentEntry): void {
    if (this.#closed) return;
    const text = boundedText(harmlessText(entry.text), ENTRY_BYTES_MAX);
    const detail = entry.detail === undefined ? undefined : (boundedDetail(entry.detail) as Record<string, unknown>);
    const bytes = Buffer.byteLength(text) + (detail === undefined ? 0 : Buffer.byteLength(JSON.stringify(detail)));
    if (this.#bytes + bytes > this.#bytesMax && !this.#mayPassBound(entry.kind)) {
      this.#leftOutBytes += bytes;
      if (this.#leftOutEntries++ === 0) {
        this.#send({
          kind: 'truncated',
          text: `More than ${this.#bytesMax} bytes were reported; what follows is read and counted, but not kept.`,
          detail: { bytes_max: this.#bytesMax },
        });
      }
      return;
    }
    this.#bytes += bytes;
    this.#send(detail === undefined ? { kind: entry.kind, text } : { kind: entry.kind, text, detail });
  }

  #mayPassBound(kind: TranscriptKind): boolean {
    return ALWAYS.has(kind) && this.#noticesAfterBound++ < NOTICES_AFTER_BOUND_MAX;
  }

  #send(entry: AgentEntry): void {
    if (this.#failed === undefined) this.guard(() => this.#onEntry(entry));
  }
}

function entryOf(kind: TranscriptKind, text: string, detail: Record<string, unknown> | undefined): AgentEntry {
  return detail === undefined ? { kind, text } : { kind, text, detail };
}

/** Behind the last line end of the first {@link GATHER_LENGTH_MAX} units, or there, but never inside a character. */
function pieceEnd(text: string): number {
  const line = text.lastIndexOf('\n', GATHER_LENGTH_MAX - 1) + 1;
  if (line > GATHER_LENGTH_MAX / 2) return line;
  const last = text.charCodeAt(GATHER_LENGTH_MAX - 1);
  return last >= 0xd800 && last <= 0xdbff ? GATHER_LENGTH_MAX - 1 : GATHER_LENGTH_MAX;
}
