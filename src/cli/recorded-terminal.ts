/** A terminal that keeps what was written to it; the unit tests of the commands use it in place of a real one. */
import type { EpochMs } from '../model/instant.ts';
import { painter } from './paint.ts';
import type { Terminal } from './terminal.ts';

export function recordedTerminal(p: { now: EpochMs; input?: string; answers?: readonly string[]; columns?: number }): {
  terminal: Terminal;
  written: { out: string; err: string };
} {
  const written = { out: '', err: '' };
  const answers = [...(p.answers ?? [])];
  const ask = (question: string): Promise<string> => {
    written.err += question;
    return Promise.resolve(answers.shift() ?? '');
  };
  const terminal: Terminal = {
    out: (text) => void (written.out += text),
    err: (text) => void (written.err += text),
    paintOut: painter({ color: false }),
    paintErr: painter({ color: false }),
    ...(p.columns === undefined ? {} : { columns: p.columns }),
    interactive: p.answers !== undefined,
    ask,
    askHidden: ask,
    readInput: () => Promise.resolve(p.input ?? ''),
    timeZone: 'UTC',
    now: () => p.now,
  };
  return { terminal, written };
}
