/** A one-time link by which another browser signs in. */
import { useState } from 'react';
import { daemon } from '../../data/daemon.ts';
import { AskForm } from '../../parts/ask-form.tsx';
import { ChoiceField } from '../../parts/field.tsx';
import { ShownOnce } from '../../parts/shown-once.tsx';
import { SettingsPart } from './settings-part.tsx';

type Scope = 'read' | 'write' | 'admin';

export function NewLink() {
  const [scope, setScope] = useState<Scope>('read');
  const [url, setUrl] = useState<string | undefined>();
  return (
    <SettingsPart title="Another browser" aside="a link that works once">
      <div className="panel-body settings-problems">
        <AskForm
          verb="Make a link"
          ready
          act={() => daemon.session.createLink({ scopes: [scope] })}
          done={() => 'The link is made.'}
          areas={[]}
          onDone={(link) => setUrl(link.url)}
        >
          <ChoiceField
            label="It may"
            value={scope}
            onChange={(value) => setScope(value as Scope)}
            choices={[
              ['read', 'look, and change nothing'],
              ['write', 'look, and change automations'],
              ['admin', 'everything'],
            ]}
          />
        </AskForm>
        {url !== undefined && (
          <ShownOnce text={url} what="the link" onDone={() => setUrl(undefined)}>
            Open it in the other browser. It works once, and not for long.
          </ShownOnce>
        )}
      </div>
    </SettingsPart>
  );
}
