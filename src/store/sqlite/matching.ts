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
import type { Connection } from './connection.ts';
import { joinGathering } from './gathering.ts';
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
  /**
   * The addressees of this step, read once: nothing that a step on activations does changes a definition or its switch,
   * and a busy webhook is one trigger with hundreds of deliveries in a step.
   */
  addressees?: Map<string, Addressee>;
}

export interface Addressee {
  row: AutomationRow;
  read: ReadDefinition;
}

/** The automation that an activation is addressed to, as it stands in this step. */
export function findAddressee(connection: Connection, m: Matching, id: string): Addressee | undefined {
  const known = m.addressees?.get(id);
  if (known !== undefined) return known;
  const row = findAutomation(connection, id);
  if (row === undefined) return undefined;
  const found = { row, read: readDefinition(row) };
  m.addressees?.set(id, found);
  return found;
}

/** How many runs a repeated activation answers with. */
const RUNS_OF_DUPLICATE_MAX = 100;

/** Takes one activation in. Also for whoever stores something else in the same transaction. */
export function acceptActivation(connection: Connection, m: Matching, activation: NewActivation): AcceptedActivation {
  const known = findRepeated(connection, activation);
  if (known !== undefined) return repeatedAnswer(connection, known);
  const stored = insertActivation(connection, { now: m.now, activation });
  return considerCandidates(connection, m, { ...stored, after: 0 });
}

function repeatedAnswer(connection: Connection, row: ActivationRow): AcceptedActivation {
  return {
    outcome: 'duplicate',
    activation: activationOf(row),
    runs: listActivationRuns(connection, { activation_id: row.id, limit: RUNS_OF_DUPLICATE_MAX }),
    verdicts: listVerdicts(connection, { activation_id: row.id }),
    canceled_run_ids: [],
  };
}

/** Goes on with an activation that had more candidates than one step takes. */
export function goOnMatching(connection: Connection, m: Matching, row: ActivationRow): AcceptedActivation {
  return considerCandidates(connection, m, {
    seq: row.seq,
    activation: activationOf(row),
    after: row.match_after ?? 0,
  });
}

function considerCandidates(
  connection: Connection,
  m: Matching,
  p: { seq: number; activation: Activation; after: number },
): AcceptedActivation {
  const { seq, activation } = p;
  const answer = nothingAccepted(activation);
  const candidates = candidatesOf(connection, m, p);
  for (const row of candidates) {
    takeVerdict(connection, { seq, answer, outcome: judge(connection, m, { seq, activation, row }) });
  }
  const last = candidates.length === CANDIDATES_PER_STEP ? candidates.at(-1) : undefined;
  activation.matching = last !== undefined;
  writeProgress(connection, { seq, activation, matchAfter: last?.seq ?? null });
  return answer;
}

/** Counts what was judged, and keeps it within the bound. */
export function takeVerdict(
  connection: Connection,
  p: { seq: number; answer: AcceptedActivation; outcome: MatchOutcome },
): void {
  const { answer, outcome } = p;
  const { activation } = answer;
  if (activation.considered < VERDICTS_MAX) {
    insertVerdict(connection, { activation: p.seq, position: activation.considered, verdict: outcome.verdict });
  }
  activation.considered += 1;
  if (isMatch(outcome.verdict.verdict)) activation.matched += 1;
  answer.verdicts.push(outcome.verdict);
  answer.runs.push(...outcome.runs);
  answer.canceled_run_ids.push(...outcome.canceled_run_ids);
}

function candidatesOf(
  connection: Connection,
  m: Matching,
  p: { activation: Activation; after: number },
): AutomationRow[] {
  const { addressed_to: addressee } = p.activation;
  if (addressee === undefined) {
    return findCandidates(connection, { envelope: p.activation, after: p.after });
  }
  const row = addressee === '' ? undefined : findAddressee(connection, m, addressee)?.row;
  return row === undefined || row.kind !== 'trigger' ? [] : [row];
}

function judge(
  connection: Connection,
  m: Matching,
  p: { seq: number; activation: Activation; row: AutomationRow },
): MatchOutcome {
  const { activation, row } = p;
  const read = m.addressees?.get(row.id)?.read ?? readDefinition(row);
  const candidate = candidateOf(row, read);
  const named = { trigger_id: row.id, trigger_name: row.name };
  return guarded(named, () => {
    const answer = m.decider.match({ activation, candidate });
    if (!answer.matched) {
      const { verdict, detail } = answer;
      return onlyVerdict({ ...named, verdict, detail });
    }
    if ('gather' in answer) {
      const joined = joinGathering(connection, { ...answer.gather, now: m.now, triggerId: row.id, member: p });
      return onlyVerdict({ ...named, ...joined });
    }
    return fire(connection, m, { activation, row, read, candidate });
  });
}

/** Creates what the acceptance decides for one concerned trigger. */
export function fire(
  connection: Connection,
  m: Matching,
  p: { activation: Activation; row: AutomationRow; read: ReadDefinition; candidate: MatchCandidate },
): MatchOutcome {
  const { activation, row, read, candidate } = p;
  const readable = read.unreadable === undefined ? read : undefined;
  const facts = readFacts(connection, { automationId: row.id, now: m.now, readable, spentToday: m.spentToday });
  const decision = m.decider.accept({ activation, candidate, facts });
  const { cancellations } = decision;
  const { canceled_run_ids } = makeCancellations(connection, { now: m.now, automationId: row.id, cancellations });
  const alone = facts.unfinished.length === 0;
  const { runs } = createRuns(connection, { now: m.now, automation: read.automation, runs: decision.runs, alone });
  return firedOutcome(row, decision, { runs, canceled_run_ids });
}

/** A decision that throws, or breaks a rule of the schema, costs its own trigger the fire and nobody else. */
export function guarded(
  named: Pick<TriggerVerdict, 'trigger_id' | 'trigger_name'>,
  decide: () => MatchOutcome,
): MatchOutcome {
  try {
    return decide();
  } catch (error) {
    if (error instanceof AppError) throw error;
    const detail = error instanceof Error ? error.message : String(error);
    return onlyVerdict({ ...named, verdict: 'error', detail });
  }
}
