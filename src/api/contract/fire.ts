/** One instant at which something fires, said so that a person sees what it means where the schedule lives. */
import { z } from 'zod';
import { instantText } from './wire-text.ts';

export const fire = z
  .strictObject({
    at: instantText,
    local: z.string().describe('Wall time in `zone`, without offset: `2026-11-22T09:00:00`.'),
    offset: z.string().describe('Offset from UTC at that instant: `+02:00`.'),
    zone: z.string().describe('IANA name.'),
    dst: z
      .enum(['gap', 'overlap', 'change'])
      .optional()
      .describe(
        '`gap`: its wall time does not exist, it fires when the gap ends. `overlap`: its wall time occurs twice. `change`: the clock changes that day.',
      ),
    note: z.string().optional().describe('The sentence that goes with `dst`.'),
  })
  .meta({ id: 'Fire' });

export const upcomingFire = z
  .strictObject({
    ...fire.shape,
    job_id: z.string(),
    job_name: z.string(),
    agent_name: z.string(),
    workspace_id: z.string().optional(),
  })
  .meta({ id: 'UpcomingFire' });

export const schedulePreview = z
  .strictObject({
    text: z.string().describe('The schedule in words.'),
    timezone: z.string().describe('The zone the schedule is read in.'),
    fires: z.array(fire),
  })
  .meta({ id: 'SchedulePreview' });
