/** What a list was narrowed to: the text behind `where`, and the values bound in it, as they come together. */
import type { ColumnValue } from './value.ts';

export class Conditions {
  readonly values: ColumnValue[] = [];
  readonly #texts: string[] = [];

  /** All of them hold together. */
  add(text: string, ...bound: readonly ColumnValue[]): this {
    this.#texts.push(text);
    this.values.push(...bound);
    return this;
  }

  /** `text` has one place; without a value nothing was asked for. */
  addWhen(text: string, value: ColumnValue | undefined): this {
    return value === undefined ? this : this.add(text, value);
  }

  /** Behind the last item of the page before, in a list that runs from the newest to the oldest. */
  before(column: string, position: readonly [at: number, seq: number]): this {
    // Said twice: SQLite walks its index only to what the first half says.
    return this.add(`${column} <= ? and (${column}, seq) < (?, ?)`, position[0], ...position);
  }

  /** `true` when there are none. */
  get text(): string {
    return this.#texts.length === 0 ? 'true' : this.#texts.join(' and ');
  }
}

/** A statement with what is bound to it. */
export interface Selection {
  sql: string;
  values: readonly ColumnValue[];
}
