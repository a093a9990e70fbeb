/** What every command has in common: examples in its help, the options that all take, and a way to the daemon. */
import { Command, Option } from '@commander-js/extra-typings';
import type { Client } from '../client/client.ts';
import type { Pause } from '../client/resumed-events.ts';
import type { ExitCode } from '../errors/exit-code.ts';
import type { Environment } from './environment.ts';
import { OUTPUT_FORMATS, type Terminal } from './terminal.ts';

/** What commands are handed instead of the world. */
export interface Cli {
  readonly terminal: Terminal;
  readonly environment: Environment;
  /** The home that these options mean; `--home` counts before and after the command's name. */
  homeOf: (options: { home?: string | undefined }) => string;
  /** `as` is how the records name this program, `cli` when absent. Throws `daemon_not_running`. */
  connect: (options: { home?: string | undefined }, p?: { as: string }) => Promise<Client>;
  /** Waits, for what tries again. */
  pause: Pause;
  /** How the process is to end when nothing goes wrong from here on; 0 where nobody says anything. */
  endWith: (code: ExitCode) => void;
}

/** Every command shows how it is used; a test holds it. */
export const EXAMPLES_TITLE = 'Examples:';

/** The lines under `Examples:` in a command's help. */
export function examplesText(examples: readonly string[]): string {
  return `\n${EXAMPLES_TITLE}\n${examples.map((example) => `  $ rouse ${example}`).join('\n')}`;
}

export function homeOption() {
  return new Option('--home <dir>', 'home folder of the daemon (default: $ROUSE_HOME, else ~/.rouse)');
}

/** A command that stands alone: with examples, without a daemon. */
export function localCommand(name: string, p: { summary: string; description?: string; examples: readonly string[] }) {
  return new Command(name)
    .summary(p.summary)
    .description(p.description ?? `${p.summary}.`)
    .addHelpText('after', () => examplesText(p.examples))
    .addOption(homeOption());
}

/** A command that asks the daemon and answers in a format of the caller's choice. */
export function daemonCommand(name: string, p: { summary: string; description?: string; examples: readonly string[] }) {
  return localCommand(name, p).addOption(
    new Option('-o, --output <format>', 'how to answer').choices(OUTPUT_FORMATS).default('table' as const),
  );
}

/** A noun that only groups its verbs; alone it shows its help. */
export function groupCommand(name: string, summary: string): Command {
  return new Command(name).summary(summary).description(`${summary}.`);
}
