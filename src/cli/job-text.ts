/** How jobs look to people: a table of many, and everything that matters of one. */
import type { EpochMs } from '../model/instant.ts';
import { DEFAULT_BUDGET_WINDOW } from '../model/automation-fields.ts';
import { costText, tokensText } from './amount-text.ts';
import { fireLines } from './fire-text.ts';
import type { Hue } from './paint.ts';
import { STATUS_LOOK } from './run-text.ts';
import { factLines, tableLines, type Cell } from './table.ts';
import type { Terminal } from './terminal.ts';
import { epochOf, localTime } from './time-text.ts';
import { relativeText } from '../lib/span-text.ts';
import type { ApiJob } from '../client/client.ts';

/** When it fires next, or why it does not. */
function nextCell(job: ApiJob, now: EpochMs): Cell {
  if (job.blocked !== undefined) return { text: job.blocked.code.replaceAll('_', ' '), hue: 'red' };
  if (!job.effective_enabled) return { text: 'off', hue: 'dim' };
  const at = epochOf(job.next_fires[0]?.at);
  return at === undefined ? { text: 'never again', hue: 'dim' } : { text: relativeText(at, now) };
}

function lastCell(job: ApiJob, now: EpochMs): Cell {
  const run = job.last_run;
  if (run === undefined) return { text: '–', hue: 'dim' };
  const { symbol, hue } = STATUS_LOOK[run.status];
  const at = epochOf(run.ended_at ?? run.started_at ?? run.created_at);
  return { text: `${symbol} ${at === undefined ? run.status : relativeText(at, now)}`, hue };
}

/** Without the origin of an interval's grid: of many, only the cadence matters. */
function shortSchedule(text: string | undefined): string {
  return text?.replace(/ counted from \S+$/, '') ?? '–';
}

export function jobTable(p: { jobs: readonly ApiJob[]; terminal: Terminal }): string[] {
  const { jobs, terminal } = p;
  const now = terminal.now();
  if (jobs.length === 0) return ['No jobs. Make one: rouse jobs create --help'];
  const hasWorkspaces = jobs.some(({ workspace_id }) => workspace_id !== undefined);
  return tableLines<ApiJob>({
    rows: jobs,
    terminalColumns: terminal.columns,
    paint: terminal.paintOut,
    columns: [
      { title: 'NAME', cell: ({ name }) => ({ text: name, hue: 'bold' }), flexible: true },
      ...(hasWorkspaces ? [{ title: 'WORKSPACE', cell: (job: ApiJob) => job.workspace_id ?? '', flexible: true }] : []),
      { title: 'SCHEDULE', cell: ({ schedule_text: text }) => shortSchedule(text), flexible: true },
      { title: 'AGENT', cell: ({ agent_name: agent }) => agent || 'task', flexible: true },
      { title: 'NEXT', cell: (job) => nextCell(job, now) },
      { title: 'LAST', cell: (job) => lastCell(job, now) },
      { title: 'SOURCE', cell: ({ source }) => ({ text: source, hue: 'dim' }) },
    ],
  });
}

function switchCell(job: ApiJob): Cell {
  const hue: Hue = job.effective_enabled ? 'green' : 'yellow';
  const word = job.effective_enabled ? 'on' : 'off';
  return {
    text: job.overlay === undefined ? word : `${word} (laid over the definition, which says ${job.enabled})`,
    hue,
  };
}

function retryText({ retry }: ApiJob): string {
  if (retry.strategy === 'none') return 'none';
  const upTo = retry.max_delay === undefined ? '' : `, at most ${retry.max_delay} apart`;
  return `${retry.max_retries} more, the first after ${retry.base_delay}${upTo}`;
}

/** What is used of what may be, within the window. */
function budgetText({ budget, spent }: ApiJob): string | undefined {
  const { tokens = 0, cost_usd: costUsd = 0, window = DEFAULT_BUDGET_WINDOW } = budget ?? {};
  const parts = [
    ...(tokens === 0 ? [] : [`${tokensText(spent?.tokens ?? 0)} of ${tokensText(tokens)} tokens`]),
    ...(costUsd === 0 ? [] : [`${costText(spent?.cost_usd ?? 0)} of ${costText(costUsd)}`]),
  ];
  return parts.length === 0 ? undefined : `${parts.join(', ')} within ${window}`;
}

/** Schedule in words, then the next instants with zone and offset: the echo of what was written. */
export function scheduleLines(job: ApiJob, terminal: Terminal): string[] {
  const words = job.schedule_text === undefined ? [] : [`  ${job.schedule_text}`];
  const fires = fireLines({ fires: job.next_fires, now: terminal.now(), terminal });
  return [...words, ...(fires.length === 0 ? [] : ['  Next:']), ...fires.map((line) => `    ${line}`)];
}

export function jobDetail(p: { job: ApiJob; terminal: Terminal }): string[] {
  const { job, terminal } = p;
  const { paintOut: paint, timeZone } = terminal;
  const now = terminal.now();
  const lastAt = epochOf(job.last_run?.ended_at ?? job.last_run?.created_at);
  const misses = job.scheduler?.misfire_count ?? 0;
  const facts = factLines(
    [
      ['job', { text: job.name, hue: 'bold' }],
      ['id', job.id],
      ['about', job.description],
      ['switch', switchCell(job)],
      ['blocked', job.blocked === undefined ? undefined : { text: job.blocked.message, hue: 'red' }],
      ['agent', job.agent_name || undefined],
      ['task', job.task === undefined ? undefined : (job.task.title ?? job.name)],
      ['workspace', job.workspace_id],
      ['prompt', job.prompt || undefined],
      ['schedule', job.schedule_text],
      ['overlap', job.overlap ?? 'skip'],
      ['retry', retryText(job)],
      ['fire limit', `${job.fire_limit.max} per ${job.fire_limit.window}`],
      ['budget', budgetText(job)],
      ['timeout', job.timeout],
      ['node labels', job.node_labels?.join(', ')],
      ['tags', job.tags?.join(', ')],
      ['source', job.source],
      ['missed', misses === 0 ? undefined : { text: `${misses} so far`, hue: 'yellow' }],
      [
        'failures',
        job.consecutive_failures === 0 ? undefined : { text: `${job.consecutive_failures} in a row`, hue: 'red' },
      ],
      [
        'last run',
        job.last_run === undefined || lastAt === undefined
          ? undefined
          : {
              text: `${STATUS_LOOK[job.last_run.status].symbol} ${job.last_run.status} ${relativeText(lastAt, now)}, ${localTime(lastAt, timeZone)} (${job.last_run.id})`,
              hue: STATUS_LOOK[job.last_run.status].hue,
            },
      ],
    ],
    paint,
  );
  const fires = fireLines({ fires: job.next_fires, now, terminal });
  return [...facts, ...(fires.length === 0 ? [] : ['', paint('dim', 'next')]), ...fires.map((line) => `  ${line}`)];
}
