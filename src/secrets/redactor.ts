/** Takes known secret values out of whatever leaves the process: transcripts, outputs, errors, logs. */

export const REDACTED = '[redacted]';

/** Secrets that the daemon makes itself are known by their form: there is one per run, too many to remember. */
const OWN_SECRET = /rouse_(?:tok|page|link|run)_[A-Za-z0-9_-]{43}/g;

/** Shorter values are not taken out: replacing every `a` of a text would reveal more than it hides. */
const LENGTH_MIN = 6;

export class Redactor {
  /** Each with how it stands inside JSON text, where that is another. */
  readonly #values = new Map<string, string | undefined>();

  remember(value: string): void {
    if (value.length < LENGTH_MIN || this.#values.has(value)) return;
    const escaped = JSON.stringify(value).slice(1, -1);
    this.#values.set(value, escaped === value ? undefined : escaped);
  }

  redact(text: string): string {
    let clean = text.includes('rouse_') ? text.replaceAll(OWN_SECRET, REDACTED) : text;
    for (const [value, escaped] of this.#values) {
      if (clean.includes(value)) clean = clean.replaceAll(value, REDACTED);
      if (escaped !== undefined && clean.includes(escaped)) clean = clean.replaceAll(escaped, REDACTED);
    }
    return clean;
  }
}
