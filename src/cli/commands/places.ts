/** `rouse workspaces`: where agents work. */
import { resolve } from 'node:path';
import { Argument, type Command } from '@commander-js/extra-typings';
import type { ApiWorkspace } from '../../client/client.ts';
import { daemonCommand, groupCommand, type Cli } from '../command.ts';
import { confirm } from '../confirm.ts';
import { writeReply } from '../reply.ts';
import { tableLines } from '../table.ts';

function listWorkspacesCommand(cli: Cli) {
  return daemonCommand('list', {
    summary: 'List the registered workspaces',
    examples: ['workspaces list', 'workspaces list -o yaml'],
  })
    .alias('ls')
    .action(async (options) => {
      const { terminal } = cli;
      const client = await cli.connect(options);
      const workspaces = await client.workspaces.list();
      const lines = () =>
        workspaces.length === 0
          ? ['No workspaces. Register a folder: rouse workspaces add .']
          : tableLines<ApiWorkspace>({
              rows: workspaces,
              terminalColumns: terminal.columns,
              paint: terminal.paintOut,
              columns: [
                { title: 'NAME', cell: ({ name }) => ({ text: name, hue: 'bold' }), flexible: true },
                { title: 'PATH', cell: ({ path }) => path, flexible: true },
                {
                  title: 'TRUSTED',
                  cell: ({ trusted }) => (trusted ? { text: 'yes', hue: 'green' } : { text: 'no', hue: 'dim' }),
                },
                { title: 'NODES', cell: ({ node_labels: labels }) => labels?.join(', ') ?? '', flexible: true },
                { title: 'ID', cell: ({ id }) => ({ text: id, hue: 'dim' }) },
              ],
            });
      writeReply({ terminal, format: options.output, reply: { workspaces }, items: workspaces, lines });
    });
}

function addWorkspaceCommand(cli: Cli) {
  return daemonCommand('add', {
    summary: 'Register a folder as a workspace',
    description:
      "Register a folder as a workspace. Only with --trust are the folder's own automations (.rouse/automation.toml) read: a cloned repository never fires by itself.",
    examples: ['workspaces add .', 'workspaces add ~/src/checkout-api --name checkout --trust'],
  })
    .addArgument(new Argument('<path>', 'an existing folder on the machine of the daemon'))
    .option('--name <name>', "what it is called (default: the folder's name)")
    .option('--trust', "read the folder's own automations")
    .option('--node-label <label...>', 'labels of the nodes that have the folder, where several share a store')
    .action(async (path, options) => {
      const { terminal } = cli;
      const client = await cli.connect(options);
      const workspace = await client.workspaces.register({
        path: resolve(cli.environment.cwd, path),
        ...(options.name === undefined ? {} : { name: options.name }),
        ...(options.trust === undefined ? {} : { trusted: options.trust }),
        ...(options.nodeLabel === undefined ? {} : { node_labels: options.nodeLabel }),
      });
      const trust = workspace.trusted ? 'trusted' : 'not trusted';
      const lines = () => [`Registered ${workspace.name} (${workspace.id}): ${workspace.path}, ${trust}.`];
      writeReply({ terminal, format: options.output, reply: { workspace }, items: [workspace], lines });
    });
}

function trustCommand(
  cli: Cli,
  p: { name: 'trust' | 'untrust'; trusted: boolean; summary: string; description: string },
) {
  return daemonCommand(p.name, {
    summary: p.summary,
    description: p.description,
    examples: [`workspaces ${p.name} checkout`],
  })
    .addArgument(new Argument('<workspace>', 'its name or id'))
    .action(async (ref, options) => {
      const client = await cli.connect(options);
      const workspace = await client.workspaces.update(ref, { trusted: p.trusted });
      const lines = () => [`${workspace.name} (${workspace.path}) is ${workspace.trusted ? '' : 'not '}trusted.`];
      writeReply({ terminal: cli.terminal, format: options.output, reply: { workspace }, items: [workspace], lines });
    });
}

function labelCommand(cli: Cli) {
  return daemonCommand('label', {
    summary: 'Say on which nodes a folder is',
    description:
      'Say on which nodes a folder is: runs that work in it start only on a node that has all of these labels; the name of a node counts as one. Without labels it is on all of them.',
    examples: ['workspaces label checkout build-1', 'workspaces label checkout'],
  })
    .addArgument(new Argument('<workspace>', 'its name or id'))
    .addArgument(new Argument('[labels...]', 'none: on every node'))
    .action(async (ref, labels, options) => {
      const client = await cli.connect(options);
      const workspace = await client.workspaces.update(ref, { node_labels: labels });
      const where = labels.length === 0 ? 'on every node' : `only on nodes with ${labels.join(', ')}`;
      const lines = () => [`${workspace.name} (${workspace.path}) is ${where}.`];
      writeReply({ terminal: cli.terminal, format: options.output, reply: { workspace }, items: [workspace], lines });
    });
}

function removeWorkspaceCommand(cli: Cli) {
  return daemonCommand('remove', {
    summary: 'Forget a workspace',
    description: 'Forget a workspace. The folder itself is left alone. One that automations are bound to is refused.',
    examples: ['workspaces remove checkout', 'workspaces remove checkout --yes'],
  })
    .alias('rm')
    .addArgument(new Argument('<workspace>', 'its name or id'))
    .option('--yes', 'do not ask')
    .action(async (ref, options) => {
      const { terminal } = cli;
      const client = await cli.connect(options);
      const workspace = await client.workspaces.get(ref);
      await confirm(terminal, { question: `Forget ${workspace.name} (${workspace.path})?`, yes: options.yes });
      await client.workspaces.remove(workspace.id);
      const lines = () => [`${workspace.name} is forgotten; ${workspace.path} was left alone.`];
      writeReply({ terminal, format: options.output, reply: { workspace }, items: [workspace], lines });
    });
}

export function workspacesCommand(cli: Cli): Command {
  return groupCommand('workspaces', 'Folders that automations are bound to')
    .addCommand(listWorkspacesCommand(cli))
    .addCommand(addWorkspaceCommand(cli))
    .addCommand(
      trustCommand(cli, {
        name: 'trust',
        trusted: true,
        summary: "Let a folder's own automations take effect",
        description:
          "Let a folder's own automations (.rouse/automation.toml) take effect, now and whenever that file changes.",
      }),
    )
    .addCommand(
      trustCommand(cli, {
        name: 'untrust',
        trusted: false,
        summary: "Take the trust back: a folder's own automations go",
        description: "Take the trust back. The folder's own automations are deleted; what runs goes on, history stays.",
      }),
    )
    .addCommand(labelCommand(cli))
    .addCommand(removeWorkspaceCommand(cli));
}
