/** What travels over the routes of the daemon as a whole; composed into operations.ts. */
import { z } from 'zod';
import { operation } from './operation.ts';
import { pauseState } from './pause.ts';
import { status } from './status.ts';

export const daemonOperations = {
  pauseAutomation: operation({
    tag: 'daemon',
    summary: 'Pause everything',
    description:
      'Nothing is planned and nothing starts any more; what runs goes on, what waits keeps waiting. Instants that come due meanwhile leave one `canceled` run with reason `paused` per job. May be repeated: the first pause counts.',
    access: 'token',
    reply: { status: 200, description: 'It is paused.', schema: z.strictObject({ automation: pauseState }) },
    errors: [],
  }),
  resumeAutomation: operation({
    tag: 'daemon',
    summary: 'End the pause',
    description:
      'Which jobs were off stays as it was. May be repeated. While `[automation] enabled = false` stands in the configuration everything stays paused, and the reply says so.',
    access: 'token',
    reply: { status: 200, description: 'How it is now.', schema: z.strictObject({ automation: pauseState }) },
    errors: [],
  }),
  getStatus: operation({
    tag: 'daemon',
    summary: 'Say how the daemon is',
    access: 'token',
    reply: { status: 200, description: 'The status.', schema: z.strictObject({ status }) },
    errors: [],
  }),
  streamHappenings: operation({
    tag: 'daemon',
    summary: 'Listen to everything that happens',
    access: 'token',
    reply: {
      status: 200,
      description: 'Server-sent events, from now on; with `Last-Event-ID`, from after that one.',
      events:
        'Each event is named by the `type` of its Happening. `hello` comes first: from then on nothing is missed. With `Last-Event-ID` what was missed follows it; `gap` comes before it when some of that is no longer known, as after a restart. `overflow` comes last when the client read too slowly.',
    },
    errors: ['rate_limited'],
  }),
  getHealth: operation({
    tag: 'daemon',
    summary: 'Whether the process answers',
    access: 'open',
    reply: { status: 200, description: 'It does.', schema: z.strictObject({ status: z.literal('ok') }) },
    errors: [],
  }),
  getReadiness: operation({
    tag: 'daemon',
    summary: 'Whether the daemon does its work',
    access: 'open',
    reply: {
      status: 200,
      description: 'It does. The same body with status 503 and `not_ready` when it does not.',
      schema: z.strictObject({
        status: z.enum(['ready', 'not_ready']),
        waiting_for: z.array(z.string()).optional().describe('Names of the services that are not ready.'),
      }),
    },
    errors: [],
  }),
  getMetrics: operation({
    tag: 'daemon',
    summary: 'Counters, histograms and gauges for Prometheus',
    description: 'The text exposition format; also at `/metrics`. A scraper sends the token as its bearer token.',
    access: 'token',
    reply: { status: 200, description: 'Text.' },
    errors: [],
  }),
  getOpenApi: operation({
    tag: 'daemon',
    summary: 'This document',
    access: 'open',
    reply: { status: 200, description: 'OpenAPI 3.1.', schema: z.record(z.string(), z.unknown()) },
    errors: [],
  }),
  getDocs: operation({
    tag: 'daemon',
    summary: 'The reference page, for people',
    access: 'open',
    reply: { status: 200, description: 'HTML, without scripts.' },
    errors: [],
  }),
};
