/**
 * What the conformance tests share: reading a file of vectors, and counting what became of each case.
 *
 * A case ends in exactly one of three ways (compared and right, compared and wrong, not compared for a written reason),
 * and `finish` prints the three counts, so that a case nobody looked at cannot hide behind a green test.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';

const vectorsFolder = join(import.meta.dirname, 'vectors');

/** How many failing cases are written out; the rest are only counted, a wrong rule fails hundreds at once. */
const failuresShownMax = 40;

/** Reads one file of vectors (`cron.json`): an array of cases. The caller names the shape it relies on. */
export function loadVectors<Case>(file: string): readonly Case[] {
  const cases: unknown = JSON.parse(readFileSync(join(vectorsFolder, file), 'utf8'));
  if (!Array.isArray(cases) || cases.length === 0) throw new Error(`${file} holds no cases`);
  return cases as Case[];
}

/** The account of one run over a file of vectors. */
export class ConformanceReport {
  readonly #title: string;
  #passed = 0;
  readonly #skipped = new Map<string, number>();
  readonly #failures: { readonly id: string; readonly detail: string }[] = [];

  constructor(title: string) {
    this.#title = title;
  }

  /** The case was compared and is right. */
  pass(): void {
    this.#passed += 1;
  }

  /** The case was not compared, for this reason. */
  skip(reason: string): void {
    this.#skipped.set(reason, (this.#skipped.get(reason) ?? 0) + 1);
  }

  /** The case was compared and differs; `detail` says what was expected and what came. */
  fail(id: string, detail: string): void {
    this.#failures.push({ id, detail });
  }

  /** One line: total, compared, wrong, and the skipped ones by reason. */
  summary(): string {
    const compared = this.#passed + this.#failures.length;
    const skippedTotal = [...this.#skipped.values()].reduce((sum, count) => sum + count, 0);
    const reasons = [...this.#skipped].map(([reason, count]) => `${reason} ${count}`).join(', ');
    const skipped = skippedTotal === 0 ? 'skipped 0' : `skipped ${skippedTotal} (${reasons})`;
    return `conformance ${this.#title}: total ${compared + skippedTotal}, compared ${compared}, wrong ${this.#failures.length}, ${skipped}`;
  }

  /** Prints the counts and fails the test if a case was wrong, or if nothing was compared at all. */
  finish(): void {
    process.stdout.write(`${this.summary()}\n`);
    const shown = this.#failures.slice(0, failuresShownMax).map(({ id, detail }) => `${id}: ${detail}`);
    const hidden = this.#failures.length - shown.length;
    if (hidden > 0) shown.push(`… and ${hidden} more`);
    expect(shown, this.summary()).toEqual([]);
    expect(this.#passed, `${this.#title}: no case was compared`).toBeGreaterThan(0);
  }
}
