/** Activations and decisions about them for the store contract. */
import type { Activation } from '../../src/model/activation.ts';
import { eventFireIdFor, occurrenceIdFor, runIdFor } from '../../src/model/identifiers.ts';
import { matchesFilter } from '../../src/model/filter.ts';
import type { Trigger } from '../../src/model/trigger.ts';
import type { AcceptedActivation, MatchDecider, NewActivation, Occurrence } from '../../src/store/activation-store.ts';
import type { Store } from '../../src/store/store.ts';
import { newRun, placeAt, T0, trigger } from './store-fixture.ts';

let eventNumber = 0;

export function newActivation(parts: Partial<NewActivation> = {}): NewActivation {
  eventNumber += 1;
  return {
    id: `evt_${String(eventNumber).padStart(6, '0')}`,
    kind: 'ext.test',
    scope: 'global',
    source: 'extension',
    data: {},
    occurred_at: T0,
    depth: 0,
    ...parts,
  };
}

function subjectOf(occurrence: Occurrence): string {
  if ('session' in occurrence) return occurrence.session.id;
  if ('task' in occurrence) return occurrence.task.id;
  return 'run' in occurrence ? occurrence.run.id : occurrence.automation.id;
}

/** Fires what is enabled and whose filter matches; gathers by `data.key` where the trigger coalesces. */
export const plainDecider: MatchDecider = {
  match({ activation, candidate }) {
    const { trigger: considered } = candidate;
    if (!candidate.enabled) return { matched: false, verdict: 'disabled', detail: 'it is off' };
    if (!matchesFilter(considered.filter, activation)) return { matched: false, verdict: 'filter', detail: 'no' };
    if (considered.coalesce === undefined) return { matched: true };
    return { matched: true, gather: { key: String(activation.data['key']), window_ms: 1000, max_wait_ms: 2500 } };
  },
  accept({ activation, candidate }) {
    const fireId = eventFireIdFor({ trigger_id: candidate.trigger.id, event_id: activation.id });
    const { accepted_at: now, depth, id: eventId } = activation;
    const run = newRun({
      id: runIdFor({ fire_id: fireId, attempt: 1 }),
      fire_id: fireId,
      kind: 'trigger',
      available_at: now,
      accepted_at: now,
      event_id: eventId,
      depth,
    });
    return { runs: [run], cancellations: [], verdict: 'fired', detail: 'it fired' };
  },
  envelopeOf(occurrence) {
    const { kind, at } = occurrence;
    const id = occurrenceIdFor({ kind, subject_id: subjectOf(occurrence), at });
    return newActivation({
      id,
      kind,
      source: 'observer',
      occurred_at: at,
      data: { automation: ('task' in occurrence ? occurrence.from?.automation : occurrence.automation)?.name },
    });
  },
  gather: ({ id, key, members }) => newActivation({ id, data: { key, events: members.map((member) => member.data) } }),
};

export async function createTrigger(store: Store, id: string, parts: Partial<Trigger> = {}): Promise<Trigger> {
  const created = trigger(id, { event: 'ext.test', ...parts });
  const answer = await store.createAutomation({ now: T0, automation: created, placeCursor: placeAt(undefined) });
  if (answer.outcome !== 'created') throw new Error(`the trigger ${id} was not created: ${answer.outcome}`);
  return created;
}

/** Takes in one activation. */
export async function take(
  store: Store,
  parts: Partial<NewActivation> = {},
  p: { now?: number; decider?: Partial<MatchDecider> } = {},
): Promise<AcceptedActivation> {
  const [accepted] = await store.acceptActivations({
    now: p.now ?? T0,
    activations: [newActivation(parts)],
    daily_since: null,
    decider: { ...plainDecider, ...p.decider },
  });
  return accepted!;
}

export async function settle(store: Store, p: { now?: number; limit?: number } = {}) {
  return store.settleActivations({
    now: p.now ?? T0,
    limit: p.limit ?? 100,
    daily_since: null,
    decider: plainDecider,
  });
}

/** Settles until nothing is left. */
export async function settleAll(store: Store, now = T0): Promise<AcceptedActivation[]> {
  const all: AcceptedActivation[] = [];
  for (let more = true; more;) {
    const step = await settle(store, { now });
    all.push(...step.settled);
    more = step.more;
  }
  return all;
}

export function verdictsOf(accepted: { verdicts: AcceptedActivation['verdicts'] }): string[] {
  return accepted.verdicts.map((verdict) => `${verdict.trigger_name} ${verdict.verdict}`);
}

export function kindsOf(accepted: readonly { activation: Activation }[]): string[] {
  return accepted.map(({ activation }) => activation.kind);
}
