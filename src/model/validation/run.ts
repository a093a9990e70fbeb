/** What a run record must be. Unknown fields are let pass: nobody writes runs by hand, and a newer node may know more. */
import { RUN_KINDS, RUN_REASONS, RUN_STATUSES } from '../run.ts';
import { isBefore, isZeroInstant } from './exact-instant.ts';
import type { Fields } from './fields.ts';
import { validator } from './validator.ts';

const textFields = ['id', 'job_id', 'trigger_id', 'session_id', 'fire_id', 'error'];
const additionalTextFields = ['prompt', 'output', 'event_id', 'actor', 'node'];

function checkInstants(fields: Fields): void {
  const scheduled = fields.instant('scheduled_at');
  if (scheduled !== undefined && isZeroInstant(scheduled)) {
    const message = 'This is the zero instant; leave scheduled_at out where there is none.';
    fields.report('scheduled_at', { code: 'out_of_range', message, value: fields.raw('scheduled_at') });
  }
  const started = fields.instant('started_at');
  const ended = fields.instant('ended_at');
  if (started === undefined || ended === undefined || !isBefore({ instant: ended, other: started })) return;
  const message = 'A run cannot end before it started.';
  fields.report('ended_at', { code: 'conflict', message, value: fields.raw('ended_at') });
}

function checkDelivery(fields: Fields): void {
  fields.instant('delivery_error_at');
  if (!fields.has('delivery_error_at')) return void fields.text('delivery_error');
  fields.required('delivery_error', 'With delivery_error_at the delivery_error is needed too.');
}

function checkTaskIds(fields: Fields, p: { delegated: boolean }): void {
  for (const field of ['task_id', 'task_run_id']) {
    if (p.delegated) fields.required(field, `A delegated run needs ${field}: what it was handed over as.`);
    else fields.text(field);
  }
}

function checkUsage(fields: Fields): void {
  const usage = fields.object('usage');
  if (usage === undefined) return;
  usage.countFromZero('input_tokens');
  usage.countFromZero('output_tokens');
  usage.amount('cost_usd');
}

function checkMissed(fields: Fields): void {
  const missed = fields.object('missed');
  if (missed === undefined) return;
  const count = missed.integer('count');
  if (count !== undefined && count <= 0) {
    missed.report('count', { code: 'not_positive', message: 'A missed range holds 1 or more instants.', value: count });
  }
  const first = missed.instant('first');
  const last = missed.instant('last');
  if (first === undefined || last === undefined || !isBefore({ instant: last, other: first })) return;
  missed.report('last', {
    code: 'conflict',
    message: 'A range cannot end before it begins.',
    value: missed.raw('last'),
  });
}

function checkAdditions(fields: Fields): void {
  fields.optionalOneOf('reason', { known: RUN_REASONS, noun: 'reason' });
  fields.optionalOneOf('kind', { known: RUN_KINDS, noun: 'kind of run' });
  fields.instant('created_at');
  fields.instant('available_at');
  for (const field of additionalTextFields) fields.text(field);
  checkUsage(fields);
  checkMissed(fields);
  fields.integerWithin('depth', { min: 0 });
  fields.integer('exit_code');
}

function checkRun(fields: Fields): void {
  const status = fields.oneOf('status', { known: RUN_STATUSES, noun: 'run status' });
  fields.countFromZero('attempt');
  checkInstants(fields);
  checkDelivery(fields);
  checkTaskIds(fields, { delegated: status === 'delegated' });
  for (const field of textFields) fields.text(field);
  checkAdditions(fields.additions());
}

export const validateRun = validator(checkRun);
