/** The questions that are about no single thing: how the daemon is, what comes next, what a schedule means. */
import { Argument, Option } from '@commander-js/extra-typings';
import type { ApiConfigProblem, ApiNode, ApiStatus, ApiUpcomingFire } from '../../client/client.ts';
import { EXIT_CODES } from '../../errors/exit-code.ts';
import { daemonCommand, type Cli } from '../command.ts';
import { fireLines, fireText } from '../fire-text.ts';
import { readSchedule } from '../job-options.ts';
import { parseCount } from '../option-text.ts';
import { pauseText } from '../pause-text.ts';
import { writeReply } from '../reply.ts';
import { factLines, tableLines } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { epochOf, localTime, whenText } from '../time-text.ts';
import { relativeText } from '../../lib/span-text.ts';

const MEBIBYTE = 1024 * 1024;
/** Of one job in the table of what comes next. */
const SHOWN_PER_JOB = 3;
/** As many instants as the API gives at once. */
const LOOKED_THROUGH = 500;

function statusLines(status: ApiStatus, terminal: Terminal, drained: ApiNode | undefined): string[] {
  const { paintOut: paint } = terminal;
  const startedAt = epochOf(status.started_at) ?? terminal.now();
  const failing = status.services.filter(({ healthy }) => !healthy);
  const { counts } = status;
  return factLines(
    [
      [
        'daemon',
        failing.length === 0 ? { text: '✓ running', hue: 'green' } : { text: '! running, with trouble', hue: 'yellow' },
      ],
      ['url', status.url],
      ['home', status.home],
      ['version', status.version],
      ['node', status.node],
      [
        'drained',
        drained === undefined
          ? undefined
          : { text: `nothing new starts here until rouse nodes undrain ${drained.name}`, hue: 'yellow' },
      ],
      ['since', `${localTime(startedAt, terminal.timeZone)}  ${relativeText(startedAt, terminal.now())}`],
      [
        'automation',
        status.automation.paused
          ? { text: `${pauseText(status.automation, terminal)}: nothing fires until rouse resume`, hue: 'yellow' }
          : status.automation.enabled
            ? 'on'
            : { text: 'off: nothing fires', hue: 'yellow' },
      ],
      ['time zone', status.automation.timezone],
      [
        'counted',
        status.counts_at === undefined
          ? undefined
          : {
              text: `${relativeText(epochOf(status.counts_at) ?? startedAt, terminal.now())}; the database does not answer`,
              hue: 'yellow',
            },
      ],
      ['jobs', String(counts.jobs)],
      ['triggers', counts.triggers === 0 ? undefined : String(counts.triggers)],
      ['runs', `${counts.running} running, ${counts.scheduled} waiting`],
      ['database', counts.bytes === undefined ? undefined : `${(counts.bytes / MEBIBYTE).toFixed(1)} MiB`],
      [
        'config',
        status.config_problems === 0
          ? undefined
          : { text: `${status.config_problems} ${status.config_problems === 1 ? 'problem' : 'problems'}`, hue: 'red' },
      ],
      ...failing.map(({ name, error }) => [name, { text: error ?? 'fails', hue: 'red' }] as const),
    ],
    paint,
  );
}

/** Of a file full of mistakes the first ones say enough. */
const PROBLEMS_SHOWN = 5;

function problemLines(problems: readonly ApiConfigProblem[]): string[] {
  if (problems.length === 0) return [];
  const shown = problems
    .slice(0, PROBLEMS_SHOWN)
    .flatMap(({ file, line, column = 1, path, message }) => [
      `  ${line === undefined ? file : `${file}:${line}:${column}`} ${path}`.trimEnd(),
      `    ${message.split('\n')[0] ?? ''}`,
    ]);
  return ['', ...shown, '  Everything else is in force. All of them: rouse config check'];
}

export function statusCommand(cli: Cli) {
  return daemonCommand('status', {
    summary: 'Say how the daemon is',
    description: 'Say how the daemon is. Ends with 7 when none runs, or when a part of it is in trouble.',
    examples: ['status', 'status -o json'],
  }).action(async (options) => {
    const client = await cli.connect(options);
    const status = await client.status();
    const problems = status.config_problems === 0 ? [] : await client.config.problems();
    // A database that does not answer says nothing of drains, and the status goes on without.
    const nodes = status.counts_at === undefined ? await client.nodes.list().catch(() => []) : [];
    const drained = nodes.find(({ own, draining }) => own && draining);
    const lines = () => [...statusLines(status, cli.terminal, drained), ...problemLines(problems)];
    writeReply({ terminal: cli.terminal, format: options.output, reply: { status }, items: [status], lines });
    if (status.services.some(({ healthy }) => !healthy)) cli.endWith(EXIT_CODES.unavailable);
  });
}

