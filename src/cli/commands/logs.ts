/** `rouse logs`: the daemon's own log, from its file, so that it can be read when no daemon answers. */
import { join } from 'node:path';
import { Option } from '@commander-js/extra-typings';
import { LOG_FILE } from '../../lib/home-files.ts';
import { parseDuration } from '../../model/duration.ts';
import { LOG_LEVELS } from '../../model/log-level.ts';
import { type Cli, daemonCommand } from '../command.ts';
import { UsageError } from '../failure.ts';
import { followedLines, storedLines } from '../log-reader.ts';
import { isWanted, type LogEntry, logText, parseLogLine } from '../log-text.ts';
import { parseCount } from '../option-text.ts';
import { writeReply } from '../reply.ts';
import { epochOf } from '../time-text.ts';

/** Soon enough for a person who watches. */
const LOOK_MS = 300;
const LINES_DEFAULT = 100;

export function logsCommand(cli: Cli) {
  return daemonCommand('logs', {
    summary: "Read the daemon's log",
    description:
      "Read the daemon's log from its file in the home, also while no daemon runs. What agents said is in `runs get` and not here.",
    examples: ['logs', 'logs --follow --level warn', 'logs --since 2h --about job_c8m2…', 'logs -o jsonl --lines 1000'],
  })
    .option('-f, --follow', 'go on with what comes; Ctrl-C ends it')
    .addOption(
      new Option('--level <level>', 'the least important lines to show').choices(LOG_LEVELS).default('debug' as const),
    )
    .option('--since <when>', 'a duration back from now such as 2h, or RFC 3339')
    .option('--about <id>', 'only lines in which this id or value stands: a run, a job, an agent')
    .option('-n, --lines <count>', 'at most so many of the newest', parseCount, LINES_DEFAULT)
    .action(async (options) => {
      const { terminal } = cli;
      const path = join(cli.homeOf(options), LOG_FILE);
      const since = options.since === undefined ? undefined : readSince(options.since, terminal.now());
      const wanted = (text: string): LogEntry | undefined => {
        const entry = parseLogLine(text);
        const about = options.about === undefined ? {} : { about: options.about };
        return entry !== undefined && isWanted(entry, { level: options.level, since, ...about }) ? entry : undefined;
      };
      const asText = (entry: LogEntry): string =>
        logText(entry, { paint: terminal.paintOut, timeZone: terminal.timeZone });
      if (options.follow === true) {
        for await (const text of followedLines(path, () => cli.pause(LOOK_MS))) {
          const entry = wanted(text);
          if (entry !== undefined) terminal.out(`${options.output === 'table' ? asText(entry) : text}\n`);
        }
        return;
      }
      const newest: { entry: LogEntry; text: string }[] = [];
      for (const text of storedLines(path)) {
        const entry = wanted(text);
        if (entry === undefined) continue;
        newest.push({ entry, text });
        if (newest.length > options.lines) newest.shift();
      }
      if (newest.length === 0 && options.output === 'table') {
        terminal.err(`No such lines in ${path}.\n`);
        return;
      }
      const lines: unknown[] = newest.map(({ text }) => JSON.parse(text));
      writeReply({
        terminal,
        format: options.output,
        reply: { lines },
        items: lines,
        lines: () => newest.map(({ entry }) => asText(entry)),
      });
    });
}

function readSince(text: string, now: number): number {
  const duration = parseDuration(text);
  if (duration.ok) return now - Number(duration.nanoseconds / 1_000_000n);
  const instant = epochOf(text);
  if (instant === undefined) {
    throw new UsageError(`"${text}" is no time.`, 'Write a duration back from now such as 2h, or RFC 3339.');
  }
  return instant;
}
