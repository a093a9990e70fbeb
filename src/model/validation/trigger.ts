/** What a trigger must be: the checks of the reference in its order, then the fields beyond it. */
import { isBlank } from '../../lib/go-text.ts';
import { conditionOf } from '../condition/condition.ts';
import { checkFilterPath, validateTriggerFilter } from '../filter.ts';
import { validateTriggerPromptTemplate } from '../template/prompt-template.ts';
import type { CoalesceConfig, Trigger } from '../trigger.ts';
import { automationFields, checkAutomationAdditions } from './automation-additions.ts';
import { checkLimits, checkScopeAndSource } from './automation.ts';
import type { Fields } from './fields.ts';
import { validator } from './validator.ts';
import { checkNoWebhookFields, checkWebhookAdditions, checkWebhookFields, isWebhookEvent } from './webhook.ts';

const triggerFields = Object.keys({
  ...automationFields,
  event: true,
  filter: true,
  when: true,
  webhook_id: true,
  endpoint_slug: true,
  webhook_secret_ref: true,
  webhook_previous_secret_ref: true,
  webhook_scheme: true,
  coalesce: true,
  allow_own_events: true,
} satisfies Record<keyof Trigger, true>);

const coalesceFields = Object.keys({
  key: true,
  window: true,
  max_wait: true,
} satisfies Record<keyof CoalesceConfig, true>);

/** A condition is one line of thought; a longer text is a mistake, and its cost grows with it. */
const WHEN_LENGTH_MAX = 4096;

function checkWhen(fields: Fields): void {
  const when = fields.text('when');
  if (when === undefined || !fields.has('when')) return;
  if (isBlank(when)) {
    const message = 'A condition must not be blank; leave the field out to match always.';
    return fields.report('when', { code: 'required', message });
  }
  if (when.length > WHEN_LENGTH_MAX) {
    const message = `A condition has at most ${WHEN_LENGTH_MAX} characters.`;
    return fields.report('when', { code: 'out_of_range', message });
  }
  const parsed = conditionOf(when);
  if (!parsed.ok) fields.report('when', { code: 'invalid_condition', message: parsed.message, value: when });
}

function checkCoalesce(fields: Fields): void {
  const coalesce = fields.object('coalesce');
  if (coalesce === undefined) return;
  const key = coalesce.text('key');
  if (key !== undefined && !isBlank(key)) {
    const wrong = checkFilterPath(key);
    if (wrong !== undefined) coalesce.report('key', { code: 'invalid_filter_path', message: wrong, value: key });
  }
  const window = coalesce.required('window', 'Coalescing needs a window, such as "30s".');
  if (window !== undefined) coalesce.duration('window', { least: 'positive' });
  coalesce.optionalDuration('max_wait', { least: 'positive' });
  coalesce.refuseUnknown(coalesceFields);
}

function checkTrigger(fields: Fields): void {
  fields.required('name', 'A trigger needs a name.');
  fields.required('agent_name', 'A trigger needs the name of the agent to wake.');
  const prompt = fields.required('prompt', 'A trigger needs a prompt.');
  const event = fields.required(
    'event',
    'A trigger needs the event that wakes it, such as "session.stopped" or "webhook".',
  );
  checkScopeAndSource(fields);
  checkLimits(fields);
  fields.take(validateTriggerFilter(fields.raw('filter'), fields.at('filter')));
  if (prompt !== undefined) fields.take(validateTriggerPromptTemplate(prompt, fields.at('prompt')));
  const additions = fields.additions();
  if (event !== undefined) {
    const isWebhook = isWebhookEvent(event);
    if (isWebhook) checkWebhookFields(fields);
    else checkNoWebhookFields(fields);
    checkWebhookAdditions(additions, { isWebhook });
  }
  checkWhen(additions);
  checkCoalesce(additions);
  additions.flag('allow_own_events');
  checkAutomationAdditions(additions);
  fields.refuseUnknown(triggerFields);
}

export const validateTrigger = validator(checkTrigger);
