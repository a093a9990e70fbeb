/** The verbs that jobs and triggers share: `list`, `delete`, `enable`, `disable`, `reset`, `runs`, each written once. */
import { Argument, Option } from '@commander-js/extra-typings';
import type { ApiJob, ApiTrigger } from '../../client/client.ts';
import { JOB_SOURCES } from '../../model/automation-fields.ts';
import { SCOPES } from '../../model/scope.ts';
import type { AutomationNoun, AutomationQuery } from '../automation-noun.ts';
import { type Cli, daemonCommand } from '../command.ts';
import { confirm } from '../confirm.ts';
import { findWorkspaceId } from '../job-options.ts';
import { collectPages, LIMIT_DEFAULT, moreLine } from '../list-pages.ts';
import { parseCount } from '../option-text.ts';
import { writeReply } from '../reply.ts';
import type { OutputFormat } from '../terminal.ts';
import { addRunFilters, listRuns } from './runs.ts';

type Automation = ApiJob | ApiTrigger;

export function automationArgument({ noun }: { noun: 'job' | 'trigger' }) {
  // The library's types want a literal; that one is needed is all they make of it.
  return new Argument(`<${noun}>` as '<automation>', 'name or id');
}

/** Answers with one definition: the object for programs, a sentence and what follows from it for people. */
export function writeAutomation(
  cli: Cli,
  p: { noun: 'job' | 'trigger'; found: Automation; format: OutputFormat; lines: () => readonly string[] },
): void {
  const { noun, found, format, lines } = p;
  writeReply({ terminal: cli.terminal, format, reply: { [noun]: found }, items: [found], lines });
}

interface ListOptions {
  scope?: AutomationQuery['scope'] | undefined;
  source?: AutomationQuery['source'] | undefined;
  tag?: string | undefined;
  event?: string | undefined;
  home?: string | undefined;
  workspace?: string | undefined;
  search?: string | undefined;
  limit: number;
  output: OutputFormat;
}

function listOptions<Found extends Automation>({ plural }: AutomationNoun<Found>) {
  return daemonCommand('list', {
    summary: `List the ${plural}`,
    examples: [`${plural} list`, `${plural} list --tag nightly -o json`, `${plural} list --workspace checkout-api`],
  })
    .alias('ls')
    .addOption(new Option('--scope <scope>', 'only of this scope').choices(SCOPES))
    .addOption(new Option('--source <source>', 'only from there').choices(JOB_SOURCES))
    .option('--workspace <workspace>', 'only of this workspace, by name, id or path')
    .option('--tag <tag>', 'only with this tag')
    .option('-q, --search <text>', 'only with this in the name or description')
    .addOption(new Option('--limit <count>', 'so many at most').argParser(parseCount).default(LIMIT_DEFAULT));
}

async function list<Found extends Automation>(cli: Cli, kind: AutomationNoun<Found>, options: ListOptions) {
  const { terminal } = cli;
  const client = await cli.connect(options);
  const workspaceId =
    options.workspace === undefined
      ? undefined
      : await findWorkspaceId({ client, reference: options.workspace, cwd: cli.environment.cwd });
  const query: AutomationQuery = {
    ...(options.scope === undefined ? {} : { scope: options.scope }),
    ...(options.source === undefined ? {} : { source: options.source }),
    ...(options.event === undefined ? {} : { event: options.event }),
    ...(workspaceId === undefined ? {} : { workspace_id: workspaceId }),
    ...(options.tag === undefined ? {} : { tag: options.tag }),
    ...(options.search === undefined ? {} : { q: options.search }),
  };
  const { items: found, nextCursor } = await collectPages({
    limit: options.limit,
    read: (page) => kind.list(client, { ...query, ...page }),
  });
  writeReply({
    terminal,
    format: options.output,
    reply: { [kind.plural]: found, ...(nextCursor === undefined ? {} : { next_cursor: nextCursor }) },
    items: found,
    lines: () => [...kind.table({ found, terminal }), ...moreLine(nextCursor, terminal)],
  });
}

