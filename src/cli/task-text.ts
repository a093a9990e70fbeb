/** How tasks look to people: a table of many, and one in full. */
import type { ApiTask } from '../client/client.ts';
import type { TaskStatus } from '../model/task.ts';
import { ownerText } from './owner-text.ts';
import { firstLine, plainText, type Hue } from './paint.ts';
import { factLines, tableLines } from './table.ts';
import type { Terminal } from './terminal.ts';
import { epochOf, localTime } from './time-text.ts';
import { relativeText } from '../lib/span-text.ts';

export const TASK_LOOK: Readonly<Record<TaskStatus, { symbol: string; hue: Hue }>> = {
  queued: { symbol: '◷', hue: 'cyan' },
  claimed: { symbol: '▶', hue: 'blue' },
  completed: { symbol: '✓', hue: 'green' },
  failed: { symbol: '✗', hue: 'red' },
  canceled: { symbol: '⊘', hue: 'yellow' },
};

export interface TaskOutcome {
  status: TaskStatus;
  claimed_by?: string | undefined;
  output?: string | undefined;
  error?: string | undefined;
}

/** Who has it, or what came of it, in a line. */
export function taskRemark(outcome: TaskOutcome): string {
  if (outcome.status === 'claimed') return `by ${firstLine(outcome.claimed_by ?? '')}`;
  return firstLine((outcome.status === 'completed' ? outcome.output : outcome.error) ?? '');
}

export function taskTable(tasks: readonly ApiTask[], terminal: Terminal): string[] {
  if (tasks.length === 0) return ['No tasks. A job with `task` makes them; by hand: rouse tasks create'];
  const now = terminal.now();
  const hasChannels = tasks.some((task) => task.network_channel !== undefined);
  const channelColumn = { title: 'CHANNEL', cell: (task: ApiTask) => task.network_channel ?? '', flexible: true };
  return tableLines<ApiTask>({
    rows: tasks,
    terminalColumns: terminal.columns,
    paint: terminal.paintOut,
    columns: [
      { title: 'TASK', cell: ({ id }) => id },
      { title: 'TITLE', cell: ({ title }) => ({ text: firstLine(title), hue: 'bold' }), flexible: true },
      {
        title: 'STATUS',
        cell: ({ status }) => ({ text: `${TASK_LOOK[status].symbol} ${status}`, hue: TASK_LOOK[status].hue }),
      },
      { title: 'OWNER', cell: ({ owner }) => ownerText(owner), flexible: true },
      ...(hasChannels ? [channelColumn] : []),
      { title: 'MADE', cell: (task) => relativeText(epochOf(task.created_at) ?? now, now) },
      { title: 'REMARK', cell: (task) => taskRemark({ status: task.status, ...task.task_run }), flexible: true },
    ],
  });
}

export function taskDetail(task: ApiTask, terminal: Terminal): string[] {
  const { paintOut: paint, timeZone } = terminal;
  const { task_run: run } = task;
  const { symbol, hue } = TASK_LOOK[task.status];
  const instant = (text: string | undefined): string | undefined => {
    const at = epochOf(text);
    return at === undefined ? undefined : `${localTime(at, timeZone)}  ${relativeText(at, terminal.now())}`;
  };
  const facts = factLines(
    [
      ['task', { text: task.id, hue: 'bold' }],
      ['title', firstLine(task.title)],
      ['status', { text: `${symbol} ${task.status}`, hue }],
      ['owner', task.owner === undefined ? undefined : ownerText(task.owner)],
      ['channel', task.network_channel],
      ['workspace', task.workspace_id],
      ['priority', task.priority === 0 ? undefined : String(task.priority)],
      ['from run', task.run_id],
      ['made by', `${task.created_by}  ${instant(task.created_at) ?? ''}`],
      ['task run', run.id],
      ['claims', run.lapses === 0 ? String(run.claims) : `${run.claims}, of which ${run.lapses} ran out`],
      ['worker', run.claimed_by],
      ['claimed', instant(run.claimed_at)],
      ['heartbeat', instant(run.heartbeat_at)],
      ['lease ends', instant(run.lease_expires_at)],
      ['ended', instant(run.ended_at)],
      ['ended by', run.ended_by],
    ],
    paint,
  );
  return [
    ...facts,
    ...block('description', task.description, terminal),
    ...block('output', run.output, terminal),
    ...block('error', run.error, terminal),
  ];
}

function block(title: string, text: string | undefined, terminal: Terminal): string[] {
  if (text === undefined || text.trim() === '') return [];
  const lines = plainText(text.trimEnd()).split('\n');
  return ['', terminal.paintOut('dim', title), ...lines.map((line) => `  ${line}`)];
}
