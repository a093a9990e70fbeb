/** A call that happens once some time after it was first asked for, however often it is asked for meanwhile. */
import type { Clock } from '../clock/clock.ts';

export function delayedCall(clock: Clock, delayMs: number, call: () => void): { arm(): void; cancel(): void } {
  let cancelTimer: (() => void) | undefined;
  return {
    arm() {
      cancelTimer ??= clock.after(delayMs, () => {
        cancelTimer = undefined;
        call();
      });
    },
    cancel() {
      cancelTimer?.();
      cancelTimer = undefined;
    },
  };
}
