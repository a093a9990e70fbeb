/** What `rouse init` asks a person, and how the answers are read. Everything has an answer already; Enter takes it. */
import type { StarterAgent, StarterChoices } from '../config/starter-config.ts';
import { suggest } from '../lib/suggest.ts';
import { UsageError } from './failure.ts';
import type { Terminal } from './terminal.ts';

export type InitChoices = Pick<StarterChoices, 'timezone' | 'port' | 'agents' | 'example'>;

/** Nobody mistypes more often than that and means it. */
const TRIES_MAX = 3;

/** Asks again after an answer that cannot be read, saying why. */
async function ask<T>(
  terminal: Terminal,
  p: { question: string; read: (answer: string) => { value: T } | { problem: string } },
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    const read = p.read((await terminal.ask(p.question)).trim());
    if ('value' in read) return read.value;
    if (tries === TRIES_MAX) throw new UsageError(read.problem, 'Nothing was written. Run `rouse init` again.');
    terminal.err(`${read.problem}\n`);
  }
}

/** The zone under its usual name, or why it is none. */
export function readTimezone(text: string): { value: string } | { problem: string } {
  try {
    return { value: new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone };
  } catch {
    const near = suggest(text, Intl.supportedValuesOf('timeZone'));
    return { problem: `There is no time zone "${text}".${near === undefined ? '' : ` Did you mean ${near}?`}` };
  }
}

/** `claude, gemini`, `all` or `none`. */
export function readAgents(
  text: string,
  offered: readonly StarterAgent[],
): { value: StarterAgent[] } | { problem: string } {
  if (text === 'all') return { value: [...offered] };
  if (text === 'none') return { value: [] };
  const names = text.split(/[\s,]+/).filter((name) => name !== '');
  const unknown = names.find((name) => offered.every((agent) => agent.name !== name));
  if (unknown === undefined) return { value: offered.filter(({ name }) => names.includes(name)) };
  const known = offered.map(({ name }) => name);
  const near = suggest(unknown, known);
  const which = known.length === 0 ? 'none is installed' : `installed are ${known.join(', ')}`;
  return { problem: `"${unknown}" is not there: ${which}.${near === undefined ? '' : ` Did you mean ${near}?`}` };
}

export async function askChoices(
  terminal: Terminal,
  p: { timezone: string; installed: readonly StarterAgent[]; given: InitChoices },
): Promise<InitChoices> {
  const { installed, given } = p;
  const timezone =
    given.timezone ??
    (await ask(terminal, {
      question: `Time zone of your schedules [${p.timezone}]: `,
      read: (answer) => readTimezone(answer === '' ? p.timezone : answer),
    }));
  const agents = given.agents ?? (await askAgents(terminal, installed));
  const example =
    given.example ??
    (await ask(terminal, {
      question: 'A first job, in which an agent without an account says hello every 20 seconds? [Y/n] ',
      read: (answer) =>
        /^(y|yes|n|no|)$/i.test(answer) ? { value: !/^n/i.test(answer) } : { problem: 'Answer y or n.' },
    }));
  return { ...given, timezone, agents, example };
}

async function askAgents(terminal: Terminal, installed: readonly StarterAgent[]): Promise<StarterAgent[]> {
  if (installed.length === 0) {
    terminal.err('No agent that Rouse knows is installed here; rouse.toml says how to add one.\n');
    return [];
  }
  const names = installed.map(({ name, title }) => `  ${name.padEnd(18)} ${title}`).join('\n');
  return ask(terminal, {
    question: `Installed agents:\n${names}\nWhich may Rouse wake? Names, all or none [all]: `,
    read: (answer) => readAgents(answer === '' ? 'all' : answer, installed),
  });
}
