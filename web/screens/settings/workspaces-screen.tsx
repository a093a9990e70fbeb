/** Folders that automations may be bound to, and whether the file in one is read. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ApiWorkspace } from '../../../src/client/client.ts';
import { daemon } from '../../data/daemon.ts';
import { allWorkspaces } from '../../data/house.ts';
import { useMayAdmin } from '../../data/session.ts';
import { ActionButton } from '../../parts/action-button.tsx';
import { AskForm } from '../../parts/ask-form.tsx';
import { ConfirmButton } from '../../parts/confirm-button.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { TextField } from '../../parts/field.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Ago } from '../../parts/moment.tsx';
import { given, listed } from '../automations/draft-text.ts';
import { SettingsFrame } from './settings-frame.tsx';
import { SettingsPart } from './settings-part.tsx';

const AREAS = ['workspaces', 'jobs', 'triggers', 'config'];

export function WorkspacesScreen() {
  const query = useQuery(allWorkspaces());
  const mayAdmin = useMayAdmin();
  return (
    <SettingsFrame
      title="Workspaces"
      lead="Folders that agents work in. A cloned repository fires nothing by itself: its own file is read once it is trusted."
    >
      {mayAdmin && <AddWorkspace />}
      <SettingsPart title="Registered">
        <Loaded of={query}>
          {(workspaces) =>
            workspaces.length === 0 ? (
              <EmptyState title="No folder is registered">
                <p>Register one, and jobs and triggers can be bound to it.</p>
              </EmptyState>
            ) : (
              <ul className="panel-body">
                {workspaces.map((workspace) => (
                  <WorkspaceRecord key={workspace.id} workspace={workspace} mayAdmin={mayAdmin} />
                ))}
              </ul>
            )
          }
        </Loaded>
      </SettingsPart>
    </SettingsFrame>
  );
}

function AddWorkspace() {
  const [path, setPath] = useState('');
  const [name, setName] = useState('');
  const [labels, setLabels] = useState('');
  return (
    <SettingsPart title="Register a folder">
      <div className="panel-body">
        <AskForm
          verb="Register"
          ready={path.trim() !== ''}
          act={() =>
            daemon.workspaces.register({
              path: path.trim(),
              ...given({ name: name.trim(), node_labels: listed(labels) }),
            })
          }
          done={(workspace) => `${workspace.name} is registered.`}
          areas={AREAS}
          onDone={() => {
            setPath('');
            setName('');
            setLabels('');
          }}
        >
          <TextField
            label="Folder"
            value={path}
            onChange={setPath}
            placeholder="/home/ada/src/checkout-api"
            hint="on the daemon’s machine"
            mono
          />
          <TextField label="Name" value={name} onChange={setName} placeholder="the folder’s own" />
          <TextField
            label="Only on nodes with"
            value={labels}
            onChange={setLabels}
            placeholder="any label"
            hint="where several machines work, and not all have it"
            mono
          />
        </AskForm>
      </div>
    </SettingsPart>
  );
}

function WorkspaceRecord({ workspace, mayAdmin }: { workspace: ApiWorkspace; mayAdmin: boolean }) {
  const { id, name, path, trusted, node_labels: labels = [] } = workspace;
  return (
    <li className="record" data-row>
      <div className="record-words">
        <p className="record-title">
          <b>{name}</b> <code className="faint">{path}</code>
        </p>
        <p className="record-more">
          {labels.length > 0 && <span>on nodes with {labels.join(', ')}</span>}
          <span>{trusted ? 'trusted: its own .rouse/automation.toml is read' : 'its own file is not read'}</span>
          <span>
            since <Ago at={workspace.created_at} />
          </span>
        </p>
      </div>
      {mayAdmin && (
        <div className="record-commands">
          {trusted ? (
            <ActionButton
              act={() => daemon.workspaces.update(id, { trusted: false })}
              done={`The file of ${name} is read no more.`}
              areas={AREAS}
            >
              Distrust
            </ActionButton>
          ) : (
            <ConfirmButton
              word="Trust"
              of={name}
              title={`Trust ${name}?`}
              action="Trust it"
              act={() => daemon.workspaces.update(id, { trusted: true })}
              done={`The file of ${name} is read from now on.`}
              areas={AREAS}
            >
              <p>
                Whoever can write <code>{path}/.rouse/automation.toml</code> then decides what your agents are told, and
                when.
              </p>
            </ConfirmButton>
          )}
          <ConfirmButton
            word="Remove"
            of={name}
            title={`Remove ${name}?`}
            action="Remove workspace"
            danger
            act={() => daemon.workspaces.remove(id)}
            done={`${name} is not registered any more.`}
            areas={AREAS}
          >
            <p>Automations that are bound to it cannot run any more. The folder itself stays as it is.</p>
          </ConfirmButton>
        </div>
      )}
    </li>
  );
}
