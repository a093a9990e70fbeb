/** `rouse jobs export`: definitions that were made at run time, as entries for a file. */
import { Argument } from '@commander-js/extra-typings';
import type { ApiJob } from '../../client/client.ts';
import { type Cli, localCommand } from '../command.ts';
import { findJob } from '../job-reference.ts';
import { collectPages } from '../list-pages.ts';

export function exportJobsCommand(cli: Cli) {
  return localCommand('export', {
    summary: 'Print jobs as entries for rouse.toml',
    description:
      'Print jobs as entries for rouse.toml: those named, or all that were made at run time. A file is another identity, so the job in it begins a history of its own; delete the one at run time when the file has taken over.',
    examples: ['jobs export > ~/.rouse/conf.d/exported.toml', 'jobs export weekday-review'],
  })
    .addArgument(new Argument('[job...]', 'names or ids; all dynamic jobs when absent'))
    .action(async (references, options) => {
      const { terminal } = cli;
      const client = await cli.connect(options);
      const jobs = await jobsOf({ cli, client, references });
      const { jobToml } = await import('../../config/automation-toml.ts');
      const workspaces = new Map((await client.workspaces.list()).map(({ id, path }) => [id, path]));
      const entries = jobs.map((job) => jobToml(job, { workspacePath: (id) => workspaces.get(id) }));
      terminal.out(entries.join('\n'));
      const counted = jobs.length === 1 ? 'One job' : `${jobs.length} jobs`;
      terminal.err(
        `${terminal.paintErr('dim', jobs.length === 0 ? 'No jobs were made at run time.' : `${counted}. Check the file with: rouse config check`)}\n`,
      );
    });
}

async function jobsOf(p: {
  cli: Cli;
  client: Awaited<ReturnType<Cli['connect']>>;
  references: readonly string[];
}): Promise<ApiJob[]> {
  const { client, references } = p;
  if (references.length > 0) return Promise.all(references.map((reference) => findJob(client, reference)));
  const { items } = await collectPages({
    limit: Number.MAX_SAFE_INTEGER,
    async read(page) {
      const reply = await client.jobs.list({ source: 'dynamic', ...page });
      return { items: reply.jobs, nextCursor: reply.next_cursor };
    },
  });
  return items;
}
