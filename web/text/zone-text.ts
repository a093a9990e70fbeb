/** Wall clocks of other zones than the viewer's. */

const formats = new Map<string, Intl.DateTimeFormat>();

/** The wall clock of `timeZone` at an instant, as an `<input type="datetime-local">` takes it: `2026-11-27T09:00`. */
export function wallClockOf(at: number, timeZone: string): string {
  let format = formats.get(timeZone);
  if (format === undefined) {
    // Swedish dates are ISO dates.
    format = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'short', timeZone });
    formats.set(timeZone, format);
  }
  return format.format(at).replace(' ', 'T');
}

/**
 * The instant at which the clock of `timeZone` shows `wall`. Where it never does (a gap), the clock after the gap; where
 * it does twice, the first: as the schedules of the daemon have it by default. NaN for a text that is no wall time.
 */
export function instantOfWall(wall: string, timeZone: string): number {
  if (!/^\d{4,}-\d\d-\d\dT\d\d:\d\d$/.test(wall)) return Number.NaN;
  const asUtc = Date.parse(`${wall}:00Z`);
  if (Number.isNaN(asUtc)) return Number.NaN;
  const offset = (at: number): number =>
    Date.parse(`${wallClockOf(at, timeZone)}:00Z`) - Math.floor(at / 60_000) * 60_000;
  const DAY = 86_400_000;
  const [before, after] = [offset(asUtc - DAY), offset(asUtc + DAY)];
  const early = asUtc - Math.max(before, after);
  const candidates = [early, asUtc - Math.min(before, after)];
  // In a gap neither is right: the clock jumped by the difference, and the later one is past the jump.
  return candidates.find((at) => at + offset(at) === asUtc) ?? candidates[1] ?? early;
}

export function zoneNames(): readonly string[] {
  return ['UTC', ...Intl.supportedValuesOf('timeZone')];
}
