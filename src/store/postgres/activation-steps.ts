/**
 * The steps on activations: taking them in, going on with what waits, and forgetting old ones. Intake is one at a time
 * over the cluster (locks.ts); what waits is gone on with by whichever node comes first, and the others pass by.
 */
import type { EpochMs } from '../../model/instant.ts';
import type { AcceptedActivation, ActivationStore } from '../activation-store.ts';
import type { ActivationRow } from '../rows/activation-row.ts';
import { ANYTHING_TO_SETTLE, STILL_MATCHING } from '../rows/activation-statements.ts';
import { type MatchOutcome, candidateOf, nothingAccepted, onlyVerdict } from '../rows/match-candidate.ts';
import { readDefinition } from '../rows/stored-definition.ts';
import { readSpentToday } from './acceptance-facts.ts';
import { insertActivation, writeProgress } from './activation-row.ts';
import type { Connection, Database } from './database.ts';
import { dueGatherings, membersOf, removeGathering } from './gathering.ts';
import type { GatheringRow } from '../rows/gathering-row.ts';
import { lockAutomation, lockIntake, tryLockIntake } from './locks.ts';
import { acceptActivation, fire, goOnMatching, guarded, takeVerdict } from './matching.ts';
import type { Matching } from './matching.ts';
import { readOccurrences, strikeOff } from './occurrences.ts';

type Accept = Parameters<ActivationStore['acceptActivations']>[0];
type Settle = Parameters<ActivationStore['settleActivations']>[0];
type Settled = Awaited<ReturnType<ActivationStore['settleActivations']>>;

export function acceptActivations(database: Database, p: Accept): Promise<AcceptedActivation[]> {
  return database.write(async (connection) => {
    await lockIntake(connection);
    const matching = await matchingOf(connection, p);
    const accepted: AcceptedActivation[] = [];
    for (const activation of p.activations) accepted.push(await acceptActivation(connection, matching, activation));
    return accepted;
  });
}

async function matchingOf(connection: Connection, p: Omit<Accept, 'activations'>): Promise<Matching> {
  return { now: p.now, decider: p.decider, spentToday: await readSpentToday(connection, p.daily_since) };
}

export async function settleActivations(database: Database, p: Settle): Promise<Settled> {
  const nothing: Settled = { settled: [], more: false };
  // An idle tick opens no transaction.
  if ((await database.one<{ found: number }>(ANYTHING_TO_SETTLE, p.now))?.found !== 1) return nothing;
  return database.write(async (connection): Promise<Settled> => {
    if (!(await tryLockIntake(connection))) return nothing;
    const matching = await matchingOf(connection, p);
    const settled: AcceptedActivation[] = [];
    // Those first that began before: an activation's later candidates do not wait for newer activations.
    const begun = await connection.all<ActivationRow>(STILL_MATCHING, p.limit);
    for (const row of begun) settled.push(await goOnMatching(connection, matching, row));
    const occurrences = await readOccurrences(connection, p);
    for (const { seq, occurrence } of occurrences) {
      if (occurrence !== undefined) {
        settled.push(await acceptActivation(connection, matching, p.decider.envelopeOf(occurrence)));
      }
      await strikeOff(connection, seq);
    }
    const due = await dueGatherings(connection, p);
    for (const gathering of due) settled.push(await fireGathering(connection, matching, gathering));
    const isFull = [begun, occurrences, due].some((found) => found.length === p.limit);
    return { settled, more: isFull || settled.some(({ activation }) => activation.matching) };
  });
}

/** One activation comes to stand for all of them, and is considered by the trigger that gathered them, and by no other. */
async function fireGathering(
  connection: Connection,
  m: Matching,
  gathering: GatheringRow,
): Promise<AcceptedActivation> {
  const { id, automation_id: triggerId, key } = gathering;
  const members = await membersOf(connection, gathering.seq);
  const made = m.decider.gather({ id, trigger_id: triggerId, key, members, now: m.now });
  const gathered = { trigger_id: triggerId, key, count: members.length };
  const { seq, activation } = await insertActivation(connection, {
    now: m.now,
    activation: { ...made, id, addressed_to: triggerId },
    gathered,
  });
  const answer = nothingAccepted(activation);
  await takeVerdict(connection, {
    seq,
    answer,
    outcome: await gatheredOutcome(connection, m, { triggerId, activation }),
  });
  activation.matching = false;
  await writeProgress(connection, { seq, activation, matchAfter: null });
  await removeGathering(connection, gathering.seq);
  return answer;
}

async function gatheredOutcome(
  connection: Connection,
  m: Matching,
  p: { triggerId: string; activation: AcceptedActivation['activation'] },
): Promise<MatchOutcome> {
  const row = await lockAutomation(connection, p.triggerId);
  if (row === undefined) {
    const detail = 'the trigger was deleted while it gathered';
    return onlyVerdict({ trigger_id: p.triggerId, trigger_name: p.triggerId, verdict: 'deleted', detail });
  }
  const read = readDefinition(row);
  const candidate = candidateOf(row, read);
  return guarded(connection, { trigger_id: row.id, trigger_name: row.name }, () =>
    fire(connection, m, { activation: p.activation, row, read, candidate }),
  );
}

const PRUNE = `delete from activations where seq in (
  select seq from activations
  where accepted_at < ? and match_after is null
    and not exists (select 1 from gathering_members where activation = activations.seq)
    and not exists (select 1 from runs where event_id = activations.id and status in ('scheduled', 'running'))
  order by accepted_at limit ?)`;

export function pruneActivations(
  database: Database,
  p: { before: EpochMs; limit: number },
): Promise<{ deleted: number }> {
  return database.write(async (connection) => {
    // Whoever gathers or matches right now may still need one of them.
    await lockIntake(connection);
    return { deleted: await connection.run(PRUNE, p.before, p.limit) };
  });
}
