/**
 * Runs the command line within the test's own process, against a real daemon: the same program, without the second that
 * a process of its own costs on a busy machine. What is about the process itself (signals, pipes, terminals) wants
 * {@link runRouse}.
 */
import { delay, systemClock } from '../../src/clock/clock.ts';
import type { Cli } from '../../src/cli/command.ts';
import { reportFailure } from '../../src/cli/failure.ts';
import { findHome, readAddress } from '../../src/cli/home-folder.ts';
import { createProgram } from '../../src/cli/program.ts';
import { recordedTerminal } from '../../src/cli/recorded-terminal.ts';
import { createClient } from '../../src/client/client.ts';
import type { CommandEnd } from './rouse-command.ts';

export async function runRouseHere(
  words: readonly string[],
  p: {
    home: string;
    variables?: Readonly<Record<string, string | undefined>>;
    input?: string;
    columns?: number;
    cwd?: string;
  },
): Promise<CommandEnd> {
  const clock = systemClock();
  const { terminal, written } = recordedTerminal({
    now: clock.now(),
    ...(p.input === undefined ? {} : { input: p.input }),
    ...(p.columns === undefined ? {} : { columns: p.columns }),
  });
  let status: number = 0;
  const environment = {
    homeVariable: p.home,
    defaultHome: p.home,
    cwd: p.cwd ?? process.cwd(),
    platform: process.platform,
    variables: p.variables ?? process.env,
  };
  const cli: Cli = {
    terminal,
    environment,
    homeOf: (options) => findHome({ option: options.home ?? program.opts().home, environment }),
    connect(options, { as } = { as: 'cli' }) {
      const { url, token } = readAddress(cli.homeOf(options));
      return Promise.resolve(createClient({ url, token, name: as }));
    },
    pause: (ms, signal) => delay(clock, ms, signal),
    endWith: (code) => void (status = code),
  };
  const program = createProgram({ cli, version: '0.0.0' });
  try {
    await program.parseAsync([...words], { from: 'user' });
  } catch (error) {
    status = reportFailure(error, { terminal, asJson: false });
  }
  return { stdout: written.out, stderr: written.err, status };
}
