/** `rouse agents release`: an agent whose account is no longer exhausted. */
import { Argument } from '@commander-js/extra-typings';
import { type Cli, daemonCommand } from '../command.ts';
import { writeReply } from '../reply.ts';

export function releaseAgentCommand(cli: Cli) {
  return daemonCommand('release', {
    summary: 'End the hold of an agent',
    description:
      'End the hold of an agent whose account was exhausted, before its time. Its waiting runs start as soon as there is a place.',
    examples: ['agents release reviewer'],
  })
    .addArgument(new Argument('<agent>', 'its name'))
    .action(async (name, options) => {
      const { terminal } = cli;
      const client = await cli.connect(options);
      const agent = (await client.agents.list()).find((each) => each.name === name);
      const isFree = agent !== undefined && agent.held_until === undefined;
      // One that is no longer configured can be held too; whether it is, only the daemon knows.
      if (!isFree) await client.agents.release(name);
      const reply = { agent: name, released: !isFree };
      const lines = () => [isFree ? `${name} is not held. Nothing was changed.` : `${name} is held no more.`];
      writeReply({ terminal, format: options.output, reply, items: [reply], lines });
    });
}
