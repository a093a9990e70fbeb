/** `rouse pause` and `rouse resume`: everything at once, while each job's own switch stays as it is. */
import type { ApiPauseState } from '../../client/client.ts';
import { EXIT_CODES } from '../../errors/exit-code.ts';
import { type Cli, daemonCommand } from '../command.ts';
import { pauseText } from '../pause-text.ts';
import { writeReply } from '../reply.ts';
import type { OutputFormat } from '../terminal.ts';

function writePause(cli: Cli, p: { automation: ApiPauseState; format: OutputFormat; line: string }): void {
  const { automation, format } = p;
  writeReply({
    terminal: cli.terminal,
    format,
    reply: { automation },
    items: [automation],
    lines: () => [p.line],
  });
}

export function pauseCommand(cli: Cli) {
  return daemonCommand('pause', {
    summary: 'Pause everything',
    description:
      'Pause everything: nothing fires and nothing starts until "rouse resume". What runs goes on, and each job keeps its own switch.',
    examples: ['pause', 'pause -o json'],
  }).action(async (options) => {
    const client = await cli.connect(options);
    const automation = await client.pause();
    const line = `Everything is ${pauseText(automation, cli.terminal)}. What runs goes on. To end it: rouse resume`;
    writePause(cli, { automation, format: options.output, line });
  });
}

export function resumeCommand(cli: Cli) {
  return daemonCommand('resume', {
    summary: 'End the pause',
    description:
      'End the pause. While the configuration says [automation] enabled = false everything stays paused, and the command ends with 4.',
    examples: ['resume', 'resume -o json'],
  }).action(async (options) => {
    const client = await cli.connect(options);
    const automation = await client.resume();
    const line = automation.paused
      ? `Everything is still ${pauseText(automation, cli.terminal)}: set [automation] enabled = true in rouse.toml.`
      : 'Jobs fire again. What comes next: rouse next';
    writePause(cli, { automation, format: options.output, line });
    if (automation.paused) cli.endWith(EXIT_CODES.conflict);
  });
}
