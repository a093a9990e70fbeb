/** What travels over the routes of sessions; composed into operations.ts. */
import { z } from 'zod';
import { operation } from './operation.ts';
import { session, sessionPage, sessionQuery, transcriptPage, transcriptQuery } from './session.ts';

export const sessionOperations = {
  listSessions: operation({
    tag: 'sessions',
    summary: 'List the conversations with agents, newest first',
    access: 'token',
    query: sessionQuery,
    reply: { status: 200, description: 'One page.', schema: sessionPage },
    errors: ['invalid_cursor'],
  }),
  getSession: operation({
    tag: 'sessions',
    summary: 'Read a session',
    access: 'token',
    reply: { status: 200, description: 'The session.', schema: z.strictObject({ session }) },
    errors: ['session_not_found'],
  }),
  readSessionTranscript: operation({
    tag: 'sessions',
    summary: "Read a session's transcript, or follow it",
    description:
      'As the transcript of its run: with `Accept: text/event-stream` what is stored, then what is said live, until the run ends.',
    access: 'token',
    query: transcriptQuery,
    reply: {
      status: 200,
      description: 'One page of entries.',
      schema: transcriptPage,
      events: '`entry`, `run` and `end`, as for the transcript of a run.',
    },
    errors: ['session_not_found'],
  }),
};
