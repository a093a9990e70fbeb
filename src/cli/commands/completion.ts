/** `rouse completion`: a script that lets the shell finish what is typed, written from the commands themselves. */
import { Argument, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { type Cli, localCommand } from '../command.ts';
import { bashScript } from '../completion/bash-script.ts';
import { commandWords, type CommandWords } from '../completion/command-words.ts';
import { fishScript } from '../completion/fish-script.ts';
import { zshScript } from '../completion/zsh-script.ts';

const SCRIPTS: Readonly<Record<'bash' | 'zsh' | 'fish', (words: readonly CommandWords[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

export function completionCommand(cli: Cli) {
  const command = localCommand('completion', {
    summary: 'Print a completion script for your shell',
    description: 'Print a completion script for your shell. It is made of the commands of this very version.',
    examples: [
      'completion bash >> ~/.bashrc',
      'completion zsh > ~/.zfunc/_rouse',
      'completion fish > ~/.config/fish/completions/rouse.fish',
    ],
  });
  return command
    .addArgument(new Argument('<shell>', 'which one').choices(['bash', 'zsh', 'fish'] as const))
    .action((shell) => {
      cli.terminal.out(SCRIPTS[shell](commandWords(rootOf(command))));
    });
}

function rootOf(command: CommandUnknownOpts): CommandUnknownOpts {
  let root = command;
  while (root.parent !== null) root = root.parent;
  return root;
}
