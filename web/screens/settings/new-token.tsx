/** A token for a program, with the scopes that somebody chooses. */
import { useState } from 'react';
import type { ApiIssuedToken } from '../../../src/client/client.ts';
import { daemon } from '../../data/daemon.ts';
import { AskForm } from '../../parts/ask-form.tsx';
import { CheckField } from '../../parts/check-field.tsx';
import { TextField } from '../../parts/field.tsx';
import { ShownOnce } from '../../parts/shown-once.tsx';
import { SettingsPart } from './settings-part.tsx';

const SCOPES = [
  ['read', 'look at everything'],
  ['write', 'look, and change automations'],
  ['tasks', 'work on tasks'],
  ['admin', 'everything, this page’s settings too'],
] as const;

export function NewToken() {
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<readonly string[]>(['read']);
  const [events, setEvents] = useState('');
  const [life, setLife] = useState('');
  const [issued, setIssued] = useState<ApiIssuedToken | undefined>();
  const wanted = [...scopes, ...(events.trim() === '' ? [] : [`events:${events.trim()}`])];
  return (
    <SettingsPart title="A new token" aside="for a program">
      <div className="panel-body settings-problems">
        <AskForm
          verb="Create token"
          ready={name.trim() !== '' && wanted.length > 0}
          act={() =>
            daemon.tokens.create({
              name: name.trim(),
              scopes: wanted,
              ...(life.trim() === '' ? {} : { expires_in: life.trim() }),
            })
          }
          done={({ token }) => `${token.name} was created.`}
          areas={['tokens']}
          onDone={(result) => {
            setIssued(result);
            setName('');
          }}
        >
          <TextField label="Name" value={name} onChange={setName} placeholder="ci" mono />
          <TextField
            label="Life"
            value={life}
            onChange={setLife}
            placeholder="until revoked"
            hint="such as 720h"
            mono
          />
          <TextField
            label="May tell events that begin with"
            value={events}
            onChange={setEvents}
            placeholder="none"
            hint="such as ext.deploy"
            mono
          />
          <fieldset className="form-plain">
            <legend className="small soft">It may</legend>
            <div className="scope-choices">
              {SCOPES.map(([scope, text]) => (
                <CheckField
                  key={scope}
                  label={scope}
                  hint={text}
                  checked={scopes.includes(scope)}
                  onChange={(is) => setScopes(is ? [...scopes, scope] : scopes.filter((each) => each !== scope))}
                />
              ))}
            </div>
          </fieldset>
        </AskForm>
        {issued !== undefined && (
          <ShownOnce text={issued.secret} what="the token" onDone={() => setIssued(undefined)}>
            The secret of <b>{issued.token.name}</b>. It is shown this once; the daemon keeps only its hash.
          </ShownOnce>
        )}
      </div>
    </SettingsPart>
  );
}
