/** The vault: names, never values. A value goes in here and nowhere out. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ApiSecret } from '../../../src/client/client.ts';
import { daemon } from '../../data/daemon.ts';
import { secretNames } from '../../data/house.ts';
import { useMayAdmin } from '../../data/session.ts';
import { allTriggers } from '../../data/triggers.ts';
import { AskForm } from '../../parts/ask-form.tsx';
import { ConfirmButton } from '../../parts/confirm-button.tsx';
import { CopyButton } from '../../parts/copy-button.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { TextField } from '../../parts/field.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Ago } from '../../parts/moment.tsx';
import { SettingsFrame } from './settings-frame.tsx';
import { SettingsPart } from './settings-part.tsx';

export function SecretsScreen() {
  const query = useQuery(secretNames());
  const mayAdmin = useMayAdmin();
  return (
    <SettingsFrame
      title="Secrets"
      lead="Sealed in the vault. Definitions refer to them by name; nothing ever shows a value."
    >
      {mayAdmin && <SetSecret />}
      <SettingsPart title="In the vault" aside={mayAdmin ? undefined : 'only an admin session may change it'}>
        <Loaded of={query}>
          {(secrets) =>
            secrets.length === 0 ? (
              <EmptyState title="The vault is empty">
                <p>
                  What is stored here is referred to as <code>vault:automation/name</code>, in a webhook’s secret, an
                  agent’s environment or a hook.
                </p>
              </EmptyState>
            ) : (
              <ul className="panel-body">
                {secrets.map((secret) => (
                  <SecretRecord key={secret.name} secret={secret} mayAdmin={mayAdmin} />
                ))}
              </ul>
            )
          }
        </Loaded>
      </SettingsPart>
    </SettingsFrame>
  );
}

function SetSecret() {
  const [name, setName] = useState('');
  const [value, setValue] = useState('');
  return (
    <SettingsPart title="Store a value" aside="also over an older one">
      <div className="panel-body">
        <AskForm
          verb="Store"
          ready={name.trim() !== '' && value !== ''}
          act={() => daemon.secrets.set(name.trim(), value)}
          done={() => `${name.trim()} is stored.`}
          areas={['secrets']}
          onDone={() => {
            setName('');
            setValue('');
          }}
        >
          <TextField label="Name" value={name} onChange={setName} placeholder="deploy" mono />
          <TextField
            label="Value"
            type="password"
            value={value}
            onChange={setValue}
            hint="it cannot be read back"
            mono
          />
        </AskForm>
      </div>
    </SettingsPart>
  );
}

function SecretRecord({ secret, mayAdmin }: { secret: ApiSecret; mayAdmin: boolean }) {
  const { name, ref, updated_at } = secret;
  const users = (useQuery(allTriggers()).data ?? []).filter(
    (trigger) => trigger.webhook_secret_ref === ref || trigger.webhook_previous_secret_ref === ref,
  );
  const usedBy = users.map((trigger) => trigger.name).join(', ');
  return (
    <li className="record" data-row>
      <div className="record-words">
        <p className="record-title">
          <b>{name}</b> <code className="faint">{ref}</code>
        </p>
        <p className="record-more">
          <span>
            stored <Ago at={updated_at} />
          </span>
          {usedBy !== '' && <span>verifies webhooks of {usedBy}</span>}
        </p>
      </div>
      <div className="record-commands">
        <CopyButton text={ref} what={`the reference to ${name}`} />
        {mayAdmin && (
          <ConfirmButton
            word="Remove"
            of={name}
            title={`Remove ${name}?`}
            action="Remove secret"
            danger
            act={() => daemon.secrets.remove(name)}
            done={`${name} is gone from the vault.`}
            areas={['secrets']}
          >
            <p>
              Its value is lost. What refers to it fails from now on
              {usedBy === '' ? '.' : `, first of all the webhooks of ${usedBy}.`}
            </p>
          </ConfirmButton>
        )}
      </div>
    </li>
  );
}
