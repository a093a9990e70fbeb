/** The completion script for zsh. */
import { type CommandWords, quoted, valueFlags } from './command-words.ts';

/** `name:description`, in which a colon of the name would end it. */
function described(name: string, description: string): string {
  return quoted(`${name.replaceAll(':', '\\:')}:${description.replaceAll('\n', ' ')}`);
}

export function zshScript(words: readonly CommandWords[]): string {
  const paths = words.filter(({ path }) => path.length > 0).map(({ path }) => quoted(` ${path.join(' ')}`));
  const choices = words.flatMap(({ path, options }) =>
    options
      .filter((option) => option.choices.length > 0)
      .flatMap((option) => option.flags.map((flag) => ({ at: [...path, flag].join(' '), choices: option.choices }))),
  );
  const offers = words.map(({ path, commands, options }) => {
    const flags = options.flatMap((option) => option.flags.map((flag) => described(flag, option.description)));
    return {
      at: path.length === 0 ? '' : ` ${path.join(' ')}`,
      commands: commands.map(({ name, summary }) => described(name, summary)),
      flags,
    };
  });
  return `#compdef rouse
# Completion of rouse for zsh. Load it with:  source <(rouse completion zsh)
# or keep it as a file named _rouse in a folder of $fpath.
_rouse() {
  local at='' word i
  local -a commands flags
  for ((i = 2; i < CURRENT; i++)); do
    word=\${words[i]}
    case "$word" in
      ${valueFlags(words).join('|')}) ((i++)); continue ;;
    esac
    case "$at $word" in
      ${paths.join('|')}) at="$at $word" ;;
    esac
  done
  case "$at \${words[CURRENT-1]}" in
${choices.map(({ at, choices: known }) => `    ${quoted(` ${at}`)}) compadd -- ${known.map(quoted).join(' ')}; return ;;`).join('\n')}
  esac
  case "\${words[CURRENT-1]}" in
    ${valueFlags(words).join('|')}) _files; return ;;
  esac
  case "$at" in
${offers
  .map(
    (offer) => `    ${quoted(offer.at)})
      commands=(${offer.commands.join(' ')})
      flags=(${offer.flags.join(' ')}) ;;`,
  )
  .join('\n')}
  esac
  if [[ "\${words[CURRENT]}" == -* ]]; then
    _describe option flags
  elif ((\${#commands})); then
    _describe command commands
  else
    _files
  fi
}
if [[ "$funcstack[1]" == _rouse ]]; then
  _rouse "$@"
else
  # Sourced before compinit was called: then it is called here.
  (($+functions[compdef])) || { autoload -Uz compinit && compinit; }
  compdef _rouse rouse
fi
`;
}
