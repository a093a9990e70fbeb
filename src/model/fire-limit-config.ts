/** At most `max` accepted runs in any rolling `window` (Go duration text). */
export interface FireLimitConfig {
  max: number;
  window: string;
}

export function defaultFireLimitConfig(): FireLimitConfig {
  return { max: 12, window: '1h' };
}
