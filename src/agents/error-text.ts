/** Gathers the last words of an agent's standard error, because they often say why it ended. */
import { harmlessText, textEnd } from './bounded-text.ts';

const KEPT_LENGTH = 4 * 1024;
const SHOWN_BYTES = 1_000;

export class ErrorText {
  #text = '';

  push(text: string): void {
    this.#text = (this.#text + text).slice(-KEPT_LENGTH);
  }

  /** ` It said: "…"`, or nothing when it said nothing. */
  clause(): string {
    const said = textEnd(harmlessText(this.#text.trim()), SHOWN_BYTES);
    return said === '' ? '' : ` It said: ${said}`;
  }
}
