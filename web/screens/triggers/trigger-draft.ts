/** A trigger as a form holds it: texts, as they are being typed; what they mean is for the daemon to judge. */
import type { ApiTrigger, Client } from '../../../src/client/client.ts';
import { WEBHOOK_EVENT } from '../../../src/model/trigger.ts';

export type TriggerBody = Parameters<Client['triggers']['create']>[0];

export interface TriggerDraft {
  name: string;
  description: string;
  agent_name: string;
  /** Empty: global. */
  workspace_id: string;
  event: string;
  /** One condition a line: `data.action = deploy`. */
  filter: string;
  when: string;
  prompt: string;
  endpoint_slug: string;
  webhook_secret_ref: string;
  /** A scheme by name, or empty for the default. */
  webhook_scheme: string;
  window: string;
  key: string;
}

export function newTriggerDraft(agent: string | undefined): TriggerDraft {
  return {
    name: '',
    description: '',
    agent_name: agent ?? '',
    workspace_id: '',
    event: WEBHOOK_EVENT,
    filter: '',
    when: '',
    prompt: '',
    endpoint_slug: '',
    webhook_secret_ref: '',
    webhook_scheme: '',
    window: '',
    key: '',
  };
}

export function draftOf(trigger: ApiTrigger): TriggerDraft {
  const { webhook_scheme: scheme } = trigger;
  return {
    name: trigger.name,
    description: trigger.description ?? '',
    agent_name: trigger.agent_name,
    workspace_id: trigger.workspace_id ?? '',
    event: trigger.event,
    filter: Object.entries(trigger.filter ?? {})
      .map(([path, wanted]) => `${path} = ${wanted}`)
      .join('\n'),
    when: trigger.when ?? '',
    prompt: trigger.prompt,
    endpoint_slug: trigger.endpoint_slug ?? '',
    webhook_secret_ref: trigger.webhook_secret_ref ?? '',
    webhook_scheme: typeof scheme === 'string' ? scheme : '',
    window: trigger.coalesce?.window ?? '',
    key: trigger.coalesce?.key ?? '',
  };
}

/** A line without `=` is a path that must equal nothing, which the daemon refuses with better words than ours. */
function filterOf(text: string): Record<string, string> | undefined {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (lines.length === 0) return undefined;
  const entries = lines.map((line) => {
    const at = line.indexOf('=');
    return at < 0 ? [line.trim(), ''] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
  });
  return Object.fromEntries(entries) as Record<string, string>;
}

const unless = <T>(value: T, is: boolean): T | undefined => (is ? undefined : value);

export function bodyOf(draft: TriggerDraft): TriggerBody {
  const isWebhook = draft.event === WEBHOOK_EVENT;
  const fields = {
    name: draft.name,
    scope: draft.workspace_id === '' ? 'global' : 'workspace',
    workspace_id: unless(draft.workspace_id, draft.workspace_id === ''),
    agent_name: draft.agent_name,
    event: draft.event,
    prompt: draft.prompt,
    filter: filterOf(draft.filter),
    when: unless(draft.when, draft.when.trim() === ''),
    description: unless(draft.description, draft.description === ''),
    endpoint_slug: unless(draft.endpoint_slug, !isWebhook || draft.endpoint_slug === ''),
    webhook_secret_ref: unless(draft.webhook_secret_ref, !isWebhook || draft.webhook_secret_ref === ''),
    webhook_scheme: unless(draft.webhook_scheme, !isWebhook || draft.webhook_scheme === ''),
    coalesce: unless({ window: draft.window, ...(draft.key === '' ? {} : { key: draft.key }) }, draft.window === ''),
  };
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as unknown as TriggerBody;
}
