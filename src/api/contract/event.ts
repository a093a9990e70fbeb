/** Events: as they are sent, as they are shown, and why something did or did not come of them. */
import { z } from 'zod';
import { MATCH_VERDICTS } from '../../model/activation.ts';
import { ACTIVATION_SOURCES } from '../../model/activation-envelope.ts';
import { SCOPES } from '../../model/scope.ts';
import { run } from './run.ts';
import { cursorText, filterText, instantText, limitNumber, nextCursor, whenText } from './wire-text.ts';

const data = z.record(z.string(), z.unknown());

const writtenEvent = {
  scope: z.enum(SCOPES).optional().describe('`workspace` with a `workspace_id`, else `global`, when absent.'),
  workspace_id: z.string().optional().describe('Id, name or folder.'),
  source: z.enum(ACTIVATION_SOURCES).optional().describe('Follows from the kind; no need to write it.'),
  data: data.optional(),
  id: z.string().optional().describe("The sender's own name of the event; the same once more is the same event."),
  occurred_at: z.string().optional().describe('RFC 3339; now when absent.'),
  cause_run_id: z.string().optional().describe('The run that sends it, so that loops can be seen.'),
};

/** What `POST` takes; the judge is the model. */
export const eventInput = z
  .strictObject({
    kind: z.string().describe('`ext.<name>`, or `memory.consolidated`.'),
    ...writtenEvent,
  })
  .meta({ id: 'EventInput' });

export const sampleEnvelope = z
  .strictObject({ kind: z.string().optional(), ...writtenEvent })
  .meta({ id: 'SampleEnvelope' });

export const eventVerdict = z
  .strictObject({
    trigger_id: z.string(),
    trigger_name: z.string(),
    verdict: z
      .enum(MATCH_VERDICTS)
      .describe(
        '`fired`, `deferred` (its run waits for the fire limit), `gathered`, `loop_guard`, `overlap`, `budget` (a canceled run says why): it matched. The others: why not.',
      ),
    detail: z.string().describe('One sentence.'),
    run_id: z.string().optional(),
    gathered_into: z.string().optional().describe('The event that stands, or will stand, for the gathered ones.'),
  })
  .meta({ id: 'EventVerdict' });

const summary = {
  id: z.string(),
  kind: z.string(),
  scope: z.enum(SCOPES),
  workspace_id: z.string().optional(),
  source: z.enum(ACTIVATION_SOURCES),
  occurred_at: instantText.describe('When it happened, as whoever reported it says.'),
  accepted_at: instantText.describe('When it was stored.'),
  depth: z.int().describe('How many runs lie between it and the world outside.'),
  cause: z
    .strictObject({ run_id: z.string(), automation_id: z.string() })
    .optional()
    .describe('The run that brought it about.'),
  actor: z.string().optional(),
  addressed_to: z
    .string()
    .optional()
    .describe('Only this trigger was considered; empty: none, it is the payload of a run asked for by hand.'),
  gathered: z
    .strictObject({ trigger_id: z.string(), key: z.string(), count: z.int() })
    .optional()
    .describe('It stands for so many that a trigger gathered; `data.events` holds them.'),
  matching: z.boolean().describe('More triggers are still to be considered.'),
  considered: z.int().describe('Triggers that could have matched.'),
  matched: z.int(),
};

export const eventSummary = z.strictObject(summary).meta({ id: 'EventSummary' });
const event = z.strictObject({ ...summary, data }).meta({ id: 'Event' });

export const eventPage = z.strictObject({ events: z.array(event), next_cursor: nextCursor }).meta({ id: 'EventPage' });

export const eventQuery = z.strictObject({
  kind: filterText.optional(),
  source: z.enum(ACTIVATION_SOURCES).optional(),
  workspace_id: filterText.optional(),
  cause_run_id: filterText.optional().describe('Only events that this run caused.'),
  since: whenText.optional(),
  until: whenText.optional(),
  limit: limitNumber.optional(),
  cursor: cursorText.optional(),
});

export const eventAccepted = z
  .strictObject({
    event,
    duplicate: z.boolean().describe('It was there already: this is what came of it then.'),
    considered: z.array(eventVerdict).describe('What each trigger that could have matched made of it.'),
    runs: z.array(run),
  })
  .meta({ id: 'EventAccepted' });

export const eventExplanation = z
  .strictObject({
    ...summary,
    data,
    sentence: z.string().describe('What became of it, in words.'),
    verdicts: z.array(eventVerdict),
    verdicts_more: z.int().describe('How many verdicts were not kept.'),
    not_considered: z
      .array(z.strictObject({ trigger_id: z.string(), trigger_name: z.string(), detail: z.string() }))
      .describe('Triggers for this kind that could not match, judged as they stand now.'),
    not_considered_truncated: z.boolean(),
    runs: z.array(run).describe('What came of it, oldest first.'),
    lineage: z
      .array(z.strictObject({ event: eventSummary.optional(), run: run.optional() }))
      .describe('From the beginning to this event: each event with the run that led to the next one.'),
    caused: z.array(eventSummary).describe('Events that its runs caused.'),
  })
  .meta({ id: 'EventExplanation' });
