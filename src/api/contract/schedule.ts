/** When a job fires, as it is written, and the instants that follow from it. */
import { z } from 'zod';
import {
  CATCH_UP_POLICIES,
  DEFAULT_CATCH_UP_MAX,
  DEFAULT_CATCH_UP_POLICY,
  DEFAULT_MISFIRE_GRACE_SECONDS,
  DST_GAPS,
  DST_OVERLAPS,
  SCHEDULE_MODES,
} from '../../model/schedule/schedule-spec.ts';
import { durationText } from './wire-text.ts';

export const scheduleSpec = z
  .strictObject({
    mode: z.enum(SCHEDULE_MODES).describe('Which of `expr`, `interval` and `time` is set; the other two stay absent.'),
    expr: z
      .string()
      .optional()
      .describe('`cron`: minute hour day-of-month month day-of-week, optionally after `TZ=Zone`.'),
    interval: durationText.optional().describe('`every`: a positive Go duration.'),
    time: z.string().optional().describe('`at`: one instant, RFC 3339.'),
    timezone: z.string().optional().describe("IANA zone of `expr`; the automation's zone when absent."),
    jitter: durationText.optional().describe('Starts are spread over this duration, stable per job and instant.'),
    catch_up_policy: z
      .enum(CATCH_UP_POLICIES)
      .optional()
      .describe(
        `What happens to instants missed while nobody could run them; \`${DEFAULT_CATCH_UP_POLICY}\` when absent.`,
      ),
    misfire_grace_seconds: z
      .int()
      .optional()
      .describe(`How late \`skip_missed\` still runs; ${DEFAULT_MISFIRE_GRACE_SECONDS} when absent.`),
    catch_up_max: z.int().optional().describe(`How many \`replay\` runs at most; ${DEFAULT_CATCH_UP_MAX} when absent.`),
    catch_up_window: durationText.optional().describe('An instant later than this never runs.'),
    start_at: z.string().optional().describe('RFC 3339; the first instant that may fire, itself included.'),
    end_at: z.string().optional().describe('RFC 3339; the last instant that may fire, itself included.'),
    dst: z
      .strictObject({
        gap: z.enum(DST_GAPS).optional().describe('A wall time that does not exist; `run_after` when absent.'),
        overlap: z.enum(DST_OVERLAPS).optional().describe('A wall time that occurs twice; `first` when absent.'),
      })
      .optional()
      .describe('Daylight saving, for cron schedules with a fixed hour.'),
  })
  .meta({ id: 'ScheduleSpec' });
