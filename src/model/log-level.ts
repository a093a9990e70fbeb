/** How important a line of the log is, least first. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export function isLogged(level: LogLevel, p: { least: LogLevel }): boolean {
  return LOG_LEVELS.indexOf(level) >= LOG_LEVELS.indexOf(p.least);
}
