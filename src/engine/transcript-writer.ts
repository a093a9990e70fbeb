/**
 * Numbers, bounds and stores what one conversation says. Entries are gathered for a moment and written together, so
 * that a chatty agent costs a few transactions a second; they are shown live only after they are stored, so whoever
 * follows sees exactly what the history will show.
 */
import type { AgentEntry } from '../agents/agent-driver.ts';
import type { Clock } from '../clock/clock.ts';
import { delay } from '../clock/clock.ts';
import { AppError } from '../errors/app-error.ts';
import type { HappeningBus } from '../events/happening.ts';
import type { TranscriptEntry } from '../model/session.ts';
import type { Store } from '../store/store.ts';
import { type FoundSecrets, SecretSeam } from './secret-seam.ts';

/** How long an entry may wait for company. */
const GATHER_MS = 150;
/** So many entries are written at once without waiting any longer. */
const GATHER_MAX = 64;
/** Waiting time after a failed write; what an agent says meanwhile is kept, up to the transcript's bound. */
const RETRY_MS = 1000;
/** How long an end that may be the beginning of a secret waits for what follows it. */
const SEAM_MS = 2000;
/** So many failures in a row that are not the store's trouble: the batch itself is what it refuses. */
const REFUSALS_MAX = 5;
/** Levels of an entry's detail that are kept; what is nested deeper is nobody's to read. */
const DETAIL_DEPTH_MAX = 50;
/** What an entry weighs besides its text. */
const ENTRY_OVERHEAD_BYTES = 64;

