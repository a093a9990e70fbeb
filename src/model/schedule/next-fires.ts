/**
 * From a schedule to its instants: compiled once for the engine, listed for previews and for people who embed the model.
 * Compiling costs microseconds and holds a few hundred bytes; zone spans are shared by all. What becomes of missed instants
 * is the engine's decision, made from `prev`, `count` and `between`.
 */
import { DEFAULT_TIMEZONE } from '../automation-fields.ts';
import { epochMsMax, type EpochMs } from '../instant.ts';
import type { Fires } from './fires.ts';
import { firesOf, givenInstant } from './schedule-reading.ts';
import type { ScheduleSpec } from './schedule-spec.ts';

export interface CompiledSchedule extends Fires {
  /** Instants after the first and not after the second, ascending; of more than `limitNewest`, the newest. */
  between(fromExclusive: EpochMs, toInclusive: EpochMs, limitNewest: number): EpochMs[];
}

/** Fires between `start_at` and `end_at`, both included. */
function within(fires: Fires, window: { readonly startAt: EpochMs; readonly endAt: EpochMs }): CompiledSchedule {
  const { startAt, endAt } = window;
  const prev = (atOrBefore: EpochMs): EpochMs | null => {
    const instant = fires.prev(Math.min(atOrBefore, endAt));
    return instant === null || instant < startAt ? null : instant;
  };
  return {
    prev,
    next(after) {
      const instant = fires.next(Math.max(after, startAt - 1));
      return instant === null || instant > endAt ? null : instant;
    },
    count: (fromExclusive, toInclusive) =>
      fires.count(Math.max(fromExclusive, startAt - 1), Math.min(toInclusive, endAt)),
    between(fromExclusive, toInclusive, limitNewest) {
      const newestFirst: EpochMs[] = [];
      let instant = prev(toInclusive);
      while (instant !== null && instant > fromExclusive && newestFirst.length < limitNewest) {
        newestFirst.push(instant);
        instant = prev(instant - 1);
      }
      return newestFirst.reverse();
    },
  };
}

/**
 * `timezone` is the automation's zone, used where the schedule names none. `anchor` is where the grid of `every` begins
 * (when the job was first enabled); the other modes ignore it. Throws {@link ScheduleError} on what validation refuses,
 * such as a zone that has vanished from the zone data. An expression that never fires compiles, and never fires.
 */
export function compileSchedule(
  spec: ScheduleSpec,
  options: { readonly timezone: string; readonly anchor: EpochMs },
): CompiledSchedule {
  return within(firesOf(spec, options), {
    startAt: givenInstant(spec.start_at, 'start_at') ?? -epochMsMax,
    endAt: givenInstant(spec.end_at, 'end_at') ?? epochMsMax,
  });
}

export interface NextFiresOptions {
  readonly from: EpochMs;
  /** At most {@link nextFiresMax} are listed, however many are asked for. */
  readonly count: number;
  /** The automation's zone, `UTC` when absent; a zone in the schedule goes before it. */
  readonly timezone?: string;
  /** Where the grid of `every` begins; `from` when absent, as for a job that is being enabled right then. */
  readonly anchor?: EpochMs;
}

/** A list longer than this is nobody's preview; it bounds what a request can cost. */
export const nextFiresMax = 10_000;

/**
 * Up to `count` instants strictly after `from`, rising, without jitter; fewer if the schedule ends before.
 * `start_at` and `end_at` both may fire themselves. Throws `ScheduleError` on a schedule that validation refuses.
 */
export function nextFires(schedule: ScheduleSpec, options: NextFiresOptions): EpochMs[] {
  const { from, count, timezone = DEFAULT_TIMEZONE, anchor = from } = options;
  const compiled = compileSchedule(schedule, { timezone, anchor });
  const instants: EpochMs[] = [];
  let instant = compiled.next(from);
  while (instant !== null && instants.length < Math.min(count, nextFiresMax)) {
    instants.push(instant);
    instant = compiled.next(instant);
  }
  return instants;
}
