/** The whole command line: which commands there are, and what they share in help and errors. */
import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { EXIT_CODE_MEANINGS, EXIT_CODES } from '../errors/exit-code.ts';
import { type Cli, examplesText, homeOption } from './command.ts';
import { backupCommand, restoreCommand } from './commands/backup.ts';
import { completionCommand } from './commands/completion.ts';
import { auditCommand } from './commands/audit.ts';
import { nodesCommand } from './commands/nodes.ts';
import { configCommand } from './commands/config.ts';
import { doctorCommand } from './commands/doctor.ts';
import { explainCommand } from './commands/explain.ts';
import { hooksCommand } from './commands/hooks.ts';
import { initCommand } from './commands/init.ts';
import { eventsCommand } from './commands/events.ts';
import { jobsCommand } from './commands/jobs.ts';
import { nextCommand, previewCommand, statusCommand } from './commands/overview.ts';
import { logsCommand } from './commands/logs.ts';
import { mcpCommand } from './commands/mcp.ts';
import { migrateCommand } from './commands/migrate.ts';
import { openCommand } from './commands/open.ts';
import { packagesCommand } from './commands/packages.ts';
import { pauseCommand, resumeCommand } from './commands/pause.ts';
import { agentsCommand } from './commands/agents.ts';
import { workspacesCommand } from './commands/places.ts';
import { runsCommand } from './commands/runs.ts';
import { tasksCommand } from './commands/tasks.ts';
import { sessionsCommand } from './commands/sessions.ts';
import { secretsCommand } from './commands/secrets.ts';
import { serviceCommand } from './commands/service.ts';
import { simulateCommand } from './commands/simulate.ts';
import { startCommand } from './commands/start.ts';
import { tokensCommand } from './commands/tokens.ts';
import { triggersCommand } from './commands/triggers.ts';
import { usageCommand } from './commands/usage.ts';
import { webhooksCommand } from './commands/webhooks.ts';
import type { Terminal } from './terminal.ts';

const EXAMPLES = [
  'start',
  'jobs create --name morning --agent echo --prompt "Good morning." --schedule "0 9 * * 1-5" --tz Europe/Paris',
  'next',
  'runs list --since 2h',
];

/** For scripts: what the number means that a command ends with. */
function exitCodesText(): string {
  const lines = Object.entries(EXIT_CODES).map(
    ([name, code]) => `  ${String(code).padStart(2)}  ${EXIT_CODE_MEANINGS[name as keyof typeof EXIT_CODES]}`,
  );
  return `\nExit codes:\n${lines.join('\n')}`;
}

/** Settings of commander reach a subcommand only when it is created by its parent; ours are created on their own. */
function configure(command: CommandUnknownOpts, terminal: Terminal): void {
  command.exitOverride();
  command.showHelpAfterError('next:  add --help to see how it is used');
  command.configureOutput({
    writeOut: terminal.out,
    writeErr: terminal.err,
    outputError: (text, write) => write(text.replace(/^error:/, terminal.paintErr('red', 'error:'))),
    getOutHasColors: () => terminal.paintOut('bold', '.') !== '.',
    getErrHasColors: () => terminal.paintErr('bold', '.') !== '.',
  });
  for (const child of command.commands) configure(child, terminal);
}

export function createProgram(p: { cli: Cli; version: string }) {
  const { cli } = p;
  const program = new Command('rouse')
    .description('Wakes AI agents on a schedule, and accounts for every fire.')
    .version(p.version, '-V, --version', 'print the version')
    .addOption(homeOption())
    .addCommand(startCommand(cli))
    .addCommand(initCommand(cli))
    .addCommand(statusCommand(cli))
    .addCommand(openCommand(cli))
    .addCommand(nextCommand(cli))
    .addCommand(previewCommand(cli))
    .addCommand(explainCommand(cli))
    .addCommand(simulateCommand(cli))
    .addCommand(usageCommand(cli))
    .addCommand(pauseCommand(cli))
    .addCommand(resumeCommand(cli))
    .addCommand(jobsCommand(cli))
    .addCommand(triggersCommand(cli))
    .addCommand(eventsCommand(cli))
    .addCommand(runsCommand(cli))
    .addCommand(tasksCommand(cli))
    .addCommand(sessionsCommand(cli))
    .addCommand(agentsCommand(cli))
    .addCommand(workspacesCommand(cli))
    .addCommand(hooksCommand(cli))
    .addCommand(webhooksCommand(cli))
    .addCommand(secretsCommand(cli))
    .addCommand(tokensCommand(cli))
    .addCommand(packagesCommand(cli))
    .addCommand(auditCommand(cli))
    .addCommand(nodesCommand(cli))
    .addCommand(configCommand(cli))
    .addCommand(logsCommand(cli))
    .addCommand(doctorCommand(cli))
    .addCommand(serviceCommand(cli))
    .addCommand(backupCommand(cli))
    .addCommand(restoreCommand(cli))
    .addCommand(migrateCommand(cli))
    .addCommand(completionCommand(cli))
    .addCommand(mcpCommand(cli))
    .addHelpText('after', () => `${examplesText(EXAMPLES)}\n${exitCodesText()}`);
  configure(program, cli.terminal);
  return program;
}
