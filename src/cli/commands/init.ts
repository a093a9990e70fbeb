/** `rouse init`: a home to start from. Asks a few questions where somebody can answer; options answer them beforehand. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Option } from '@commander-js/extra-typings';
import type { StarterAgent } from '../../config/starter-config.ts';
import { localCommand, type Cli } from '../command.ts';
import { UsageError } from '../failure.ts';
import { askChoices, type InitChoices, readAgents, readTimezone } from '../init-questions.ts';
import { parsePort } from '../option-text.ts';
import { echoAgentCommand } from '../own-files.ts';
import { outLines } from '../terminal.ts';

export function initCommand(cli: Cli) {
  return localCommand('init', {
    summary: 'Make a home with a first configuration',
    description:
      'Make a home with a first configuration: a few questions, with the agents that are installed here offered. Options answer them beforehand; --yes, or no terminal, takes the usual answers, without any agent but the one that echoes. What is there already is never overwritten.',
    examples: [
      'init',
      'init --yes --home ~/rouse-test',
      'init --timezone Europe/Paris --agents claude-agent-acp --no-example --port 7800',
    ],
  })
    .option('--timezone <zone>', 'IANA time zone of schedules that name none')
    .option('--agents <names>', 'installed agents to configure, with commas between; all or none')
    .addOption(new Option('--port <port>', 'where the daemon listens').argParser(parsePort))
    .option('--example', 'with a first job for the agent that echoes')
    .option('--no-example', 'without it')
    .option('-y, --yes', 'ask nothing')
    .action(async (options) => {
      const { terminal } = cli;
      const home = cli.homeOf(options);
      const installed = await installedAgents(cli);
      const { timezone, agents, port, example } = options;
      const given: InitChoices = {
        ...(timezone === undefined ? {} : { timezone: valueOf(readTimezone(timezone)) }),
        ...(agents === undefined ? {} : { agents: valueOf(readAgents(agents, installed)) }),
        ...(port === undefined ? {} : { port }),
        ...(example === undefined ? {} : { example }),
      };
      // Nothing would come of the answers where there is a file already.
      const asks = terminal.interactive && options.yes !== true && !existsSync(join(home, 'rouse.toml'));
      const usual = new Intl.DateTimeFormat().resolvedOptions().timeZone;
      const choices = asks ? await askChoices(terminal, { timezone: usual, installed, given }) : given;
      const { initHome } = await import('../../config/init-home.ts');
      const made = await initHome({ home, echoAgentCommand: echoAgentCommand(), ...choices });
      outLines(terminal, [
        made.wrote_config
          ? `Wrote ${made.config_file}: ${contents(choices)}.`
          : `${made.config_file} was there already and stays as it is.`,
        ...unusedAgents({ installed, choices, wrote: made.wrote_config }),
        `Next: rouse start${home === usualHome(cli) ? '' : ` --home ${home}`}`,
      ]);
    });
}

function usualHome({ environment }: Cli): string {
  return environment.homeVariable ?? environment.defaultHome;
}

function valueOf<T>(read: { value: T } | { problem: string }): T {
  if ('value' in read) return read.value;
  throw new UsageError(read.problem, 'Correct it and run the command again; nothing was written.');
}

function contents({ agents = [], example = true }: InitChoices): string {
  const names = ['an agent that echoes', ...agents.map(({ title }) => title)].join(', ');
  return example ? `${names}, and a first job` : names;
}

/** Found, and not asked about: said, so that nobody has to look. */
function unusedAgents(p: { installed: readonly StarterAgent[]; choices: InitChoices; wrote: boolean }): string[] {
  if (!p.wrote || p.choices.agents !== undefined || p.installed.length === 0) return [];
  const names = p.installed.map(({ name }) => name).join(', ');
  return [`Installed here as well: ${names}. Configure them in rouse.toml, or begin anew with --agents.`];
}

/** By their programs on this PATH; whether somebody is logged in, `rouse agents detect` asks them. */
async function installedAgents(cli: Cli): Promise<StarterAgent[]> {
  const { KNOWN_AGENTS } = await import('../../agents/known-agents.ts');
  const { findProgram } = await import('../../upkeep/doctor/find-program.ts');
  const path = cli.environment.variables['PATH'] ?? '';
  const found = await Promise.all(
    KNOWN_AGENTS.map(async (known) => ((await findProgram(known.program, path)) === undefined ? [] : [known])),
  );
  return found.flat();
}
