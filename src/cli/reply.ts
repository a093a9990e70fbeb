/** Writes what a command found: as the API said it for programs, as lines for people. */
import { outLines, type OutputFormat, type Terminal } from './terminal.ts';
import { yamlText } from './yaml-text.ts';

/**
 * `json` and `yaml` write the whole reply as it travelled. `jsonl` writes one line per item of the list, or one for the
 * single object, unwrapped, so that line tools need no paths.
 */
export function writeReply(p: {
  terminal: Terminal;
  format: OutputFormat;
  reply: object;
  /** What `jsonl` writes. */
  items: readonly unknown[];
  /** For people; only made when they are the ones who ask. */
  lines: () => readonly string[];
}): void {
  const { terminal } = p;
  switch (p.format) {
    case 'json':
      return terminal.out(`${JSON.stringify(p.reply, undefined, 2)}\n`);
    case 'jsonl':
      return outLines(
        terminal,
        p.items.map((item) => JSON.stringify(item)),
      );
    case 'yaml':
      return terminal.out(yamlText(p.reply));
    case 'table':
      return outLines(terminal, p.lines());
  }
}
