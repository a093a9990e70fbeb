/** Lengths of time as a person reads them, at a terminal and on the page alike. Nothing here asks for the time. */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * The two largest units, the second only where it is not nothing and still says something: `3 min`, `2 h 10 min`,
 * `1 day 11 h`.
 */
export function spanText(ms: number): string {
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`;
  if (ms < HOUR) return twoUnits({ ms, unit: MINUTE, name: 'min', smallerUnit: SECOND, smaller: 's', smallerUpTo: 10 });
  if (ms < DAY) return twoUnits({ ms, unit: HOUR, name: 'h', smallerUnit: MINUTE, smaller: 'min', smallerUpTo: 24 });
  const name = ms < 2 * DAY ? 'day' : 'days';
  return twoUnits({ ms, unit: DAY, name, smallerUnit: HOUR, smaller: 'h', smallerUpTo: 3 });
}

/** From `smallerUpTo` units on the smaller one is noise. */
function twoUnits(p: {
  ms: number;
  unit: number;
  name: string;
  smallerUnit: number;
  smaller: string;
  smallerUpTo: number;
}): string {
  const count = Math.floor(p.ms / p.unit);
  const rest = Math.floor((p.ms % p.unit) / p.smallerUnit);
  const smaller = rest === 0 || count >= p.smallerUpTo ? '' : ` ${rest} ${p.smaller}`;
  return `${count} ${p.name}${smaller}`;
}

/** `in 5 min`, `2 h 10 min ago`, `now`; both in milliseconds since 1970. */
export function relativeText(at: number, now: number): string {
  const ms = at - now;
  if (Math.abs(ms) < SECOND) return 'now';
  return ms > 0 ? `in ${spanText(ms)}` : `${spanText(-ms)} ago`;
}

/** How long something took, to the second below an hour: `85 ms`, `1.2 s`, `3 min 5 s`, `2 h 10 min`. */
export function elapsedText(ms: number): string {
  if (ms < SECOND) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 10 * SECOND) return `${(Math.floor(ms / 100) / 10).toFixed(1)} s`;
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`;
  if (ms < HOUR) {
    const seconds = Math.floor((ms % MINUTE) / SECOND);
    return `${Math.floor(ms / MINUTE)} min${seconds === 0 ? '' : ` ${seconds} s`}`;
  }
  return spanText(ms);
}
