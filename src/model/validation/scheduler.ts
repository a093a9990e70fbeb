/** What a durable cursor, and a claim on it, must be. Unknown fields are let pass: nobody writes these by hand. */
import { CATCH_UP_POLICIES } from '../schedule/schedule-spec.ts';
import { isZeroInstant } from './exact-instant.ts';
import type { Fields } from './fields.ts';
import { validator } from './validator.ts';

/** An instant that must be there, and not be the zero one. */
function requiredInstant(fields: Fields, field: string): void {
  const instant = fields.instant(field);
  const missing = instant === undefined ? !fields.has(field) : isZeroInstant(instant);
  if (missing) fields.report(field, { code: 'required', message: `${field} is needed.` });
}

function checkState(fields: Fields): void {
  fields.required('job_id', 'A cursor belongs to a job: job_id is needed.');
  fields.oneOf('catch_up_policy', { known: CATCH_UP_POLICIES, noun: 'catch-up policy' });
  fields.countFromZero('misfire_grace_seconds');
  fields.countFromZero('consecutive_resume_failures');
  fields.countFromZero('misfire_count');
  requiredInstant(fields, 'updated_at');
  for (const field of ['next_run_at', 'last_run_at', 'last_scheduled_at', 'last_misfire_at']) fields.instant(field);
  for (const field of ['last_fire_id', 'schedule_hash']) fields.text(field);
}

function checkClaim(fields: Fields): void {
  for (const field of ['job_id', 'run_id', 'fire_id']) fields.required(field, `A claim needs ${field}.`);
  requiredInstant(fields, 'scheduled_at');
  requiredInstant(fields, 'claimed_at');
  fields.instant('next_run_at');
  fields.text('schedule_hash');
}

export const validateSchedulerState = validator(checkState);
export const validateSchedulerClaim = validator(checkClaim);
