/** A machine that takes part. */
import { z } from 'zod';
import { NODE_STATES } from '../../model/node.ts';
import { instantText } from './wire-text.ts';

export const node = z
  .strictObject({
    name: z.string().describe('What it is called: `daemon.node`, else the name of the machine.'),
    instance: z.string().describe('This life of it; runs name it as their `node`.'),
    state: z
      .enum(NODE_STATES)
      .describe(
        '`live`. `draining`: drained, and still at work. `drained`: starts nothing, works on nothing. `silent`: no sign of life for 30 seconds, so its runs are recovered by others. `stopped`: it ended in order, and is listed because it is drained.',
      ),
    own: z.boolean().describe('The one that answers.'),
    version: z.string(),
    url: z.string().describe('Where its API listens.'),
    labels: z.array(z.string()).describe('What `node_labels` of automations and workspaces find; the name counts too.'),
    started_at: instantText,
    heartbeat_at: instantText.optional().describe('Its last sign of life; absent when it ended in order.'),
    running: z.int().describe('Runs that execute there, as of its last sign of life.'),
    cap: z.int().describe('So many at most, `daemon.max_concurrent_jobs`; 0: no own cap.'),
    draining: z.boolean().describe('Somebody drained it: it starts nothing new, also after a restart.'),
    drained_by: z.string().optional(),
    clock_skew_ms: z
      .int()
      .optional()
      .describe("How far its clock is ahead of the database server's; absent where the database is a file."),
  })
  .meta({ id: 'Node' });
