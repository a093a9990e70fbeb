/** The verbs about events, and those that hold a trigger against one. */
import { AppError } from '../../errors/app-error.ts';
import type { Activation } from '../../model/activation.ts';
import { reportedEventIdFor, sortableId } from '../../model/identifiers.ts';
import type { EpochMs } from '../../model/instant.ts';
import type { Trigger } from '../../model/trigger.ts';
import type { EventReading, WrittenEvent } from '../../model/written-event.ts';
import { readEvent, readSampleEvent } from '../../model/written-event.ts';
import type { NewActivation } from '../../store/activation-store.ts';
import type { AutomationRecord } from '../../store/definition-store.ts';
import type { Actor, AutomationCommands } from '../automation-commands.ts';
import { dailySince } from '../budget.ts';
import type { MatchSettings } from '../decide-match.ts';
import { draftTrigger } from '../draft-trigger.ts';
import { candidateOf, explainEvent } from '../explain-event.ts';
import { matchDecider } from '../match-decider.ts';
import { causedBy } from '../occurrence-envelope.ts';
import { reportAccepted } from '../report-accepted.ts';
import { testTrigger } from '../test-trigger.ts';
import type { CommandContext } from './command-context.ts';
import { acceptManualRun } from './run-commands.ts';
import { withWorkspaceId } from './workspace-reference.ts';

type EventCommands = Pick<
  AutomationCommands,
  'sendEvent' | 'explainEvent' | 'testTrigger' | 'previewTrigger' | 'runTriggerNow'
>;

/** Nobody is considered: the event is only the payload of a run. */
const NOBODY = '';

export function eventCommands(context: CommandContext): EventCommands {
  const { store, clock } = context;
  const settings = (): MatchSettings => ({ maxDepth: context.maxDepth(), daily: context.daily() });
  const freshId = (now: EpochMs): string => sortableId('event', { now, random: context.randomBytes(10) });
  const eventOf = async (id: string): Promise<Activation> => {
    const event = await store.getActivation({ id });
    if (event === undefined) throw new AppError('event_not_found', { id });
    return event;
  };
  const triggerOf = async (id: string): Promise<AutomationRecord<Trigger>> => {
    const record = await store.getTrigger({ id });
    if (record === undefined) throw new AppError('trigger_not_found', { id });
    return record;
  };
  const activationOf = async (event: WrittenEvent, p: { actor: Actor; now: EpochMs }): Promise<NewActivation> => {
    const { id: given, cause_run_id: causeRunId, ...envelope } = event;
    const run = causeRunId === undefined ? undefined : await store.getRun({ id: causeRunId });
    if (causeRunId !== undefined && run === undefined) throw new AppError('run_not_found', { id: causeRunId });
    const automationId = run?.job_id ?? run?.trigger_id ?? '';
    return {
      ...envelope,
      // The sender's own id is kept for telling repeats; ours is derived from it, so that a repeat has the same.
      ...(given === undefined
        ? { id: freshId(p.now) }
        : { id: reportedEventIdFor({ kind: event.kind, id: given }), dedupe_key: `${event.kind} ${given}` }),
      occurred_at: event.occurred_at ?? p.now,
      ...(run === undefined ? { depth: 0 } : causedBy({ run, automation: { id: automationId } })),
      actor: p.actor,
    };
  };

  return {
    async sendEvent(p) {
      const event = read(readEvent(await withWorkspaceId(context, p.written)), 'event');
      return context.intake.accept(await activationOf(event, { actor: p.actor, now: clock.now() }));
    },

    async explainEvent(p) {
      return explainEvent({ store, event: await eventOf(p.id), settings: settings() });
    },

    async testTrigger(p) {
      const record = await triggerOf(p.id);
      const candidate = candidateOf(record);
      if ('event_id' in p) {
        return testTrigger({ candidate, activation: await eventOf(p.event_id), settings: settings() });
      }
      const sample = await withWorkspaceId(context, p.envelope);
      const event = read(readSampleEvent(sample, record.automation), 'envelope');
      const now = clock.now();
      const activation = shownActivation(await activationOf(event, { actor: 'test', now }), now);
      return testTrigger({ candidate, activation, settings: settings() });
    },

    async previewTrigger(p) {
      const now = clock.now();
      const written = await withWorkspaceId(context, p.written);
      const drafted = draftTrigger(written, { now, defaults: context.defaults() });
      if (drafted.trigger === undefined) return { problems: drafted.problems };
      const sample = await withWorkspaceId(context, p.envelope);
      const event = read(readSampleEvent(sample, drafted.trigger), 'envelope');
      const activation = shownActivation(await activationOf(event, { actor: 'test', now }), now);
      const candidate = { trigger: drafted.trigger, enabled: true };
      return { problems: drafted.problems, test: testTrigger({ candidate, activation, settings: settings() }) };
    },

    async runTriggerNow(p) {
      const record = await triggerOf(p.id);
      const now = clock.now();
      const sample = await withWorkspaceId(context, p.envelope);
      const { id: _id, ...event } = read(readSampleEvent(sample, record.automation), 'envelope');
      const activation = { ...(await activationOf(event, { actor: p.actor, now })), addressed_to: NOBODY };
      const accepted = await store.acceptActivations({
        now,
        activations: [activation],
        daily_since: dailySince({ daily: context.daily(), now }),
        decider: matchDecider({ settings: settings(), now }),
      });
      await reportAccepted(context, accepted, now);
      return acceptManualRun(context, { id: p.id, actor: p.actor, event: activation });
    },
  };
}

function read(reading: EventReading, subject: 'event' | 'envelope'): WrittenEvent {
  if (reading.ok) return reading.event;
  const { problems } = reading;
  throw new AppError('validation_failed', { subject, problems: problems.length }, { problems });
}

/** As it would be kept. */
function shownActivation(activation: NewActivation, now: EpochMs): Activation {
  const { dedupe_key: _key, ...rest } = activation;
  return { ...rest, accepted_at: now, matching: false, considered: 0, matched: 0 };
}
