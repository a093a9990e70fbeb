/** What travels over the routes that look ahead, and back along the time line; composed into operations.ts. */
import { z } from 'zod';
import { schedulePreview, upcomingFire } from './fire.ts';
import { operation } from './operation.ts';
import { scheduleSpec } from './schedule.ts';
import { SIMULATION_DAYS_DEFAULT, SIMULATION_DAYS_MAX, simulation } from './simulation.ts';
import { timeline, timelineQuery } from './timeline.ts';
import { durationText, instantText, limitNumber, whenText } from './wire-text.ts';

/** A preview or a list of instants longer than this helps nobody. */
const fireCount = z.int().min(1).max(500).describe('How many instants at most; 5 when absent.');

const fireFrom = whenText.describe(
  'Instants strictly after this one: RFC 3339, or a duration counted back from now. Now when absent.',
);

export const scheduleOperations = {
  previewSchedule: operation({
    tag: 'schedule',
    summary: 'Say what a schedule means',
    access: 'token',
    scopes: ['read'],
    body: {
      schema: z
        .strictObject({
          spec: scheduleSpec,
          timezone: z.string().optional().describe("The zone where the spec names none; the automation's when absent."),
          from: fireFrom.optional(),
          count: fireCount.optional(),
        })
        .meta({ id: 'SchedulePreviewInput' }),
      judge: 'model',
    },
    reply: { status: 200, description: 'Words and instants.', schema: z.strictObject({ preview: schedulePreview }) },
    errors: [],
  }),
  listNextFires: operation({
    tag: 'schedule',
    summary: 'List what fires next, over all enabled jobs',
    access: 'token',
    query: z.strictObject({
      within: durationText.optional().describe('How far to look: `24h` when absent, at most `8784h` (366 days).'),
      limit: limitNumber.optional(),
    }),
    reply: {
      status: 200,
      description: 'Instants, rising.',
      schema: z.strictObject({
        until_at: instantText.describe('The end of what was looked at.'),
        fires: z.array(upcomingFire),
        truncated: z.boolean().describe('Whether more instants lie before `until_at` than `limit` let through.'),
      }),
    },
    errors: [],
  }),
  simulateJobs: operation({
    tag: 'schedule',
    summary: 'Calculate what the enabled jobs would do in the coming days',
    description:
      'The decisions of the daemon on a clock that runs ahead, with durations and use of past runs. Nothing is created.',
    access: 'token',
    query: z.strictObject({
      days: z
        .int()
        .min(1)
        .max(SIMULATION_DAYS_MAX)
        .optional()
        .describe(`From now on, 1 to ${SIMULATION_DAYS_MAX}; ${SIMULATION_DAYS_DEFAULT} when absent.`),
    }),
    reply: { status: 200, description: 'Job by job, and in all.', schema: z.strictObject({ simulation }) },
    errors: [],
  }),
  readTimeline: operation({
    tag: 'schedule',
    summary: 'Draw what ran and what comes, automation by automation',
    description: 'Runs that are close to each other are one mark, so that busy days stay small.',
    access: 'token',
    query: timelineQuery,
    reply: { status: 200, description: 'Lanes of marks.', schema: z.strictObject({ timeline }) },
    errors: [],
  }),
};
