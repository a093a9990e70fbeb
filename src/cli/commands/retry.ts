/** `rouse runs retry`: a finished run's fire, once more. */
import { Argument } from '@commander-js/extra-typings';
import { type Cli, daemonCommand } from '../command.ts';
import { writeReply } from '../reply.ts';
import { followRun, showOutcome } from '../run-follow.ts';

export function retryCommand(cli: Cli) {
  return daemonCommand('retry', {
    summary: 'Run the fire of a finished run once more',
    description:
      'Run the fire of a finished run once more, at once: the next attempt, whatever the retry policy of the job says. With --wait or --follow the command ends as the new run did: 0 completed, 10 failed, 11 canceled.',
    examples: ['runs retry run_0198c2', 'runs retry run_0198c2 --follow'],
  })
    .addArgument(new Argument('<run>', 'id of the run'))
    .option('--wait', 'until the new run has ended')
    .option('--follow', 'show the transcript while it runs')
    .action(async (id, options) => {
      const { terminal } = cli;
      const client = await cli.connect(options);
      const run = await client.runs.retry(id);
      const names = new Map<string, string>();
      if (options.follow) return followRun(cli, { client, id: run.id, names, format: options.output });
      if (options.wait) {
        const ended = await client.runs.wait(run.id, { pause: cli.pause });
        return showOutcome(cli, { run: ended, names, format: options.output });
      }
      const lines = () => [
        `Run ${run.id}, attempt ${run.attempt}, is ${run.status}. Watch it: rouse runs follow ${run.id}`,
      ];
      writeReply({ terminal, format: options.output, reply: { run }, items: [run], lines });
    });
}
