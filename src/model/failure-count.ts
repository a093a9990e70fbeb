/** Failures of an automation in a row, whatever carried the fire out: an agent, or whoever took its task. Pure. */
import type { Automation } from './automation.ts';
import { pauseAfterFailuresOf } from './effective.ts';

export interface FailureCount {
  consecutive_failures: number;
  /** Too many in a row: the automation is to be paused, with this sentence. */
  pause?: { error: string };
}

/** A fire failed for good; `before` is the count until then. An automation that is off already is not paused again. */
export function countFailure(p: { automation: Automation; enabled: boolean; before: number }): FailureCount {
  const failures = p.before + 1;
  const pauseAfter = pauseAfterFailuresOf(p.automation);
  if (pauseAfter === null || failures < pauseAfter || !p.enabled) return { consecutive_failures: failures };
  return {
    consecutive_failures: failures,
    pause: { error: `${failures} fires in a row failed for good (pause_after_failures: ${pauseAfter})` },
  };
}
