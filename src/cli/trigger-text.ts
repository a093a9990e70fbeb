/** How triggers look to people: a table of many, and everything that matters of one. */
import type { ApiTrigger, ApiTriggerPreview, ApiTriggerTest } from '../client/client.ts';
import type { EpochMs } from '../model/instant.ts';
import type { Hue } from './paint.ts';
import { plainText } from './paint.ts';
import { STATUS_LOOK } from './run-text.ts';
import { factLines, tableLines, type Cell } from './table.ts';
import type { Terminal } from './terminal.ts';
import { epochOf, localTime } from './time-text.ts';
import { relativeText } from '../lib/span-text.ts';
import { verdictHue } from './event-text.ts';

function stateCell(trigger: ApiTrigger): Cell {
  if (trigger.blocked !== undefined) return { text: trigger.blocked.code.replaceAll('_', ' '), hue: 'red' };
  return trigger.effective_enabled ? { text: 'on', hue: 'green' } : { text: 'off', hue: 'dim' };
}

function lastCell(trigger: ApiTrigger, now: EpochMs): Cell {
  const run = trigger.last_run;
  if (run === undefined) return { text: '–', hue: 'dim' };
  const { symbol, hue } = STATUS_LOOK[run.status];
  const at = epochOf(run.ended_at ?? run.started_at ?? run.created_at);
  return { text: `${symbol} ${at === undefined ? run.status : relativeText(at, now)}`, hue };
}

function conditionText({ filter = {}, when }: ApiTrigger): string {
  const entries = Object.entries(filter).map(([path, text]) => `${path}=${text}`);
  return [...entries, ...(when === undefined ? [] : [when])].join(' and ');
}

export function triggerTable(p: { triggers: readonly ApiTrigger[]; terminal: Terminal }): string[] {
  const { triggers, terminal } = p;
  const now = terminal.now();
  if (triggers.length === 0) return ['No triggers. Make one: rouse triggers create --help'];
  const hasWorkspaces = triggers.some(({ workspace_id }) => workspace_id !== undefined);
  return tableLines<ApiTrigger>({
    rows: triggers,
    terminalColumns: terminal.columns,
    paint: terminal.paintOut,
    columns: [
      { title: 'NAME', cell: ({ name }) => ({ text: name, hue: 'bold' }), flexible: true },
      ...(hasWorkspaces
        ? [{ title: 'WORKSPACE', cell: (one: ApiTrigger) => one.workspace_id ?? '', flexible: true }]
        : []),
      { title: 'EVENT', cell: ({ event }) => event, flexible: true },
      { title: 'IF', cell: conditionText, flexible: true },
      { title: 'AGENT', cell: ({ agent_name: agent }) => agent, flexible: true },
      { title: 'STATE', cell: stateCell },
      { title: 'LAST', cell: (one) => lastCell(one, now) },
      { title: 'SOURCE', cell: ({ source }) => ({ text: source, hue: 'dim' }) },
    ],
  });
}

function switchCell(trigger: ApiTrigger): Cell {
  const hue: Hue = trigger.effective_enabled ? 'green' : 'yellow';
  const word = trigger.effective_enabled ? 'on' : 'off';
  const over = `${word} (laid over the definition, which says ${trigger.enabled})`;
  return { text: trigger.overlay === undefined ? word : over, hue };
}

