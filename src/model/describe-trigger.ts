/** A trigger in words: when, if, then. For people who decide whether it says what they meant. */
import type { CoalesceConfig, Trigger } from './trigger.ts';
import { WEBHOOK_EVENT } from './trigger.ts';

export function describeTrigger(trigger: Trigger): string {
  const { agent_name: agent, coalesce } = trigger;
  const conditions = conditionsOf(trigger);
  const when = `When ${occasionOf(trigger)}`;
  const iff = conditions.length === 0 ? '' : `, if ${conditions.join(' and ')}`;
  const gathered = coalesce === undefined ? '' : `, ${gatheringText(coalesce)}`;
  return `${when}${iff}${gathered}, then ${agent} is woken.`;
}

function occasionOf(trigger: Trigger): string {
  const place = trigger.workspace_id === undefined ? '' : ` in workspace ${trigger.workspace_id}`;
  if (trigger.event === WEBHOOK_EVENT)
    return `the webhook ${trigger.endpoint_slug ?? trigger.webhook_id} is called${place}`;
  return `${trigger.event} happens${place}`;
}

function conditionsOf({ filter = {}, when }: Trigger): string[] {
  const entries = Object.entries(filter).map(([path, wanted]) => `${path} is ${JSON.stringify(wanted)}`);
  return when === undefined ? entries : [...entries, `(${when})`];
}

function gatheringText({ key, window, max_wait }: CoalesceConfig): string {
  const each = key === undefined ? 'all of them' : `those with the same ${key}`;
  const longest = max_wait === undefined ? '' : `, at the latest ${max_wait} after the first`;
  return `gathering ${each} until none came for ${window}${longest}`;
}
