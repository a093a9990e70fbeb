/** `rouse webhooks`: addresses, test deliveries, and what arrived. */
import { Argument, type Command, Option } from '@commander-js/extra-typings';
import type { ApiDelivery, ApiWebhookTrigger } from '../../client/client.ts';
import { type Cli, daemonCommand, groupCommand } from '../command.ts';
import { EXIT_CODES } from '../../errors/exit-code.ts';
import { UsageError } from '../failure.ts';
import type { Hue } from '../paint.ts';
import { writeReply } from '../reply.ts';
import { factLines, tableLines } from '../table.ts';
import { epochOf, whenText } from '../time-text.ts';
import { relativeText } from '../../lib/span-text.ts';
import { findWebhook } from '../webhook-reference.ts';

const triggerArgument = () => new Argument('<trigger>', 'a webhook trigger, by name or id');

const RESULT_HUES: Readonly<Record<ApiDelivery['result'], Hue>> = {
  accepted: 'green',
  answered: 'dim',
  refused: 'red',
};

function schemeText({ webhook_scheme: scheme = 'standard' }: ApiWebhookTrigger): string {
  return typeof scheme === 'string' ? scheme : scheme.scheme;
}

function listCommand(cli: Cli) {
  return daemonCommand('list', {
    summary: 'List the triggers that webhooks wake, with their addresses',
    examples: ['webhooks list', 'webhooks list -o json'],
  })
    .alias('ls')
    .action(async (options) => {
      const { terminal } = cli;
      const client = await cli.connect(options);
      const { triggers } = await client.webhooks.list({ limit: 500 });
      const lines = () =>
        triggers.length === 0
          ? ['No webhook triggers. Write one in rouse.toml: [[automation.triggers]] with event = "webhook"']
          : tableLines<ApiWebhookTrigger>({
              rows: triggers,
              terminalColumns: terminal.columns,
              paint: terminal.paintOut,
              columns: [
                { title: 'NAME', cell: ({ name }) => ({ text: name, hue: 'bold' }), flexible: true },
                { title: 'SCHEME', cell: schemeText },
                {
                  title: 'ON',
                  cell: ({ enabled }) => (enabled ? { text: 'yes', hue: 'green' } : { text: 'no', hue: 'dim' }),
                },
                { title: 'URL', cell: ({ webhook }) => webhook?.url ?? '' },
              ],
            });
      writeReply({ terminal, format: options.output, reply: { triggers }, items: triggers, lines });
    });
}

function urlCommand(cli: Cli) {
  return daemonCommand('url', {
    summary: 'Print the address of a webhook trigger',
    examples: ['webhooks url deploy', 'webhooks url trg_01hf'],
  })
    .addArgument(triggerArgument())
    .action(async (reference, options) => {
      const { terminal } = cli;
      const trigger = await findWebhook(await cli.connect(options), reference);
      const { url = '', path = '' } = trigger.webhook ?? {};
      writeReply({
        terminal,
        format: options.output,
        reply: { url, path },
        items: [{ url, path }],
        lines: () => [url],
      });
    });
}

function sendCommand(cli: Cli) {
  return daemonCommand('send', {
    summary: 'Sign a test delivery and send it',
    description:
      "Sign a test delivery as the trigger's sender would and send it through the same door, and print the same request as a command. The daemon signs; the secret does not leave it.",
    examples: [
      `webhooks send deploy --data '{"action": "deploy", "branch": "main"}'`,
      'webhooks send deploy --data - < payload.json',
      'webhooks send github-push --event push --dry-run',
    ],
  })
    .addArgument(triggerArgument())
    .option('--data <body>', 'the body, or "-" for standard input', '{}')
    .option('--event <name>', "what the sender's event header says, where it has one")
    .option('--dry-run', 'only sign it and print the command')
    .action(async (reference, options) => {
      const { terminal } = cli;
      const client = await cli.connect(options);
      const trigger = await findWebhook(client, reference);
      const body = options.data === '-' ? await terminal.readInput() : options.data;
      if (body.length > 1024 * 1024) throw new UsageError('The body is larger than 1 MiB.', 'Send less.');
      const sent = await client.webhooks.send(trigger.id, {
        body,
        ...(options.event === undefined ? {} : { event: options.event }),
        ...(options.dryRun === undefined ? {} : { dry_run: options.dryRun }),
      });
      const { reply } = sent;
      const lines = () => [
        ...(reply === undefined
          ? []
          : [
              `${terminal.paintOut(reply.status < 300 ? 'green' : 'red', String(reply.status))} ${JSON.stringify(reply.body)}`,
              '',
            ]),
        sent.curl,
      ];
      writeReply({ terminal, format: options.output, reply: { sent }, items: [sent], lines });
      if (reply !== undefined && reply.status >= 300) cli.endWith(EXIT_CODES.invalid);
    });
}

