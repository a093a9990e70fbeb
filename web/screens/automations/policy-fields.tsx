/** What every automation may say beyond who, what and when. An empty field takes the daemon's default. */
import type { ReactNode } from 'react';
import { OVERLAP_POLICIES } from '../../../src/model/automation-fields.ts';
import { ChoiceField, TextField } from '../../parts/field.tsx';
import type { DraftFields } from './draft-fields.ts';
import { FormFold } from './form-fold.tsx';
import type { PolicyDraft } from './policy-draft.ts';
import { OVERLAP_TEXT } from './policy-text.ts';

type Fields = DraftFields<PolicyDraft>;

/** A short field whose text is read by machines, such as a duration or a count. */
function Value(p: { fields: Fields; name: keyof PolicyDraft; path?: string; label: string; placeholder: string }) {
  return (
    <TextField
      label={p.label}
      value={p.fields.draft[p.name]}
      onChange={p.fields.set(p.name)}
      placeholder={p.placeholder}
      error={p.fields.error(p.path ?? p.name)}
      mono
    />
  );
}

const Pair = ({ children }: { children: ReactNode }) => <div className="form-pair">{children}</div>;

/** What there is to read while the fold is closed. */
const said = (...texts: (string | false)[]): string[] =>
  texts.filter((text) => text !== false && text !== '') as string[];

export function PolicyFields({
  fields,
  overlapDefault,
  children,
}: {
  fields: Fields;
  overlapDefault: string;
  /** Policies of one kind only. */
  children?: ReactNode;
}) {
  const { draft, set, error } = fields;
  return (
    <FormFold
      title="When it fails, overlaps or comes late"
      said={said(draft.overlap, draft.retry === 'backoff' && `${draft.max_retries} retries`)}
      wrong={['overlap', 'retry', 'pause_after_failures', 'schedule.catch_up'].some(
        (path) => error(path) !== undefined,
      )}
    >
      <ChoiceField
        label="While an earlier run is unfinished"
        value={draft.overlap}
        onChange={set('overlap')}
        choices={[
          ['', `default (${overlapDefault})`],
          ...OVERLAP_POLICIES.map((each) => [each, OVERLAP_TEXT[each].name] as const),
        ]}
        error={error('overlap')}
      />
      <ChoiceField
        label="After a failure"
        value={draft.retry}
        onChange={set('retry')}
        choices={[
          ['none', 'do not retry'],
          ['backoff', 'retry, waiting longer each time'],
        ]}
        error={error('retry.strategy')}
      />
      {draft.retry === 'backoff' && (
        <>
          <Pair>
            <Value fields={fields} name="max_retries" path="retry.max_retries" label="Retries" placeholder="3" />
            <Value fields={fields} name="base_delay" path="retry.base_delay" label="First wait" placeholder="2s" />
          </Pair>
          <Value
            fields={fields}
            name="max_delay"
            path="retry.max_delay"
            label="Longest wait between"
            placeholder="1h"
          />
        </>
      )}
      <Value
        fields={fields}
        name="pause_after_failures"
        label="Switch off after failures in a row"
        placeholder="10; 0 never"
      />
      {children}
    </FormFold>
  );
}

