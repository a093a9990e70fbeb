/** What the short notations of options mean, in the terms of the API. Whether the values are valid is for the model to say. */
import { InvalidArgumentError } from '@commander-js/extra-typings';
import { defaultRetryConfig, type RetryConfig } from '../model/retry-config.ts';
import type { FireLimitConfig } from '../model/fire-limit-config.ts';

/** A whole number without sign, else undefined. */
function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

/** `none`, or `backoff:3:2s` (three retries, the first after two seconds), or `backoff:3:2s:10m` (never more than ten minutes apart). */
export function parseRetry(text: string): RetryConfig {
  if (text === 'none') return defaultRetryConfig();
  const [strategy, retries, baseDelay, maxDelay, ...rest] = text.split(':');
  const maxRetries = wholeNumber(retries);
  if (strategy !== 'backoff' || maxRetries === undefined || !baseDelay || maxDelay === '' || rest.length > 0) {
    throw new InvalidArgumentError(
      'Write none, backoff:RETRIES:DELAY or backoff:RETRIES:DELAY:MAX, such as backoff:3:2s.',
    );
  }
  return {
    strategy,
    max_retries: maxRetries,
    base_delay: baseDelay,
    ...(maxDelay === undefined ? {} : { max_delay: maxDelay }),
  };
}

/** `4/1h`: at most four runs in any hour. */
export function parseFireLimit(text: string): FireLimitConfig {
  const [maxText, window, ...rest] = text.split('/');
  const max = wholeNumber(maxText);
  if (max === undefined || !window || rest.length > 0) {
    throw new InvalidArgumentError('Write MAX/WINDOW, such as 4/1h for at most four runs in any hour.');
  }
  return { max, window };
}

/** `data.action=deploy`: the path up to the first equals sign, and the text that must stand there. */
export function parseFilter(text: string): [path: string, wanted: string] {
  const at = text.indexOf('=');
  if (at <= 0 || at === text.length - 1) {
    throw new InvalidArgumentError('Write PATH=TEXT, such as data.action=deploy.');
  }
  return [text.slice(0, at), text.slice(at + 1)];
}

/** `30s`, `30s:data.repository` or `30s:data.repository:5m`: window, key, longest wait. */
export function parseCoalesce(text: string): { window: string; key?: string; max_wait?: string } {
  const [window, key, maxWait, ...rest] = text.split(':');
  if (!window || maxWait === '' || rest.length > 0) {
    throw new InvalidArgumentError('Write WINDOW, WINDOW:KEY or WINDOW:KEY:MAX_WAIT, such as 30s:data.repository:5m.');
  }
  return { window, ...(key ? { key } : {}), ...(maxWait === undefined ? {} : { max_wait: maxWait }) };
}

export function parseCount(text: string): number {
  const count = wholeNumber(text);
  if (count === undefined || count === 0) throw new InvalidArgumentError('Write a whole number from 1.');
  return count;
}

export function parsePort(text: string): number {
  const port = wholeNumber(text);
  if (port === undefined || port > 65_535) {
    throw new InvalidArgumentError('Write a port from 0 to 65535; 0 takes any free one.');
  }
  return port;
}

/** A priority may be negative. */
export function parseInteger(text: string): number {
  if (!/^-?\d{1,9}$/.test(text)) throw new InvalidArgumentError('Write a whole number.');
  return Number(text);
}
