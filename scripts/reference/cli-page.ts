/** docs/reference/cli.md: every command with its arguments, options and examples, from the commands themselves. */
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { type Cli, EXAMPLES_TITLE } from '../../src/cli/command.ts';
import { createProgram } from '../../src/cli/program.ts';
import { recordedTerminal } from '../../src/cli/recorded-terminal.ts';
import { EXIT_CODE_MEANINGS, EXIT_CODES } from '../../src/errors/exit-code.ts';

const introduction = `# Command line

<!-- Made by scripts/generate-reference.ts from src/cli; change it there. -->

- **The home** that a command means is \`--home\`, else \`$ROUSE_HOME\`, else \`~/.rouse\`; its files say where the daemon
  listens and with which token. \`$ROUSE_TOKEN\` stands in for the home's own token.
- **Answers** are tables for people; \`-o json\`, \`jsonl\` (one line per item) and \`yaml\` are for programs. Results go to
  standard output, everything else to standard error. Colour and questions only on a terminal.
- **Instants** may be written relative (\`--since 2h\`). Names and ids are both taken where a job is meant.
- **Mistakes** are answered with the nearest name and the next step. With \`-o json\` errors are JSON too.
- **Completion**: \`source <(rouse completion bash)\`; zsh and fish likewise.
`;

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

/** Whatever a command writes after its help ends up here instead of on a terminal. */
function helpOf(command: CommandUnknownOpts): string {
  let help = '';
  command.configureOutput({ writeOut: (text) => void (help += text), getOutHelpWidth: () => 100 });
  command.outputHelp();
  return help;
}

function examplesOf(command: CommandUnknownOpts): string[] {
  const [, examples = ''] = helpOf(command).split(`${EXAMPLES_TITLE}\n`);
  return examples
    .split('\n')
    .filter((line) => line.trim().startsWith('$ '))
    .map((line) => line.trim());
}

function optionRows(command: CommandUnknownOpts): string[] {
  return command.options
    .filter(({ hidden, long }) => !hidden && long !== '--home')
    .map((option) => {
      const { flags, description, argChoices, mandatory, defaultValue } = option;
      const choices = argChoices === undefined ? '' : ` (${argChoices.join(', ')})`;
      const absent = defaultValue === undefined ? '' : `; ${String(defaultValue)} when absent`;
      return `| \`${cell(flags)}\` | ${cell(`${description}${choices}${mandatory ? '; required' : absent}`)} |`;
    });
}

function section(command: CommandUnknownOpts, path: string): string[] {
  if (command.commands.length > 0) {
    return [
      `\n## ${path}\n`,
      `${command.description()}\n`,
      ...command.commands.flatMap((child) => section(child, `${path} ${child.name()}`)),
    ];
  }
  const rows = optionRows(command);
  const usage = [
    path,
    ...command.registeredArguments.map((argument) => {
      const name = `${argument.name()}${argument.variadic ? '…' : ''}`;
      return argument.required ? `<${name}>` : `[${name}]`;
    }),
  ].join(' ');
  return [
    `\n### ${path}\n`,
    `\`${usage}\`\n`,
    `${command.description()}\n`,
    ...(rows.length === 0 ? [] : ['| option | |', '| --- | --- |', ...rows, '']),
    '```sh',
    ...examplesOf(command).map((line) => line.slice(2)),
    '```',
  ];
}

export function renderCliPage(): string {
  const idle = {
    terminal: recordedTerminal({ now: 0 }).terminal,
    environment: { defaultHome: '~/.rouse', cwd: '', platform: 'linux', variables: {} },
  } as unknown as Cli;
  const program = createProgram({ cli: idle, version: '' });
  const groups = program.commands.filter((command) => command.commands.length > 0);
  const single = program.commands.filter((command) => command.commands.length === 0);
  const codes = Object.entries(EXIT_CODES).map(
    ([name, code]) => `| ${code} | ${EXIT_CODE_MEANINGS[name as keyof typeof EXIT_CODES]} |`,
  );
  return [
    introduction,
    '## Exit codes\n',
    '| code | |',
    '| --- | --- |',
    ...codes,
    '\n## Commands that stand alone\n',
    ...single.flatMap((command) => section(command, `rouse ${command.name()}`)),
    ...groups.flatMap((command) => section(command, `rouse ${command.name()}`)),
    '',
  ]
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n');
}
