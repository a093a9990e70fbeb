/** Server-sent events out of pieces of text: the name and the data of each, comments and other fields left out. */
import { harmlessText } from '../bounded-text.ts';

/** What one event may hold; the rest of a longer one is left out. */
const EVENT_LENGTH_MAX = 4 * 1024 * 1024;

export class EventLines {
  readonly #onEvent: (event: { name: string; data: string }) => void;
  #rest = '';
  #name = '';
  #data: string[] = [];
  #length = 0;

  constructor(onEvent: (event: { name: string; data: string }) => void) {
    this.#onEvent = onEvent;
  }

  read(text: string): void {
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?!$)/);
    this.#rest = (lines.pop() ?? '').slice(0, EVENT_LENGTH_MAX);
    for (const line of lines) this.#take(line);
  }

  /** An event that its sender did not finish is not one. */
  finish(): void {
    if (this.#rest !== '') this.#take(this.#rest);
    this.#take('');
  }

  #take(line: string): void {
    if (line === '') return this.#end();
    const [, field = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (field === 'event') this.#name = value;
    if (field !== 'data' || this.#length > EVENT_LENGTH_MAX) return;
    this.#length += value.length + 1;
    this.#data.push(value);
  }

  #end(): void {
    const event = { name: this.#name === '' ? 'message' : this.#name, data: harmlessText(this.#data.join('\n')) };
    const isEmpty = this.#data.length === 0;
    this.#name = '';
    this.#data = [];
    this.#length = 0;
    if (!isEmpty) this.#onEvent(event);
  }
}