export function LimitFields({ fields }: { fields: Fields }) {
  const { draft, error } = fields;
  return (
    <FormFold
      title="Limits and budget"
      said={said(
        draft.limit_max !== '' && `${draft.limit_max} per ${draft.limit_window}`,
        draft.timeout !== '' && `at most ${draft.timeout}`,
        draft.run_cost_usd !== '' && `$${draft.run_cost_usd} a run`,
        draft.window_cost_usd !== '' && `$${draft.window_cost_usd} in ${draft.window === '' ? '24h' : draft.window}`,
      )}
      wrong={['fire_limit', 'timeout', 'queue_timeout', 'priority', 'budget', 'node_labels'].some(
        (path) => error(path) !== undefined,
      )}
    >
      <Pair>
        <Value fields={fields} name="limit_max" path="fire_limit.max" label="At most, runs" placeholder="12" />
        <Value fields={fields} name="limit_window" path="fire_limit.window" label="in any" placeholder="1h" />
      </Pair>
      <Pair>
        <Value fields={fields} name="timeout" label="Longest run" placeholder="1h" />
        <Value fields={fields} name="queue_timeout" label="Longest wait" placeholder="no limit" />
      </Pair>
      <Pair>
        <Value
          fields={fields}
          name="run_tokens"
          path="budget.run_tokens"
          label="Tokens per run"
          placeholder="no limit"
        />
        <Value
          fields={fields}
          name="run_cost_usd"
          path="budget.run_cost_usd"
          label="Dollars per run"
          placeholder="no limit"
        />
      </Pair>
      <Pair>
        <Value fields={fields} name="window_tokens" path="budget.tokens" label="Tokens in all" placeholder="no limit" />
        <Value
          fields={fields}
          name="window_cost_usd"
          path="budget.cost_usd"
          label="Dollars in all"
          placeholder="no limit"
        />
      </Pair>
      <Pair>
        <Value fields={fields} name="window" path="budget.window" label="“In all” is in any" placeholder="24h" />
        <Value fields={fields} name="priority" label="Priority" placeholder="0; higher first" />
      </Pair>
      <Value fields={fields} name="node_labels" label="Only on nodes with these labels" placeholder="any; gpu, eu" />
    </FormFold>
  );
}

export function OutcomeFields({ fields }: { fields: Fields }) {
  const { draft, set, error } = fields;
  return (
    <FormFold
      title="Conversation and success"
      said={said(
        draft.session_mode === 'resume' && 'goes on with the last conversation',
        draft.success_pattern !== '' && 'the answer must match',
        draft.success_file !== '' && `${draft.success_file} must exist`,
      )}
      wrong={['session', 'success'].some((path) => error(path) !== undefined)}
    >
      <ChoiceField
        label="Conversation"
        value={draft.session_mode}
        onChange={set('session_mode')}
        choices={[
          ['', 'default (a new one each time)'],
          ['new', 'a new one each time'],
          ['resume', 'goes on where the last run ended'],
        ]}
        error={error('session.mode')}
      />
      {draft.session_mode === 'resume' && (
        <>
          <Pair>
            <Value
              fields={fields}
              name="session_turns"
              path="session.max_turns"
              label="Until turns"
              placeholder="no limit"
            />
            <Value
              fields={fields}
              name="session_tokens"
              path="session.max_tokens"
              label="or tokens"
              placeholder="no limit"
            />
          </Pair>
          <Value
            fields={fields}
            name="session_age"
            path="session.max_age"
            label="or older than"
            placeholder="no limit"
          />
        </>
      )}
      <ChoiceField
        label="An agent that said nothing"
        value={draft.success_output}
        onChange={set('success_output')}
        choices={[
          ['', 'default (has failed)'],
          ['required', 'has failed'],
          ['optional', 'may have succeeded'],
        ]}
        error={error('success.output')}
      />
      <Value
        fields={fields}
        name="success_pattern"
        path="success.pattern"
        label="The answer must match"
        placeholder="any answer"
      />
      <Value
        fields={fields}
        name="success_file"
        path="success.file"
        label="This file must exist afterwards"
        placeholder="report.md"
      />
      <Value
        fields={fields}
        name="success_exit_codes"
        path="success.exit_codes"
        label="Exit codes of success"
        placeholder="0"
      />
    </FormFold>
  );
}

export function NoteFields({ fields }: { fields: Fields }) {
  const { draft, set, error } = fields;
  return (
    <FormFold
      title="Tags and description"
      said={said(draft.tags)}
      wrong={['tags', 'description'].some((path) => error(path) !== undefined)}
    >
      <TextField
        label="Tags"
        value={draft.tags}
        onChange={set('tags')}
        hint="separated by commas"
        error={error('tags')}
      />
      <TextField
        label="Description"
        value={draft.description}
        onChange={set('description')}
        error={error('description')}
      />
    </FormFold>
  );
}
