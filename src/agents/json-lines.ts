/**
 * Cuts a program's standard output into the JSON objects that it is made of, one per line; whatever else is printed is
 * passed on as text. A line that is too long to be held is left out and counted as text.
 */
import { asList, asRecord, type WireRecord } from './wire-value.ts';

/** A tool's result may hold a whole file; beyond this a line is not an event that anybody could show. */
const LINE_LENGTH_MAX = 16 * 1024 * 1024;
/** Output that is one JSON document over many lines is understood up to this size. */
const DOCUMENT_LENGTH_MAX = 4 * 1024 * 1024;

export class JsonLines {
  readonly #onObject: (object: WireRecord) => void;
  readonly #onText: (text: string) => void;
  #line = '';
  /**
   * What becomes of the rest of the line: `text` was no object from its first character on, `whole` may be one, `skip` is
   * too long.
   */
  #rest: 'unknown' | 'whole' | 'text' | 'skip' = 'unknown';
  /** All of it, as long as no line was an object and it is not too much. */
  #document: string | undefined = '';
  #objects = 0;

  constructor(p: { onObject(object: WireRecord): void; onText(text: string): void }) {
    this.#onObject = (object) => p.onObject(object);
    this.#onText = (text) => p.onText(text);
  }

  read(text: string): void {
    this.#remember(text);
    let rest = text;
    for (let end = rest.indexOf('\n'); end !== -1; end = rest.indexOf('\n')) {
      this.#append(rest.slice(0, end));
      this.#endLine('\n');
      rest = rest.slice(end + 1);
    }
    this.#append(rest);
  }

  /** The last line may lack its end. Whether any object came. */
  finish(): boolean {
    if (this.#line !== '') this.#endLine('');
    if (this.#objects > 0 || this.#document === undefined) return this.#objects > 0;
    const whole = parse(this.#document);
    if (whole.length === 0) return false;
    for (const object of whole) this.#onObject(object);
    return true;
  }

  #remember(text: string): void {
    if (this.#document === undefined) return;
    const tooMuch = this.#objects > 0 || this.#document.length + text.length > DOCUMENT_LENGTH_MAX;
    this.#document = tooMuch ? undefined : this.#document + text;
  }

  #append(text: string): void {
    if (this.#rest === 'skip' || text === '') return;
    if (this.#rest === 'text') return this.#onText(text);
    if (this.#line.length + text.length > LINE_LENGTH_MAX) {
      this.#onText(`[a line of more than ${LINE_LENGTH_MAX} characters left out]\n`);
      this.#line = '';
      this.#rest = 'skip';
      return;
    }
    // What is no object from its first character on need not wait for its line to end.
    this.#line += text;
    // Decided once: looking into a line that grows puts it together anew each time.
    if (this.#rest === 'whole') return;
    const start = this.#line.trimStart()[0];
    if (start === undefined) return;
    if (start === '{' || start === '[') this.#rest = 'whole';
    else {
      this.#onText(this.#line);
      this.#line = '';
      this.#rest = 'text';
    }
  }

  #endLine(end: string): void {
    const line = this.#line;
    this.#line = '';
    const rest = this.#rest;
    this.#rest = 'unknown';
    if (rest === 'text') this.#onText(end);
    if (rest === 'text' || rest === 'skip') return;
    const objects = parse(line);
    this.#objects += objects.length;
    if (objects.length === 0) this.#onText(line + end);
    for (const object of objects) this.#onObject(object);
  }
}

/** One object, or a list of them. */
function parse(text: string): WireRecord[] {
  try {
    const value: unknown = JSON.parse(text);
    const object = asRecord(value);
    if (object !== undefined) return [object];
    const list = asList(value).map(asRecord);
    return list.every((each) => each !== undefined) ? list : [];
  } catch {
    return [];
  }
}
