/** What became of an instant of a job, or will, and why. */
import { z } from 'zod';
import { run } from './run.ts';
import { instantText } from './wire-text.ts';

/** `engine/explain-instant.ts` says how each is found; a test holds the two lists together. */
export const INSTANT_OUTCOMES = [
  'run',
  'refused',
  'missed',
  'pending',
  'upcoming',
  'disabled',
  'paused',
  'before_job',
  'schedule_changed',
  'not_an_instant',
  'unknown',
] as const;

export const explanation = z
  .strictObject({
    job_id: z.string(),
    at: instantText,
    outcome: z
      .enum(INSTANT_OUTCOMES)
      .describe(
        '`run`: it has run, runs or waits. `refused` and `missed`: a row says why it did not. `pending`: due, decided with the next tick. `upcoming`: still to come. `disabled`, `paused`, `before_job`, `schedule_changed`: why there is no row. `not_an_instant`: the schedule does not name it. `unknown`: the job cannot be scheduled.',
      ),
    sentence: z.string().describe('The same, in words.'),
    runs: z.array(run).describe('All attempts under its fire, or the row of the range that contains it; oldest first.'),
    previous_at: instantText.optional().describe('The instant of the schedule before it, as the schedule stood then.'),
    next_at: instantText.optional().describe('The one after it.'),
  })
  .meta({ id: 'Explanation' });
