/** How use and cost look to people: one line per automation, agent or day, and the sums. */
import type { ApiUsage } from '../client/client.ts';
import { costText, tokensText } from './amount-text.ts';
import type { AutomationNames } from './run-table.ts';
import { tableLines } from './table.ts';
import type { Terminal } from './terminal.ts';

export const USAGE_GROUPS = ['automation', 'agent', 'day'] as const;
export type UsageGroup = (typeof USAGE_GROUPS)[number];

type Amounts = ApiUsage['totals'];
interface Line extends Amounts {
  name: string;
}

/** The days summed up by name: dearest first, days in their own order. */
function groupsOf(usage: ApiUsage, p: { by: UsageGroup; names: AutomationNames }): Line[] {
  const groups = new Map<string, Line>();
  for (const day of usage.days) {
    const name =
      p.by === 'day'
        ? day.day
        : p.by === 'agent'
          ? day.agent_name
          : (p.names.get(day.automation_id) ?? day.automation_id);
    const line = groups.get(name) ?? { name, runs: 0, tokens: 0, input_tokens: 0, output_tokens: 0, cost_usd: 0 };
    line.runs += day.runs;
    line.tokens += day.tokens;
    line.input_tokens += day.input_tokens;
    line.output_tokens += day.output_tokens;
    line.cost_usd += day.cost_usd;
    groups.set(name, line);
  }
  const lines = [...groups.values()];
  if (p.by === 'day') return lines;
  return lines.toSorted((a, b) => b.cost_usd - a.cost_usd || b.tokens - a.tokens || b.runs - a.runs);
}

export function usageLines(p: {
  usage: ApiUsage;
  by: UsageGroup;
  names: AutomationNames;
  terminal: Terminal;
}): string[] {
  const { usage, by, names, terminal } = p;
  if (usage.days.length === 0) return [`Nothing was used since ${usage.since_day}.`];
  const rows: Line[] = [...groupsOf(usage, { by, names }), { name: 'in all', ...usage.totals }];
  const table = tableLines<Line>({
    rows,
    terminalColumns: terminal.columns,
    paint: terminal.paintOut,
    columns: [
      { title: by.toUpperCase(), cell: ({ name }) => ({ text: name, hue: 'bold' }), flexible: true },
      { title: 'RUNS', cell: ({ runs }) => String(runs), align: 'right' },
      { title: 'TOKENS IN', cell: ({ input_tokens: tokens }) => tokensText(tokens), align: 'right' },
      { title: 'OUT', cell: ({ output_tokens: tokens }) => tokensText(tokens), align: 'right' },
      { title: 'COST', cell: ({ cost_usd: cost }) => costText(cost), align: 'right' },
    ],
  });
  const { today } = usage;
  const notes = [
    `Since ${usage.since_day} (UTC). Today so far: ${tokensText(today.tokens)} tokens, ${costText(today.cost_usd)}.`,
    ...(usage.truncated
      ? ['There is more: older days were left out, of the sums too. Ask for less: --job, --since']
      : []),
  ];
  return [...table, ...notes.map((note) => terminal.paintOut('dim', note))];
}
