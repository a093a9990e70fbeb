/** The entry of the command line: builds the world, runs the command, ends with its code. */
import packageFile from '../../package.json' with { type: 'json' };
import { systemClock, delay } from '../clock/clock.ts';
import { ApiError } from '../client/api-error.ts';
import { createClient } from '../client/client.ts';
import { AppError } from '../errors/app-error.ts';
import { EXIT_CODES, type ExitCode } from '../errors/exit-code.ts';
import type { Cli } from './command.ts';
import { readEnvironment, systemTerminal } from './environment.ts';
import { reportFailure } from './failure.ts';
import { findHome, hasDaemon, readAddress } from './home-folder.ts';
import { createProgram } from './program.ts';

/** The reader of a pipe (`| head`) has seen enough: that is no failure. */
function endQuietlyOnClosedPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(EXIT_CODES.ok);
      throw error;
    });
  }
}

async function main(): Promise<void> {
  endQuietlyOnClosedPipe();
  const environment = readEnvironment();
  const terminal = systemTerminal();
  const clock = systemClock();
  let exitCode: ExitCode = EXIT_CODES.ok;
  let connectedHome: string | undefined;

  const cli: Cli = {
    terminal,
    environment,
    homeOf: (options) => findHome({ option: options.home ?? program.opts().home, environment }),
    connect(options, { as } = { as: 'cli' }) {
      const home = cli.homeOf(options);
      const { url, token } = readAddress(home, environment.token);
      connectedHome = home;
      return Promise.resolve(createClient({ url, token, name: as }));
    },
    pause: (ms, signal) => delay(clock, ms, signal),
    endWith(code) {
      exitCode = code;
    },
  };
  const program = createProgram({ cli, version: packageFile.version });
  try {
    await program.parseAsync();
  } catch (error) {
    // The file of a daemon that was killed stays behind: then nobody is there, which is another advice than silence.
    const isSilent = error instanceof ApiError && error.code === 'daemon_unreachable';
    const shown =
      isSilent && connectedHome !== undefined && !hasDaemon(connectedHome)
        ? new AppError('daemon_not_running', { home: connectedHome }, { cause: error })
        : error;
    exitCode = reportFailure(shown, { terminal, asJson: wantsJson(process.argv) });
  }
  process.exitCode = exitCode;
}

/** Asked of the raw arguments: a command line that could not be read has no parsed ones. */
function wantsJson(args: readonly string[]): boolean {
  return args.some((arg, index) => {
    const value = arg === '-o' || arg === '--output' ? args[index + 1] : /^(?:-o|--output=)(.+)$/.exec(arg)?.[1];
    return value === 'json' || value === 'jsonl';
  });
}

await main();
