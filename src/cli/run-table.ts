/** How runs look to people: a table of many, and one in full. */
import { EXIT_CODES, type ExitCode } from '../errors/exit-code.ts';
import type { RunStatus } from '../model/run.ts';
import { firstLine, plainText } from './paint.ts';
import { runElapsed, runLateness, runRemark, STATUS_LOOK } from './run-text.ts';
import { factLines, tableLines } from './table.ts';
import type { Terminal } from './terminal.ts';
import { epochOf, localTime } from './time-text.ts';
import { relativeText } from '../lib/span-text.ts';
import type { ApiRun, Client } from '../client/client.ts';
import { runFacts } from './run-facts.ts';

/** A run asked for by itself says also what it waits for. */
export type ApiRunDetail = Awaited<ReturnType<Client['runs']['get']>>;

/** How a command that waited for the run ends. */
export function exitCodeOf(status: RunStatus): ExitCode {
  if (status === 'failed') return EXIT_CODES.run_failed;
  return status === 'canceled' ? EXIT_CODES.run_canceled : EXIT_CODES.ok;
}

/** Names of automations by id; the id itself stands in for one that is gone. */
export type AutomationNames = ReadonlyMap<string, string>;

function automationOf(run: ApiRun, names: AutomationNames): string {
  const id = run.job_id ?? run.trigger_id ?? '';
  return names.get(id) ?? id;
}

export function runTable(p: { runs: readonly ApiRun[]; names: AutomationNames; terminal: Terminal }): string[] {
  const { runs, names, terminal } = p;
  const now = terminal.now();
  if (runs.length === 0) return ['No runs. What comes next: rouse next'];
  return tableLines<ApiRun>({
    rows: runs,
    terminalColumns: terminal.columns,
    paint: terminal.paintOut,
    columns: [
      { title: 'RUN', cell: ({ id }) => id },
      { title: 'AUTOMATION', cell: (run) => ({ text: automationOf(run, names), hue: 'bold' }), flexible: true },
      {
        title: 'STATUS',
        cell: ({ status }) => ({ text: `${STATUS_LOOK[status].symbol} ${status}`, hue: STATUS_LOOK[status].hue }),
      },
      { title: 'WHEN', cell: (run) => relativeText(epochOf(run.started_at ?? run.created_at) ?? now, now) },
      { title: 'TOOK', cell: (run) => runElapsed(runFacts(run)) ?? '', align: 'right' },
      {
        title: 'REMARK',
        cell: (run) =>
          run.permission === undefined
            ? runRemark(runFacts(run), terminal.timeZone)
            : { text: `asks: ${firstLine(run.permission.title)} (rouse runs allow or deny)`, hue: 'yellow' },
        flexible: true,
      },
    ],
  });
}

/** What the agent asks, what may be answered, and how. */
function permissionLines(run: ApiRun, terminal: Terminal): string[] {
  const { permission } = run;
  if (permission === undefined) return [];
  const deadline = epochOf(permission.deadline_at) ?? terminal.now();
  const facts = factLines(
    [
      ['asks', { text: `${firstLine(permission.title)} (${firstLine(permission.tool)})`, hue: 'yellow' }],
      [
        'denied',
        `${localTime(deadline, terminal.timeZone)}  ${relativeText(deadline, terminal.now())}, unless answered`,
      ],
      ...permission.options.map(
        ({ option_id: id, name }) => ['option', `${firstLine(id)}  ${firstLine(name)}`] as const,
      ),
      ['next', `rouse runs allow ${run.id}`],
      ['', `rouse runs deny ${run.id}`],
    ],
    terminal.paintOut,
  );
  return ['', terminal.paintOut('dim', 'permission'), ...facts.map((line) => `  ${line}`)];
}

function usageText(usage: NonNullable<ApiRun['usage']>): string {
  return [
    usage.input_tokens === undefined ? undefined : `${usage.input_tokens} tokens in`,
    usage.output_tokens === undefined ? undefined : `${usage.output_tokens} out`,
    usage.cost_usd === undefined ? undefined : `$${usage.cost_usd.toFixed(4)}`,
  ]
    .filter((part) => part !== undefined)
    .join(', ');
}

function waitingText(waiting: NonNullable<ApiRunDetail['waiting']>, terminal: Terminal): string {
  const until = epochOf(waiting.until_at);
  const when =
    until === undefined
      ? 'until later'
      : `until ${localTime(until, terminal.timeZone)}, ${relativeText(until, terminal.now())}`;
  const ahead = waiting.ahead === undefined || waiting.ahead === 0 ? '' : `, ${waiting.ahead} before it`;
  switch (waiting.why) {
    case 'not_before':
      return when;
    case 'usage_limit':
      return `${when}, when the account of its agent is no longer exhausted`;
    case 'previous_run':
      return `for the end of ${waiting.run_id ?? 'the previous run'}`;
    case 'agent_unknown':
      return 'for its agent to be configured';
    case 'slot':
      return `for a free place${ahead}`;
    case 'permission':
      return `for an answer to its agent, ${when}`;
    default:
      // Said by the daemon; a newer one may know more reasons than we do.
      return plainText(waiting.sentence);
  }
}

export function runDetail(p: { run: ApiRunDetail; names: AutomationNames; terminal: Terminal }): string[] {
  const { run, names, terminal } = p;
  const { paintOut: paint, timeZone } = terminal;
  const facts = runFacts(run);
  const instant = (text: string | undefined): string | undefined => {
    const at = epochOf(text);
    return at === undefined ? undefined : `${localTime(at, timeZone)}  ${relativeText(at, terminal.now())}`;
  };
  const { symbol, hue } = STATUS_LOOK[run.status];
  const lines = factLines(
    [
      ['run', { text: run.id, hue: 'bold' }],
      ['of', automationOf(run, names)],
      ['status', { text: `${symbol} ${run.status}${run.reason === undefined ? '' : ` (${run.reason})`}`, hue }],
      ['waits', run.waiting === undefined ? undefined : waitingText(run.waiting, terminal)],
      ['task', run.task === undefined ? undefined : `${run.task_id ?? ''}  ${runRemark(facts, timeZone)}`],
      ['kind', run.attempt > 1 ? `${run.kind}, attempt ${run.attempt}` : run.kind],
      ['by', run.actor],
      ['scheduled', instant(run.scheduled_at)],
      ['started', instant(run.started_at)],
      ['late', runLateness(facts)],
      ['ended', instant(run.ended_at)],
      ['took', runElapsed(facts)],
      ['exit code', run.exit_code === undefined ? undefined : String(run.exit_code)],
      ['usage', run.usage === undefined ? undefined : usageText(run.usage)],
      ['missed', facts.missed === undefined ? undefined : runRemark(facts, timeZone)],
      ['delivery', run.delivery_error],
    ],
    paint,
  );
  const block = (title: string, text: string | undefined): string[] =>
    text === undefined || text.trim() === ''
      ? []
      : [
          '',
          paint('dim', title),
          ...plainText(text.trimEnd())
            .split('\n')
            .map((line) => `  ${line}`),
        ];
  return [
    ...lines,
    ...permissionLines(run, terminal),
    ...block('error', run.error),
    ...block('prompt', run.prompt),
    ...block('output', run.output ?? run.task?.output),
  ];
}
