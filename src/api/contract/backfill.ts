/** The instants of a past range, asked for again. */
import { z } from 'zod';
import { run } from './run.ts';
import { instantText, jobWhenText } from './wire-text.ts';

/** `engine/automation-commands.ts` says what each means. */
const BACKFILL_STATES = ['new', 'exists', 'ran'] as const;

export const backfillInput = z
  .strictObject({
    from: jobWhenText.describe(`The first instant, itself included. ${jobWhenText.description}`),
    to: jobWhenText.describe(`The last instant, itself included; not in the future. ${jobWhenText.description}`),
    dry_run: z.boolean().optional().describe('True: list the instants and create nothing.'),
  })
  .meta({ id: 'BackfillInput' });

export const backfillReply = z
  .strictObject({
    instants: z.array(
      z
        .strictObject({
          at: instantText,
          state: z
            .enum(BACKFILL_STATES)
            .describe(
              '`new`: becomes a run. `exists`: was backfilled before, nothing is created twice. `ran`: its scheduled fire completed.',
            ),
          local: z.string().optional().describe("Wall time in the job's zone: `2026-11-22T09:00:00`."),
          offset: z.string().optional().describe('Offset from UTC at that instant: `+02:00`.'),
          zone: z.string().optional().describe('IANA name.'),
        })
        .meta({ id: 'BackfillInstant' }),
    ),
    runs: z.array(run).describe('What was created; empty for a dry run.'),
  })
  .meta({ id: 'Backfill' });
