/** Takes known secret values out of whatever leaves the process: transcripts, outputs, errors, logs. */

export const REDACTED = '[redacted]';

/** Secrets that the daemon makes itself are known by their form: there is one per run, too many to remember. */
const OWN_SECRET = /rouse_(?:tok|page|link|run)_[A-Za-z0-9_-]{43}/g;
const OWN_SECRET_KINDS = ['rouse_tok_', 'rouse_page_', 'rouse_link_', 'rouse_run_'];
const OWN_SECRET_START = /rouse_(?:tok|page|link|run)_[A-Za-z0-9_-]{0,42}$/;
const OWN_SECRET_LENGTH_MAX = 'rouse_page_'.length + 43;

/** Shorter values are not taken out: replacing every `a` of a text would reveal more than it hides. */
const LENGTH_MIN = 6;

/** Where secrets stand in a text: `[start, end)`, rising, apart from one another. */
type Span = readonly [start: number, end: number];

export class Redactor {
  /** Each value as it is, and as it stands inside JSON text where that differs. */
  readonly #needles = new Set<string>();

  remember(value: string): void {
    if (value.length < LENGTH_MIN || this.#needles.has(value)) return;
    this.#needles.add(value);
    this.#needles.add(JSON.stringify(value).slice(1, -1));
  }

  redact(text: string): string {
    const spans = this.#spansOf(text);
    if (spans.length === 0) return text;
    let clean = '';
    let from = 0;
    for (const [start, end] of spans) {
      clean += text.slice(from, start) + REDACTED;
      from = end;
    }
    return clean + text.slice(from);
  }

  /**
   * The secrets of a text, and from where on its end may be the beginning of one that goes on in the next text. That may
   * be a secret already: another one may begin with it. It is never the inside of one.
   */
  find(text: string): { spans: readonly Span[]; openFrom: number } {
    const spans = this.#spansOf(text);
    const openFrom = this.#openFrom(text);
    const around = spans.find(([start, end]) => start < openFrom && openFrom < end);
    return { spans, openFrom: around?.[0] ?? openFrom };
  }

  #spansOf(text: string): Span[] {
    const found: Span[] = [];
    for (const needle of this.#needles) {
      for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + needle.length)) {
        found.push([at, at + needle.length]);
      }
    }
    if (text.includes('rouse_')) {
      for (const match of text.matchAll(OWN_SECRET)) found.push([match.index, match.index + match[0].length]);
    }
    return found.length < 2 ? found : merged(found);
  }

  #openFrom(text: string): number {
    let openFrom = text.length;
    for (const needle of [...this.#needles, ...OWN_SECRET_KINDS]) {
      // The longest end of the text that begins the needle; the whole needle would be a span already.
      for (let at = Math.max(0, text.length - needle.length + 1); at < openFrom; at += 1) {
        if (needle.startsWith(text.slice(at))) openFrom = at;
      }
    }
    const own = OWN_SECRET_START.exec(text.slice(-OWN_SECRET_LENGTH_MAX));
    return own === null ? openFrom : Math.min(openFrom, text.length - own[0].length);
  }
}

/** One span for values that overlap, so that no part of either is left. */
function merged(found: Span[]): Span[] {
  const spans: Span[] = [];
  for (const [start, end] of found.toSorted((a, b) => a[0] - b[0])) {
    const last = spans.at(-1);
    if (last === undefined || start >= last[1]) spans.push([start, end]);
    else spans[spans.length - 1] = [last[0], Math.max(last[1], end)];
  }
  return spans;
}
