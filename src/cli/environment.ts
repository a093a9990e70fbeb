/** The one file of the command line that looks around: variables, streams, the user's folder. Everybody else is told. */
import { homedir } from 'node:os';
import { createInterface } from 'node:readline/promises';
import { text } from 'node:stream/consumers';
import { systemClock } from '../clock/clock.ts';
import { askHidden } from './hidden-question.ts';
import { painter } from './paint.ts';
import type { Terminal } from './terminal.ts';

export interface Environment {
  /** `ROUSE_HOME`. */
  homeVariable?: string;
  /** `ROUSE_TOKEN`: what this program may do, instead of the home's own token; the agent of a run finds one. */
  token?: string;
  /** `~/.rouse`. */
  defaultHome: string;
  /** Where `npm start` of the checkout that we run from keeps its home; `bin/rouse` says so. */
  checkoutHome?: string;
  /** The current folder: relative paths of arguments are meant from here. */
  cwd: string;
  platform: NodeJS.Platform;
  /** All variables, for what reads its own: the configuration, the daemon. */
  variables: Readonly<Record<string, string | undefined>>;
}

export function readEnvironment(): Environment {
  const { ROUSE_HOME, ROUSE_TOKEN, ROUSE_CHECKOUT_HOME } = process.env;
  return {
    ...(ROUSE_HOME ? { homeVariable: ROUSE_HOME } : {}),
    ...(ROUSE_TOKEN ? { token: ROUSE_TOKEN } : {}),
    defaultHome: `${homedir()}/.rouse`,
    ...(ROUSE_CHECKOUT_HOME ? { checkoutHome: ROUSE_CHECKOUT_HOME } : {}),
    cwd: process.cwd(),
    platform: process.platform,
    variables: process.env,
  };
}

/** Colour only on a terminal; `NO_COLOR` and `FORCE_COLOR` are what the user wants regardless. */
function wantsColor(stream: { isTTY?: boolean }): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (NO_COLOR) return false;
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== '0';
  return stream.isTTY === true && TERM !== 'dumb';
}

export function systemTerminal(): Terminal {
  const { stdin, stdout, stderr } = process;
  const clock = systemClock();
  return {
    out: (written) => void stdout.write(written),
    err: (written) => void stderr.write(written),
    paintOut: painter({ color: wantsColor(stdout) }),
    paintErr: painter({ color: wantsColor(stderr) }),
    ...(stdout.isTTY ? { columns: stdout.columns } : {}),
    interactive: stdin.isTTY === true && stderr.isTTY === true,
    async ask(question) {
      const lines = createInterface({ input: stdin, output: stderr });
      // At the end of input the question would wait for ever: no answer is then the answer.
      const closed = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
      try {
        return await Promise.race([lines.question(question), closed]);
      } finally {
        lines.close();
      }
    },
    askHidden: (question) => askHidden({ question, stdin, stderr }),
    readInput: () => text(stdin),
    now: () => clock.now(),
  };
}
