/** `rouse init`: a home to start from. */
import { localCommand, type Cli } from '../command.ts';
import { echoAgentCommand } from '../own-files.ts';
import { outLines } from '../terminal.ts';

export function initCommand(cli: Cli) {
  return localCommand('init', {
    summary: 'Make a home with a first configuration',
    description: 'Make a home with a first configuration. What is there already is never overwritten.',
    examples: ['init', 'init --home ~/rouse-test'],
  }).action(async (options) => {
    const { initHome } = await import('../../config/init-home.ts');
    const made = await initHome({ home: cli.homeOf(options), echoAgentCommand: echoAgentCommand() });
    outLines(cli.terminal, [
      made.wrote_config
        ? `Wrote ${made.config_file}: an agent that echoes, and a first job for it.`
        : `${made.config_file} was there already and stays as it is.`,
      `Next: rouse start${options.home === undefined ? '' : ` --home ${options.home}`}`,
    ]);
  });
}
