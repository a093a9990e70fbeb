/** docs/reference/schedule-syntax.md: every form of a schedule, each example read and calculated by the program itself. */
import '../../src/clock/temporal.ts';
import { parseInstant } from '../../src/model/instant.ts';
import { describeSchedule, previewFires } from '../../src/model/schedule/describe.ts';
import {
  CATCH_UP_POLICIES,
  DST_GAPS,
  DST_OVERLAPS,
  type ScheduleSpec,
} from '../../src/model/schedule/schedule-spec.ts';
import { parseScheduleText } from '../../src/model/schedule/schedule-text.ts';

/** A Friday in winter, so that the examples cross a weekend. */
const NOW = '2026-11-27T12:00:00Z';

const introduction = `# Schedule syntax

<!-- Made by scripts/generate-reference.ts; change it there. Every example is read and calculated by the program. -->

A schedule is one text, or a table that says the same in fields. The text is what \`--schedule\`, \`rouse preview\` and
\`schedule = "…"\` in files take; the table is what files, REST and replies have.

| text | table | meaning |
| --- | --- | --- |
| \`0 9 * * 1-5\`, \`cron:0 9 * * 1-5\` | \`{ mode = "cron", expr = "0 9 * * 1-5" }\` | wall times in a zone |
| \`every:30m\` | \`{ mode = "every", interval = "30m" }\` | a grid of real time that begins when the job is first enabled |
| \`at:2026-12-01T09:00\` | \`{ mode = "at", time = "2026-12-01T09:00:00Z" }\` | one instant; wall time in the job's zone, or RFC 3339 |
| \`at:18:30\` | | the next time it is 18:30; on the command line only |

\`rouse preview "0 9 * * 1-5" --tz Europe/Paris\` says what a text means, without making anything. In the examples below it is
${NOW} (a Friday), and the zone is UTC unless one is named.
`;

const cronIntroduction = `## Cron

Five fields: minute (0–59), hour (0–23), day of month (1–31), month (1–12 or \`jan\`–\`dec\`), day of week (0–7 or \`sun\`–\`sat\`; 0 and 7
are Sunday). Each is \`*\` (or \`?\`), a value, a range \`1-5\`, a list \`1,15\`, or any of them with a step: \`*/15\`, \`8-18/2\`; \`5/15\` is
\`5-59/15\`. Names may be written in any case.

When **both** day fields are restricted, a day matches when **either** does; with \`*\` in one of them the other decides.

A zone is \`timezone\` of the schedule, or a prefix of the expression, which goes first; else it is \`[automation] timezone\`.
`;

const cronExamples = [
  '0 9 * * 1-5',
  '*/15 * * * *',
  '30 8,13 * * *',
  '0 9-17/2 * * mon-fri',
  '0 0 1 * *',
  '0 0 29 2 *',
  '0 12 13 * fri',
  '5/20 3 * * 7',
  'CRON_TZ=Asia/Tokyo 0 9 * * *',
];

const otherExamples = [
  'every:30m',
  'every:1h30m',
  'every:24h',
  'at:2026-12-01T09:00',
  'at:2026-12-01T09:00:00+01:00',
  'at:18:30',
];

const wrongExamples = [
  '0 9 * *',
  '60 * * * *',
  '0 9 * * 5-1',
  '@daily',
  '0 9 L * *',
  '0 9 31 2 *',
  'TZ=Europe/Pariss 0 9 * * *',
  'every:30',
  'every:0s',
  'at:2026-13-01T09:00',
];

/** The days of Europe/Paris on which clocks change, and what becomes of a time that is not or is twice. */
const dstExamples: readonly { spec: ScheduleSpec; from: string }[] = [
  { spec: cron('30 2 * * *'), from: '2027-03-27T12:00:00Z' },
  { spec: cron('30 2 * * *', { gap: 'skip' }), from: '2027-03-27T12:00:00Z' },
  { spec: cron('30 2 * * *'), from: '2027-10-30T12:00:00Z' },
  { spec: cron('30 2 * * *', { overlap: 'second' }), from: '2027-10-30T12:00:00Z' },
  { spec: cron('30 2 * * *', { overlap: 'both' }), from: '2027-10-30T12:00:00Z' },
  { spec: cron('30 * * * *'), from: '2027-10-30T23:00:00Z' },
];

