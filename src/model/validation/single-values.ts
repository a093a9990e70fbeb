/**
 * The validators of single values: the model's enumerations. Each takes the value itself; the path is given back as it
 * came. Owner kinds alone are read without regard to case and surrounding space, as the reference reads them.
 */
import { goLowerCase, trimSpace } from '../../lib/go-text.ts';
import { ACTIVATION_SOURCES } from '../activation-envelope.ts';
import { JOB_SOURCES } from '../automation-fields.ts';
import { OWNER_KINDS } from '../job-task-config.ts';
import type { Problem } from '../problem.ts';
import { RETRY_STRATEGIES } from '../retry-config.ts';
import { RUN_STATUSES } from '../run.ts';
import { CATCH_UP_POLICIES, SCHEDULE_MODES } from '../schedule/schedule-spec.ts';
import { SCOPES } from '../scope.ts';
import { unknownValue } from './known-values.ts';

type SingleValueValidator = (value: unknown, path?: string) => Problem[];

function validatorOf(p: { known: readonly string[]; noun: string; read?: (text: string) => string }) {
  const { known, noun, read } = p;
  const validate: SingleValueValidator = (value, path = '') => {
    const wrong = unknownValue({ value: read && typeof value === 'string' ? read(value) : value, known, noun });
    return wrong === undefined ? [] : [{ path, ...wrong }];
  };
  return validate;
}

/** An owner kind as it is kept: `" Pool "` is `pool`. */
export function ownerKindOf(text: string): string {
  return goLowerCase(trimSpace(text));
}

export const validateScope = validatorOf({ known: SCOPES, noun: 'scope' });
export const validateJobSource = validatorOf({ known: JOB_SOURCES, noun: 'source' });
export const validateRunStatus = validatorOf({ known: RUN_STATUSES, noun: 'run status' });
export const validateScheduleMode = validatorOf({ known: SCHEDULE_MODES, noun: 'schedule mode' });
export const validateRetryStrategy = validatorOf({ known: RETRY_STRATEGIES, noun: 'retry strategy' });
export const validateActivationSource = validatorOf({ known: ACTIVATION_SOURCES, noun: 'activation source' });
export const validateCatchUpPolicy = validatorOf({ known: CATCH_UP_POLICIES, noun: 'catch-up policy' });
export const validateOwnerKind = validatorOf({ known: OWNER_KINDS, noun: 'owner kind', read: ownerKindOf });
