/** `rouse agents`: who can be woken, who is installed, and whether they would start. */
import { Argument, type Command } from '@commander-js/extra-typings';
import type { ApiAgent, ApiAgentHealth, ApiDetectedAgent } from '../../client/client.ts';
import { EXIT_CODES } from '../../errors/exit-code.ts';
import { daemonCommand, groupCommand, type Cli } from '../command.ts';
import { writeReply } from '../reply.ts';
import { type Cell, factLines, tableLines } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { epochOf } from '../time-text.ts';
import { relativeText } from '../../lib/span-text.ts';
import { releaseAgentCommand } from './release-agent.ts';

/** Until when its account is exhausted, and what it said about it. */
function heldCell({ held_until: until, held_reason: reason }: ApiAgent, terminal: Terminal): Cell {
  const at = epochOf(until);
  if (at === undefined) return { text: '' };
  return { text: `${relativeText(at, terminal.now())} it is free again: ${reason ?? ''}`, hue: 'yellow' };
}

function listCommand(cli: Cli) {
  return daemonCommand('list', {
    summary: 'List the configured agents',
    examples: ['agents list', 'agents list -o json'],
  })
    .alias('ls')
    .action(async (options) => {
      const { terminal } = cli;
      const client = await cli.connect(options);
      const agents = await client.agents.list();
      const lines = () =>
        agents.length === 0
          ? ['No agents. Define one in rouse.toml: [agents.<name>]; rouse agents detect says which are installed.']
          : tableLines<ApiAgent>({
              rows: agents,
              terminalColumns: terminal.columns,
              paint: terminal.paintOut,
              columns: [
                { title: 'NAME', cell: ({ name }) => ({ text: name, hue: 'bold' }), flexible: true },
                { title: 'TYPE', cell: ({ type, preset }) => (preset === undefined ? type : `${type} (${preset})`) },
                { title: 'PROGRAM', cell: ({ program }) => program ?? '', flexible: true },
                { title: 'PERMISSION', cell: ({ permission }) => permission },
                {
                  title: 'AT ONCE',
                  cell: ({ max_concurrent: max }) => (max === 0 ? 'any' : String(max)),
                  align: 'right',
                },
                { title: 'TIMEOUT', cell: ({ timeout }) => timeout ?? '' },
                ...(agents.some(({ held_until: until }) => until !== undefined)
                  ? [{ title: 'HELD', cell: (agent: ApiAgent) => heldCell(agent, terminal), flexible: true }]
                  : []),
              ],
            });
      writeReply({ terminal, format: options.output, reply: { agents }, items: agents, lines });
    });
}

const yesNo = (value: boolean | undefined): Cell | string =>
  value === undefined ? '?' : value ? { text: 'yes', hue: 'green' } : { text: 'no', hue: 'yellow' };

function detectCommand(cli: Cli) {
  return daemonCommand('detect', {
    summary: 'Look for agents that are installed',
    description:
      'Look for the agents that Rouse knows on the machine of the daemon: which are installed, in which version, and whether somebody is logged in. No model is asked anything, so it costs nothing.',
    examples: ['agents detect', 'agents detect -o json'],
  }).action(async (options) => {
    const { terminal } = cli;
    const agents = await (await cli.connect(options)).agents.detect();
    const lines = () =>
      tableLines<ApiDetectedAgent>({
        rows: agents,
        terminalColumns: terminal.columns,
        paint: terminal.paintOut,
        columns: [
          { title: 'AGENT', cell: ({ name, installed }) => ({ text: name, hue: installed ? 'bold' : 'dim' }) },
          { title: 'VERSION', cell: ({ installed, version }) => version ?? (installed ? '?' : '') },
          { title: 'LOGGED IN', cell: ({ installed, logged_in }) => (installed ? yesNo(logged_in) : '') },
          { title: 'CONFIGURED AS', cell: ({ configured_as: names }) => names.join(', '), flexible: true },
          { title: 'NEXT', cell: ({ next }) => ({ text: next, hue: 'dim' }), flexible: true },
        ],
      });
    writeReply({ terminal, format: options.output, reply: { agents }, items: agents, lines });
  });
}

function costText({ past }: ApiAgentHealth): string | undefined {
  if (past === undefined) return 'unknown: it has not run in the past thirty days';
  const money = past.average_cost_usd === 0 ? 'no cost told' : `${past.average_cost_usd.toFixed(4)} USD`;
  const runs = past.runs === 1 ? 'one run' : `${past.runs} runs`;
  return `${Math.round(past.average_tokens)} tokens, ${money}: the average of ${runs}`;
}

function healthLines(health: ApiAgentHealth, terminal: Terminal): string[] {
  const heldUntil = epochOf(health.held_until);
  const { logged_in: loggedIn } = health;
  return factLines(
    [
      ['agent', { text: health.name, hue: 'bold' }],
      ['ready', health.ready ? { text: '✓ yes', hue: 'green' } : { text: `✗ no: ${health.problem ?? ''}`, hue: 'red' }],
      ['next', health.hint],
      ['version', health.version],
      ['program', health.detail],
      ['logged in', loggedIn === undefined ? undefined : yesNo(loggedIn)],
      ['modes', health.modes === undefined || health.modes.length === 0 ? undefined : health.modes.join(', ')],
      ['models', health.models === undefined || health.models.length === 0 ? undefined : health.models.join(', ')],
      ['held', heldUntil === undefined ? undefined : `${relativeText(heldUntil, terminal.now())} it is free again`],
      ['a run costs', costText(health)],
    ],
    terminal.paintOut,
  );
}

function testCommand(cli: Cli) {
  return daemonCommand('test', {
    summary: 'Find out whether an agent would start',
    description:
      'Find out whether an agent would start: its program, its secrets, its handshake, its login as far as it tells. No prompt is sent. Ends with 0 when it is ready, else with 7.',
    examples: ['agents test reviewer', 'agents test reviewer -o json'],
  })
    .addArgument(new Argument('<agent>', 'name of the agent'))
    .action(async (name, options) => {
      const { terminal } = cli;
      const health = await (await cli.connect(options)).agents.test(name);
      const lines = () => healthLines(health, terminal);
      writeReply({ terminal, format: options.output, reply: { health }, items: [health], lines });
      if (!health.ready) cli.endWith(EXIT_CODES.unavailable);
    });
}

function doctorCommand(cli: Cli) {
  return daemonCommand('doctor', {
    summary: 'Test every configured agent',
    description: 'Test every configured agent. No prompt is sent. Ends with 0 when all are ready, else with 7.',
    examples: ['agents doctor', 'agents doctor -o jsonl'],
  }).action(async (options) => {
    const { terminal } = cli;
    const client = await cli.connect(options);
    const agents: ApiAgentHealth[] = [];
    for (const { name } of await client.agents.list()) agents.push(await client.agents.test(name));
    const lines = () =>
      agents.length === 0
        ? ['No agents are configured. See which are installed: rouse agents detect']
        : agents.flatMap((health, index) => [...(index === 0 ? [] : ['']), ...healthLines(health, terminal)]);
    writeReply({ terminal, format: options.output, reply: { agents }, items: agents, lines });
    if (agents.some(({ ready }) => !ready)) cli.endWith(EXIT_CODES.unavailable);
  });
}

export function agentsCommand(cli: Cli): Command {
  return groupCommand('agents', 'Who can be woken')
    .addCommand(listCommand(cli))
    .addCommand(detectCommand(cli))
    .addCommand(testCommand(cli))
    .addCommand(doctorCommand(cli))
    .addCommand(releaseAgentCommand(cli));
}