export function triggerDetail(p: { trigger: ApiTrigger; terminal: Terminal }): string[] {
  const { trigger, terminal } = p;
  const { paintOut: paint, timeZone } = terminal;
  const now = terminal.now();
  const lastAt = epochOf(trigger.last_run?.ended_at ?? trigger.last_run?.created_at);
  const { coalesce } = trigger;
  const facts = factLines(
    [
      ['trigger', { text: trigger.name, hue: 'bold' }],
      ['id', trigger.id],
      ['about', trigger.description],
      ['switch', switchCell(trigger)],
      ['blocked', trigger.blocked === undefined ? undefined : { text: trigger.blocked.message, hue: 'red' }],
      ['means', trigger.trigger_text],
      ['agent', trigger.agent_name],
      ['workspace', trigger.workspace_id],
      ['event', trigger.event],
      ...Object.entries(trigger.filter ?? {}).map(([path, text]) => ['filter', `${path} = ${text}`] as const),
      ['when', trigger.when],
      ['gathers', coalesce === undefined ? undefined : `${coalesce.key ?? 'all'} within ${coalesce.window}`],
      ['prompt', trigger.prompt],
      ['overlap', trigger.overlap ?? 'allow'],
      ['fire limit', `${trigger.fire_limit.max} per ${trigger.fire_limit.window}`],
      ['timeout', trigger.timeout],
      ['endpoint', trigger.endpoint_slug === undefined ? undefined : `${trigger.endpoint_slug}--${trigger.webhook_id}`],
      ['secret', trigger.webhook_secret_ref],
      ['node labels', trigger.node_labels?.join(', ')],
      ['tags', trigger.tags?.join(', ')],
      ['source', trigger.source],
      [
        'failures',
        trigger.consecutive_failures === 0
          ? undefined
          : { text: `${trigger.consecutive_failures} in a row`, hue: 'red' },
      ],
      [
        'last run',
        trigger.last_run === undefined || lastAt === undefined
          ? undefined
          : {
              text: `${STATUS_LOOK[trigger.last_run.status].symbol} ${trigger.last_run.status} ${relativeText(lastAt, now)}, ${localTime(lastAt, timeZone)} (${trigger.last_run.id})`,
              hue: STATUS_LOOK[trigger.last_run.status].hue,
            },
      ],
    ],
    paint,
  );
  return [...facts, ...recentLines(trigger, terminal)];
}

/** Why it fired or did not, as far back as is kept. */
export function triggerAccount(trigger: ApiTrigger, terminal: Terminal): string[] {
  const { blocked, effective_enabled: isOn, recent_events: recent = [] } = trigger;
  const now = blocked?.message ?? (isOn ? undefined : 'It is switched off.');
  const none =
    recent.length === 0 ? [`It was considered for no event yet. Try it: rouse triggers test ${trigger.name}`] : [];
  return [
    plainText(trigger.trigger_text),
    ...(now === undefined ? [] : [now]),
    ...none,
    ...recentLines(trigger, terminal),
  ];
}

/** What it made of the last events it was considered for. */
function recentLines({ recent_events: recent = [] }: ApiTrigger, terminal: Terminal): string[] {
  if (recent.length === 0) return [];
  const now = terminal.now();
  const lines = tableLines<(typeof recent)[number]>({
    rows: recent,
    terminalColumns: terminal.columns,
    paint: terminal.paintOut,
    columns: [
      { title: 'EVENT', cell: ({ event_id: id }) => id },
      { title: 'WHEN', cell: ({ accepted_at: at }) => relativeText(epochOf(at) ?? now, now) },
      { title: 'VERDICT', cell: ({ verdict: { verdict } }) => ({ text: verdict, hue: verdictHue(verdict) }) },
      { title: 'WHY', cell: ({ verdict: { detail } }) => detail, flexible: true },
    ],
  });
  return ['', terminal.paintOut('dim', 'what it made of the last events'), ...lines.map((line) => `  ${line}`)];
}

export function triggerTestLines(test: Omit<ApiTriggerTest, 'trigger_id'>, terminal: Terminal): string[] {
  const { paintOut: paint } = terminal;
  const conditions = test.conditions.map(({ condition, of, holds, detail }) => {
    const mark = holds ? paint('green', '✓') : paint('red', '✗');
    return `  ${mark} ${condition}${of === undefined ? '' : ` ${plainText(of)}`}: ${plainText(detail)}`;
  });
  const told = test.prompt ?? test.prompt_error ?? '';
  return [
    plainText(test.sentence),
    ...conditions,
    '',
    paint('dim', test.prompt === undefined ? 'the prompt fails' : 'prompt'),
    ...plainText(told)
      .split('\n')
      .map((line) => `  ${line}`),
  ];
}

/** What is wrong with a trigger that is being written, and what it would make of the event as far as that can be said. */
export function triggerPreviewLines({ problems, test }: ApiTriggerPreview, terminal: Terminal): string[] {
  const wrong = problems.map(({ path, message }) => {
    return `${terminal.paintOut('red', path === '' ? 'trigger' : plainText(path))}: ${plainText(message)}`;
  });
  if (test === undefined) return wrong;
  return [...wrong, ...triggerTestLines(test, terminal)];
}
