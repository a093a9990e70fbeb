/** Taking activations in, and considering their candidates: which rows come of it, in the caller's transaction. */
import { AppError } from '../../errors/app-error.ts';
import type { Activation, TriggerVerdict } from '../../model/activation.ts';
import { isMatch } from '../../model/activation.ts';
import type { EpochMs } from '../../model/instant.ts';
import {
  type AcceptedActivation,
  CANDIDATES_PER_STEP,
  type MatchAcceptance,
  type MatchAnswer,
  type MatchCandidate,
  type MatchDecider,
  type NewActivation,
  VERDICTS_MAX,
} from '../activation-store.ts';
import type { AcceptanceFacts } from '../acceptance.ts';
import type { Spending } from '../account-store.ts';
import type { Run } from '../../model/run.ts';
import { readFacts } from './acceptance-facts.ts';
import { listActivationRuns, listVerdicts } from './activation-list.ts';
import { activationOf } from '../rows/activation-row.ts';
import type { ActivationRow } from '../rows/activation-row.ts';
import { type MatchProgress, acceptedNow } from '../rows/activation-statements.ts';
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
  /**
   * What the acceptances of this step may look at, by automation: read once, then kept up with what the step itself
   * does. A storm of deliveries would otherwise read a whole window of acceptances for each of them.
   */
  facts: Map<string, AcceptanceFacts>;
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
export function acceptActivation(connection: Connection, m: Matching, arriving: NewActivation): AcceptedActivation {
  const activation = acceptedNow(arriving, m);
  const judged = candidatesOf(connection, m, { activation, after: 0 }).map((row) => judge(m, { activation, row }));
  // Nearly always it is written as it will be when all candidates are considered, which spares writing the row again.
  const progress: MatchProgress = {
    considered: judged.length,
    matched: judged.filter(({ answer }) => answer.matched).length,
    matchAfter: goesOnAfter(judged),
  };
  const stored = insertActivation(connection, { now: m.now, activation: arriving, progress });
  if (stored === undefined) return repeatedAnswer(connection, findRepeated(connection, arriving)!);
  return considerCandidates(connection, m, { ...stored, judged, written: progress });
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
  const activation = activationOf(row);
  const candidates = candidatesOf(connection, m, { activation, after: row.match_after ?? 0 });
  const judged = candidates.map((candidate) => judge(m, { activation, row: candidate }));
  return considerCandidates(connection, m, { seq: row.seq, activation, judged });
}

/** The last one of a step that took as many as it may: the next step begins behind it. */
function goesOnAfter(judged: readonly Judged[]): number | null {
  return judged.length === CANDIDATES_PER_STEP ? (judged.at(-1)?.row.seq ?? null) : null;
}

function considerCandidates(
  connection: Connection,
  m: Matching,
  p: { seq: number; activation: Activation; judged: readonly Judged[]; written?: MatchProgress },
): AcceptedActivation {
  const { seq, activation, judged, written } = p;
  const answer = nothingAccepted(activation);
  for (const one of judged) {
    takeVerdict(connection, { seq, answer, outcome: carryOut(connection, m, { seq, activation, judged: one }) });
  }
  const matchAfter = goesOnAfter(judged);
  activation.matching = matchAfter !== null;
  // Not as foreseen: the acceptance found that a trigger was not concerned after all, or failed.
  const isWritten = written?.matched === activation.matched && written.considered === activation.considered;
  if (!isWritten) writeProgress(connection, { seq, activation, matchAfter });
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

/** A candidate, and whether the activation concerns it. */
interface Judged {
  row: AutomationRow;
  read: ReadDefinition;
  candidate: MatchCandidate;
  answer: MatchAnswer;
}

/** A decision that throws costs its own trigger the fire and nobody else. */
function judge(m: Matching, p: { activation: Activation; row: AutomationRow }): Judged {
  const { activation, row } = p;
  const read = m.addressees?.get(row.id)?.read ?? readDefinition(row);
  const candidate = candidateOf(row, read);
  try {
    return { row, read, candidate, answer: m.decider.match({ activation, candidate }) };
  } catch (error) {
    if (error instanceof AppError) throw error;
    return { row, read, candidate, answer: { matched: false, verdict: 'error', detail: messageOf(error) } };
  }
}

function carryOut(
  connection: Connection,
  m: Matching,
  p: { seq: number; activation: Activation; judged: Judged },
): MatchOutcome {
  const { seq, activation, judged } = p;
  const { row, answer } = judged;
  const named = { trigger_id: row.id, trigger_name: row.name };
  if (!answer.matched) {
    const { verdict, detail } = answer;
    return onlyVerdict({ ...named, verdict, detail });
  }
  return guarded(named, () => {
    if (!('gather' in answer)) return fire(connection, m, { ...judged, activation });
    const member = { seq, activation };
    const joined = joinGathering(connection, { ...answer.gather, now: m.now, triggerId: row.id, member });
    return onlyVerdict({ ...named, ...joined });
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
  const facts =
    m.facts.get(row.id) ??
    readFacts(connection, { automationId: row.id, now: m.now, readable, spentToday: m.spentToday });
  m.facts.delete(row.id);
  const decision = m.decider.accept({ activation, candidate, facts });
  const { cancellations } = decision;
  const { canceled_run_ids } = makeCancellations(connection, { now: m.now, automationId: row.id, cancellations });
  const alone = facts.unfinished.length === 0;
  const { runs } = createRuns(connection, { now: m.now, automation: read.automation, runs: decision.runs, alone });
  if (cancellations.length === 0) m.facts.set(row.id, withCreated(facts, { decision, created: runs, now: m.now }));
  return firedOutcome(row, decision, { runs, canceled_run_ids });
}

/** What reading them again would say; the lists are this step's own. */
function withCreated(
  facts: AcceptanceFacts,
  p: { decision: MatchAcceptance; created: readonly Run[]; now: EpochMs },
): AcceptanceFacts {
  for (const run of p.decision.runs) {
    if (run.status === 'canceled' || !p.created.some(({ id }) => id === run.id)) continue;
    const { id, kind, attempt } = run;
    facts.unfinished.push({ id, kind, attempt, status: 'scheduled', created_at: p.now });
    const { accepted } = facts;
    const isLast = accepted.length === 0 || accepted.at(-1)! <= run.accepted_at;
    accepted.push(run.accepted_at);
    if (!isLast) accepted.sort((a, b) => a - b);
  }
  return facts;
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
    return onlyVerdict({ ...named, verdict: 'error', detail: messageOf(error) });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
