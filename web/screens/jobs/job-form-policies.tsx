/** Policies of a job: those of every automation, and what becomes of instants that nobody could carry out in time. */
import { CATCH_UP_POLICIES } from '../../../src/model/schedule/schedule-spec.ts';
import { ChoiceField, TextField } from '../../parts/field.tsx';
import { PolicyFields } from '../automations/policy-fields.tsx';
import { CATCH_UP_TEXT } from '../automations/policy-text.ts';
import type { JobFields } from './job-draft.ts';

export function JobFormPolicies({ fields }: { fields: JobFields }) {
  const { draft, set, error } = fields;
  return (
    <PolicyFields fields={fields} overlapDefault="skip the new fire">
      <ChoiceField
        label="Missed fires"
        value={draft.catch_up_policy}
        onChange={set('catch_up_policy')}
        choices={[
          ['', 'default (skip them)'],
          ...CATCH_UP_POLICIES.map((each) => [each, CATCH_UP_TEXT[each].name] as const),
        ]}
        error={error('schedule.catch_up_policy')}
      />
      <div className="form-pair">
        <TextField
          label="Still on time, seconds"
          value={draft.misfire_grace_seconds}
          onChange={set('misfire_grace_seconds')}
          placeholder="60"
          error={error('schedule.misfire_grace_seconds')}
          mono
        />
        <TextField
          label="Never when older than"
          value={draft.catch_up_window}
          onChange={set('catch_up_window')}
          placeholder="no limit"
          error={error('schedule.catch_up_window')}
          mono
        />
      </div>
      {draft.catch_up_policy === 'replay' && (
        <TextField
          label="At most so many later"
          value={draft.catch_up_max}
          onChange={set('catch_up_max')}
          placeholder="100"
          error={error('schedule.catch_up_max')}
          mono
        />
      )}
    </PolicyFields>
  );
}
