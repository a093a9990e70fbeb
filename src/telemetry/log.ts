/** Writes what happens to the log, from the same happenings that everybody else listens to. */
import type { HappeningBus } from '../events/happening.ts';
import { formatInstant } from '../model/instant.ts';
import { isLogged, type LogLevel } from '../model/log-level.ts';
import { logLine } from './log-line.ts';

/** Returns how to stop. */
export function keepLog(p: {
  bus: HappeningBus;
  /** Read anew for every line: configuration may have changed. */
  level(): LogLevel;
  redact(text: string): string;
  write(line: string): void;
}): () => void {
  return p.bus.subscribe((happening) => {
    const { level, event, fields } = logLine(happening);
    if (!isLogged(level, { least: p.level() })) return;
    p.write(p.redact(JSON.stringify({ at: formatInstant(happening.at), level, event, ...fields })));
  });
}
