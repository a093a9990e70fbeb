/** A trigger being written or changed, as the three sentences that it is, tried on a sample while it is written. */
import { Field, PromptField, TextField } from '../../parts/field.tsx';
import { useDraft } from '../automations/draft-fields.ts';
import { FormActions } from '../automations/form-actions.tsx';
import { LimitFields, NoteFields, OutcomeFields, PolicyFields } from '../automations/policy-fields.tsx';
import { AgentField, WorkspaceField } from '../automations/who-fields.tsx';
import { bodyOf, type TriggerBody, type TriggerDraft } from './trigger-draft.ts';
import { TriggerFormGather } from './trigger-form-gather.tsx';
import { TriggerFormWhen } from './trigger-form-when.tsx';
import { TriggerPreview } from './trigger-preview.tsx';
import '../automations/automation-form.css';

export function TriggerForm(p: {
  start: TriggerDraft;
  submit: (body: TriggerBody) => Promise<void>;
  verb: string;
  onCancel: () => void;
}) {
  const { fields, saving, send } = useDraft({ start: p.start, subject: 'trigger', bodyOf, submit: p.submit });
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
            placeholder="deploys"
          />
          <WorkspaceField fields={fields} />
        </div>
        <TriggerFormWhen fields={fields} />
        <fieldset className="form-group">
          <legend>If</legend>
          <div className="form-row">
            <Field label="All of these" hint="one a line; empty: always" error={error('filter')}>
              {(field) => (
                <textarea
                  {...field}
                  className="input mono prompt-input"
                  rows={3}
                  value={draft.filter}
                  placeholder="data.action = deploy"
                  spellCheck={false}
                  onChange={(event) => set('filter')(event.target.value)}
                />
              )}
            </Field>
            <TextField
              label="And this holds"
              value={draft.when}
              onChange={set('when')}
              error={error('when')}
              placeholder="data.size > 10"
              hint="an expression in CEL"
              mono
            />
          </div>
        </fieldset>
        <fieldset className="form-group">
          <legend>Then</legend>
          <div className="form-row form-row-narrow">
            <AgentField fields={fields} label="Ask" />
          </div>
        </fieldset>
        <PromptField
          label="Prompt"
          value={draft.prompt}
          onChange={set('prompt')}
          error={error('prompt')}
          hint="A template over the event, such as {{ .Data.branch }}."
        />
        <TriggerFormGather fields={fields} />
        <PolicyFields fields={fields} overlapDefault="run side by side" />
        <LimitFields fields={fields} />
        <OutcomeFields fields={fields} />
        <NoteFields fields={fields} />
        <FormActions verb={p.verb} saving={saving} onCancel={p.onCancel} />
      </div>
      <TriggerPreview body={bodyOf(draft)} />
    </form>
  );
}
