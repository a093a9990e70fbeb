/** `rouse hooks`: what runs around automations, what became of it, and a try. */
import { Argument, type Command, Option } from '@commander-js/extra-typings';
import type { ApiHook, ApiHookCall } from '../../client/client.ts';
import { EXIT_CODES } from '../../errors/exit-code.ts';
import { type Cli, daemonCommand, groupCommand } from '../command.ts';
import type { Hue } from '../paint.ts';
import { writeReply } from '../reply.ts';
import { tableLines } from '../table.ts';
import { epochOf } from '../time-text.ts';
import { relativeText } from '../../lib/span-text.ts';

const STATE_HUES: Readonly<Record<ApiHookCall['state'], Hue>> = {
  completed: 'green',
  failed: 'red',
  waiting: 'yellow',
};

function matchText({ match }: ApiHook): string {
  const { agent_name: agent, automation, workspace_id: workspace } = match;
  const parts = { agent, automation, workspace };
  const given = Object.entries(parts).filter((part) => part[1] !== undefined);
  return given.length === 0 ? 'everything' : given.map(([name, value]) => `${name} ${value}`).join(', ');
}

function listCommand(cli: Cli) {
  return daemonCommand('list', {
    summary: 'List the hooks of the configuration',
    examples: ['hooks list', 'hooks list -o json'],
  })
    .alias('ls')
    .action(async (options) => {
      const { terminal } = cli;
      const hooks = await (await cli.connect(options)).hooks.list();
      const lines = () =>
        hooks.length === 0
          ? ['No hooks. Write one in rouse.toml: [[hooks]] with name, event and command or url']
          : tableLines<ApiHook>({
              rows: hooks,
              terminalColumns: terminal.columns,
              paint: terminal.paintOut,
              columns: [
                { title: 'NAME', cell: ({ name }) => ({ text: name, hue: 'bold' }) },
                { title: 'AT', cell: ({ events }) => events.join(' '), flexible: true },
                { title: 'FOR', cell: matchText, flexible: true },
                { title: 'WHAT', cell: ({ kind, target }) => `${kind} ${target}`, flexible: true },
                { title: 'TIMEOUT', cell: ({ timeout }) => timeout },
              ],
            });
      writeReply({ terminal, format: options.output, reply: { hooks }, items: hooks, lines });
    });
}

function callsCommand(cli: Cli) {
  return daemonCommand('calls', {
    summary: 'List what hooks were called for and how that ended, newest first',
    examples: ['hooks calls', 'hooks calls --hook notify --state failed', 'hooks calls --run run_01hf'],
  })
    .option('--hook <name>', 'only of this hook')
    .addOption(new Option('--state <state>', 'only these').choices(['waiting', 'completed', 'failed'] as const))
    .option('--run <run>', 'only about this run')
    .action(async (options) => {
      const { terminal } = cli;
      const { hook, state, run } = options;
      const page = await (
        await cli.connect(options)
      ).hooks.calls({
        limit: 50,
        ...(hook === undefined ? {} : { hook }),
        ...(state === undefined ? {} : { state }),
        ...(run === undefined ? {} : { run_id: run }),
      });
      const lines = () =>
        page.calls.length === 0
          ? ['No calls.']
          : tableLines<ApiHookCall>({
              rows: page.calls,
              terminalColumns: terminal.columns,
              paint: terminal.paintOut,
              columns: [
                { title: 'HOOK', cell: ({ hook: name }) => ({ text: name, hue: 'bold' }) },
                { title: 'EVENT', cell: ({ event }) => event },
                { title: 'WHEN', cell: ({ created_at: at }) => relativeText(epochOf(at) ?? 0, terminal.now()) },
                { title: 'STATE', cell: ({ state: text }) => ({ text, hue: STATE_HUES[text] }) },
                { title: 'TRIES', cell: ({ attempts }) => String(attempts), align: 'right' },
                { title: 'RUN', cell: ({ run_id: id = '' }) => id },
                { title: 'HOW IT ENDED', cell: ({ detail = '' }) => detail, flexible: true },
              ],
            });
      writeReply({ terminal, format: options.output, reply: page, items: page.calls, lines });
    });
}

function testCommand(cli: Cli) {
  return daemonCommand('test', {
    summary: 'Call a hook once with a sample and say how that went',
    examples: ['hooks test notify', 'hooks test gate -o json'],
  })
    .addArgument(new Argument('<name>', 'of the hook'))
    .action(async (name, options) => {
      const { terminal } = cli;
      const test = await (await cli.connect(options)).hooks.test(name);
      const { state, detail = '', duration_ms: ms = 0 } = test.call;
      const lines = () => [
        `${terminal.paintOut(STATE_HUES[state], state)} in ${ms} ms, ${detail}`,
        ...(test.answer === undefined || test.answer === '' ? [] : [test.answer.trimEnd()]),
      ];
      writeReply({ terminal, format: options.output, reply: test, items: [test.call], lines });
      if (state !== 'completed') cli.endWith(EXIT_CODES.invalid);
    });
}

export function hooksCommand(cli: Cli): Command {
  return groupCommand('hooks', 'Commands and addresses around automations')
    .addCommand(listCommand(cli))
    .addCommand(callsCommand(cli))
    .addCommand(testCommand(cli));
}
