/** What can stand after what on the command line, as data read from the commands themselves; each shell's script is written from it. */
import type { CommandUnknownOpts } from '@commander-js/extra-typings';

export interface OptionWord {
  /** `--status`, and `-o` where there is a short one. */
  flags: string[];
  description: string;
  takesValue: boolean;
  /** What the value may be, where that is known. */
  choices: readonly string[];
}

export interface CommandWords {
  /** `['jobs', 'create']`; empty for the program itself. */
  path: string[];
  commands: { name: string; summary: string }[];
  options: OptionWord[];
}

/** Every command with what may follow it, parents before children. */
export function commandWords(command: CommandUnknownOpts, path: string[] = []): CommandWords[] {
  const shown = command.createHelp();
  const options = shown.visibleOptions(command).map((option) => ({
    flags: [option.long, option.short].filter((flag) => flag !== null && flag !== undefined),
    description: option.description,
    takesValue: option.required || option.optional,
    choices: option.argChoices ?? [],
  }));
  const children = command.commands.toSorted((a, b) => (a.name() < b.name() ? -1 : 1));
  const commands = children.map((child) => ({ name: child.name(), summary: child.summary() }));
  return [{ path, commands, options }, ...children.flatMap((child) => commandWords(child, [...path, child.name()]))];
}

/** Every flag that is followed by a value, whichever command it belongs to: what comes after it is no command. */
export function valueFlags(words: readonly CommandWords[]): string[] {
  const flags = words.flatMap(({ options }) =>
    options.filter((option) => option.takesValue).flatMap((option) => option.flags),
  );
  return [...new Set(flags)].toSorted();
}

/** In single quotes, as every one of the three shells reads it. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
