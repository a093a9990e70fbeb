/**
 * A transcript as it runs over a screen: the kind in a margin, the text beside it. Streamed kinds come in pieces cut
 * anywhere; put one behind the other they are the text again, so a piece goes on where the last one of its kind stopped.
 */
import type { TranscriptKind } from '../model/session.ts';
import { plainText, type Hue, type Paint } from './paint.ts';

const LOOK: Readonly<Record<TranscriptKind, { label: string; hue?: Hue; streamed?: true }>> = {
  prompt: { label: 'prompt', hue: 'bold' },
  message: { label: 'agent', streamed: true },
  thought: { label: 'thought', hue: 'dim', streamed: true },
  tool_call: { label: 'tool', hue: 'cyan' },
  tool_result: { label: 'result', hue: 'dim' },
  permission_request: { label: 'asks', hue: 'yellow' },
  permission_answer: { label: 'answer', hue: 'yellow' },
  plan: { label: 'plan', hue: 'dim' },
  output: { label: 'output', streamed: true },
  stderr: { label: 'stderr', hue: 'red', streamed: true },
  notice: { label: 'notice', hue: 'yellow' },
  truncated: { label: 'cut', hue: 'yellow' },
  stop: { label: 'stop', hue: 'dim' },
};

const MARGIN = Math.max(...Object.values(LOOK).map(({ label }) => label.length)) + 2;

/** Enough to see what it was. */
const FOLDED_LINES_MAX = 3;

export class TranscriptWriter {
  readonly #write: (text: string) => void;
  readonly #paint: Paint;
  readonly #folded: boolean;
  #kind: TranscriptKind | undefined;
  /** Whether the last line is finished, so that the next text begins with a margin. */
  #atLineStart = true;

  /** `folded`: of what tools gave back only the first lines, with how many more there are. */
  constructor(p: { write: (text: string) => void; paint: Paint; folded?: boolean }) {
    this.#write = p.write;
    this.#paint = p.paint;
    this.#folded = p.folded ?? false;
  }

  entry(entry: { kind: TranscriptKind; text: string }): void {
    const { label, hue, streamed } = LOOK[entry.kind];
    const continues = streamed === true && entry.kind === this.#kind;
    if (!continues) this.finishLine();
    this.#kind = entry.kind;
    let margin = continues ? '' : label;
    const lines = this.#linesOf(entry);
    lines.forEach((line, index) => {
      const isLast = index === lines.length - 1;
      // What follows the last line end is the beginning of the next piece, or nothing.
      if (isLast && line === '' && lines.length > 1) return;
      const shown = hue === undefined ? line : this.#paint(hue, line);
      const prefix = this.#atLineStart ? this.#paint('dim', margin.padEnd(MARGIN)) : '';
      this.#write(`${prefix}${shown}${isLast ? '' : '\n'}`);
      this.#atLineStart = !isLast;
      margin = '';
    });
    if (!streamed) this.finishLine();
  }

  #linesOf({ kind, text }: { kind: TranscriptKind; text: string }): string[] {
    const lines = plainText(text).split('\n');
    if (!this.#folded || kind !== 'tool_result') return lines;
    while (lines.length > 1 && lines.at(-1) === '') lines.pop();
    if (lines.length <= FOLDED_LINES_MAX + 1) return lines;
    return [...lines.slice(0, FOLDED_LINES_MAX), `… ${lines.length - FOLDED_LINES_MAX} more lines`];
  }

  /** Before anything else is written to the same screen. */
  finishLine(): void {
    if (!this.#atLineStart) this.#write('\n');
    this.#atLineStart = true;
  }
}
