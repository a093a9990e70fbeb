/** `rouse nodes`: which machines take part, and which of them may start anything. */
import { Argument, type Command } from '@commander-js/extra-typings';
import type { ApiNode } from '../../client/client.ts';
import { type Cli, daemonCommand, groupCommand } from '../command.ts';
import { confirm } from '../confirm.ts';
import type { Hue } from '../paint.ts';
import { writeReply } from '../reply.ts';
import { type Cell, factLines, tableLines } from '../table.ts';
import { epochOf, localTime } from '../time-text.ts';
import type { Terminal } from '../terminal.ts';
import { relativeText } from '../../lib/span-text.ts';

/** As the daemon does: beyond this the node itself reports trouble. */
const SKEW_SHOWN_MS = 1_000;

const STATE_HUES: Readonly<Record<ApiNode['state'], Hue>> = {
  live: 'green',
  draining: 'yellow',
  drained: 'yellow',
  silent: 'red',
  stopped: 'dim',
};

function stateCell({ state }: ApiNode): Cell {
  return { text: state, hue: STATE_HUES[state] };
}

function skewText({ clock_skew_ms: skew }: ApiNode): string {
  if (skew === undefined) return '';
  return `${skew > 0 ? '+' : ''}${skew} ms`;
}

function skewCell(node: ApiNode): Cell | string {
  const text = skewText(node);
  return Math.abs(node.clock_skew_ms ?? 0) > SKEW_SHOWN_MS ? { text, hue: 'yellow' } : text;
}

function loadText({ running, cap }: ApiNode): string {
  return cap === 0 ? String(running) : `${running} of ${cap}`;
}

function factsOf(node: ApiNode, terminal: Terminal): string[] {
  const now = terminal.now();
  const when = (text: string): string => {
    const at = epochOf(text) ?? now;
    return `${localTime(at, terminal.timeZone)}  ${relativeText(at, now)}`;
  };
  return factLines(
    [
      ['node', { text: node.name, hue: 'bold' }],
      ['state', stateCell(node)],
      ['drained by', node.drained_by],
      ['instance', node.instance],
      ['version', node.version],
      ['url', node.url],
      ['labels', node.labels.length === 0 ? undefined : node.labels.join(', ')],
      ['running', loadText(node)],
      ['started', when(node.started_at)],
      ['last sign', node.heartbeat_at === undefined ? undefined : when(node.heartbeat_at)],
      ['clock', node.clock_skew_ms === undefined ? undefined : `${skewText(node)} against the database server`],
    ],
    terminal.paintOut,
  );
}

function listCommand(cli: Cli) {
  return daemonCommand('list', {
    summary: 'List the machines that take part',
    examples: ['nodes list', 'nodes list -o json'],
  })
    .alias('ls')
    .action(async (options) => {
      const { terminal } = cli;
      const nodes = await (await cli.connect(options)).nodes.list();
      const now = terminal.now();
      const lines = () =>
        tableLines<ApiNode>({
          rows: nodes,
          terminalColumns: terminal.columns,
          paint: terminal.paintOut,
          columns: [
            { title: 'NAME', cell: ({ name }) => ({ text: name, hue: 'bold' }), flexible: true },
            { title: 'STATE', cell: stateCell },
            { title: 'RUNNING', cell: loadText, align: 'right' },
            { title: 'LABELS', cell: ({ labels }) => labels.join(', '), flexible: true },
            {
              title: 'LAST SIGN',
              cell: ({ heartbeat_at: at }) => (at === undefined ? '' : relativeText(epochOf(at) ?? now, now)),
            },
            { title: 'CLOCK', cell: skewCell, align: 'right' },
            { title: 'VERSION', cell: ({ version }) => version },
          ],
        });
      writeReply({ terminal, format: options.output, reply: { nodes }, items: nodes, lines });
    });
}

const nodeArgument = () => new Argument('<node>', 'its name');

function getCommand(cli: Cli) {
  return daemonCommand('get', { summary: 'Show one node', examples: ['nodes get build-1'] })
    .addArgument(nodeArgument())
    .action(async (name, options) => {
      const { terminal } = cli;
      const node = await (await cli.connect(options)).nodes.get(name);
      writeReply({
        terminal,
        format: options.output,
        reply: { node },
        items: [node],
        lines: () => factsOf(node, terminal),
      });
    });
}

function drainCommand(cli: Cli) {
  return daemonCommand('drain', {
    summary: 'Let a node finish what it runs and start nothing new',
    description:
      'Let a node finish what it runs and start nothing new, until it is undrained; restarts change nothing about that. When nothing runs there any more (rouse nodes get), it can be stopped without interrupting anything.',
    examples: ['nodes drain build-1'],
  })
    .addArgument(nodeArgument())
    .action(async (name, options) => {
      const { terminal } = cli;
      const node = await (await cli.connect(options)).nodes.drain(name);
      const left = node.running === 0 ? 'nothing runs there' : `${node.running} still running there`;
      const lines = () => [
        `${node.name} starts nothing new; ${left}. Take it back with rouse nodes undrain ${node.name}.`,
      ];
      writeReply({ terminal, format: options.output, reply: { node }, items: [node], lines });
    });
}

function undrainCommand(cli: Cli) {
  return daemonCommand('undrain', {
    summary: 'Let a drained node start runs again',
    examples: ['nodes undrain build-1'],
  })
    .addArgument(nodeArgument())
    .action(async (name, options) => {
      const { terminal } = cli;
      const node = await (await cli.connect(options)).nodes.undrain(name);
      const lines = () => [`${node.name} starts runs again.`];
      writeReply({ terminal, format: options.output, reply: { node }, items: [node], lines });
    });
}

function removeCommand(cli: Cli) {
  return daemonCommand('remove', {
    summary: 'Forget a node that is gone',
    description: 'Forget a node that is gone. One that lives is refused; one that comes back is a node like any other.',
    examples: ['nodes remove build-3', 'nodes remove build-3 --yes'],
  })
    .alias('rm')
    .addArgument(nodeArgument())
    .option('--yes', 'do not ask')
    .action(async (name, options) => {
      const { terminal } = cli;
      const client = await cli.connect(options);
      const node = await client.nodes.get(name);
      await confirm(terminal, { question: `Forget the node ${node.name} (${node.state})?`, yes: options.yes });
      await client.nodes.remove(name);
      const lines = () => [`${node.name} is forgotten.`];
      writeReply({ terminal, format: options.output, reply: { node }, items: [node], lines });
    });
}

export function nodesCommand(cli: Cli): Command {
  return groupCommand('nodes', 'Machines that take part')
    .addCommand(listCommand(cli))
    .addCommand(getCommand(cli))
    .addCommand(drainCommand(cli))
    .addCommand(undrainCommand(cli))
    .addCommand(removeCommand(cli));
}
