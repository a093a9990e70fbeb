/** `rouse jobs backfill`: the instants of a past range, run after all. */
import { Argument } from '@commander-js/extra-typings';
import type { ApiBackfill, ApiJob } from '../../client/client.ts';
import { type Cli, daemonCommand } from '../command.ts';
import { confirm } from '../confirm.ts';
import { findJob } from '../job-reference.ts';
import type { Hue } from '../paint.ts';
import { writeReply } from '../reply.ts';
import { tableLines } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { wallTime, whenText } from '../time-text.ts';

type Instant = ApiBackfill['instants'][number];

const STATE_WORDS: Readonly<Record<Instant['state'], { text: string; hue: Hue }>> = {
  new: { text: 'to be run', hue: 'green' },
  exists: { text: 'backfilled before', hue: 'dim' },
  ran: { text: 'ran on time', hue: 'dim' },
};

function instantText({ at, local, offset, zone }: Instant): string {
  return local === undefined || offset === undefined ? at : `${wallTime(local)} ${offset} ${zone ?? ''}`.trimEnd();
}

function newOnes({ instants }: ApiBackfill): Instant[] {
  return instants.filter(({ state }) => state === 'new');
}

function countText(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function dryRunLines(p: { job: ApiJob; found: ApiBackfill; terminal: Terminal }): string[] {
  const { job, found, terminal } = p;
  if (found.instants.length === 0) return [`${job.name} has no instants in that range.`];
  const table = tableLines<Instant>({
    rows: found.instants,
    terminalColumns: terminal.columns,
    paint: terminal.paintOut,
    columns: [
      { title: 'INSTANT', cell: instantText },
      { title: 'STATE', cell: ({ state }) => STATE_WORDS[state] },
    ],
  });
  const sum = `${newOnes(found).length} of ${countText(found.instants.length, 'instant')} would run. Nothing was created.`;
  return [...table, terminal.paintOut('dim', sum)];
}

function rangeQuestion(job: ApiJob, wanted: readonly Instant[]): string {
  const [first] = wanted;
  const last = wanted.at(-1);
  if (first === undefined || last === undefined) return '';
  const range = first === last ? instantText(first) : `${instantText(first)} to ${instantText(last)}`;
  return `Run ${countText(wanted.length, 'instant')} of ${job.name}, ${range}?`;
}

export function backfillCommand(cli: Cli) {
  return daemonCommand('backfill', {
    summary: 'Run the instants of a past range',
    description:
      'Run the instants of a past range, both ends included: one run each, oldest first, behind live fires and within the fire limit. What ran, or was backfilled before, is left out.',
    examples: [
      'jobs backfill weekday-review --from 2026-11-16T00:00 --to 2026-11-21T00:00 --dry-run',
      'jobs backfill weekday-review --from 3d --to 1h --yes',
    ],
  })
    .addArgument(new Argument('<job>', 'name or id'))
    .requiredOption(
      '--from <when>',
      "wall time in the job's zone such as 2026-11-16T00:00, RFC 3339, or a duration back from now such as 3d",
    )
    .requiredOption('--to <when>', 'the same; not in the future')
    .option('--dry-run', 'list the instants and create nothing')
    .option('-y, --yes', 'do not ask')
    .action(async (reference, options) => {
      const { terminal } = cli;
      const client = await cli.connect(options);
      const job = await findJob(client, reference);
      const range = { from: whenText(options.from), to: whenText(options.to) };
      const found = await client.jobs.backfill(job.id, { ...range, dry_run: true });
      const format = options.output;
      if (options.dryRun) {
        const lines = () => dryRunLines({ job, found, terminal });
        writeReply({ terminal, format, reply: found, items: found.instants, lines });
        return;
      }
      const wanted = newOnes(found);
      if (wanted.length === 0) {
        const lines = () => [
          `Nothing to run: of ${countText(found.instants.length, 'instant')} in that range all ran or were backfilled before.`,
        ];
        writeReply({ terminal, format, reply: found, items: [], lines });
        return;
      }
      await confirm(terminal, { question: rangeQuestion(job, wanted), yes: options.yes });
      // As instants, so that "3d" means what was shown although time went on while the question stood.
      const exact = { from: wanted[0]?.at ?? range.from, to: wanted.at(-1)?.at ?? range.to };
      const done = await client.jobs.backfill(job.id, exact);
      const lines = () => [
        `Accepted ${countText(done.runs.length, 'run')} of ${job.name}. Watch them: rouse jobs runs ${job.name}`,
      ];
      writeReply({ terminal, format, reply: done, items: done.runs, lines });
    });
}
