/** What the enabled jobs would do in the coming days, and what it would cost. */
import { z } from 'zod';
import { spending } from './spending.ts';
import { durationText, instantText } from './wire-text.ts';

export const SIMULATION_DAYS_MAX = 31;
export const SIMULATION_DAYS_DEFAULT = 7;

const refusedCount = z.int().optional();

const simulatedJob = z
  .strictObject({
    job_id: z.string(),
    name: z.string(),
    fires: z.int().describe('Instants of the schedule in that time.'),
    runs: z.int().describe('How many of them become a run.'),
    refused: z
      .strictObject({
        overlap: refusedCount,
        fire_limit: refusedCount,
        budget: refusedCount,
        misfire: refusedCount,
        queue_timeout: refusedCount,
      })
      .describe('How many do not, by reason; a reason that never occurs is absent.'),
    wait_max: durationText.describe('The longest wait for a place or for the previous run.'),
    wait_mean: durationText,
    duration: durationText.describe('What a run takes: the mean of past ones, or an assumption.'),
    samples: z.int().describe('On how many past runs `duration` and `expected` rest; 0: an assumption.'),
    expected: spending,
  })
  .meta({ id: 'SimulatedJob' });

export const simulation = z
  .strictObject({
    from: instantText,
    to: instantText,
    jobs: z.array(simulatedJob),
    concurrent_max: z.int().describe('The most runs that execute at once.'),
    concurrent_cap: z.int().describe('How many may.'),
    expected: spending,
    left_out: z
      .array(
        z.strictObject({
          job_id: z.string(),
          name: z.string(),
          reason: z.string(),
          since: instantText
            .optional()
            .describe('When it would be parked or paused; absent: it cannot be scheduled now.'),
        }),
      )
      .describe('Jobs that are switched on and of which nothing more can be said, and why.'),
    truncated_at: instantText
      .optional()
      .describe('Present when a bound ended it early: nothing after it was looked at.'),
  })
  .meta({ id: 'Simulation' });
