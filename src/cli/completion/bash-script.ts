/** The completion script for bash: needs nothing but bash 3.2, so it works on a Mac as well. */
import { type CommandWords, quoted, valueFlags } from './command-words.ts';

export function bashScript(words: readonly CommandWords[]): string {
  const paths = words.filter(({ path }) => path.length > 0).map(({ path }) => quoted(` ${path.join(' ')}`));
  const choices = words.flatMap(({ path, options }) =>
    options
      .filter((option) => option.choices.length > 0)
      .flatMap((option) => option.flags.map((flag) => ({ at: [...path, flag].join(' '), choices: option.choices }))),
  );
  const offers = words.map(({ path, commands, options }) => ({
    at: path.length === 0 ? '' : ` ${path.join(' ')}`,
    words: [...commands.map(({ name }) => name), ...options.flatMap(({ flags }) => flags)],
  }));
  return `# Completion of rouse for bash. Load it with:  source <(rouse completion bash)
_rouse() {
  local cur prev word at='' offered='' i
  COMPREPLY=()
  cur=\${COMP_WORDS[COMP_CWORD]}
  prev=\${COMP_WORDS[COMP_CWORD-1]}
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    case "$word" in
      ${valueFlags(words).join('|')}) ((i++)); continue ;;
    esac
    case "$at $word" in
      ${paths.join('|')}) at="$at $word" ;;
    esac
  done
  case "$at $prev" in
${choices.map(({ at, choices: known }) => `    ${quoted(` ${at}`)}) COMPREPLY=($(compgen -W ${quoted(known.join(' '))} -- "$cur")); return ;;`).join('\n')}
  esac
  case "$prev" in
    # Any other value: whatever bash completes by itself, which is files.
    ${valueFlags(words).join('|')}) return ;;
  esac
  case "$at" in
${offers.map(({ at, words: known }) => `    ${quoted(at)}) offered=${quoted(known.join(' '))} ;;`).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$offered" -- "$cur"))
}
complete -o default -F _rouse rouse
`;
}
