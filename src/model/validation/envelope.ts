/** What an activation envelope must be. */
import { type ActivationEnvelope, ACTIVATION_SOURCES } from '../activation-envelope.ts';
import type { Fields } from './fields.ts';
import { validateScopeBinding } from './scope-binding.ts';
import { validator } from './validator.ts';

const envelopeFields = Object.keys({
  kind: true,
  scope: true,
  workspace_id: true,
  source: true,
  data: true,
  id: true,
  occurred_at: true,
  depth: true,
} satisfies Record<keyof ActivationEnvelope, true>);

function checkEnvelope(fields: Fields): void {
  fields.required('kind', 'An envelope needs a kind: the name of what happened, such as "session.stopped".');
  fields.take(validateScopeBinding(fields.raw('scope'), fields.raw('workspace_id'), fields.path, 'workspace_id'));
  fields.oneOf('source', { known: ACTIVATION_SOURCES, noun: 'activation source' });
  fields.object('data');
  const additions = fields.additions();
  additions.text('id');
  additions.instant('occurred_at');
  additions.integerWithin('depth', { min: 0 });
  fields.refuseUnknown(envelopeFields);
}

export const validateActivationEnvelope = validator(checkEnvelope);