/** Of each job only the first few, in order, `limit` in all; and how many that leaves out. */
function fewOfEach(fires: readonly ApiUpcomingFire[], limit: number): { shown: ApiUpcomingFire[]; left: number } {
  const counts = new Map<string, number>();
  const few = fires.filter(({ job_id: id }) => {
    const count = (counts.get(id) ?? 0) + 1;
    counts.set(id, count);
    return count <= SHOWN_PER_JOB;
  });
  const shown = few.slice(0, limit);
  return { shown, left: fires.length - shown.length };
}

export function nextCommand(cli: Cli) {
  return daemonCommand('next', {
    summary: 'List what fires next, over all jobs',
    description: `List what fires next, over all jobs. The table shows at most ${SHOWN_PER_JOB} instants of one job, so that a frequent one does not hide the others; the other formats hold all.`,
    examples: ['next', 'next --within 7d', 'next --limit 500 -o jsonl'],
  })
    .option('--within <duration>', 'how far to look', '24h')
    .addOption(new Option('--limit <count>', 'so many at most').argParser(parseCount).default(20))
    .action(async (options) => {
      const { terminal } = cli;
      const client = await cli.connect(options);
      const limit = options.output === 'table' ? LOOKED_THROUGH : Math.min(options.limit, LOOKED_THROUGH);
      const reply = await client.next({ within: whenText(options.within), limit });
      writeReply({
        terminal,
        format: options.output,
        reply,
        items: reply.fires,
        lines() {
          if (reply.fires.length === 0) return [`Nothing fires within ${options.within}. All jobs: rouse jobs list`];
          const { shown, left } = fewOfEach(reply.fires, options.limit);
          const lines = tableLines<ApiUpcomingFire>({
            rows: shown,
            terminalColumns: terminal.columns,
            paint: terminal.paintOut,
            columns: [
              { title: 'WHEN', cell: ({ at }) => relativeText(epochOf(at) ?? terminal.now(), terminal.now()) },
              { title: 'AT', cell: fireText },
              { title: 'JOB', cell: ({ job_name: name }) => ({ text: name, hue: 'bold' }), flexible: true },
              { title: 'AGENT', cell: ({ agent_name: agent }) => agent || 'task' },
            ],
          });
          const more = reply.truncated ? `${left} more and others` : `${left} more`;
          const note = `${more} before ${localTime(epochOf(reply.until_at) ?? terminal.now(), terminal.timeZone)}: rouse next -o jsonl`;
          return left === 0 && !reply.truncated ? lines : [...lines, terminal.paintOut('dim', note)];
        },
      });
    });
}

export function previewCommand(cli: Cli) {
  return daemonCommand('preview', {
    summary: 'Say what a schedule means',
    description: 'Say what a schedule means: in words, and as instants with their zone and offset. Nothing is created.',
    examples: [
      'preview "0 9 * * 1-5" --tz Europe/Paris',
      'preview every:30m',
      'preview at:2026-12-01T09:00 --tz Asia/Tokyo',
    ],
  })
    .addArgument(new Argument('<schedule>', '"0 9 * * 1-5" (cron), every:30m or at:2026-12-01T09:00'))
    .option('--tz <zone>', "IANA time zone (default: the daemon's)")
    .option('--from <when>', 'RFC 3339, or a duration back from now such as 24h')
    .addOption(new Option('--count <count>', 'how many instants').argParser(parseCount).default(5))
    .action(async (text, options) => {
      const { terminal } = cli;
      const client = await cli.connect(options);
      const spec = await readSchedule({ client, text, tz: options.tz, now: terminal.now() });
      const preview = await client.schedule.preview({
        spec,
        count: options.count,
        ...(options.from === undefined ? {} : { from: whenText(options.from) }),
      });
      const lines = () => [
        preview.text,
        ...(preview.fires.length === 0
          ? ['  It fires never again.']
          : fireLines({ fires: preview.fires, now: terminal.now(), terminal }).map((line) => `  ${line}`)),
      ];
      writeReply({ terminal, format: options.output, reply: { preview }, items: preview.fires, lines });
    });
}
