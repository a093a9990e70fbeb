/** `rouse simulate`: what the coming days would bring. */
import { Option } from '@commander-js/extra-typings';
import { type Cli, daemonCommand } from '../command.ts';
import { parseCount } from '../option-text.ts';
import { writeReply } from '../reply.ts';
import { simulationLines } from '../simulation-text.ts';

export function simulateCommand(cli: Cli) {
  return daemonCommand('simulate', {
    summary: 'Say what the coming days would bring',
    description:
      'Play the coming days of all enabled jobs on a clock that runs ahead, with the durations and the use of past runs: what fires, what is refused and why, how long it waits, what it costs. Nothing is created.',
    examples: ['simulate', 'simulate --days 30', 'simulate --days 7 -o json'],
  })
    .addOption(new Option('--days <count>', 'how far, 1 to 31 (default: 7)').argParser(parseCount))
    .action(async (options) => {
      const { terminal } = cli;
      const client = await cli.connect(options);
      const simulation = await client.simulate(options.days === undefined ? {} : { days: options.days });
      const lines = () => simulationLines({ simulation, terminal });
      writeReply({ terminal, format: options.output, reply: { simulation }, items: simulation.jobs, lines });
    });
}
