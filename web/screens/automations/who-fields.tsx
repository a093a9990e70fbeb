/** Who is asked, and where that one works. */
import { useQuery } from '@tanstack/react-query';
import { allAgents, allWorkspaces } from '../../data/house.ts';
import { ChoiceField } from '../../parts/field.tsx';
import type { DraftFields } from './draft-fields.ts';
import type { PolicyDraft } from './policy-draft.ts';

export function AgentField({ fields, label }: { fields: DraftFields<PolicyDraft>; label: string }) {
  const agents = useQuery(allAgents()).data ?? [];
  const { agent_name: name } = fields.draft;
  const isKnown = name === '' || agents.some((agent) => agent.name === name);
  return (
    <ChoiceField
      label={label}
      value={name}
      onChange={fields.set('agent_name')}
      error={fields.error('agent_name')}
      choices={[
        ...(name === '' ? [['', 'choose one'] as const] : []),
        ...(isKnown ? [] : [[name, `${name} (not configured)`] as const]),
        ...agents.map((agent) => [agent.name, agent.name] as const),
      ]}
    />
  );
}

export function WorkspaceField({ fields }: { fields: DraftFields<PolicyDraft> }) {
  const workspaces = useQuery(allWorkspaces()).data ?? [];
  return (
    <ChoiceField
      label="Where"
      value={fields.draft.workspace_id}
      onChange={fields.set('workspace_id')}
      error={fields.error('workspace_id')}
      choices={[['', 'no workspace (global)'], ...workspaces.map(({ id, name }) => [id, name] as const)]}
    />
  );
}
