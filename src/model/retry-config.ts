/** What happens after a run failed. Durations are Go duration text. */
export const RETRY_STRATEGIES = ['none', 'backoff'] as const;
export type RetryStrategy = (typeof RETRY_STRATEGIES)[number];

export interface RetryConfig {
  strategy: RetryStrategy;
  /** Further attempts after the first; 0 with `none`. */
  max_retries: number;
  /** Waiting time before the first retry; doubles with each further one. Empty with `none`. */
  base_delay: string;
  /** Upper bound of the doubling, {@link DEFAULT_MAX_DELAY} when absent. */
  max_delay?: string;
}

export const DEFAULT_MAX_DELAY = '1h';

/** No retries: the default of every automation. */
export function defaultRetryConfig(): RetryConfig {
  return { strategy: 'none', max_retries: 0, base_delay: '' };
}

/** Three retries from two seconds, doubling. */
export function defaultBackoffRetryConfig(): RetryConfig {
  return { strategy: 'backoff', max_retries: 3, base_delay: '2s' };
}
