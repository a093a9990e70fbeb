/** What ran and what comes, lane by lane, coarse enough to be drawn: what the overview's time line is made of. */
import { z } from 'zod';
import { RUN_REASONS, RUN_STATUSES } from '../../model/run.ts';
import { durationText, instantText } from './wire-text.ts';

const mark = z
  .strictObject({
    from_at: instantText.describe('When the first of its runs began, was due, or would have been.'),
    to_at: instantText.describe('When the last of them ended; now for one that runs.'),
    status: z.enum(RUN_STATUSES),
    reason: z.enum(RUN_REASONS).optional(),
    count: z.int().describe('How many runs it stands for, or instants that were missed.'),
    run_id: z.string().describe('The newest of its runs.'),
    sentence: z.string().optional().describe('What the newest run says of its end, where it says something.'),
  })
  .meta({ id: 'TimelineMark' });

const comingMark = z
  .strictObject({
    from_at: instantText,
    to_at: instantText,
    count: z.int(),
    note: z.string().optional().describe('What daylight saving does to one of them.'),
  })
  .meta({ id: 'TimelineComingMark' });

const lane = z
  .strictObject({
    automation_id: z.string(),
    name: z.string().describe('Its id where it was deleted.'),
    kind: z.enum(['job', 'trigger']),
    runs: z.int().describe('How many runs its marks stand for.'),
    marks: z.array(mark).describe('Rising.'),
    coming: z.array(comingMark).describe('Rising.'),
    coming_until_at: instantText
      .optional()
      .describe('Present when it fires so often that instants after this one were not calculated.'),
  })
  .meta({ id: 'TimelineLane' });

export const timeline = z
  .strictObject({
    now_at: instantText,
    from_at: instantText,
    to_at: instantText,
    known_from_at: instantText
      .optional()
      .describe('Present when there were too many runs to look at: nothing before it is shown.'),
    started_at: instantText.describe('When the daemon was started.'),
    down: z
      .array(z.strictObject({ from_at: instantText, to_at: instantText }))
      .describe('When no daemon was at work, from the last sign of life on: they come every five seconds.'),
    lanes: z.array(lane).describe('Busiest first.'),
  })
  .meta({ id: 'Timeline' });

export const timelineQuery = z.strictObject({
  back: durationText.optional().describe('How far back: `24h` when absent, at most `168h`.'),
  ahead: durationText.optional().describe('How far ahead: `24h` when absent, at most `168h`.'),
  resolution: durationText
    .optional()
    .describe('Runs of one lane and outcome that begin within it are one mark: `10m` when absent, at least `1m`.'),
});
