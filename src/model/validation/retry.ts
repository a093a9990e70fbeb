/** What a retry policy must be. */
import { isBlank, trimSpace } from '../../lib/go-text.ts';
import { parseDuration } from '../duration.ts';
import { RETRY_STRATEGIES, type RetryConfig, type RetryStrategy } from '../retry-config.ts';
import type { Fields } from './fields.ts';
import { validator } from './validator.ts';

const retryFields = Object.keys({
  strategy: true,
  max_retries: true,
  base_delay: true,
  max_delay: true,
} satisfies Record<keyof RetryConfig, true>);

function checkNone(fields: Fields): void {
  const retries = fields.integer('max_retries');
  if (retries !== undefined && retries !== 0) {
    const message = 'With strategy "none" there are no retries: leave max_retries out, or use strategy "backoff".';
    fields.report('max_retries', { code: 'must_be_empty', message, value: retries });
  }
  fields.mustBeEmpty('base_delay', 'With strategy "none" there is no waiting time: leave base_delay out.');
  fields.additions().mustBeEmpty('max_delay', 'With strategy "none" there is no waiting time: leave max_delay out.');
}

function checkBackoff(fields: Fields): void {
  const retries = fields.integer('max_retries');
  if (retries !== undefined && retries <= 0) {
    const message = 'With strategy "backoff" max_retries must be 1 or more.';
    fields.report('max_retries', { code: 'not_positive', message, value: retries });
  }
  const needed = 'With strategy "backoff" base_delay is needed: the wait before the first retry, such as "2s".';
  if (fields.required('base_delay', needed) !== undefined) fields.duration('base_delay', { least: 'positive' });
  checkMaxDelay(fields.additions());
}

function checkMaxDelay(fields: Fields): void {
  fields.optionalDuration('max_delay', { least: 'positive' });
  const base = nanosecondsOf(fields.raw('base_delay'));
  const max = nanosecondsOf(fields.raw('max_delay'));
  if (base === undefined || max === undefined || max <= 0n || max >= base) return;
  const message = 'max_delay must not be shorter than base_delay.';
  fields.report('max_delay', { code: 'conflict', message, value: fields.raw('max_delay') });
}

/** The duration that is written here, if one is; whether it may stand here was judged before. */
function nanosecondsOf(value: unknown): bigint | undefined {
  if (typeof value !== 'string' || isBlank(value)) return undefined;
  const result = parseDuration(trimSpace(value));
  return result.ok ? result.nanoseconds : undefined;
}

/** Answers the strategy where it is a known one, for whoever wants to demand a certain one. */
export function checkRetry(fields: Fields): RetryStrategy | undefined {
  const strategy = fields.oneOf('strategy', { known: RETRY_STRATEGIES, noun: 'retry strategy' });
  if (strategy === 'none') checkNone(fields);
  if (strategy === 'backoff') checkBackoff(fields);
  fields.refuseUnknown(retryFields);
  return strategy;
}

export const validateRetryConfig = validator(checkRetry);
