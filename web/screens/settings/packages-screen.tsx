/** Packages: automations that somebody else wrote down, added as a whole and removed as a whole. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { ApiPackage } from '../../../src/client/client.ts';
import { daemon } from '../../data/daemon.ts';
import { addedPackages } from '../../data/house.ts';
import { useMayAdmin } from '../../data/session.ts';
import { AskForm } from '../../parts/ask-form.tsx';
import { ConfirmButton } from '../../parts/confirm-button.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { TextField } from '../../parts/field.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Ago } from '../../parts/moment.tsx';
import { SettingsFrame } from './settings-frame.tsx';
import { SettingsPart } from './settings-part.tsx';

const AREAS = ['packages', 'jobs', 'triggers', 'hooks', 'config', 'timeline'];

export function PackagesScreen() {
  const query = useQuery(addedPackages());
  const mayAdmin = useMayAdmin();
  return (
    <SettingsFrame
      title="Packages"
      lead="Jobs, triggers and hooks that come together. They are read-only here, except for their switch."
    >
      {mayAdmin && <AddPackage />}
      <SettingsPart title="Added">
        <Loaded of={query}>
          {(packages) =>
            packages.length === 0 ? (
              <EmptyState title="No package was added">
                <p>
                  A package is a folder or an npm package with a <code>rouse-package.toml</code>.
                </p>
              </EmptyState>
            ) : (
              <ul className="panel-body">
                {packages.map((each) => (
                  <PackageRecord key={each.name} of={each} mayAdmin={mayAdmin} />
                ))}
              </ul>
            )
          }
        </Loaded>
      </SettingsPart>
    </SettingsFrame>
  );
}

function AddPackage() {
  const [spec, setSpec] = useState('');
  return (
    <SettingsPart title="Add a package" aside="its automations fire from then on">
      <div className="panel-body">
        <AskForm
          verb="Add"
          ready={spec.trim() !== ''}
          act={() => daemon.packages.add(spec.trim())}
          done={({ name, version }) => `${name} ${version} was added.`}
          areas={AREAS}
          onDone={() => setSpec('')}
        >
          <TextField
            label="Folder or npm package"
            value={spec}
            onChange={setSpec}
            placeholder="/srv/packages/nightly or @acme/nightly"
            hint="a folder by its whole path on the daemon’s machine"
            mono
          />
        </AskForm>
      </div>
    </SettingsPart>
  );
}

function PackageRecord({ of, mayAdmin }: { of: ApiPackage; mayAdmin: boolean }) {
  const { name, version, kind, path, added_at } = of;
  return (
    <li className="record" data-row>
      <div className="record-words">
        <p className="record-title">
          <b>{name}</b> <span className="soft">{version}</span> <span className="chip">{kind}</span>
        </p>
        <p className="record-more">
          <code>{path}</code>
          <span>
            added <Ago at={added_at} />
          </span>
          <Link to="/jobs">its jobs</Link>
        </p>
      </div>
      {mayAdmin && (
        <div className="record-commands">
          <ConfirmButton
            word="Remove"
            of={name}
            title={`Remove ${name}?`}
            action="Remove package"
            danger
            act={() => daemon.packages.remove(name)}
            done={`${name} was removed.`}
            areas={AREAS}
          >
            <p>Its jobs, triggers and hooks go with it. Runs that wait are canceled; the history stays.</p>
          </ConfirmButton>
        </div>
      )}
    </li>
  );
}
