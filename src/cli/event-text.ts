/** How events look to people: a table of many, what came of one, and the way that led to it. */
import type { ApiEvent, ApiEventAccepted, ApiEventExplanation } from '../client/client.ts';
import type { MatchVerdict } from '../model/activation.ts';
import { isMatch } from '../model/activation.ts';
import type { Hue } from './paint.ts';
import { plainText } from './paint.ts';
import { STATUS_LOOK } from './run-text.ts';
import { factLines, tableLines } from './table.ts';
import type { Terminal } from './terminal.ts';
import { epochOf, localTime } from './time-text.ts';
import { relativeText } from '../lib/span-text.ts';

type Verdict = ApiEventAccepted['considered'][number];
type Lineage = ApiEventExplanation['lineage'];

export function verdictHue(verdict: MatchVerdict): Hue {
  if (verdict === 'fired' || verdict === 'gathered') return 'green';
  return isMatch(verdict) || verdict === 'condition_error' || verdict === 'error' ? 'yellow' : 'dim';
}

export function eventTable(p: { events: readonly ApiEvent[]; terminal: Terminal }): string[] {
  const { events, terminal } = p;
  const now = terminal.now();
  if (events.length === 0) return ['No events. Tell one: rouse events send ext.hello'];
  return tableLines<ApiEvent>({
    rows: events,
    terminalColumns: terminal.columns,
    paint: terminal.paintOut,
    columns: [
      { title: 'EVENT', cell: ({ id }) => id },
      { title: 'KIND', cell: ({ kind }) => ({ text: kind, hue: 'bold' }), flexible: true },
      { title: 'WHEN', cell: ({ accepted_at: at }) => relativeText(epochOf(at) ?? now, now) },
      { title: 'DEPTH', cell: ({ depth }) => String(depth), align: 'right' },
      { title: 'MATCHED', cell: ({ matched, considered }) => `${matched} of ${considered}`, align: 'right' },
      { title: 'DATA', cell: ({ data }) => JSON.stringify(data), flexible: true },
    ],
  });
}

/** What was made of an event, trigger by trigger. */
function verdictLines(verdicts: readonly Verdict[], terminal: Terminal): string[] {
  if (verdicts.length === 0) return [];
  return tableLines<Verdict>({
    rows: verdicts,
    terminalColumns: terminal.columns,
    paint: terminal.paintOut,
    columns: [
      { title: 'TRIGGER', cell: ({ trigger_name: name }) => ({ text: name, hue: 'bold' }), flexible: true },
      { title: 'VERDICT', cell: ({ verdict }) => ({ text: verdict, hue: verdictHue(verdict) }) },
      { title: 'RUN', cell: ({ run_id: run, gathered_into: into }) => run ?? into ?? '' },
      { title: 'WHY', cell: ({ detail }) => detail, flexible: true },
    ],
  });
}

export function acceptedLines(accepted: ApiEventAccepted, terminal: Terminal): string[] {
  const { event, considered, duplicate } = accepted;
  const said = duplicate
    ? `This ${event.kind} came before, as ${event.id}; nothing was started.`
    : `Told ${event.kind} as ${event.id}: ${event.matched} of ${event.considered} triggers matched.`;
  const hint = considered.length === 0 && !duplicate ? [`Why: rouse events explain ${event.id}`] : [];
  return [said, ...verdictLines(considered, terminal).map((line) => `  ${line}`), ...hint];
}

export function eventDetail(event: ApiEventExplanation, terminal: Terminal): string[] {
  const { paintOut: paint, timeZone } = terminal;
  const instant = (text: string): string => {
    const at = epochOf(text) ?? terminal.now();
    return `${localTime(at, timeZone)}  ${relativeText(at, terminal.now())}`;
  };
  const facts = factLines(
    [
      ['event', { text: event.id, hue: 'bold' }],
      ['kind', event.kind],
      ['source', event.source],
      ['workspace', event.workspace_id],
      ['happened', instant(event.occurred_at)],
      ['stored', instant(event.accepted_at)],
      ['by', event.actor],
      ['depth', String(event.depth)],
      ['caused by', event.cause === undefined ? undefined : `run ${event.cause.run_id}`],
      ['gathered', event.gathered === undefined ? undefined : `${event.gathered.count}, key "${event.gathered.key}"`],
    ],
    paint,
  );
  return [...facts, ...accountLines(event, terminal), ...section('data', dataLines(event), terminal)];
}

function dataLines({ data }: ApiEventExplanation): string[] {
  return plainText(JSON.stringify(data, undefined, 2)).split('\n');
}

/** What became of it and why, and the way from the world outside to it. */
export function accountLines(event: ApiEventExplanation, terminal: Terminal): string[] {
  const others = event.not_considered.map(({ trigger_name: name, detail }) => `${name}: ${plainText(detail)}`);
  const more = event.not_considered_truncated ? ['and others'] : [];
  const caused = event.caused.map(({ id, kind }) => `${kind}  ${id}`);
  return [
    '',
    plainText(event.sentence),
    ...section('considered', verdictLines(event.verdicts, terminal), terminal),
    ...section('not considered: they could not match', [...others, ...more], terminal),
    ...section('where it came from', event.lineage.length > 1 ? lineageLines(event.lineage) : [], terminal),
    ...section('what its runs caused', caused, terminal),
  ];
}

function lineageLines(lineage: Lineage): string[] {
  return lineage.flatMap(({ event, run }, step) => {
    const indent = '  '.repeat(step);
    const shown = event === undefined ? [] : [`${indent}${event.kind}  ${event.id}  depth ${event.depth}`];
    if (run === undefined) return shown;
    const { symbol } = STATUS_LOOK[run.status];
    const of = run.trigger_id ?? run.job_id ?? '';
    return [...shown, `${indent}└ ${symbol} run ${run.id} of ${of} caused`];
  });
}

function section(title: string, lines: readonly string[], terminal: Terminal): string[] {
  return lines.length === 0 ? [] : ['', terminal.paintOut('dim', title), ...lines.map((line) => `  ${line}`)];
}
