/** What travels over the routes of runs; composed into operations.ts. */
import { z } from 'zod';
import { operation } from './operation.ts';
import { permissionAnswer, run, runDetail, runPage, runQuery } from './run.ts';
import { transcriptPage, transcriptQuery } from './session.ts';

export const runOperations = {
  listRuns: operation({
    tag: 'runs',
    summary: 'List runs, newest first',
    access: 'token',
    query: runQuery,
    reply: { status: 200, description: 'One page of runs.', schema: runPage },
    errors: ['invalid_cursor'],
  }),
  getRun: operation({
    tag: 'runs',
    summary: 'Read a run, and what it waits for',
    access: 'token',
    reply: { status: 200, description: 'The run.', schema: z.strictObject({ run: runDetail }) },
    errors: ['run_not_found'],
  }),
  cancelRun: operation({
    tag: 'runs',
    summary: 'End a run',
    description: 'Works in every state and may be repeated. A running agent is asked first; the run ends soon after.',
    access: 'token',
    reply: { status: 202, description: 'The run as it is now.', schema: z.strictObject({ run }) },
    errors: ['run_not_found'],
  }),
  retryRun: operation({
    tag: 'runs',
    summary: 'Run the fire of a finished run once more',
    description: 'A new attempt under the same fire, at once, whatever its retry policy says.',
    access: 'token',
    reply: { status: 202, description: 'The new run.', schema: z.strictObject({ run }) },
    errors: ['run_not_found', 'run_not_finished', 'run_already_exists', 'job_not_found', 'fire_limit_reached'],
  }),
  answerPermission: operation({
    tag: 'runs',
    summary: 'Answer what the agent of a run asks',
    description: 'Only while the run carries `permission`. The run goes on when there is a place for it.',
    access: 'token',
    personsOnly: true,
    body: { schema: permissionAnswer, judge: 'contract' },
    reply: { status: 202, description: 'The run as it is now.', schema: z.strictObject({ run }) },
    errors: ['run_not_found', 'permission_not_pending'],
  }),
  readTranscript: operation({
    tag: 'runs',
    summary: "Read a run's transcript, or follow it",
    description:
      'With `Accept: text/event-stream` everything stored comes as server-sent events, then what is said live, until the run ends.',
    access: 'token',
    query: transcriptQuery,
    reply: {
      status: 200,
      description: 'One page of entries.',
      schema: transcriptPage,
      events:
        '`entry` (a TranscriptEntry; its id is `seq`, for `Last-Event-ID`), `run` (the Run when its state changed), `end` (the Run as it ended; nothing follows).',
    },
    errors: ['run_not_found'],
  }),
};
