/** The steps that the validation of jobs and of triggers have in common, in the reference's words and order. */
import type { RetryStrategy } from '../retry-config.ts';
import { validateScopeBinding } from './scope-binding.ts';
import type { Fields } from './fields.ts';
import { checkFireLimit } from './fire-limit.ts';
import { checkRetry } from './retry.ts';
import { JOB_SOURCES } from '../automation-fields.ts';

export function checkScopeAndSource(fields: Fields): void {
  fields.take(validateScopeBinding(fields.raw('scope'), fields.raw('workspace_id'), fields.path, 'workspace_id'));
  fields.oneOf('source', { known: JOB_SOURCES, noun: 'source' });
}

/** Answers the retry strategy where it is a known one. */
export function checkLimits(fields: Fields): RetryStrategy | undefined {
  const retry = fields.objectOrEmpty('retry');
  const strategy = retry === undefined ? undefined : checkRetry(retry);
  const fireLimit = fields.objectOrEmpty('fire_limit');
  if (fireLimit !== undefined) checkFireLimit(fireLimit);
  return strategy;
}
