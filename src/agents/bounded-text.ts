/**
 * Text from outside, made harmless and bounded: cut with a mark that a reader can see, never in the middle of a
 * character. Everything that an agent says passes through here before anybody keeps it.
 */

/** Characters that a store may refuse (PostgreSQL: NUL; JSON: lone surrogates) become the replacement character. */
export function harmlessText(text: string): string {
  const whole = text.isWellFormed() ? text : text.toWellFormed();
  return whole.includes('\0') ? whole.replaceAll('\0', '\ufffd') : whole;
}

/** At most `bytesMax` bytes of UTF-8, the mark included: the beginning and the end are kept, the middle is left out. */
export function boundedText(text: string, bytesMax: number): string {
  // Three bytes per UTF-16 unit is the most there can be, so short text is not measured at all.
  if (text.length * 3 <= bytesMax || Buffer.byteLength(text) <= bytesMax) return text;
  const both = new HeadTailText(bytesMax);
  both.push(text);
  return both.text();
}

/** The last `bytesMax` bytes of UTF-8 at most, starting with a whole character. */
export function textEnd(text: string, bytesMax: number): string {
  if (text.length * 3 <= bytesMax) return text;
  const bytes = Buffer.from(text);
  if (bytes.length <= bytesMax) return text;
  let start = bytes.length - bytesMax;
  while (start < bytes.length && isContinuation(bytes[start]!)) start++;
  return bytes.toString('utf8', start);
}

/** The first `bytesMax` bytes of UTF-8 at most, ending with a whole character. */
export function textStart(text: string, bytesMax: number): string {
  if (text.length * 3 <= bytesMax) return text;
  const bytes = Buffer.from(text);
  if (bytes.length <= bytesMax) return text;
  let end = bytesMax;
  while (end > 0 && isContinuation(bytes[end]!)) end--;
  return bytes.toString('utf8', 0, end);
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}

/** Room for `\n… [1234567890 bytes left out] …\n`. */
const MARK_BYTES_MAX = 64;

/**
 * A stream of text of which the beginning and the end are kept: a program's answer may stand in its first line or in
 * its last. Memory stays below three times the bound, however much is pushed.
 */
export class HeadTailText {
  readonly #bytesMax: number;
  readonly #headBytesMax: number;
  readonly #tailBytesMax: number;
  #head = '';
  #headBytes = 0;
  #headFull = false;
  #tail: { text: string; bytes: number }[] = [];
  #tailBytes = 0;
  #totalBytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
    this.#headBytesMax = Math.floor((bytesMax - MARK_BYTES_MAX) / 2);
    this.#tailBytesMax = bytesMax - MARK_BYTES_MAX - this.#headBytesMax;
  }

  push(text: string): void {
    if (text === '') return;
    const bytes = Buffer.byteLength(text);
    this.#totalBytes += bytes;
    if (!this.#headFull) {
      if (this.#headBytes + bytes <= this.#headBytesMax) {
        this.#head += text;
        this.#headBytes += bytes;
        return;
      }
      const fits = textStart(text, this.#headBytesMax - this.#headBytes);
      this.#head += fits;
      this.#headBytes += Buffer.byteLength(fits);
      this.#headFull = true;
      this.#pushTail(text.slice(fits.length));
      return;
    }
    this.#pushTail(text);
  }

  /** What was pushed, whole when it fits the bound, else with a mark in place of the middle. */
  text(): string {
    const rest = this.#tail.map((piece) => piece.text).join('');
    if (this.#totalBytes <= this.#bytesMax && this.#headBytes + this.#tailBytes === this.#totalBytes) {
      return this.#head + rest;
    }
    const tail = textEnd(rest, this.#tailBytesMax);
    const leftOut = this.#totalBytes - this.#headBytes - Buffer.byteLength(tail);
    return `${this.#head}\n… [${leftOut} bytes left out] …\n${tail}`;
  }

  get totalBytes(): number {
    return this.#totalBytes;
  }

  clear(): void {
    this.#head = '';
    this.#headBytes = 0;
    this.#headFull = false;
    this.#tail = [];
    this.#tailBytes = 0;
    this.#totalBytes = 0;
  }

  #pushTail(text: string): void {
    if (text === '') return;
    // One more mark's worth than needed is kept, so that text just at the bound can still be given back whole.
    const keepBytes = this.#tailBytesMax + MARK_BYTES_MAX;
    const piece = textEnd(text, keepBytes);
    const bytes = Buffer.byteLength(piece);
    this.#tail.push({ text: piece, bytes });
    this.#tailBytes += bytes;
    while (this.#tail.length > 1 && this.#tailBytes - this.#tail[0]!.bytes >= keepBytes) {
      this.#tailBytes -= this.#tail.shift()!.bytes;
    }
    // Many tiny pieces would cost more than their text.
    if (this.#tail.length > 256) {
      const joined = this.#tail.map((each) => each.text).join('');
      this.#tail = [{ text: joined, bytes: this.#tailBytes }];
    }
  }
}

/** The bounds of {@link boundedDetail}: enough for a tool call's input, too little to fill a database. */
const DETAIL_BYTES_MAX = 32 * 1024;
const DETAIL_TEXT_BYTES_MAX = 8 * 1024;
const DETAIL_DEPTH_MAX = 8;
const DETAIL_ITEMS_MAX = 100;

/**
 * A copy of a JSON value that is small whatever came in: long texts are cut, deep and wide structures end in a mark,
 * and about {@link DETAIL_BYTES_MAX} bytes are kept in all.
 */
export function boundedDetail(value: unknown): unknown {
  const budget = { bytes: DETAIL_BYTES_MAX };
  return clip(value, budget, 0);
}

function clip(value: unknown, budget: { bytes: number }, depth: number): unknown {
  if (budget.bytes <= 0) return '… [left out]';
  if (typeof value === 'string') {
    const text = boundedText(harmlessText(value), Math.max(256, Math.min(DETAIL_TEXT_BYTES_MAX, budget.bytes)));
    budget.bytes -= Buffer.byteLength(text) + 2;
    return text;
  }
  budget.bytes -= 8;
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'object') return undefined;
  if (depth >= DETAIL_DEPTH_MAX) return '… [too deep]';
  if (Array.isArray(value)) return clipArray(value, budget, depth);
  const out: Record<string, unknown> = {};
  let taken = 0;
  for (const [key, item] of Object.entries(value)) {
    if (taken++ >= DETAIL_ITEMS_MAX || budget.bytes <= 0) {
      out['…'] = '[more left out]';
      break;
    }
    const name = boundedText(harmlessText(key), 256);
    budget.bytes -= Buffer.byteLength(name) + 4;
    // Assigning `__proto__` would change the copy's prototype instead of its content.
    if (name !== '__proto__') out[name] = clip(item, budget, depth + 1);
  }
  return out;
}

function clipArray(values: readonly unknown[], budget: { bytes: number }, depth: number): unknown[] {
  const out: unknown[] = [];
  for (const item of values) {
    if (out.length >= DETAIL_ITEMS_MAX || budget.bytes <= 0) {
      out.push(`… [${values.length - out.length} more left out]`);
      break;
    }
    out.push(clip(item, budget, depth + 1) ?? null);
  }
  return out;
}
