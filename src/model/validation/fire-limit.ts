/** What a fire limit must be: both numbers positive. */
import type { FireLimitConfig } from '../fire-limit-config.ts';
import type { Fields } from './fields.ts';
import { validator } from './validator.ts';

const fireLimitFields = Object.keys({ max: true, window: true } satisfies Record<keyof FireLimitConfig, true>);

export function checkFireLimit(fields: Fields): void {
  const max = fields.integer('max');
  if (max !== undefined && max <= 0) {
    fields.report('max', { code: 'not_positive', message: 'This must be 1 or more runs per window.', value: max });
  }
  const window = fields.required('window', 'A fire limit needs a window, such as "1h".');
  if (window !== undefined) fields.duration('window', { least: 'positive' });
  fields.refuseUnknown(fireLimitFields);
}

export const validateFireLimitConfig = validator(checkFireLimit);
