/** A trigger being written or changed, as the three sentences that it is. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { ApiError } from '../../../src/client/api-error.ts';
import { OWN_EVENTS } from '../../../src/model/event-kind.ts';
import { WEBHOOK_EVENT, WEBHOOK_SCHEMES } from '../../../src/model/trigger.ts';
import { allAgents, allWorkspaces } from '../../data/house.ts';
import { ChoiceField, Field, PromptField, TextField } from '../../parts/field.tsx';
import { ProblemNotice } from '../../parts/problem-notice.tsx';
import { bodyOf, type TriggerBody, type TriggerDraft } from './trigger-draft.ts';
import '../jobs/job-form.css';

/** Of extensions the beginning: the rest of the name is the sender's own. */
const EVENTS = [WEBHOOK_EVENT, ...Object.keys(OWN_EVENTS), 'ext.'];

function eventText(event: string): string | undefined {
  if (event === WEBHOOK_EVENT) return 'another system calls its address';
  return Object.hasOwn(OWN_EVENTS, event) ? OWN_EVENTS[event as keyof typeof OWN_EVENTS] : undefined;
}

export function TriggerForm(p: {
  start: TriggerDraft;
  submit: (body: TriggerBody) => Promise<void>;
  verb: string;
  onCancel: () => void;
}) {
  const [draft, setDraft] = useState(p.start);
  const agents = useQuery(allAgents()).data ?? [];
  const workspaces = useQuery(allWorkspaces()).data ?? [];
  const saving = useMutation({ mutationFn: () => p.submit(bodyOf(draft)) });
  const problems = saving.error instanceof ApiError ? saving.error.errors : [];
  const set = (name: keyof TriggerDraft) => (value: string) => setDraft((before) => ({ ...before, [name]: value }));
  const error = (path: string): string | undefined =>
    problems.find(
      (problem) =>
        problem.path === `trigger.${path}` ||
        problem.path.startsWith(`trigger.${path}[`) ||
        problem.path.startsWith(`trigger.${path}.`),
    )?.message;
  const send = (event: FormEvent): void => {
    event.preventDefault();
    saving.mutate();
  };
  const isWebhook = draft.event === WEBHOOK_EVENT;
  const known = draft.agent_name === '' || agents.some(({ name }) => name === draft.agent_name);
  return (
    <form className="job-form-fields" onSubmit={send} noValidate>
      <div className="form-row">
        <TextField label="Name" value={draft.name} onChange={set('name')} error={error('name')} placeholder="deploys" />
        <ChoiceField
          label="Where"
          value={draft.workspace_id}
          onChange={set('workspace_id')}
          error={error('workspace_id')}
          choices={[['', 'no workspace (global)'], ...workspaces.map(({ id, name }) => [id, name] as const)]}
        />
      </div>
      <fieldset className="form-group">
        <legend>When</legend>
        <div className="form-row">
          <TextField
            label="Event"
            value={draft.event}
            onChange={set('event')}
            error={error('event')}
            hint={eventText(draft.event)}
            list="event-kinds"
            mono
          />
          {isWebhook && (
            <>
              <TextField
                label="Address"
                value={draft.endpoint_slug}
                onChange={set('endpoint_slug')}
                error={error('endpoint_slug')}
                placeholder="deploy"
                mono
              />
              <TextField
                label="Secret"
                value={draft.webhook_secret_ref}
                onChange={set('webhook_secret_ref')}
                error={error('webhook_secret_ref')}
                placeholder="vault:automation/deploy"
                hint="where it is, never the secret itself"
                mono
              />
              <ChoiceField
                label="Sender"
                value={draft.webhook_scheme}
                onChange={set('webhook_scheme')}
                error={error('webhook_scheme')}
                choices={[
                  ['', 'Standard Webhooks'],
                  ...WEBHOOK_SCHEMES.filter((scheme) => scheme !== 'standard').map(
                    (scheme) => [scheme, scheme] as const,
                  ),
                ]}
              />
            </>
          )}
        </div>
        <datalist id="event-kinds">
          {EVENTS.map((kind) => (
            <option key={kind} value={kind}>
              {kind}
            </option>
          ))}
        </datalist>
      </fieldset>
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
            placeholder={'data.size > 10'}
            hint="an expression in CEL"
            mono
          />
        </div>
      </fieldset>
      <fieldset className="form-group">
        <legend>Then</legend>
        <div className="form-row">
          <ChoiceField
            label="Ask"
            value={draft.agent_name}
            onChange={set('agent_name')}
            error={error('agent_name')}
            choices={[
              ...(draft.agent_name === '' ? [['', 'choose an agent'] as const] : []),
              ...(known ? [] : [[draft.agent_name, `${draft.agent_name} (not configured)`] as const]),
              ...agents.map(({ name }) => [name, name] as const),
            ]}
          />
        </div>
      </fieldset>
      <PromptField
        label="Prompt"
        value={draft.prompt}
        onChange={set('prompt')}
        error={error('prompt')}
        hint="A template over the event, such as {{ .Data.branch }}."
      />
      <details className="form-more">
        <summary>Gathering and notes</summary>
        <div className="form-grid">
          <TextField
            label="Gather until quiet for"
            value={draft.window}
            onChange={set('window')}
            error={error('coalesce.window')}
            placeholder="not at all"
            mono
          />
          <TextField
            label="Gather by"
            value={draft.key}
            onChange={set('key')}
            error={error('coalesce.key')}
            placeholder="data.repository"
            mono
          />
          <TextField
            label="Description"
            value={draft.description}
            onChange={set('description')}
            error={error('description')}
          />
        </div>
      </details>
      <ProblemNotice error={saving.error} />
      <div className="form-actions">
        <button type="submit" className="button button-primary" disabled={saving.isPending}>
          {p.verb}
        </button>
        <button type="button" className="button" onClick={p.onCancel}>
          Cancel
        </button>
      </div>
    </form>
  );
}
