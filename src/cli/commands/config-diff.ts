/** `rouse config diff`: what files would change, said before it happens. */
import { join, resolve } from 'node:path';
import type { Client } from '../../client/client.ts';
import type { DefinitionChange, DiffedDefinition } from '../../config/config-diff.ts';
import { EXIT_CODES } from '../../errors/exit-code.ts';
import { type Cli, daemonCommand } from '../command.ts';
import { collectPages } from '../list-pages.ts';
import type { Hue, Paint } from '../paint.ts';
import { plainText } from '../paint.ts';
import { writeReply } from '../reply.ts';
import { epochOf } from '../time-text.ts';

const MARKS: Readonly<Record<DefinitionChange['change'], { mark: string; hue: Hue }>> = {
  created: { mark: '+', hue: 'green' },
  renamed: { mark: '→', hue: 'yellow' },
  changed: { mark: '~', hue: 'yellow' },
  deleted: { mark: '-', hue: 'red' },
};

function changeLine(change: DefinitionChange, p: { paint: Paint; workspaces: ReadonlyMap<string, string> }): string {
  const { mark, hue } = MARKS[change.change];
  const { workspace_id: id } = change;
  const where = id === undefined ? '' : ` in ${p.workspaces.get(id) ?? id}`;
  const what = `${change.kind} ${plainText(change.name)}${where}`;
  const more =
    change.change === 'changed'
      ? `: ${change.fields.join(', ')}`
      : change.change === 'renamed'
        ? `: was ${plainText(change.former_name)}. A rename deletes that one (its waiting runs are canceled, its history stays under its name) and creates this one, which starts anew`
        : '';
  return `${p.paint(hue, mark)} ${what}${more}`;
}

/** Of files and packages; what was made at run time is not in any file. */
async function definitionsInForce(client: Client): Promise<DiffedDefinition[]> {
  const found: DiffedDefinition[] = [];
  for (const source of ['config', 'package'] as const) {
    const jobs = await collectPages({
      limit: Number.MAX_SAFE_INTEGER,
      async read(page) {
        const reply = await client.jobs.list({ source, ...page });
        return { items: reply.jobs, nextCursor: reply.next_cursor };
      },
    });
    const triggers = await collectPages({
      limit: Number.MAX_SAFE_INTEGER,
      async read(page) {
        const reply = await client.triggers.list({ source, ...page });
        return { items: reply.triggers, nextCursor: reply.next_cursor };
      },
    });
    found.push(...jobs.items.map((fields) => ({ ...labelled(fields), kind: 'job' as const })));
    found.push(...triggers.items.map((fields) => ({ ...labelled(fields), kind: 'trigger' as const })));
  }
  return found;
}

function labelled(definition: {
  id: string;
  name: string;
  workspace_id?: string | undefined;
}): Omit<DiffedDefinition, 'kind'> {
  const { id, name, workspace_id } = definition;
  return { id, name, workspace_id, fields: { ...definition } };
}

export function diffCommand(cli: Cli) {
  return daemonCommand('diff', {
    summary: 'Say what files would change before they take effect',
    description:
      'Compare the definitions in force with the files of the home, or with another file in the place of rouse.toml. A daemon must run; nothing is changed. Ends with 5 when the files have problems.',
    examples: ['config diff', 'config diff rouse.toml.new', 'config diff rouse.toml.new -o json'],
  })
    .argument('[file]', 'read in the place of rouse.toml')
    .action(async (file, options) => {
      const { terminal, environment } = cli;
      const home = cli.homeOf(options);
      const client = await cli.connect(options);
      await import('../../clock/temporal.ts');
      const { loadConfig } = await import('../../config/load-config.ts');
      const { nodeConfigFiles } = await import('../../config/config-files.ts');
      const { MAIN_FILE } = await import('../../config/config-sources.ts');
      const { diffDefinitions } = await import('../../config/config-diff.ts');
      const [workspaces, packages] = [await client.workspaces.list(), await client.packages.list()];
      const files = nodeConfigFiles();
      const candidate = file === undefined ? undefined : resolve(environment.cwd, file);
      const config = await loadConfig({
        home,
        now: terminal.now(),
        workspaces: workspaces.map((one) => ({ ...one, created_at: epochOf(one.created_at) ?? 0 })),
        packages: packages.map((one) => ({ ...one, added_at: epochOf(one.added_at) ?? 0 })),
        environment: environment.variables,
        files: {
          ...files,
          read: (path) => files.read(candidate !== undefined && path === join(home, MAIN_FILE) ? candidate : path),
        },
      });
      const inForce = await definitionsInForce(client);
      const { keep_ids: kept, keep_all: keepsAll, problems } = config;
      const changes = diffDefinitions({
        // What is broken in the files stays as it is.
        inForce: inForce.filter(({ id }) => !kept.includes(id)),
        written: [
          ...config.jobs.map((one) => ({ ...labelled(one), kind: 'job' as const })),
          ...config.triggers.map((one) => ({ ...labelled(one), kind: 'trigger' as const })),
        ],
      }).filter(({ change }) => !(keepsAll && change === 'deleted'));
      const names = new Map(workspaces.map(({ id, name }) => [id, name]));
      const lines = () => [
        ...(changes.length === 0 ? ['Nothing would change.'] : []),
        ...changes.map((change) => changeLine(change, { paint: terminal.paintOut, workspaces: names })),
        ...(problems.length === 0
          ? []
          : [
              `${problems.length === 1 ? 'One problem' : `${problems.length} problems`}; what is broken stays as it is: rouse config check`,
            ]),
      ];
      writeReply({ terminal, format: options.output, reply: { changes, problems }, items: changes, lines });
      if (problems.length > 0) cli.endWith(EXIT_CODES.invalid);
    });
}
