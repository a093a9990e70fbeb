/** Several events as one fire, and whether what its own runs cause may wake it again. */
import { ChoiceField, TextField } from '../../parts/field.tsx';
import { FormFold } from '../automations/form-fold.tsx';
import type { TriggerFields } from './trigger-draft.ts';

export function TriggerFormGather({ fields: { draft, set, error } }: { fields: TriggerFields }) {
  const wrong = ['coalesce', 'allow_own_events'].some((path) => error(path) !== undefined);
  return (
    <FormFold
      title="Gathering, and its own events"
      said={draft.gather_window === '' ? [] : [`gathered until quiet for ${draft.gather_window}`]}
      wrong={wrong}
    >
      <TextField
        label="Gather until quiet for"
        value={draft.gather_window}
        onChange={set('gather_window')}
        error={error('coalesce.window')}
        placeholder="not at all"
        mono
      />
      <TextField
        label="Gather by"
        value={draft.gather_key}
        onChange={set('gather_key')}
        error={error('coalesce.key')}
        placeholder="data.repository"
        mono
      />
      <TextField
        label="At the latest after"
        value={draft.gather_wait}
        onChange={set('gather_wait')}
        error={error('coalesce.max_wait')}
        placeholder="ten times as long"
        mono
      />
      <ChoiceField
        label="Events that its own runs caused"
        value={draft.allow_own_events}
        onChange={set('allow_own_events')}
        error={error('allow_own_events')}
        choices={[
          ['', 'do not wake it'],
          ['true', 'wake it too'],
        ]}
      />
    </FormFold>
  );
}
