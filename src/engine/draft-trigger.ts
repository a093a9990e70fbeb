/** A trigger that somebody is still writing: what is wrong about it, and what can be tried of it already. Pure. */
import type { DefinitionDefaults } from '../model/definition.ts';
import { completeTrigger } from '../model/definition.ts';
import type { EpochMs } from '../model/instant.ts';
import type { Problem } from '../model/problem.ts';
import type { Trigger } from '../model/trigger.ts';
import { WEBHOOK_EVENT } from '../model/trigger.ts';

/** What decides whether it fires, and what it would say; the rest of a definition may come later. */
const CONTENT = ['event', 'scope', 'workspace_id', 'filter', 'when', 'prompt', 'coalesce', 'allow_own_events'] as const;
/** Stands in for what a trial needs and nobody wrote yet. */
const STAND_IN = { name: 'draft', agent_name: 'draft', scope: 'global', prompt: ' ' };
const STAND_IN_WEBHOOK = { endpoint_slug: 'draft', webhook_secret_ref: 'env:DRAFT' };

export function draftTrigger(
  written: unknown,
  p: { now: EpochMs; defaults: DefinitionDefaults },
): { problems: Problem[]; trigger?: Trigger } {
  const context = { source: 'dynamic', now: p.now, defaults: p.defaults } as const;
  const whole = completeTrigger(written, context);
  if (whole.ok) return { problems: [], trigger: whole.automation };
  const { problems } = whole;
  const content = completeTrigger(contentOf(written), context);
  return content.ok ? { problems, trigger: content.automation } : { problems };
}

function contentOf(written: unknown): Record<string, unknown> {
  const given = typeof written === 'object' && written !== null ? (written as Record<string, unknown>) : {};
  const said = CONTENT.filter((name) => Object.hasOwn(given, name) && given[name] !== '');
  const content: Record<string, unknown> = {
    ...STAND_IN,
    ...Object.fromEntries(said.map((name) => [name, given[name]])),
  };
  return content['event'] === WEBHOOK_EVENT ? { ...content, ...STAND_IN_WEBHOOK } : content;
}
