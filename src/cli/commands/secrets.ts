/** `rouse secrets`: what the vault holds, by name. Values go in by a hidden question or standard input, and never come out. */
import { Argument, type Command } from '@commander-js/extra-typings';
import type { ApiSecret } from '../../client/client.ts';
import { type Cli, daemonCommand, groupCommand } from '../command.ts';
import { confirm } from '../confirm.ts';
import { UsageError } from '../failure.ts';
import { writeReply } from '../reply.ts';
import { tableLines } from '../table.ts';
import { epochOf } from '../time-text.ts';
import { relativeText } from '../../lib/span-text.ts';

const nameArgument = () =>
  new Argument('<name>', 'such as github/deploy-key; "vault:automation/" before it is left out');

/** People copy the reference out of their configuration. */
function nameOf(written: string): string {
  return written.replace(/^(?:vault:)?automation\//u, '');
}

function listCommand(cli: Cli) {
  return daemonCommand('list', {
    summary: 'List the names in the vault, never a value',
    examples: ['secrets list', 'secrets list -o json'],
  })
    .alias('ls')
    .action(async (options) => {
      const { terminal } = cli;
      const client = await cli.connect(options);
      const secrets = await client.secrets.list();
      const when = (text: string): string => relativeText(epochOf(text) ?? 0, terminal.now());
      const lines = () =>
        secrets.length === 0
          ? ['The vault is empty. Store a secret: rouse secrets set <name>']
          : tableLines<ApiSecret>({
              rows: secrets,
              terminalColumns: terminal.columns,
              paint: terminal.paintOut,
              columns: [
                { title: 'NAME', cell: ({ name }) => ({ text: name, hue: 'bold' }), flexible: true },
                { title: 'REFERENCE', cell: ({ ref }) => ref, flexible: true },
                { title: 'STORED', cell: ({ updated_at: at }) => when(at) },
              ],
            });
      writeReply({ terminal, format: options.output, reply: { secrets }, items: secrets, lines });
    });
}

function setCommand(cli: Cli) {
  return daemonCommand('set', {
    summary: 'Store a secret, also over an older value',
    description:
      'Store a secret, also over an older value. It is asked for without being shown, or read from standard input (one newline at its end is left out); an argument would stay in the history of the shell and in the list of processes.',
    examples: ['secrets set github/webhook', 'secrets set anthropic < key.txt'],
  })
    .addArgument(nameArgument())
    .action(async (written, options) => {
      const { terminal } = cli;
      const name = nameOf(written);
      const client = await cli.connect(options);
      const value = terminal.interactive
        ? await terminal.askHidden(`Value of ${name} (not shown): `)
        : (await terminal.readInput()).replace(/\r?\n$/u, '');
      if (value === '') {
        throw new UsageError(
          'No value was given, so nothing was stored.',
          `Give it on standard input: rouse secrets set ${name} < file`,
        );
      }
      const { secret, created } = await client.secrets.set(name, value);
      const lines = () => [
        created
          ? `Stored ${secret.name}. Refer to it as "${secret.ref}".`
          : `Stored a new value of ${secret.name}; the older one is gone.`,
      ];
      writeReply({ terminal, format: options.output, reply: { secret, created }, items: [secret], lines });
    });
}

function removeCommand(cli: Cli) {
  return daemonCommand('remove', {
    summary: 'Remove a secret from the vault',
    examples: ['secrets remove github/webhook', 'secrets remove anthropic --yes'],
  })
    .alias('rm')
    .addArgument(nameArgument())
    .option('-y, --yes', 'do not ask')
    .action(async (written, options) => {
      const { terminal } = cli;
      const name = nameOf(written);
      const client = await cli.connect(options);
      await confirm(terminal, {
        question: `Remove the secret ${name}? Its value cannot be had back.`,
        yes: options.yes,
      });
      await client.secrets.remove(name);
      const lines = () => [`Removed ${name}.`];
      writeReply({ terminal, format: options.output, reply: { removed: name }, items: [{ removed: name }], lines });
    });
}

function rotateKeyCommand(cli: Cli) {
  return daemonCommand('rotate-key', {
    summary: 'Seal every secret with a new master key',
    description:
      'Seal every secret with a new master key: a new key file of the home, or, where ROUSE_MASTER_KEY is set, what it holds now (start the daemon with the older one in ROUSE_MASTER_KEY_PREVIOUS).',
    examples: ['secrets rotate-key'],
  }).action(async (options) => {
    const { terminal } = cli;
    const client = await cli.connect(options);
    const rotation = await client.secrets.rotateKey();
    const { resealed, key_from: from } = rotation;
    const count = resealed === 1 ? 'One secret was' : `${resealed} secrets were`;
    const where = from === 'file' ? 'the new master.key of the home' : 'ROUSE_MASTER_KEY';
    const lines = () => [`${count} sealed anew, with ${where}. The older key opens nothing any more.`];
    writeReply({ terminal, format: options.output, reply: { rotation }, items: [rotation], lines });
  });
}

export function secretsCommand(cli: Cli): Command {
  return groupCommand('secrets', 'What the vault holds, by name')
    .addCommand(listCommand(cli))
    .addCommand(setCommand(cli))
    .addCommand(removeCommand(cli))
    .addCommand(rotateKeyCommand(cli));
}
