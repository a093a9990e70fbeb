/** `rouse triggers`: the definitions woken by events and webhooks. */
import { Option, type Command } from '@commander-js/extra-typings';
import type { ApiTrigger, Client } from '../../client/client.ts';
import { EXIT_CODES } from '../../errors/exit-code.ts';
import { findTrigger } from '../trigger-reference.ts';
import { triggerNoun } from '../automation-noun.ts';
import {
  automationArgument,
  deleteCommand,
  listByEventCommand,
  resetCommand,
  runsCommand,
  switchCommand,
  writeAutomation,
} from './automation-verbs.ts';
import { exportCommand } from './export-automations.ts';
import { type Cli, daemonCommand, groupCommand } from '../command.ts';
import { UsageError } from '../failure.ts';
import { writeReply } from '../reply.ts';
import { followRun, showOutcome } from '../run-follow.ts';
import { triggerFields, withTriggerOptions } from '../trigger-options.ts';
import { triggerDetail, triggerPreviewLines, triggerTestLines } from '../trigger-text.ts';
import { readJsonObject } from './events.ts';

function getCommand(cli: Cli) {
  return daemonCommand('get', {
    summary: 'Show a trigger, and what it made of the last events',
    examples: ['triggers get deploy-check', 'triggers get deploy-check -o yaml'],
  })
    .alias('show')
    .addArgument(automationArgument(triggerNoun))
    .action(async (reference, options) => {
      const client = await cli.connect(options);
      // Asked for by id: a list says nothing of the last events.
      const { trigger } = await client.triggers.get((await findTrigger(client, reference)).id);
      const lines = () => triggerDetail({ trigger, terminal: cli.terminal });
      writeAutomation(cli, { noun: 'trigger', found: trigger, format: options.output, lines });
    });
}

function createCommand(cli: Cli) {
  const command = daemonCommand('create', {
    summary: 'Create a trigger',
    description:
      'Create a trigger. Event, filter, condition and prompt are checked here; what it means is echoed back in words.',
    examples: [
      'triggers create --name care --agent fixer --event run.failed --filter data.will_retry=false --prompt "Look into {{ .Data.error }}"',
      `triggers create --name deploy-check --agent echo --event ext.deploy --when 'data.env == "prod"' --prompt "Check {{ .Data.sha }}."`,
      `triggers create --name deploy --agent echo --event webhook --endpoint deploy --secret-ref vault:automation/deploy --prompt "Check {{ .Data.sha }}."`,
      'triggers create --name pushes --agent echo --event ext.push --coalesce 30s:data.repository --prompt "{{ len .Data.events }} pushes"',
    ],
  })
    .requiredOption('--name <name>', 'what it is called, unique within its scope')
    .option('--disabled', 'create it switched off');
  return withTriggerOptions(command).action(async (options) => {
    const { terminal } = cli;
    const client = await cli.connect(options);
    const fields = await triggerFields({ client, terminal, cwd: cli.environment.cwd, options });
    const enabled = options.disabled === true ? { enabled: false } : {};
    // Field by field this is what the person wrote; whether it is a trigger is for the daemon to say.
    const body = { scope: 'global', ...fields, ...enabled, name: options.name } as Parameters<
      Client['triggers']['create']
    >[0];
    const { trigger } = await client.triggers.create(body);
    const lines = () => [`Created ${trigger.name} (${trigger.id}).`, `  ${trigger.trigger_text}`, ...tryLines(trigger)];
    writeAutomation(cli, { noun: 'trigger', found: trigger, format: options.output, lines });
  });
}

function tryLines({ name, event }: ApiTrigger): string[] {
  if (event !== 'webhook') return [`  Try it: rouse triggers test ${name} --data '{}'`];
  return [`  Its address: rouse webhooks url ${name}`, `  Try it: rouse webhooks send ${name} --data '{}'`];
}

const UNSETTABLE = [
  'workspace_id',
  'node_labels',
  'filter',
  'when',
  'coalesce',
  'allow_own_events',
  'overlap',
  'timeout',
  'queue_timeout',
  'priority',
  'tags',
  'description',
  'retry',
  'fire_limit',
] as const;

function updateCommand(cli: Cli) {
  const command = daemonCommand('update', {
    summary: 'Change a trigger',
    description: 'Change a trigger that was created here. What is not named stays as it is; --filter adds entries.',
    examples: [
      `triggers update deploy-check --when 'data.env == "staging"'`,
      'triggers update deploy-check --unset when --name all-deploys',
    ],
  })
    .addArgument(automationArgument(triggerNoun))
    .option('--name <name>', 'another name')
    .addOption(
      new Option('--unset <field...>', 'remove a field, so that its default counts again').choices(UNSETTABLE),
    );
  return withTriggerOptions(command).action(async (reference, options) => {
    const { terminal } = cli;
    const client = await cli.connect(options);
    // The patch builds on this reading: should somebody change it meanwhile, the daemon refuses.
    const { trigger: before, etag } = await client.triggers.get((await findTrigger(client, reference)).id);
    const fields = await triggerFields({ client, terminal, cwd: cli.environment.cwd, options });
    const patch = {
      ...Object.fromEntries((options.unset ?? []).map((field) => [field, null])),
      ...(options.unset?.includes('workspace_id') ? { scope: 'global' } : {}),
      ...fields,
      ...(options.name === undefined ? {} : { name: options.name }),
    };
    if (Object.keys(patch).length === 0) {
      throw new UsageError('Nothing to change was named.', 'Name a field: rouse triggers update --help lists them.');
    }
    const body = patch as Parameters<Client['triggers']['update']>[1];
    const { trigger } = await client.triggers.update(before.id, body, { ifMatch: etag });
    const lines = () => [`Changed ${trigger.name} (${trigger.id}).`, `  ${trigger.trigger_text}`];
    writeAutomation(cli, { noun: 'trigger', found: trigger, format: options.output, lines });
  });
}

