/** A job being written or changed, with the meaning of its schedule always in sight. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { ApiError } from '../../../src/client/api-error.ts';
import { allAgents, allWorkspaces } from '../../data/house.ts';
import { PromptField, ChoiceField, TextField } from '../../parts/field.tsx';
import { ProblemNotice } from '../../parts/problem-notice.tsx';
import { JobFormMore } from './job-form-more.tsx';
import { JobFormWhen } from './job-form-when.tsx';
import { bodyOf, type JobBody, type JobDraft, specOf } from './job-draft.ts';
import { SchedulePreview } from './schedule-preview.tsx';
import './job-form.css';

export interface DraftFields {
  draft: JobDraft;
  set: (name: keyof JobDraft) => (value: string) => void;
  /** What the daemon said of a field of the job, by its path below `job.`. */
  error: (path: string) => string | undefined;
}

export function JobForm(p: {
  start: JobDraft;
  submit: (body: JobBody) => Promise<void>;
  verb: string;
  onCancel: () => void;
}) {
  const [draft, setDraft] = useState(p.start);
  const agents = useQuery(allAgents()).data ?? [];
  const workspaces = useQuery(allWorkspaces()).data ?? [];
  const saving = useMutation({ mutationFn: () => p.submit(bodyOf(draft)) });
  const problems = saving.error instanceof ApiError ? saving.error.errors : [];
  const fields: DraftFields = {
    draft,
    set: (name) => (value) => setDraft((before) => ({ ...before, [name]: value })),
    error: (path) => problems.find((problem) => problem.path === `job.${path}`)?.message,
  };
  const { set, error } = fields;
  const send = (event: FormEvent): void => {
    event.preventDefault();
    saving.mutate();
  };
  const known = agents.some(({ name }) => name === draft.agent_name) || draft.agent_name === '';
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
          <ChoiceField
            label="Agent"
            value={draft.agent_name}
            onChange={set('agent_name')}
            error={error('agent_name')}
            choices={[
              ...(draft.agent_name === '' ? [['', 'choose one'] as const] : []),
              ...(known ? [] : [[draft.agent_name, `${draft.agent_name} (not configured)`] as const]),
              ...agents.map(({ name }) => [name, name] as const),
            ]}
          />
          <ChoiceField
            label="Where"
            value={draft.workspace_id}
            onChange={set('workspace_id')}
            error={error('workspace_id')}
            choices={[['', 'no workspace (global)'], ...workspaces.map(({ id, name }) => [id, name] as const)]}
          />
        </div>
        <PromptField
          label="Prompt"
          value={draft.prompt}
          onChange={set('prompt')}
          error={error('prompt')}
          hint="What is said to the agent at every fire."
        />
        <JobFormWhen fields={fields} />
        <JobFormMore fields={fields} />
        <ProblemNotice error={saving.error} />
        <div className="form-actions">
          <button type="submit" className="button button-primary" disabled={saving.isPending}>
            {p.verb}
          </button>
          <button type="button" className="button" onClick={p.onCancel}>
            Cancel
          </button>
        </div>
      </div>
      <SchedulePreview spec={specOf(draft)} />
    </form>
  );
}
