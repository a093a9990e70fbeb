/** Where the viewer's clock is changed within a span of time: an hour is missing or comes twice there. */

export interface ClockChange {
  at: number;
}

const STEP_MS = 900_000;

/** To a quarter of an hour, which is all that clocks are changed at. */
export function clockChanges(p: { from: number; to: number }): ClockChange[] {
  const offset = (at: number): number => new Date(at).getTimezoneOffset();
  const changes: ClockChange[] = [];
  for (let at = Math.ceil(p.from / STEP_MS) * STEP_MS; at < p.to; at += STEP_MS) {
    if (offset(at) !== offset(at - STEP_MS)) changes.push({ at });
  }
  return changes;
}
