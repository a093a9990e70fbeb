/** The steps on activations: taking them in, going on with what waits, and forgetting old ones. */
import { invariant } from '../../errors/invariant.ts';
import type { EpochMs } from '../../model/instant.ts';
import type { AcceptedActivation, ActivationStore } from '../activation-store.ts';
import { readSpentToday } from './acceptance-facts.ts';
import type { ActivationRow } from '../rows/activation-row.ts';
import { ANYTHING_TO_SETTLE, STILL_MATCHING } from '../rows/activation-statements.ts';
import { insertActivation, writeProgress } from './activation-row.ts';
import { findAutomation } from './automation-row.ts';
import type { Connection } from './connection.ts';
import { dueGatherings, membersOf, removeGathering } from './gathering.ts';
import type { GatheringRow } from '../rows/gathering-row.ts';
import type { Matching } from './matching.ts';
import { acceptActivation, fire, goOnMatching, guarded, takeVerdict } from './matching.ts';
import { readOccurrences, strikeOff } from './occurrences.ts';
import { type MatchOutcome, candidateOf, nothingAccepted, onlyVerdict } from '../rows/match-candidate.ts';
import { readDefinition } from '../rows/stored-definition.ts';

type Accept = Parameters<ActivationStore['acceptActivations']>[0];
type Settle = Parameters<ActivationStore['settleActivations']>[0];

export function acceptActivations(connection: Connection, p: Accept): AcceptedActivation[] {
  return connection.write(() => {
    const matching = matchingOf(connection, p);
    return p.activations.map((activation) => acceptActivation(connection, matching, activation));
  });
}

function matchingOf(connection: Connection, p: Omit<Accept, 'activations'>): Matching {
  return { now: p.now, decider: p.decider, spentToday: readSpentToday(connection, p.daily_since), facts: new Map() };
}

export function settleActivations(connection: Connection, p: Settle): { settled: AcceptedActivation[]; more: boolean } {
  // An idle tick takes no write lock.
  if (connection.one<{ found: number }>(ANYTHING_TO_SETTLE, p.now)?.found !== 1) return { settled: [], more: false };
  return connection.write(() => {
    const matching = matchingOf(connection, p);
    // Those first that began before: an activation's later candidates do not wait for newer activations.
    const begun = connection.all<ActivationRow>(STILL_MATCHING, p.limit);
    const settled = begun.map((row) => goOnMatching(connection, matching, row));
    const occurrences = readOccurrences(connection, p);
    for (const { seq, occurrence } of occurrences) {
      if (occurrence !== undefined) {
        settled.push(acceptActivation(connection, matching, p.decider.envelopeOf(occurrence)));
      }
      strikeOff(connection, seq);
    }
    const due = dueGatherings(connection, p);
    for (const gathering of due) settled.push(fireGathering(connection, matching, gathering));
    const more =
      begun.length === p.limit ||
      occurrences.length === p.limit ||
      due.length === p.limit ||
      settled.some(({ activation }) => activation.matching);
    return { settled, more };
  });
}

/** One activation comes to stand for all of them, and is considered by the trigger that gathered them, and by no other. */
function fireGathering(connection: Connection, m: Matching, gathering: GatheringRow): AcceptedActivation {
  const { id, automation_id: triggerId, key } = gathering;
  const members = membersOf(connection, gathering.seq);
  const made = m.decider.gather({ id, trigger_id: triggerId, key, members, now: m.now });
  const gathered = { trigger_id: triggerId, key, count: members.length };
  const stored = insertActivation(connection, {
    now: m.now,
    activation: { ...made, id, addressed_to: triggerId },
    gathered,
  });
  invariant(stored !== undefined, `the activation ${id} of a gathering exists already`);
  const { seq, activation } = stored;
  const answer = nothingAccepted(activation);
  takeVerdict(connection, { seq, answer, outcome: gatheredOutcome(connection, m, { triggerId, activation }) });
  activation.matching = false;
  writeProgress(connection, { seq, activation, matchAfter: null });
  removeGathering(connection, gathering.seq);
  return answer;
}

function gatheredOutcome(
  connection: Connection,
  m: Matching,
  p: { triggerId: string; activation: AcceptedActivation['activation'] },
): MatchOutcome {
  const row = findAutomation(connection, p.triggerId);
  if (row === undefined) {
    const detail = 'the trigger was deleted while it gathered';
    return onlyVerdict({ trigger_id: p.triggerId, trigger_name: p.triggerId, verdict: 'deleted', detail });
  }
  const read = readDefinition(row);
  const candidate = candidateOf(row, read);
  return guarded({ trigger_id: row.id, trigger_name: row.name }, () =>
    fire(connection, m, { activation: p.activation, row, read, candidate }),
  );
}

const OLD = `select seq from activations
  where accepted_at < ? and match_after is null
    and not exists (select 1 from gathering_members where activation = activations.seq)
    and not exists (select 1 from runs where event_id = activations.id and status in ('scheduled', 'running'))
  order by accepted_at limit ?`;

export function pruneActivations(connection: Connection, p: { before: EpochMs; limit: number }): { deleted: number } {
  const old = connection.all<{ seq: number }>(OLD, p.before, p.limit);
  if (old.length === 0) return { deleted: 0 };
  return connection.write(() => {
    for (const { seq } of old) connection.run('delete from activations where seq = ?', seq);
    return { deleted: old.length };
  });
}
