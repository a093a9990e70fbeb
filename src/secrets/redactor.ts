/** Takes known secret values out of whatever leaves the process: transcripts, outputs, errors, logs. */

export const REDACTED = '[redacted]';

/** Secrets that the daemon makes itself are known by their form: there is one per run, too many to remember. */
const OWN_SECRET = /rouse_(?:tok|page|link|run)_[A-Za-z0-9_-]{43}/g;

/** Shorter values are not taken out: replacing every `a` of a text would reveal more than it hides. */
const LENGTH_MIN = 6;

export class Redactor {
  readonly #values = new Set<string>();

  remember(value: string): void {
    if (value.length >= LENGTH_MIN) this.#values.add(value);
  }

  redact(text: string): string {
    let clean = text.replaceAll(OWN_SECRET, REDACTED);
    for (const value of this.#values) {
      if (clean.includes(value)) clean = clean.replaceAll(value, REDACTED);
      // Inside JSON text the value stands escaped.
      const escaped = JSON.stringify(value).slice(1, -1);
      if (escaped !== value && clean.includes(escaped)) clean = clean.replaceAll(escaped, REDACTED);
    }
    return clean;
  }
}
