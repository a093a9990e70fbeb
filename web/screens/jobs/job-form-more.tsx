/** What most jobs leave as it is: policies, limits and words about it. An empty field takes the daemon's default. */
import { OVERLAP_POLICIES } from '../../../src/model/automation-fields.ts';
import { CATCH_UP_POLICIES } from '../../../src/model/schedule/schedule-spec.ts';
import { ChoiceField, TextField } from '../../parts/field.tsx';
import type { DraftFields } from './job-form.tsx';
import { CATCH_UP_TEXT, OVERLAP_TEXT } from './policy-text.ts';

export function JobFormMore({ fields: { draft, set, error } }: { fields: DraftFields }) {
  return (
    <details className="form-more">
      <summary>Policies, limits and notes</summary>
      <div className="form-grid">
        <ChoiceField
          label="While an earlier run is unfinished"
          value={draft.overlap}
          onChange={set('overlap')}
          choices={[
            ['', 'default (skip)'],
            ...OVERLAP_POLICIES.map((each) => [each, OVERLAP_TEXT[each].name] as const),
          ]}
          error={error('overlap')}
        />
        <ChoiceField
          label="Missed fires"
          value={draft.catch_up_policy}
          onChange={set('catch_up_policy')}
          choices={[['', 'default'], ...CATCH_UP_POLICIES.map((each) => [each, CATCH_UP_TEXT[each].name] as const)]}
          error={error('schedule.catch_up_policy')}
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
          <div className="form-pair">
            <TextField
              label="Retries"
              value={draft.max_retries}
              onChange={set('max_retries')}
              error={error('retry.max_retries')}
              mono
            />
            <TextField
              label="First wait"
              value={draft.base_delay}
              onChange={set('base_delay')}
              error={error('retry.base_delay')}
              mono
            />
          </div>
        )}
        <div className="form-pair">
          <TextField
            label="At most, runs"
            value={draft.limit_max}
            onChange={set('limit_max')}
            placeholder="12"
            error={error('fire_limit.max')}
            mono
          />
          <TextField
            label="in any"
            value={draft.limit_window}
            onChange={set('limit_window')}
            placeholder="1h"
            error={error('fire_limit.window')}
            mono
          />
        </div>
        <div className="form-pair">
          <TextField
            label="Longest run"
            value={draft.timeout}
            onChange={set('timeout')}
            placeholder="1h"
            error={error('timeout')}
            mono
          />
          <TextField
            label="Longest wait"
            value={draft.queue_timeout}
            onChange={set('queue_timeout')}
            placeholder="no limit"
            error={error('queue_timeout')}
            mono
          />
        </div>
        <div className="form-pair">
          <TextField
            label="Spread starts over"
            value={draft.jitter}
            onChange={set('jitter')}
            placeholder="not at all"
            error={error('schedule.jitter')}
            mono
          />
          <TextField
            label="Priority"
            value={draft.priority}
            onChange={set('priority')}
            placeholder="0"
            error={error('priority')}
            mono
          />
        </div>
        <div className="form-pair">
          <TextField
            label="Tokens per run"
            value={draft.run_tokens}
            onChange={set('run_tokens')}
            placeholder="no limit"
            error={error('budget.run_tokens')}
            mono
          />
          <TextField
            label="Dollars per run"
            value={draft.run_cost_usd}
            onChange={set('run_cost_usd')}
            placeholder="no limit"
            error={error('budget.run_cost_usd')}
            mono
          />
        </div>
        <div className="form-pair">
          <TextField
            label="Dollars in all"
            value={draft.window_cost_usd}
            onChange={set('window_cost_usd')}
            placeholder="no limit"
            error={error('budget.cost_usd')}
            mono
          />
          <TextField
            label="in any"
            value={draft.window}
            onChange={set('window')}
            placeholder="24h"
            error={error('budget.window')}
            mono
          />
        </div>
        <TextField
          label="Switch off after failures in a row"
          value={draft.pause_after_failures}
          onChange={set('pause_after_failures')}
          placeholder="default"
          error={error('pause_after_failures')}
          mono
        />
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
        <TextField
          label="Success means the answer matches"
          value={draft.success_pattern}
          onChange={set('success_pattern')}
          placeholder="any answer"
          error={error('success.pattern')}
          mono
        />
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
      </div>
    </details>
  );
}
