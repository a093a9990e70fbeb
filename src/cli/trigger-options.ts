/** The options that describe a trigger, shared by `triggers create` and `triggers update`, and what they mean to the API. */
import { Option, type Command } from '@commander-js/extra-typings';
import type { Client } from '../client/client.ts';
import { defined } from '../lib/defined.ts';
import { OVERLAP_POLICIES } from '../model/automation-fields.ts';
import { WEBHOOK_SCHEMES } from '../model/trigger.ts';
import { UsageError } from './failure.ts';
import { findWorkspaceId, promptOf } from './job-options.ts';
import { parseCoalesce, parseFilter, parseFireLimit, parseInteger, parseRetry } from './option-text.ts';
import type { Terminal } from './terminal.ts';

export function withTriggerOptions<Args extends unknown[], Opts extends Record<string, unknown>>(
  command: Command<Args, Opts>,
) {
  return command
    .option('--agent <agent>', 'who is prompted (rouse agents list)')
    .option('--event <event>', 'what wakes it: session.stopped, run.failed, file.changed, ext.<name>, webhook, …')
    .option('--prompt <template>', 'a Go text/template over the event; - reads it from standard input')
    .option('--filter <path=text...>', 'the event must have this text there, such as data.action=deploy')
    .option('--when <expression>', 'a CEL expression that must be true, such as \'"urgent" in data.labels\'')
    .option('--workspace <workspace>', 'bind it to a workspace, by name, id or path (default: global)')
    .addOption(
      new Option(
        '--coalesce <window>',
        'gather events into one fire: WINDOW[:KEY[:MAX_WAIT]], such as 30s:data.repository',
      ).argParser(parseCoalesce),
    )
    .option('--allow-own-events', 'let it match what its own runs caused')
    .option('--endpoint <slug>', 'webhook: the readable part of its address')
    .option('--secret-ref <reference>', 'webhook: where its secret is, such as env:NAME or vault:automation/<path>')
    .addOption(new Option('--scheme <scheme>', 'webhook: how the sender signs').choices(WEBHOOK_SCHEMES))
    .addOption(
      new Option('--retry <retry>', 'none, or backoff:RETRIES:DELAY[:MAX], such as backoff:3:2s').argParser(parseRetry),
    )
    .addOption(new Option('--fire-limit <limit>', 'MAX/WINDOW, such as 4/1h').argParser(parseFireLimit))
    .addOption(new Option('--overlap <policy>', 'what a fire does while a run is unfinished').choices(OVERLAP_POLICIES))
    .option('--timeout <duration>', 'longest life of a run, such as 30m; 0 is none')
    .option('--queue-timeout <duration>', 'give a run up that could not start within it')
    .addOption(new Option('--priority <number>', 'higher starts first').argParser(parseInteger))
    .option('--node-label <label...>', 'labels that a node must have to start it')
    .option('--tag <tag...>', 'tags, for finding it again')
    .option('--description <text>', 'what it is for');
}

/** What {@link withTriggerOptions} yields. */
export interface TriggerOptions {
  agent?: string | undefined;
  event?: string | undefined;
  prompt?: string | undefined;
  filter?: string[] | undefined;
  when?: string | undefined;
  workspace?: string | undefined;
  coalesce?: ReturnType<typeof parseCoalesce> | undefined;
  allowOwnEvents?: true | undefined;
  endpoint?: string | undefined;
  secretRef?: string | undefined;
  scheme?: (typeof WEBHOOK_SCHEMES)[number] | undefined;
  retry?: ReturnType<typeof parseRetry> | undefined;
  fireLimit?: ReturnType<typeof parseFireLimit> | undefined;
  overlap?: (typeof OVERLAP_POLICIES)[number] | undefined;
  timeout?: string | undefined;
  queueTimeout?: string | undefined;
  priority?: number | undefined;
  nodeLabel?: string[] | undefined;
  tag?: string[] | undefined;
  description?: string | undefined;
}

/** The fields that were given, on the wire's terms; nothing that was not. */
export async function triggerFields(p: {
  client: Client;
  terminal: Terminal;
  cwd: string;
  options: TriggerOptions;
}): Promise<Record<string, unknown>> {
  const { client, options, terminal } = p;
  const workspaceId =
    options.workspace === undefined
      ? undefined
      : await findWorkspaceId({ client, reference: options.workspace, cwd: p.cwd });
  const fields = {
    agent_name: options.agent,
    event: options.event,
    prompt: await promptOf(options.prompt, terminal),
    filter: options.filter === undefined ? undefined : filterOf(options.filter),
    when: options.when,
    scope: workspaceId === undefined ? undefined : 'workspace',
    workspace_id: workspaceId,
    coalesce: options.coalesce,
    allow_own_events: options.allowOwnEvents,
    endpoint_slug: options.endpoint,
    webhook_secret_ref: options.secretRef,
    webhook_scheme: options.scheme,
    retry: options.retry,
    fire_limit: options.fireLimit,
    overlap: options.overlap,
    timeout: options.timeout,
    queue_timeout: options.queueTimeout,
    priority: options.priority,
    node_labels: options.nodeLabel,
    tags: options.tag,
    description: options.description,
  };
  return defined(fields);
}

function filterOf(written: readonly string[]): Record<string, string> {
  const entries = written.map(parseFilter);
  const paths = new Set(entries.map(([path]) => path));
  if (paths.size < entries.length) {
    throw new UsageError('A filter names one path twice.', 'All entries must match: name each path once.');
  }
  return Object.fromEntries(entries);
}
