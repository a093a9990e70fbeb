/**
 * How often an address came with a wrong credential lately. Secrets are too long to be guessed; what is limited here is
 * the work and the noise that somebody makes by trying. A right credential is let in whatever came before, because all
 * programs of this machine share one address, and one of them must not lock the others out.
 */
import { AppError } from '../errors/app-error.ts';
import { type EpochMs, formatInstant } from '../model/instant.ts';

const ATTEMPTS_MAX = 30;
const WINDOW_MS = 60_000;
/** Whoever comes from more addresses than this gets fresh attempts for some, and our memory stays what it is. */
const ADDRESSES_MAX = 1_000;

interface Window {
  until: EpochMs;
  attempts: number;
}

export class FailedAttempts {
  readonly #windows = new Map<string, Window>();

  /** Counts one more. Throws `rate_limited` beyond what an address has in a minute. */
  note(address: string, now: EpochMs): void {
    const known = this.#windows.get(address);
    const window = known !== undefined && now < known.until ? known : { until: now + WINDOW_MS, attempts: 0 };
    window.attempts += 1;
    // Put last, so that the one that waited longest for its next attempt is forgotten first.
    this.#windows.delete(address);
    this.#windows.set(address, window);
    const [oldest] = this.#windows.keys();
    if (this.#windows.size > ADDRESSES_MAX && oldest !== undefined) this.#windows.delete(oldest);
    if (window.attempts > ATTEMPTS_MAX) throw new AppError('rate_limited', { retry_at: formatInstant(window.until) });
  }
}
