/** The decisions about activations, as the store asks for them, for one instant and one set of settings. */
import type { Activation } from '../model/activation.ts';
import type { EpochMs } from '../model/instant.ts';
import { formatInstant } from '../model/instant.ts';
import type { MatchDecider, NewActivation } from '../store/activation-store.ts';
import { acceptMatch, matchTrigger } from './decide-match.ts';
import type { MatchSettings } from './decide-match.ts';
import { envelopeOfOccurrence } from './occurrence-envelope.ts';

export function matchDecider(p: { settings: MatchSettings; now: EpochMs }): MatchDecider {
  const { settings, now } = p;
  return {
    match: (q) => matchTrigger({ ...q, settings }),
    accept: (q) => acceptMatch({ ...q, settings, now }),
    envelopeOf: envelopeOfOccurrence,
    gather: gatheredEnvelope,
  };
}

/**
 * One envelope for several: `data.events` holds all of them in order, as they were. What they have in common is taken
 * over; depth and cause are those of the deepest, so that the loop guard counts the longest way.
 */
function gatheredEnvelope(p: { id: string; key: string; members: readonly Activation[]; now: EpochMs }): NewActivation {
  const { id, key, members, now } = p;
  const newest = members.at(-1);
  const deepest = members.toSorted((a, b) => b.depth - a.depth)[0];
  return {
    id,
    kind: newest?.kind ?? '',
    scope: newest?.scope ?? 'global',
    ...(newest?.workspace_id === undefined ? {} : { workspace_id: newest.workspace_id }),
    source: newest?.source ?? 'extension',
    occurred_at: newest?.occurred_at ?? now,
    depth: deepest?.depth ?? 0,
    ...(deepest?.cause === undefined ? {} : { cause: deepest.cause }),
    data: { key, count: members.length, events: members.map(gatheredEvent) },
  };
}

function gatheredEvent(member: Activation): Record<string, unknown> {
  const { id, kind, source, occurred_at, data } = member;
  return { id, kind, source, occurred_at: formatInstant(occurred_at), data };
}