export function listCommand<Found extends Automation>(cli: Cli, kind: AutomationNoun<Found>) {
  return listOptions(kind).action((options) => list(cli, kind, options));
}

/** The same for what waits for events. */
export function listByEventCommand<Found extends Automation>(cli: Cli, kind: AutomationNoun<Found>) {
  const command = listOptions(kind).option('--event <event>', 'only those that wait for it');
  return command.action((options) => list(cli, kind, options));
}

export function deleteCommand<Found extends Automation>(cli: Cli, kind: AutomationNoun<Found>) {
  const { noun, plural, example } = kind;
  return daemonCommand('delete', {
    summary: `Delete a ${noun}`,
    description: `Delete a ${noun}. Waiting runs are canceled, running ones go on, the history stays.`,
    examples: [`${plural} delete ${example}`, `${plural} delete ${example} --yes`],
  })
    .alias('rm')
    .addArgument(automationArgument(kind))
    .option('-y, --yes', 'do not ask')
    .action(async (reference, options) => {
      const client = await cli.connect(options);
      const { id, name } = await kind.find(client, reference);
      await confirm(cli.terminal, { question: `Delete the ${noun} ${name} (${id})?`, yes: options.yes });
      await kind.remove(client, id);
      const reply = { deleted: id };
      const lines = () => [`Deleted ${name} (${id}).`];
      writeReply({ terminal: cli.terminal, format: options.output, reply, items: [reply], lines });
    });
}

export function switchCommand<Found extends Automation>(cli: Cli, kind: AutomationNoun<Found>, p: { on: boolean }) {
  const { noun, plural, example } = kind;
  const name = p.on ? 'enable' : 'disable';
  const summary = `Switch a ${noun} ${p.on ? 'on' : 'off'}`;
  return daemonCommand(name, {
    summary,
    description: `${summary}. Over a definition of a file or package a switch is laid, which "rouse ${plural} reset" takes away again.`,
    examples: [`${plural} ${name} ${example}`],
  })
    .addArgument(automationArgument(kind))
    .action(async (reference, options) => {
      const client = await cli.connect(options);
      const found = await kind.switchTo(client, { found: await kind.find(client, reference), enabled: p.on });
      const lines = () => [`${found.name} is ${p.on ? 'on' : 'off'}.`, ...kind.whatFollows(found, cli.terminal)];
      writeAutomation(cli, { noun, found, format: options.output, lines });
    });
}

export function resetCommand<Found extends Automation>(cli: Cli, kind: AutomationNoun<Found>) {
  const { noun, plural, example } = kind;
  return daemonCommand('reset', {
    summary: `Let a ${noun} of a file follow its definition again`,
    description: `Take away the switch that "enable" or "disable" laid over a ${noun} of a file or package.`,
    examples: [`${plural} reset ${example}`],
  })
    .addArgument(automationArgument(kind))
    .action(async (reference, options) => {
      const client = await cli.connect(options);
      const found = await kind.clearOverlay(client, (await kind.find(client, reference)).id);
      const lines = () => [`${found.name} follows its definition: ${found.effective_enabled ? 'on' : 'off'}.`];
      writeAutomation(cli, { noun, found, format: options.output, lines });
    });
}

export function runsCommand<Found extends Automation>(cli: Cli, kind: AutomationNoun<Found>) {
  const { noun, plural, example } = kind;
  const command = daemonCommand('runs', {
    summary: `List the runs of a ${noun}, newest first`,
    examples: [`${plural} runs ${example} --since 7d`, `${plural} runs ${example} --status failed -o jsonl`],
  }).addArgument(automationArgument(kind));
  return addRunFilters(command).action(async (reference, options) => {
    const client = await cli.connect(options);
    const { id, name } = await kind.find(client, reference);
    await listRuns(cli, { client, options, of: { id, name, runs: kind.runs } });
  });
}
