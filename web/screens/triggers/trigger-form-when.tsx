/** What wakes a trigger: a kind of event, or a webhook with its address and how its sender signs. */
import { OWN_EVENTS } from '../../../src/model/event-kind.ts';
import { WEBHOOK_EVENT, WEBHOOK_SCHEMES } from '../../../src/model/trigger.ts';
import { ChoiceField, TextField } from '../../parts/field.tsx';
import { FormFold } from '../automations/form-fold.tsx';
import type { TriggerFields } from './trigger-draft.ts';

/** Of extensions the beginning: the rest of the name is the sender's own. */
const EVENTS = [WEBHOOK_EVENT, ...Object.keys(OWN_EVENTS), 'ext.'];

function eventText(event: string): string | undefined {
  if (event === WEBHOOK_EVENT) return 'another system calls its address';
  return Object.hasOwn(OWN_EVENTS, event) ? OWN_EVENTS[event as keyof typeof OWN_EVENTS] : undefined;
}

export function TriggerFormWhen({ fields }: { fields: TriggerFields }) {
  const { draft, set, error } = fields;
  return (
    <>
      <fieldset className="form-group">
        <legend>When</legend>
        <div className="form-row">
          <TextField
            label="Event"
            value={draft.event}
            onChange={set('event')}
            error={error('event')}
            hint={eventText(draft.event)}
            list="event-kinds"
            mono
          />
          {draft.event === WEBHOOK_EVENT && <WebhookFields fields={fields} />}
        </div>
        <datalist id="event-kinds">
          {EVENTS.map((kind) => (
            <option key={kind} value={kind}>
              {kind}
            </option>
          ))}
        </datalist>
      </fieldset>
      {draft.event === WEBHOOK_EVENT && <SenderFold fields={fields} />}
    </>
  );
}

function WebhookFields({ fields: { draft, set, error } }: { fields: TriggerFields }) {
  return (
    <>
      <TextField
        label="Address"
        value={draft.endpoint_slug}
        onChange={set('endpoint_slug')}
        error={error('endpoint_slug')}
        placeholder="deploy"
        mono
      />
      <TextField
        label="Secret"
        value={draft.webhook_secret_ref}
        onChange={set('webhook_secret_ref')}
        error={error('webhook_secret_ref')}
        placeholder="vault:automation/deploy"
        hint="where it is, never the secret itself"
        mono
      />
      <ChoiceField
        label="Sender"
        value={draft.webhook_scheme}
        onChange={set('webhook_scheme')}
        error={error('webhook_scheme')}
        choices={[
          ['', 'Standard Webhooks'],
          ...WEBHOOK_SCHEMES.filter((scheme) => scheme !== 'standard').map((scheme) => [scheme, scheme] as const),
        ]}
      />
    </>
  );
}

function SenderFold({ fields: { draft, set, error } }: { fields: TriggerFields }) {
  const wrong = ['webhook_previous_secret_ref', 'webhook_id', 'webhook_scheme'];
  return (
    <FormFold title="More about the sender" wrong={wrong.some((path) => error(path) !== undefined)}>
      <TextField
        label="The secret before this one"
        value={draft.webhook_previous_secret_ref}
        onChange={set('webhook_previous_secret_ref')}
        error={error('webhook_previous_secret_ref')}
        hint="taken as well, while a sender changes to the new one"
        placeholder="none"
        mono
      />
      <TextField
        label="Fixed id of the address"
        value={draft.webhook_id}
        onChange={set('webhook_id')}
        error={error('webhook_id')}
        placeholder="wbh_…, made when empty"
        mono
      />
      {draft.webhook_scheme === 'timestamped' &&
        (
          [
            ['timestamp_header', 'Header of the time'],
            ['signature_header', 'Header of the signature'],
            ['delivery_header', 'Header of the delivery’s id'],
          ] as const
        ).map(([name, label]) => (
          <TextField
            key={name}
            label={label}
            value={draft[name]}
            onChange={set(name)}
            error={error(`webhook_scheme.${name}`)}
            placeholder="the usual one"
            mono
          />
        ))}
    </FormFold>
  );
}
