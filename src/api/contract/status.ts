/** How the daemon is, and what is wrong with its configuration. */
import { z } from 'zod';
import { pauseFields } from './pause.ts';
import { instantText } from './wire-text.ts';

export const configProblem = z
  .strictObject({
    file: z.string(),
    line: z.int().optional().describe('From 1; absent when the file as a whole is the trouble.'),
    column: z.int().optional(),
    path: z.string(),
    code: z.string(),
    message: z.string(),
    frame: z.string().optional().describe('The lines around the place, for syntax errors.'),
  })
  .meta({ id: 'ConfigProblem' });

const serviceHealth = z
  .strictObject({
    name: z.string(),
    healthy: z.boolean(),
    error: z.string().optional(),
    since_at: instantText.optional().describe('Since when it has been failing.'),
  })
  .meta({ id: 'ServiceHealth' });

export const status = z
  .strictObject({
    version: z.string(),
    node: z.string(),
    home: z.string(),
    url: z.string(),
    now_at: instantText.describe("The daemon's own time."),
    started_at: instantText,
    automation: z.strictObject({
      enabled: z.boolean().describe('`[automation] enabled` of the configuration.'),
      ...pauseFields,
      timezone: z.string().describe('The zone of schedules that name none.'),
    }),
    counts: z.strictObject({
      jobs: z.int(),
      triggers: z.int(),
      scheduled: z.int().describe('Runs that wait.'),
      running: z.int(),
      bytes: z.number().optional().describe('Size of the database.'),
    }),
    counts_at: instantText
      .optional()
      .describe('While the database does not answer: when it gave these counts. Absent otherwise.'),
    config_problems: z.int().describe('How many `GET /config/problems` lists.'),
    services: z.array(serviceHealth),
  })
  .meta({ id: 'Status' });