function cron(expr: string, dst?: ScheduleSpec['dst']): ScheduleSpec {
  return { mode: 'cron', expr, timezone: 'Europe/Paris', ...(dst === undefined ? {} : { dst }) };
}

function instant(text: string): number {
  const read = parseInstant(text);
  if (!read.ok) throw new Error(`${text} is no instant`);
  return read.epochMs;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

function fires(spec: ScheduleSpec, p: { from: number; count: number }): string {
  return previewFires(spec, { ...p, timezone: 'UTC' })
    .map(({ local, offset }) => `${local.slice(0, 16).replace('T', ' ')} ${offset}`)
    .join('<br>');
}

function exampleRow(text: string): string {
  const now = instant(NOW);
  const read = parseScheduleText(text, { timezone: 'UTC', now });
  if (!read.ok) throw new Error(`${text} of the page of schedules is refused: ${read.problem.message}`);
  const words = describeSchedule(read.schedule, { timezone: 'UTC', anchor: now });
  return `| \`${cell(text)}\` | ${cell(words)} | ${fires(read.schedule, { from: now, count: 3 })} |`;
}

function wrongRow(text: string): string {
  const read = parseScheduleText(text, { timezone: 'UTC', now: instant(NOW) });
  if (read.ok) throw new Error(`${text} of the page of schedules is not refused`);
  return `| \`${cell(text)}\` | ${cell(read.problem.message)} |`;
}

function dstRow({ spec, from }: { spec: ScheduleSpec; from: string }): string {
  const rule =
    spec.dst === undefined
      ? ''
      : `\`${Object.entries(spec.dst)
          .map(([key, value]) => `${key} = "${value}"`)
          .join(', ')}\``;
  const marked = previewFires(spec, { from: instant(from), count: 3, timezone: 'UTC' })
    .map(
      ({ local, offset, dst }) =>
        `${local.slice(0, 16).replace('T', ' ')} ${offset}${dst === undefined ? '' : ` (${dst})`}`,
    )
    .join('<br>');
  return `| \`${spec.expr ?? ''}\` | ${rule} | ${marked} |`;
}

function list(values: readonly string[]): string {
  return values.map((value) => `\`${value}\``).join(', ');
}

export function renderSchedulePage(): string {
  return [
    introduction,
    cronIntroduction,
    '| expression | in words | the next three |',
    '| --- | --- | --- |',
    ...cronExamples.map(exampleRow),
    '',
    '## Intervals and single instants',
    '',
    '| text | in words | the next three |',
    '| --- | --- | --- |',
    ...otherExamples.map(exampleRow),
    '',
    'The grid of `every` does not drift and does not begin anew: a restart, a late run and a change of the clock leave it where it',
    'is. An interval is [Go duration text](configuration.md#values); days are not durations, because some have 23 hours.',
    '',
    '## When clocks change',
    '',
    'A schedule with a fixed hour follows the clock on the wall: a time that does not exist fires when the gap ends (`run_after`), one',
    `that occurs twice fires once, the first time. \`dst\` says otherwise: \`gap\` is one of ${list(DST_GAPS)}, \`overlap\` one of`,
    `${list(DST_OVERLAPS)}. A wildcard hour keeps its pace in real time. Europe/Paris in 2027, marked as previews mark it:`,
    '',
    '| expression | `dst` | instants |',
    '| --- | --- | --- |',
    ...dstExamples.map(dstRow),
    '',
    '## Beside the times',
    '',
    `\`catch_up_policy\` (${list(CATCH_UP_POLICIES)}), \`misfire_grace_seconds\`, \`catch_up_max\`, \`catch_up_window\`, \`jitter\`, \`start_at\` and`,
    '`end_at` stand in the table beside the times; see [configuration](configuration.md) and [missed fires](../guides/missed-fires.md).',
    '',
    '## What is refused, and why',
    '',
    '| text | what is said |',
    '| --- | --- |',
    ...wrongExamples.map(wrongRow),
    '',
  ].join('\n');
}
