/** When a job fires, as people write it. Texts here are wire texts; next-fires.ts turns them into instants. */

export const SCHEDULE_MODES = ['cron', 'every', 'at'] as const;
export type ScheduleMode = (typeof SCHEDULE_MODES)[number];

/** What happens to instants that passed while nobody could run them. */
export const CATCH_UP_POLICIES = ['skip_missed', 'coalesce', 'replay'] as const;
export type CatchUpPolicy = (typeof CATCH_UP_POLICIES)[number];

export const DEFAULT_CATCH_UP_POLICY: CatchUpPolicy = 'skip_missed';
export const DEFAULT_MISFIRE_GRACE_SECONDS = 60;
/** How many missed instants `replay` runs at most. */
export const DEFAULT_CATCH_UP_MAX = 100;

/** A wall time that does not exist: fire when the gap ends, or not at all on that day. */
export const DST_GAPS = ['run_after', 'skip'] as const;
export type DstGap = (typeof DST_GAPS)[number];

/** A wall time that occurs twice: at which occurrence to fire. */
export const DST_OVERLAPS = ['first', 'second', 'both'] as const;
export type DstOverlap = (typeof DST_OVERLAPS)[number];

/** Daylight saving for cron schedules with a fixed hour; a wildcard hour keeps its real-time cadence regardless. */
export interface DstRule {
  /** `run_after` when absent. */
  gap?: DstGap;
  /** `first` when absent. */
  overlap?: DstOverlap;
}

export interface ScheduleSpec {
  mode: ScheduleMode;
  /** `cron`: five fields, optionally after a `TZ=Zone` or `CRON_TZ=Zone` prefix. */
  expr?: string;
  /** `every`: a positive Go duration. Below a millisecond it counts as one millisecond. */
  interval?: string;
  /** `at`: one instant, RFC 3339. */
  time?: string;
  /** IANA zone of `expr`; else the automation's zone. A zone in `expr` itself goes first. */
  timezone?: string;
  /** Starts are spread over this Go duration; the scheduled instants stay as they are. */
  jitter?: string;
  catch_up_policy?: CatchUpPolicy;
  misfire_grace_seconds?: number;
  catch_up_max?: number;
  /** An instant later than this Go duration never runs, whatever the policy. */
  catch_up_window?: string;
  /** RFC 3339; the first instant that may fire, itself included. */
  start_at?: string;
  /** RFC 3339; the last instant that may fire, itself included. */
  end_at?: string;
  dst?: DstRule;
}