function runCommand(cli: Cli) {
  return daemonCommand('run', {
    summary: 'Run a trigger now, whatever its conditions say',
    description:
      'Run a trigger now on data of your own, whatever its conditions say. With --wait or --follow the command ends as the run did: 0 completed, 10 failed, 11 canceled.',
    examples: [
      'triggers run deploy-check --data \'{"sha": "abc123"}\'',
      'triggers run deploy-check --data - --follow < event.json',
    ],
  })
    .alias('trigger')
    .addArgument(automationArgument(triggerNoun))
    .option('--data <json>', 'the data of the event; - reads it from standard input')
    .option('--wait', 'until the run has ended')
    .option('--follow', 'show the transcript while it runs')
    .action(async (reference, options) => {
      const { terminal } = cli;
      const data = await readJsonObject(options.data, { terminal, option: '--data' });
      const client = await cli.connect(options);
      const trigger = await findTrigger(client, reference);
      const { run } = await client.triggers.run(trigger.id, data === undefined ? {} : { envelope: { data } });
      const names = new Map([[trigger.id, trigger.name]]);
      if (options.follow) return followRun(cli, { client, id: run.id, names, format: options.output });
      const ended = options.wait ? await client.runs.wait(run.id, { pause: cli.pause }) : undefined;
      if (ended === undefined && run.status !== 'canceled') {
        const lines = () => [
          `Run ${run.id} of ${trigger.name} is ${run.status}. Watch it: rouse runs follow ${run.id}`,
        ];
        writeReply({ terminal, format: options.output, reply: { run }, items: [run], lines });
        return;
      }
      showOutcome(cli, { run: ended ?? run, names, format: options.output });
    });
}

function testCommand(cli: Cli) {
  return daemonCommand('test', {
    summary: 'Say which conditions an event meets, and what the agent would be told',
    description: 'A dry run: nothing is created. Takes data of your own, or the id of a stored event.',
    examples: [
      'triggers test deploy-check --data \'{"env": "prod", "sha": "abc123"}\'',
      'triggers test deploy-check --event evt_…',
    ],
  })
    .addArgument(automationArgument(triggerNoun))
    .option('--data <json>', 'the data of the event; - reads it from standard input')
    .option('--kind <kind>', 'the kind of the event (default: what the trigger waits for)')
    .option('--event <event>', 'a stored event, instead of data')
    .action(async (reference, options) => {
      const { terminal } = cli;
      const data = await readJsonObject(options.data, { terminal, option: '--data' });
      const client = await cli.connect(options);
      const trigger = await findTrigger(client, reference);
      const envelope = {
        ...(options.kind === undefined ? {} : { kind: options.kind }),
        ...(data === undefined ? {} : { data }),
      };
      const body = options.event === undefined ? { envelope } : { event_id: options.event };
      const test = await client.triggers.test(trigger.id, body);
      const lines = () => triggerTestLines(test, terminal);
      writeReply({ terminal, format: options.output, reply: { test }, items: [test], lines });
    });
}

function previewCommand(cli: Cli) {
  const command = daemonCommand('preview', {
    summary: 'Say what a trigger that is not yet created would make of an event',
    description:
      'A dry run of a definition: nothing is created. What is wrong about it is said with its field, and the command then ends with 5.',
    examples: [
      `triggers preview --agent echo --event ext.deploy --when 'data.env == "prod"' --prompt "Check {{ .Data.sha }}." --data '{"env": "prod", "sha": "abc123"}'`,
    ],
  })
    .option('--name <name>', 'what it would be called')
    .option('--data <json>', 'the data of the event; - reads it from standard input')
    .option('--kind <kind>', 'the kind of the event (default: what the trigger waits for)');
  return withTriggerOptions(command).action(async (options) => {
    const { terminal } = cli;
    const data = await readJsonObject(options.data, { terminal, option: '--data' });
    const client = await cli.connect(options);
    const fields = await triggerFields({ client, terminal, cwd: cli.environment.cwd, options });
    const preview = await client.triggers.preview({
      trigger: { scope: 'global', ...fields, name: options.name ?? 'preview' },
      envelope: {
        ...(options.kind === undefined ? {} : { kind: options.kind }),
        ...(data === undefined ? {} : { data }),
      },
    });
    const lines = () => triggerPreviewLines(preview, terminal);
    writeReply({ terminal, format: options.output, reply: { preview }, items: [preview], lines });
    if (preview.problems.length > 0) cli.endWith(EXIT_CODES.invalid);
  });
}

export function triggersCommand(cli: Cli): Command {
  return groupCommand('triggers', 'Definitions woken by events and webhooks')
    .addCommand(listByEventCommand(cli, triggerNoun))
    .addCommand(getCommand(cli))
    .addCommand(createCommand(cli))
    .addCommand(updateCommand(cli))
    .addCommand(deleteCommand(cli, triggerNoun))
    .addCommand(previewCommand(cli))
    .addCommand(testCommand(cli))
    .addCommand(runCommand(cli))
    .addCommand(switchCommand(cli, triggerNoun, { on: true }))
    .addCommand(switchCommand(cli, triggerNoun, { on: false }))
    .addCommand(resetCommand(cli, triggerNoun))
    .addCommand(exportCommand(cli, triggerNoun))
    .addCommand(runsCommand(cli, triggerNoun));
}
