/** Taking activations in, and considering their candidates: which rows come of it, in the caller's transaction. */
import { AppError } from '../../errors/app-error.ts';
import type { Activation, TriggerVerdict } from '../../model/activation.ts';
import { isMatch } from '../../model/activation.ts';
import type { EpochMs } from '../../model/instant.ts';
import {
  type AcceptedActivation,
  CANDIDATES_PER_STEP,
  type MatchCandidate,
  type MatchDecider,
  type NewActivation,
  VERDICTS_MAX,
} from '../activation-store.ts';
import type { Spending } from '../account-store.ts';
import { readFacts } from './acceptance-facts.ts';
import { listActivationRuns, listVerdicts } from './activation-list.ts';
import { activationOf } from '../rows/activation-row.ts';
import type { ActivationRow } from '../rows/activation-row.ts';
import { findRepeated, insertActivation, insertVerdict, writeProgress } from './activation-row.ts';
import type { AutomationRow } from '../rows/automation-row.ts';
import { findAutomation } from './automation-row.ts';
import { attempt } from './database.ts';
import type { Connection } from './database.ts';
import { joinGathering } from './gathering.ts';
import { lockAutomation } from './locks.ts';
import { isConnectionLost, isRetryable } from './postgres-error.ts';
import { makeCancellations } from './run-cancellation.ts';
import { createRuns } from './run-creation.ts';
import { type MatchOutcome, candidateOf, firedOutcome, nothingAccepted, onlyVerdict } from '../rows/match-candidate.ts';
import { readDefinition } from '../rows/stored-definition.ts';
import type { ReadDefinition } from '../rows/stored-definition.ts';
import { findCandidates } from './trigger-index.ts';

/** What every match of one step shares. */
export interface Matching {
  now: EpochMs;
  decider: MatchDecider;
  /** Read once per step: matching spends nothing. */
  spentToday: Spending;
}

/** How many runs a repeated activation answers with. */
const RUNS_OF_DUPLICATE_MAX = 100;

/** Takes one activation in. Also for whoever stores something else in the same transaction. Under the intake's lock. */
export async function acceptActivation(
  connection: Connection,
  m: Matching,
  activation: NewActivation,
): Promise<AcceptedActivation> {
  const known = await findRepeated(connection, activation);
  if (known !== undefined) return repeatedAnswer(connection, known);
  const stored = await insertActivation(connection, { now: m.now, activation });
  return considerCandidates(connection, m, { ...stored, after: 0 });
}

async function repeatedAnswer(connection: Connection, row: ActivationRow): Promise<AcceptedActivation> {
  return {
    outcome: 'duplicate',
    activation: activationOf(row),
    runs: await listActivationRuns(connection, { activation_id: row.id, limit: RUNS_OF_DUPLICATE_MAX }),
    verdicts: await listVerdicts(connection, { activation_id: row.id }),
    canceled_run_ids: [],
  };
}

/** Goes on with an activation that had more candidates than one step takes. */
export function goOnMatching(connection: Connection, m: Matching, row: ActivationRow): Promise<AcceptedActivation> {
  return considerCandidates(connection, m, {
    seq: row.seq,
    activation: activationOf(row),
    after: row.match_after ?? 0,
  });
}

async function considerCandidates(
  connection: Connection,
  m: Matching,
  p: { seq: number; activation: Activation; after: number },
): Promise<AcceptedActivation> {
  const { seq, activation } = p;
  const answer = nothingAccepted(activation);
  const candidates = await candidatesOf(connection, p);
  for (const row of candidates) {
    await takeVerdict(connection, { seq, answer, outcome: await judge(connection, m, { seq, activation, row }) });
  }
  const last = candidates.length === CANDIDATES_PER_STEP ? candidates.at(-1) : undefined;
  activation.matching = last !== undefined;
  await writeProgress(connection, { seq, activation, matchAfter: last?.seq ?? null });
  return answer;
}

