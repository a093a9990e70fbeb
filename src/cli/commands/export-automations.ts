/** `rouse jobs export` and `rouse triggers export`: definitions that were made at run time, as entries for a file. */
import { Argument } from '@commander-js/extra-typings';
import type { ApiJob, ApiTrigger, Client } from '../../client/client.ts';
import type { AutomationNoun } from '../automation-noun.ts';
import { type Cli, localCommand } from '../command.ts';
import { collectPages } from '../list-pages.ts';

export function exportCommand<Found extends ApiJob | ApiTrigger>(cli: Cli, kind: AutomationNoun<Found>) {
  const { noun, plural, example } = kind;
  return localCommand('export', {
    summary: `Print ${plural} as entries for rouse.toml`,
    description: `Print ${plural} as entries for rouse.toml: those named, or all that were made at run time. A file is another identity, so the ${noun} in it begins a history of its own; delete the one at run time when the file has taken over.`,
    examples: [`${plural} export > ~/.rouse/conf.d/${plural}.toml`, `${plural} export ${example}`],
  })
    .addArgument(new Argument(`[${noun}...]` as '[automation...]', `names or ids; all dynamic ${plural} when absent`))
    .action(async (references, options) => {
      const { terminal } = cli;
      const client = await cli.connect(options);
      const found = await named({ client, references, kind });
      const { jobToml, triggerToml } = await import('../../config/automation-toml.ts');
      const toml = noun === 'job' ? jobToml : triggerToml;
      const workspaces = new Map((await client.workspaces.list()).map(({ id, path }) => [id, path]));
      const entries = found.map((each) => toml({ ...each }, { workspacePath: (id) => workspaces.get(id) }));
      terminal.out(entries.join('\n'));
      const counted = found.length === 1 ? `One ${noun}` : `${found.length} ${plural}`;
      const said =
        found.length === 0
          ? `No ${plural} were made at run time.`
          : `${counted}. Check the file with: rouse config check`;
      terminal.err(`${terminal.paintErr('dim', said)}\n`);
    });
}

async function named<Found extends ApiJob | ApiTrigger>(p: {
  client: Client;
  references: readonly string[];
  kind: AutomationNoun<Found>;
}): Promise<readonly Found[]> {
  const { client, references, kind } = p;
  if (references.length > 0) return Promise.all(references.map((reference) => kind.find(client, reference)));
  const { items } = await collectPages({
    limit: Number.MAX_SAFE_INTEGER,
    read: (page) => kind.list(client, { source: 'dynamic', ...page }),
  });
  return items;
}
