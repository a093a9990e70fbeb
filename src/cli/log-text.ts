/** A line of the daemon's log as people read it: time, level, what happened, and the facts. */
import { isLogged, LOG_LEVELS, type LogLevel } from '../model/log-level.ts';
import type { EpochMs } from '../model/instant.ts';
import type { Hue, Paint } from './paint.ts';
import { epochOf, localTime } from './time-text.ts';

export interface LogEntry {
  at: EpochMs;
  level: LogLevel;
  event: string;
  fields: Readonly<Record<string, unknown>>;
}

/** Undefined for what is no line of ours: a file that somebody else wrote into. */
export function parseLogLine(text: string): LogEntry | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { at, level, event, ...fields } = value as Record<string, unknown>;
  const instant = typeof at === 'string' ? epochOf(at) : undefined;
  const known = LOG_LEVELS.find((each) => each === level);
  if (instant === undefined || known === undefined || typeof event !== 'string') return undefined;
  return { at: instant, level: known, event, fields };
}

export function isWanted(entry: LogEntry, p: { level: LogLevel; since: EpochMs | undefined; about?: string }): boolean {
  return (
    isLogged(entry.level, { least: p.level }) &&
    (p.since === undefined || entry.at >= p.since) &&
    (p.about === undefined || Object.values(entry.fields).includes(p.about))
  );
}

const HUES: Readonly<Record<LogLevel, Hue>> = { debug: 'dim', info: 'green', warn: 'yellow', error: 'red' };

export function logText(entry: LogEntry, p: { paint: Paint; timeZone?: string | undefined }): string {
  const fields = Object.entries(entry.fields).map(
    ([name, value]) => `${p.paint('dim', `${name}=`)}${fieldText(value)}`,
  );
  const head = `${p.paint('dim', localTime(entry.at, p.timeZone))}  ${p.paint(HUES[entry.level], entry.level.padEnd(5))}`;
  return `${head}  ${entry.event.padEnd(20)}  ${fields.join(' ')}`.trimEnd();
}

/** Quoted where it would not be one word. */
function fieldText(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return /^[^\s"=]+$/u.test(text) ? text : JSON.stringify(text);
}
