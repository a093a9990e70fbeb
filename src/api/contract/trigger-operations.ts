/** What travels over the routes of triggers and events; composed into operations.ts. */
import { z } from 'zod';
import { overlayInput } from './automation.ts';
import { eventAccepted, eventExplanation, eventInput, eventPage, eventQuery } from './event.ts';
import { operation } from './operation.ts';
import { jobRunQuery, run, runPage } from './run.ts';
import {
  triggerInput,
  triggerPage,
  triggerPatch,
  triggerPreview,
  triggerPreviewInput,
  triggerQuery,
  triggerReply,
  triggerRunInput,
  triggerTest,
  triggerTestInput,
} from './trigger.ts';
import { durationText } from './wire-text.ts';

const writingErrors = ['agent_unknown', 'workspace_not_found', 'trigger_name_taken', 'trigger_webhook_id_taken'];

export const triggerOperations = {
  listTriggers: operation({
    tag: 'triggers',
    summary: 'List triggers, ordered by name',
    access: 'token',
    query: triggerQuery,
    reply: { status: 200, description: 'One page of triggers.', schema: triggerPage },
    errors: ['invalid_cursor'],
  }),
  createTrigger: operation({
    tag: 'triggers',
    summary: 'Create a trigger',
    description:
      'Its source is `dynamic`. Filter, condition and prompt are checked here, so that no event finds them wrong.',
    access: 'token',
    body: { schema: triggerInput, judge: 'model' },
    reply: { status: 201, description: 'The trigger as it stands.', schema: triggerReply },
    errors: writingErrors,
  }),
  getTrigger: operation({
    tag: 'triggers',
    summary: 'Read a trigger, and what it made of the last events',
    access: 'token',
    reply: { status: 200, description: 'The trigger; its ETag is for `If-Match`.', schema: triggerReply },
    errors: ['trigger_not_found'],
  }),
  updateTrigger: operation({
    tag: 'triggers',
    summary: 'Change a trigger',
    description: 'A JSON merge patch (RFC 7396): null removes a field, objects merge, lists are replaced.',
    access: 'token',
    conditional: true,
    body: { schema: triggerPatch, judge: 'model' },
    reply: { status: 200, description: 'The trigger as it stands.', schema: triggerReply },
    errors: ['trigger_not_found', 'read_only_definition', 'precondition_failed', ...writingErrors],
  }),
  deleteTrigger: operation({
    tag: 'triggers',
    summary: 'Delete a trigger',
    description: 'Waiting runs are canceled, running ones go on, history stays.',
    access: 'token',
    conditional: true,
    reply: { status: 204, description: 'It is gone.' },
    errors: ['trigger_not_found', 'read_only_definition', 'precondition_failed'],
  }),
  runTrigger: operation({
    tag: 'triggers',
    summary: 'Run a trigger now, on an envelope',
    description:
      'Whatever its conditions say. The envelope is kept as an event that no trigger was considered for. With `wait` the reply comes when the run has ended, or when that time is over.',
    access: 'token',
    query: z.strictObject({ wait: durationText.optional().describe('At most `10m`.') }),
    body: { schema: triggerRunInput, optional: true, judge: 'model' },
    reply: { status: 202, description: 'The run.', schema: z.strictObject({ run }) },
    errors: ['trigger_not_found', 'workspace_not_found', 'run_not_found', 'fire_limit_reached', 'budget_exhausted'],
  }),
  testTrigger: operation({
    tag: 'triggers',
    summary: 'Say which conditions an envelope meets, and what the agent would be told',
    description: 'A dry run: nothing is created. Takes an envelope, or the id of a stored event.',
    access: 'token',
    scopes: ['read'],
    body: { schema: triggerTestInput, optional: true, judge: 'model' },
    reply: { status: 200, description: 'Condition by condition.', schema: z.strictObject({ test: triggerTest }) },
    errors: ['trigger_not_found', 'event_not_found', 'workspace_not_found', 'run_not_found'],
  }),
  previewTrigger: operation({
    tag: 'triggers',
    summary: 'Say what a trigger that is being written would make of an envelope',
    description: 'Nothing is created. What is wrong about it so far is part of the answer, not a refusal.',
    access: 'token',
    scopes: ['read'],
    body: { schema: triggerPreviewInput, judge: 'model' },
    reply: {
      status: 200,
      description: 'What is wrong so far, and condition by condition what holds.',
      schema: z.strictObject({ preview: triggerPreview }),
    },
    errors: ['workspace_not_found', 'run_not_found'],
  }),
  listTriggerRuns: operation({
    tag: 'triggers',
    summary: 'List the runs of a trigger, newest first',
    access: 'token',
    query: jobRunQuery,
    reply: { status: 200, description: 'One page of runs.', schema: runPage },
    errors: ['trigger_not_found', 'invalid_cursor'],
  }),
  setTriggerOverlay: operation({
    tag: 'triggers',
    summary: 'Switch a file or package trigger on or off',
    access: 'token',
    body: { schema: overlayInput, judge: 'contract' },
    reply: { status: 200, description: 'The trigger as it stands.', schema: triggerReply },
    errors: ['trigger_not_found', 'overlay_requires_config_source'],
  }),
  clearTriggerOverlay: operation({
    tag: 'triggers',
    summary: 'Let a file or package trigger follow its definition again',
    access: 'token',
    reply: { status: 200, description: 'The trigger as it stands.', schema: triggerReply },
    errors: ['trigger_not_found', 'trigger_overlay_not_found', 'overlay_requires_config_source'],
  }),
  sendEvent: operation({
    tag: 'events',
    summary: 'Tell an event',
    description:
      'Stored and matched when the reply comes; agents do their work afterwards. An event with an `id` that came before starts nothing, and is answered with 200 and what came of it then. A credential of scope `events:<prefix>` may tell those whose kind begins so.',
    access: 'token',
    scopes: ['events'],
    body: { schema: eventInput, judge: 'model' },
    reply: {
      status: 202,
      description: 'The event, and what came of it.',
      others: { 200: 'It had come before.' },
      schema: eventAccepted,
    },
    errors: ['workspace_not_found', 'run_not_found'],
  }),
  listEvents: operation({
    tag: 'events',
    summary: 'List events, newest first',
    access: 'token',
    query: eventQuery,
    reply: { status: 200, description: 'One page of events.', schema: eventPage },
    errors: ['invalid_cursor'],
  }),
  getEvent: operation({
    tag: 'events',
    summary: 'Read an event: what was considered, what matched, why not, and where it came from',
    access: 'token',
    reply: {
      status: 200,
      description: 'The event with its account.',
      schema: z.strictObject({ event: eventExplanation }),
    },
    errors: ['event_not_found'],
  }),
};
