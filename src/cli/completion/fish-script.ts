/** The completion script for fish. */
import { type CommandWords, quoted, valueFlags } from './command-words.ts';

export function fishScript(words: readonly CommandWords[]): string {
  const paths = words.filter(({ path }) => path.length > 0).map(({ path }) => quoted(` ${path.join(' ')}`));
  const lines = words.flatMap(({ path, commands, options }) => {
    const at = `-n ${quoted(`__rouse_at "${path.length === 0 ? '' : ` ${path.join(' ')}`}"`)}`;
    return [
      ...commands.map(({ name, summary }) => `complete -c rouse ${at} -f -a ${name} -d ${quoted(summary)}`),
      ...options.map((option) => {
        const flags = option.flags.map((flag) =>
          flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`,
        );
        const value =
          option.choices.length > 0 ? ` -x -a ${quoted(option.choices.join(' '))}` : option.takesValue ? ' -r' : '';
        return `complete -c rouse ${at} ${flags.join(' ')}${value} -d ${quoted(option.description)}`;
      }),
    ];
  });
  return `# Completion of rouse for fish. Keep it:  rouse completion fish > ~/.config/fish/completions/rouse.fish
function __rouse_at
    set -l at ''
    set -l skip 0
    for word in (commandline -opc)[2..-1]
        if test $skip -eq 1
            set skip 0
            continue
        end
        if contains -- $word ${valueFlags(words).join(' ')}
            set skip 1
            continue
        end
        if contains -- "$at $word" ${paths.join(' ')}
            set at "$at $word"
        end
    end
    test "$at" = "$argv[1]"
end
${lines.join('\n')}
`;
}
