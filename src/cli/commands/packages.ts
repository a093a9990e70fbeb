/** `rouse packages`: definitions that come from a folder or from npm. */
import { resolve } from 'node:path';
import { Argument, type Command } from '@commander-js/extra-typings';
import type { ApiPackage } from '../../client/client.ts';
import { daemonCommand, groupCommand, type Cli } from '../command.ts';
import { confirm } from '../confirm.ts';
import { writeReply } from '../reply.ts';
import { tableLines } from '../table.ts';
import { epochOf } from '../time-text.ts';
import { relativeText } from '../../lib/span-text.ts';

function listPackagesCommand(cli: Cli) {
  return daemonCommand('list', { summary: 'List the packages', examples: ['packages list', 'packages list -o json'] })
    .alias('ls')
    .action(async (options) => {
      const { terminal } = cli;
      const packages = await (await cli.connect(options)).packages.list();
      const now = terminal.now();
      const lines = () =>
        packages.length === 0
          ? ['No packages. Add a folder with a rouse-package.toml: rouse packages add ./reviews']
          : tableLines<ApiPackage>({
              rows: packages,
              terminalColumns: terminal.columns,
              paint: terminal.paintOut,
              columns: [
                { title: 'NAME', cell: ({ name }) => ({ text: name, hue: 'bold' }), flexible: true },
                { title: 'VERSION', cell: ({ version }) => version },
                { title: 'FROM', cell: ({ kind, spec }) => `${kind} ${spec}`, flexible: true },
                { title: 'ADDED', cell: ({ added_at: at }) => relativeText(epochOf(at) ?? now, now) },
              ],
            });
      writeReply({ terminal, format: options.output, reply: { packages }, items: packages, lines });
    });
}

function addPackageCommand(cli: Cli) {
  return daemonCommand('add', {
    summary: 'Add a package: a folder, or a name in the npm registry',
    description:
      'Add a package: a folder with a rouse-package.toml, or a name in the npm registry, which is fetched without running any script. Its definitions take effect at once; they name agents of yours. One that is there already is replaced.',
    examples: ['packages add ./reviews', 'packages add @acme/reviews@1.2.0'],
  })
    .addArgument(new Argument('<package>', 'a folder (with a slash in it, or . and ..), or a name'))
    .action(async (written, options) => {
      const { terminal, environment } = cli;
      const client = await cli.connect(options);
      const isFolder = /^(?:\.{0,2}\/|\.{1,2}$)/.test(written);
      const added = await client.packages.add(isFolder ? resolve(environment.cwd, written) : written);
      const problems = (await client.config.problems()).filter(({ file }) => file.startsWith(`${added.path}/`));
      const lines = () => [
        `Added ${added.name} ${added.version} from ${added.path}.`,
        ...problems.map(({ file, line, message }) => `${file}:${line ?? 1} ${message}`),
      ];
      writeReply({ terminal, format: options.output, reply: { package: added, problems }, items: [added], lines });
    });
}

function removePackageCommand(cli: Cli) {
  return daemonCommand('remove', {
    summary: 'Remove a package, and what it defined',
    description:
      'Remove a package. What it defined is deleted; what runs goes on, history stays. A folder is left alone.',
    examples: ['packages remove reviews', 'packages remove @acme/reviews --yes'],
  })
    .alias('rm')
    .addArgument(new Argument('<name>', 'as its manifest says'))
    .option('--yes', 'do not ask')
    .action(async (name, options) => {
      const { terminal } = cli;
      const client = await cli.connect(options);
      await confirm(terminal, { question: `Remove the package ${name} and what it defined?`, yes: options.yes });
      await client.packages.remove(name);
      const reply = { package: name, removed: true };
      writeReply({ terminal, format: options.output, reply, items: [reply], lines: () => [`Removed ${name}.`] });
    });
}

export function packagesCommand(cli: Cli): Command {
  return groupCommand('packages', 'Definitions that come from elsewhere')
    .addCommand(listPackagesCommand(cli))
    .addCommand(addPackageCommand(cli))
    .addCommand(removePackageCommand(cli));
}