/** Counts what was judged, and keeps it within the bound. */
export async function takeVerdict(
  connection: Connection,
  p: { seq: number; answer: AcceptedActivation; outcome: MatchOutcome },
): Promise<void> {
  const { answer, outcome } = p;
  const { activation } = answer;
  if (activation.considered < VERDICTS_MAX) {
    await insertVerdict(connection, { activation: p.seq, position: activation.considered, verdict: outcome.verdict });
  }
  activation.considered += 1;
  if (isMatch(outcome.verdict.verdict)) activation.matched += 1;
  answer.verdicts.push(outcome.verdict);
  answer.runs.push(...outcome.runs);
  answer.canceled_run_ids.push(...outcome.canceled_run_ids);
}

async function candidatesOf(
  connection: Connection,
  p: { activation: Activation; after: number },
): Promise<AutomationRow[]> {
  const { addressed_to: addressee } = p.activation;
  if (addressee === undefined) {
    return findCandidates(connection, { envelope: p.activation, after: p.after, limit: CANDIDATES_PER_STEP });
  }
  const row = addressee === '' ? undefined : await findAutomation(connection, addressee);
  return row === undefined || row.kind !== 'trigger' ? [] : [row];
}

async function judge(
  connection: Connection,
  m: Matching,
  p: { seq: number; activation: Activation; row: AutomationRow },
): Promise<MatchOutcome> {
  const { activation, row } = p;
  const read = readDefinition(row);
  const candidate = candidateOf(row, read);
  const named = { trigger_id: row.id, trigger_name: row.name };
  return guarded(connection, named, async () => {
    const answer = m.decider.match({ activation, candidate });
    if (!answer.matched) {
      const { verdict, detail } = answer;
      return onlyVerdict({ ...named, verdict, detail });
    }
    if ('gather' in answer) {
      const joined = await joinGathering(connection, { ...answer.gather, now: m.now, triggerId: row.id, member: p });
      return onlyVerdict({ ...named, ...joined });
    }
    // Concerned: from here on nobody may change it. It may have changed since it was found.
    const locked = await lockAutomation(connection, row.id);
    if (locked === undefined) {
      const detail = 'the trigger was deleted at this moment';
      return onlyVerdict({ ...named, verdict: 'deleted', detail });
    }
    const now = readDefinition(locked);
    return fire(connection, m, { activation, row: locked, read: now, candidate: candidateOf(locked, now) });
  });
}

/** Creates what the acceptance decides for one concerned trigger, under its lock. */
export async function fire(
  connection: Connection,
  m: Matching,
  p: { activation: Activation; row: AutomationRow; read: ReadDefinition; candidate: MatchCandidate },
): Promise<MatchOutcome> {
  const { activation, row, read, candidate } = p;
  const readable = read.unreadable === undefined ? read : undefined;
  const { now, spentToday } = m;
  const [facts] = await readFacts(connection, { now, wanted: [{ automationId: row.id, readable }], spentToday });
  const decision = m.decider.accept({ activation, candidate, facts: facts! });
  const { cancellations } = decision;
  const { canceled_run_ids } = await makeCancellations(connection, { now, automationId: row.id, cancellations });
  const alone = facts!.unfinished.length === 0;
  const { runs } = await createRuns(connection, { now, automation: read.automation, runs: decision.runs, alone });
  return firedOutcome(row, decision, { runs, canceled_run_ids });
}

/** A decision that throws, or breaks a rule of the schema, costs its own trigger the fire and nobody else. */
export async function guarded(
  connection: Connection,
  named: Pick<TriggerVerdict, 'trigger_id' | 'trigger_name'>,
  decide: () => Promise<MatchOutcome>,
): Promise<MatchOutcome> {
  try {
    return await attempt(connection, decide);
  } catch (error) {
    if (error instanceof AppError || isConnectionLost(error) || isRetryable(error)) throw error;
    const detail = error instanceof Error ? error.message : String(error);
    return onlyVerdict({ ...named, verdict: 'error', detail });
  }
}
