/** `rouse usage`: what was used, by whom, and what it cost. */
import { Option } from '@commander-js/extra-typings';
import { type Cli, daemonCommand } from '../command.ts';
import { findJob } from '../job-reference.ts';
import { writeReply } from '../reply.ts';
import { whenText } from '../time-text.ts';
import { USAGE_GROUPS, usageLines } from '../usage-text.ts';

/** Names are looked up for so many jobs; of others the id stands in the table. */
const NAMES_MAX = 500;

export function usageCommand(cli: Cli) {
  return daemonCommand('usage', {
    summary: 'Say what was used and what it cost',
    description:
      'Say what was used and what it cost, from a day on. Days are those of UTC; the other formats hold every day, automation and agent.',
    examples: ['usage', 'usage --since 30d --by day', 'usage --job weekday-review -o json'],
  })
    .option('--since <when>', 'from this day on: a duration back from now such as 30d, 2026-11-22, or RFC 3339', '7d')
    .addOption(new Option('--by <what>', 'one line each').choices(USAGE_GROUPS).default('automation' as const))
    .option('--job <job>', 'only of this job, by name or id; one that was deleted by its id')
    .action(async (options) => {
      const { terminal } = cli;
      const client = await cli.connect(options);
      const reference = options.job;
      const jobId =
        reference === undefined || reference.startsWith('job_') ? reference : (await findJob(client, reference)).id;
      const usage = await client.usage({
        since: whenText(options.since),
        ...(jobId === undefined ? {} : { automation_id: jobId }),
      });
      const forPeople = options.output === 'table' && usage.days.length > 0;
      const jobs = forPeople ? (await client.jobs.list({ limit: NAMES_MAX })).jobs : [];
      const names = new Map(jobs.map(({ id, name }) => [id, name]));
      const lines = () => usageLines({ usage, by: options.by, names, terminal });
      writeReply({ terminal, format: options.output, reply: { usage }, items: usage.days, lines });
    });
}