export class TranscriptWriter {
  readonly #p: {
    store: Store;
    clock: Clock;
    bus: HappeningBus;
    runId: string;
    sessionId: string;
    bytesMax: number;
    redact: (text: string) => string;
    findSecrets: (text: string) => FoundSecrets;
  };
  readonly #seam: SecretSeam;
  #cancelSeamTimer: (() => void) | undefined;
  #pending: TranscriptEntry[] = [];
  #seq = 0;
  #bytes = 0;
  #unstoredBytes = 0;
  #truncated = false;
  #opened = false;
  #writing: Promise<void> | undefined;
  #cancelTimer: (() => void) | undefined;
  #isTroubled = false;
  #refusals = 0;

  constructor(p: {
    store: Store;
    clock: Clock;
    bus: HappeningBus;
    runId: string;
    sessionId: string;
    /** Bytes of text and detail that one run may keep; what comes after the mark is left out. */
    bytesMax: number;
    redact: (text: string) => string;
    findSecrets: (text: string) => FoundSecrets;
  }) {
    this.#p = p;
    this.#seam = new SecretSeam({ find: p.findSecrets, redact: p.redact });
  }

  add(entry: AgentEntry): void {
    this.#cancelSeamTimer?.();
    this.#cancelSeamTimer = undefined;
    for (const clean of this.#seam.take(entry)) this.#keep(clean);
    if (this.#seam.holds) this.#cancelSeamTimer = this.#p.clock.after(SEAM_MS, () => this.#releaseSeam());
  }

  #releaseSeam(): void {
    this.#cancelSeamTimer?.();
    this.#cancelSeamTimer = undefined;
    for (const clean of this.#seam.release()) this.#keep(clean);
  }

  /** The text is clean already; the detail is whole and is cleaned here. */
  #keep(entry: AgentEntry): void {
    if (this.#truncated && entry.kind !== 'stop') return;
    const { text } = entry;
    const detail = entry.detail === undefined ? undefined : this.#redactDetail(entry.detail);
    const bytes =
      Buffer.byteLength(text) + (detail === undefined ? 0 : JSON.stringify(detail).length) + ENTRY_OVERHEAD_BYTES;
    if (this.#bytes + bytes > this.#p.bytesMax && entry.kind !== 'stop') {
      this.#truncated = true;
      this.#push(
        {
          kind: 'truncated',
          text: `The transcript reached its bound of ${this.#p.bytesMax} bytes; the rest is left out.`,
        },
        0,
      );
      return;
    }
    this.#push({ kind: entry.kind, text, ...(detail === undefined ? {} : { detail }) }, bytes);
  }

  /** The session's row exists: from now on entries can be stored. */
  open(): void {
    this.#opened = true;
    this.#schedule();
  }

  /**
   * Stores what is left, for as long as the store is in trouble, until `signal` aborts: the result could not be written
   * either. An append that fails for a reason of its own is given up after a few tries: the result matters more.
   */
  async close(signal: AbortSignal): Promise<void> {
    this.#releaseSeam();
    if (!this.#opened) return;
    this.#cancelTimer?.();
    while (this.#pending.length > 0 || this.#writing !== undefined) {
      await (this.#writing ?? this.#write());
      if (signal.aborted || this.#refusals >= REFUSALS_MAX) return;
    }
  }

  #push(entry: AgentEntry, bytes: number): void {
    this.#seq += 1;
    this.#bytes += bytes;
    this.#unstoredBytes += bytes;
    this.#pending.push({ seq: this.#seq, at: this.#p.clock.now(), ...entry });
    this.#schedule();
  }

  #schedule(): void {
    if (!this.#opened || this.#writing !== undefined || this.#pending.length === 0) return;
    if (this.#pending.length >= GATHER_MAX) {
      this.#cancelTimer?.();
      this.#cancelTimer = undefined;
      void this.#write();
      return;
    }
    this.#cancelTimer ??= this.#p.clock.after(GATHER_MS, () => {
      this.#cancelTimer = undefined;
      void this.#write();
    });
  }

  #write(): Promise<void> {
    this.#writing ??= this.#writeBatch().finally(() => {
      this.#writing = undefined;
      this.#schedule();
    });
    return this.#writing;
  }

  async #writeBatch(): Promise<void> {
    const entries = this.#pending;
    const bytes = this.#unstoredBytes;
    if (entries.length === 0) return;
    this.#pending = [];
    this.#unstoredBytes = 0;
    try {
      await this.#p.store.appendTranscript({
        session_id: this.#p.sessionId,
        entries,
        bytes,
        truncated: this.#truncated,
      });
    } catch (error) {
      this.#reportTrouble(error);
      this.#refusals = error instanceof AppError ? 0 : this.#refusals + 1;
      // Nothing is lost: the batch goes back to the front, and the numbers make a repeat harmless.
      this.#pending = [...entries, ...this.#pending];
      this.#unstoredBytes += bytes;
      await delay(this.#p.clock, RETRY_MS);
      return;
    }
    this.#refusals = 0;
    this.#reportRecovery();
    this.#p.bus.report({
      type: 'transcript.appended',
      at: this.#p.clock.now(),
      run_id: this.#p.runId,
      session_id: this.#p.sessionId,
      entries,
    });
  }

  /** Once per trouble: a full disk must not also fill the log. */
  #reportTrouble(error: unknown): void {
    if (this.#isTroubled) return;
    this.#isTroubled = true;
    this.#p.bus.report({
      type: 'service.failed',
      at: this.#p.clock.now(),
      service: 'transcript',
      error: error instanceof Error ? error.message : String(error),
      ...(error instanceof AppError ? { code: error.code } : {}),
    });
  }

  #reportRecovery(): void {
    if (!this.#isTroubled) return;
    this.#isTroubled = false;
    this.#p.bus.report({ type: 'service.recovered', at: this.#p.clock.now(), service: 'transcript' });
  }

  #redactDetail(detail: Record<string, unknown>): Record<string, unknown> {
    return redactedObject(detail, this.#p.redact, DETAIL_DEPTH_MAX);
  }
}

/** Text by text: taken out of the JSON as a whole, a value with a quote or a bracket in it would leave no JSON. */
function redactedObject(object: object, redact: (text: string) => string, depthLeft: number): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => [redact(key), redactedValue(value, redact, depthLeft - 1)]),
  );
}

function redactedValue(value: unknown, redact: (text: string) => string, depthLeft: number): unknown {
  if (typeof value === 'string') return redact(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depthLeft <= 0) return '[nested too deeply]';
  if (Array.isArray(value)) return value.map((item) => redactedValue(item, redact, depthLeft - 1));
  return redactedObject(value, redact, depthLeft);
}
