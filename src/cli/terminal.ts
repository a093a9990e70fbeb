/** What a command may do with the person or program in front of it. Commands are handed one and touch no stream themselves. */
import type { EpochMs } from '../model/instant.ts';
import type { Paint } from './paint.ts';

export const OUTPUT_FORMATS = ['table', 'json', 'jsonl', 'yaml'] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

export interface Terminal {
  /** Results. */
  out: (text: string) => void;
  /** Everything else: errors, hints, progress. */
  err: (text: string) => void;
  paintOut: Paint;
  paintErr: Paint;
  /** Width of the terminal; absent when results go into a pipe or file, where nothing is cut. */
  columns?: number;
  /** Whether a person can be asked. */
  interactive: boolean;
  ask: (question: string) => Promise<string>;
  /** Nothing of what is typed is shown. */
  askHidden: (question: string) => Promise<string>;
  readInput: () => Promise<string>;
  /** The viewer's zone; absent is the system's. */
  timeZone?: string;
  now: () => EpochMs;
}

/** Writes lines of results. */
export function outLines(terminal: Terminal, lines: readonly string[]): void {
  if (lines.length > 0) terminal.out(`${lines.join('\n')}\n`);
}
