/** `rouse service`: lets the system's own supervisor start the daemon at login and again after a crash. */
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { Command } from '@commander-js/extra-typings';
import { EXIT_CODES } from '../../errors/exit-code.ts';
import { type Cli, daemonCommand, groupCommand } from '../command.ts';
import { confirm } from '../confirm.ts';
import { UsageError } from '../failure.ts';
import { rouseProgram } from '../own-files.ts';
import { writeReply } from '../reply.ts';
import { outLines } from '../terminal.ts';

const NAME_DEFAULT = 'rouse';

async function supervisorOf(cli: Cli) {
  const { Supervisor } = await import('../../upkeep/supervisor.ts');
  const { platform, variables } = cli.environment;
  const { XDG_CONFIG_HOME: configFolder } = variables;
  return new Supervisor({
    platform,
    userFolder: homedir(),
    uid: userInfo().uid,
    ...(configFolder ? { configFolder } : {}),
  });
}

function nameOf(name: string): string {
  if (/^[a-z][a-z0-9-]{0,63}$/.test(name)) return name;
  throw new UsageError(`"${name}" is no name for a service.`, 'Write lower-case letters, digits and "-".');
}

function installCommand(cli: Cli) {
  return daemonCommand('install', {
    summary: 'Start the daemon at login, and again after a crash',
    description:
      'Write a systemd user unit (Linux) or a launchd agent (macOS) for the home and start it. It keeps the PATH of this shell, so that agents are found. --dry-run prints what would be written.',
    examples: ['service install', 'service install --dry-run', 'service install --name rouse-work --home ~/work-rouse'],
  })
    .option('--name <name>', 'of the service; another one for another home', NAME_DEFAULT)
    .option('--port <port>', 'listen there, whatever rouse.toml says')
    .option('--dry-run', 'print the definition and where it would go, and change nothing')
    .action(async (options) => {
      const { terminal, environment } = cli;
      const supervisor = await supervisorOf(cli);
      const home = cli.homeOf(options);
      const name = nameOf(options.name);
      const definition = {
        name,
        home,
        command: [
          ...rouseProgram(),
          'start',
          '--home',
          home,
          ...(options.port === undefined ? [] : ['--port', options.port]),
        ],
        path: environment.variables['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
        logFile: join(home, 'logs/launchd.log'),
      };
      const file = supervisor.fileOf(name);
      if (options.dryRun === true) {
        const text = supervisor.textOf(definition);
        const reply = { kind: supervisor.kind, file, text };
        const lines = () => [`# ${file}`, ...text.trimEnd().split('\n')];
        writeReply({ terminal, format: options.output, reply, items: [reply], lines });
        return;
      }
      await supervisor.install(definition);
      const reply = { kind: supervisor.kind, file };
      writeReply({
        terminal,
        format: options.output,
        reply,
        items: [reply],
        lines: () => [
          `Installed ${file}; the daemon of ${home} runs.`,
          ...(supervisor.kind === 'systemd'
            ? [
                'To let it run while you are not logged in: loginctl enable-linger',
                `Its journal: journalctl --user -u ${name}`,
              ]
            : []),
          'Next: rouse status',
        ],
      });
    });
}

function uninstallCommand(cli: Cli) {
  return daemonCommand('uninstall', {
    summary: 'Stop the service and remove it; the home stays',
    examples: ['service uninstall', 'service uninstall --name rouse-work --yes'],
  })
    .option('--name <name>', 'of the service', NAME_DEFAULT)
    .option('--yes', 'without a question')
    .action(async (options) => {
      const supervisor = await supervisorOf(cli);
      const name = nameOf(options.name);
      const { installed, file } = await supervisor.status(name);
      if (installed) await confirm(cli.terminal, { question: `Stop the daemon and remove ${file}?`, yes: options.yes });
      const removed = await supervisor.uninstall(name);
      const reply = { removed, file };
      const said = removed ? `Removed ${file}.` : `There was no service ${name}; nothing was changed.`;
      writeReply({ terminal: cli.terminal, format: options.output, reply, items: [reply], lines: () => [said] });
    });
}

function statusCommand(cli: Cli) {
  return daemonCommand('status', {
    summary: 'Say whether the service is installed and runs',
    description: 'Say whether the service is installed and runs. Ends with 7 when it does not.',
    examples: ['service status', 'service status -o json'],
  })
    .option('--name <name>', 'of the service', NAME_DEFAULT)
    .action(async (options) => {
      const { terminal } = cli;
      const status = await (await supervisorOf(cli)).status(nameOf(options.name));
      const runs = status.state === 'active' || status.state === 'loaded';
      if (!runs) cli.endWith(EXIT_CODES.unavailable);
      const lines = (): string[] => {
        if (!status.installed) return ['No service is installed. Next: rouse service install'];
        const state = status.state ?? 'unknown: the supervisor cannot be asked from here';
        return [`${status.file}`, `${state}${status.enabled === false ? ', not started at login' : ''}`];
      };
      if (options.output === 'table') return outLines(terminal, lines());
      writeReply({ terminal, format: options.output, reply: { service: status }, items: [status], lines });
    });
}

export function serviceCommand(cli: Cli): Command {
  return groupCommand('service', 'The daemon under the system’s own supervisor')
    .addCommand(installCommand(cli))
    .addCommand(uninstallCommand(cli))
    .addCommand(statusCommand(cli));
}