function deliveryLines(p: { deliveries: readonly ApiDelivery[]; cli: Cli }): string[] {
  const { terminal } = p.cli;
  if (p.deliveries.length === 0) return ['No deliveries. Send a test: rouse webhooks send <trigger>'];
  return tableLines<ApiDelivery>({
    rows: p.deliveries,
    terminalColumns: terminal.columns,
    paint: terminal.paintOut,
    columns: [
      { title: 'DELIVERY', cell: ({ id }) => id },
      { title: 'RECEIVED', cell: ({ received_at: at }) => relativeText(epochOf(at) ?? 0, terminal.now()) },
      { title: 'RESULT', cell: ({ result, status }) => ({ text: `${result} ${status}`, hue: RESULT_HUES[result] }) },
      { title: 'ENDPOINT', cell: ({ endpoint }) => endpoint, flexible: true },
      { title: 'EVENT', cell: ({ event = '' }) => event },
      { title: 'REPEATS', cell: ({ repeats }) => (repeats === 0 ? '' : String(repeats)), align: 'right' },
      {
        title: 'WHAT CAME OF IT',
        cell: ({ result, detail, run_ids: runs = [], matched = 0 }) =>
          result === 'accepted' ? runs.join(' ') || `matched ${matched}` : (detail ?? ''),
        flexible: true,
      },
    ],
  });
}

function deliveriesCommand(cli: Cli) {
  return daemonCommand('deliveries', {
    summary: 'List what arrived, refused deliveries included, newest first',
    examples: [
      'webhooks deliveries',
      'webhooks deliveries --trigger deploy --since 2h',
      'webhooks deliveries --result refused',
    ],
  })
    .option('--trigger <trigger>', 'only of this trigger, by name or id')
    .addOption(new Option('--result <result>', 'only these').choices(['accepted', 'answered', 'refused'] as const))
    .option('--since <when>', 'not older than this: a duration back from now such as 2h, or RFC 3339')
    .option('--limit <count>', 'how many at most', '50')
    .action(async (options) => {
      const { terminal } = cli;
      const client = await cli.connect(options);
      const limit = Number(options.limit);
      if (!Number.isInteger(limit) || limit < 1 || limit > 500) {
        throw new UsageError(`"${options.limit}" is no number of deliveries.`, 'Give a whole number from 1 to 500.');
      }
      const trigger = options.trigger === undefined ? undefined : await findWebhook(client, options.trigger);
      const page = await client.webhooks.deliveries({
        limit,
        ...(trigger === undefined ? {} : { trigger_id: trigger.id }),
        ...(options.result === undefined ? {} : { result: options.result }),
        ...(options.since === undefined ? {} : { since: whenText(options.since) }),
      });
      const lines = () => [
        ...deliveryLines({ deliveries: page.deliveries, cli }),
        ...(page.next_cursor === undefined ? [] : ['There are more; ask for more with --limit.']),
      ];
      writeReply({ terminal, format: options.output, reply: page, items: page.deliveries, lines });
    });
}

function replayCommand(cli: Cli) {
  return daemonCommand('replay', {
    summary: 'Carry a stored delivery out once more',
    examples: ['webhooks replay dlv_01hf3k2m', 'webhooks replay dlv_01hf3k2m -o json'],
  })
    .addArgument(new Argument('<delivery>', 'its id, from `rouse webhooks deliveries`'))
    .action(async (id, options) => {
      const { terminal } = cli;
      const client = await cli.connect(options);
      const delivery = await client.webhooks.replay(id);
      const { run_ids: runs = [], matched = 0 } = delivery;
      const lines = () =>
        factLines(
          [
            ['delivery', { text: delivery.id, hue: 'bold' }],
            ['replays', id],
            ['event', delivery.event_id],
            ['runs', runs.length === 0 ? `none (matched ${matched})` : runs.join(' ')],
          ],
          terminal.paintOut,
        );
      writeReply({ terminal, format: options.output, reply: { delivery }, items: [delivery], lines });
    });
}

export function webhooksCommand(cli: Cli): Command {
  return groupCommand('webhooks', 'What other systems call, and what they sent')
    .addCommand(listCommand(cli))
    .addCommand(urlCommand(cli))
    .addCommand(sendCommand(cli))
    .addCommand(deliveriesCommand(cli))
    .addCommand(replayCommand(cli));
}
