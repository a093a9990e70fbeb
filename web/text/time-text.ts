/** Instants as a person at a screen reads them; lengths of time are in lib/span-text.ts. Nothing here asks for the time. */

export const DAY = 86_400_000;

/** Milliseconds of an instant as it travels; undefined for an absent one. */
export function epochOf(text: string): number;
export function epochOf(text: string | undefined): number | undefined;
export function epochOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Date.parse(text);
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatted(at: number, options: Intl.DateTimeFormatOptions): string {
  const key = JSON.stringify(options);
  let format = formats.get(key);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-GB', options);
    formats.set(key, format);
  }
  return format.format(at);
}

/** `09:00`, on the viewer's wall clock unless a zone is named. */
export function clockText(at: number, timeZone?: string): string {
  return formatted(at, { hour: '2-digit', minute: '2-digit', ...(timeZone === undefined ? {} : { timeZone }) });
}

/** `09:00:05`. */
export function preciseClockText(at: number): string {
  return formatted(at, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
}

/** `Fri 27 Nov`. */
export function dayText(at: number, timeZone?: string): string {
  const options = { weekday: 'short', day: 'numeric', month: 'short' } as const;
  return formatted(at, timeZone === undefined ? options : { ...options, timeZone }).replace(',', '');
}

/** `09:00` for today, `Thu 09:00` within six days, `Fri 13 Nov, 09:00` else, with the year where it is another. */
export function momentText(at: number, now: number, timeZone?: string): string {
  const zone = timeZone === undefined ? {} : { timeZone };
  const clock = clockText(at, timeZone);
  if (dayText(at, timeZone) === dayText(now, timeZone) && Math.abs(at - now) < DAY) return clock;
  if (Math.abs(at - now) < 6 * DAY) return `${formatted(at, { weekday: 'short', ...zone })} ${clock}`;
  const year = formatted(at, { year: 'numeric', ...zone });
  return `${dayText(at, timeZone)}${year === formatted(now, { year: 'numeric', ...zone }) ? '' : ` ${year}`}, ${clock}`;
}

/** Everything, for a title: `Fri 27 Nov 2026, 09:00:05 UTC+1`. */
export function fullText(at: number): string {
  return formatted(at, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
  });
}

export function viewerZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** `Fri 27 Nov 09:00` of a fire, as its own zone's clock shows it. `local` is the wire's `2026-11-27T09:00:00`. */
export function wallText(local: string): string {
  const at = Date.parse(`${local.slice(0, 19)}Z`);
  const seconds = local.slice(17, 19);
  return `${dayText(at, 'UTC')} ${local.slice(11, 16)}${seconds === '00' || seconds === '' ? '' : `:${seconds}`}`;
}
