/** What a fire does: asks an agent, or hands the work over as a task that somebody takes. */
import { OWNER_KINDS } from '../../../src/model/job-task-config.ts';
import { ChoiceField, Field, TextField } from '../../parts/field.tsx';
import { Segments } from '../../parts/segments.tsx';
import type { JobFields } from './job-draft.ts';

const DEEDS = [
  ['ask', 'Ask an agent'],
  ['task', 'Hand over a task'],
] as const;

export function JobFormDeed({ fields: { draft, set, error } }: { fields: JobFields }) {
  return (
    <fieldset className="form-group">
      <legend>At each fire</legend>
      <Segments label="What a fire does" value={draft.deed} choices={DEEDS} onChange={set('deed')} />
      {draft.deed === 'task' && (
        <>
          <div className="form-row">
            <TextField
              label="Title of the task"
              value={draft.task_title}
              onChange={set('task_title')}
              error={error('task.title')}
              placeholder="the name of the job"
            />
            <ChoiceField
              label="For"
              value={draft.owner_kind}
              onChange={set('owner_kind')}
              error={error('task.owner.kind')}
              choices={[
                ['', 'whoever takes it'],
                ...OWNER_KINDS.map((kind) => [kind, kind.replaceAll('_', ' ')] as const),
              ]}
            />
            {draft.owner_kind !== '' && (
              <TextField
                label="Which one"
                value={draft.owner_ref}
                onChange={set('owner_ref')}
                error={error('task.owner.ref')}
                mono
              />
            )}
            <TextField
              label="Channel"
              value={draft.network_channel}
              onChange={set('network_channel')}
              error={error('task.network_channel')}
              placeholder="none"
              mono
            />
          </div>
          <div className="form-row">
            <Field label="What is to be done" error={error('task.description')}>
              {(field) => (
                <textarea
                  {...field}
                  className="input prompt-input"
                  rows={4}
                  value={draft.task_description}
                  onChange={(event) => set('task_description')(event.target.value)}
                />
              )}
            </Field>
          </div>
        </>
      )}
    </fieldset>
  );
}
