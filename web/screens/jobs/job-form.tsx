/** A job being written or changed, with the meaning of its schedule always in sight. */
import { PromptField, TextField } from '../../parts/field.tsx';
import { useDraft } from '../automations/draft-fields.ts';
import { FormActions } from '../automations/form-actions.tsx';
import { LimitFields, NoteFields, OutcomeFields } from '../automations/policy-fields.tsx';
import { AgentField, WorkspaceField } from '../automations/who-fields.tsx';
import { bodyOf, type JobBody, type JobDraft, specOf } from './job-draft.ts';
import { JobFormDeed } from './job-form-deed.tsx';
import { JobFormPolicies } from './job-form-policies.tsx';
import { JobFormWhen } from './job-form-when.tsx';
import { SchedulePreview } from './schedule-preview.tsx';
import '../automations/automation-form.css';

export function JobForm(p: {
  start: JobDraft;
  submit: (body: JobBody) => Promise<void>;
  verb: string;
  onCancel: () => void;
}) {
  const { fields, saving, send } = useDraft({ start: p.start, subject: 'job', bodyOf, submit: p.submit });
  const { draft, set, error } = fields;
  return (
    <form className="job-form" onSubmit={send} noValidate>
      <div className="job-form-fields">
        <div className="form-row">
          <TextField
            label="Name"
            value={draft.name}
            onChange={set('name')}
            error={error('name')}
            placeholder="weekday-review"
          />
          {draft.deed === 'ask' && <AgentField fields={fields} label="Agent" />}
          <WorkspaceField fields={fields} />
        </div>
        <JobFormDeed fields={fields} />
        {draft.deed === 'ask' && (
          <PromptField
            label="Prompt"
            value={draft.prompt}
            onChange={set('prompt')}
            error={error('prompt')}
            hint="What is said to the agent at every fire."
          />
        )}
        <JobFormWhen fields={fields} />
        <JobFormPolicies fields={fields} />
        <LimitFields fields={fields} />
        {draft.deed === 'ask' && <OutcomeFields fields={fields} />}
        <NoteFields fields={fields} />
        <FormActions verb={p.verb} saving={saving} onCancel={p.onCancel} />
      </div>
      <SchedulePreview spec={specOf(draft)} />
    </form>
  );
}
