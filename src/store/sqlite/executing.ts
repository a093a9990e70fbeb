/** The steps of whoever carries a run out, fenced by the token of the claim, and the leases that keep the claim. */
import type { Automation } from '../../model/automation.ts';
import type { EpochMs } from '../../model/instant.ts';
import type { Run } from '../../model/run.ts';
import { invariant } from '../../errors/invariant.ts';
import type { AcceptanceFacts, NewRun } from '../acceptance.ts';
import type { PlaceCursor } from '../cursor.ts';
import type { AutomationRecord } from '../definition-store.ts';
import type { FollowUp, RunResult, RunStore } from '../run-store.ts';
import { readFacts } from './acceptance-facts.ts';
import { findAutomation, recordOf } from './automation-row.ts';
import { SET_FAILURES } from '../rows/automation-statements.ts';
import { END_RUN, KEEP_OUTPUT, KEEP_PROMPT, SET_STARTED, asAsked, endingOf } from '../rows/run-statements.ts';
import type { Connection } from './connection.ts';
import { pauseAutomation } from './automation-write.ts';
import { newPlace } from './run-creation.ts';
import { promoteAttempts, promoteNext } from './run-queue.ts';
import { runOf } from '../rows/run-row.ts';
import { findAttempt, findRun, insertRun } from './run-row.ts';
import type { FullRunRow } from '../rows/run-row.ts';
import { endSession, insertSession } from './sessions.ts';
import { nothingSpent } from '../rows/used.ts';
import { readDefinition } from '../rows/stored-definition.ts';
import { addToUsageDay } from './usage-days.ts';

type Start = Parameters<RunStore['startRun']>[0];

export function startRun(connection: Connection, p: Start): { outcome: 'started' | 'lost' } {
  return connection.write(() => {
    const row = findRun(connection, p.run_id);
    if (row === undefined || row.status !== 'running' || row.token !== p.token) return { outcome: 'lost' };
    if (row.started_at !== null) {
      invariant(row.session_id === p.session.id, 'a run was started twice with different sessions');
      return { outcome: 'started' };
    }
    insertSession(connection, p.session);
    connection.run(SET_STARTED, p.now, p.session.id, row.seq);
    connection.run(KEEP_PROMPT, row.seq, p.prompt);
    return { outcome: 'started' };
  });
}

export interface Finish {
  now: EpochMs;
  run_id: string;
  token: string;
  result: RunResult;
  decideFollowUp: (p: { run: Run; record: AutomationRecord | undefined; facts: AcceptanceFacts }) => FollowUp;
  placeCursor: PlaceCursor;
}

type Finished = { outcome: 'finished'; run: Run; retry?: Run; paused?: { error: string } };

export function finishRun(connection: Connection, p: Finish): Finished | { outcome: 'lost' } {
  return connection.write(() => {
    const row = findRun(connection, p.run_id);
    if (row === undefined || row.token !== p.token) return { outcome: 'lost' };
    if (row.status !== 'running') return finishedBefore(connection, row);
    endRun(connection, { now: p.now, row, result: asAsked(row, p.result) });
    promoteNext(connection, row.automation_id);
    promoteAttempts(connection, row.fire_id);
    const run = runOf(findRun(connection, p.run_id)!);
    const { automation_id: automationId, agent_name: agentName } = row;
    addToUsageDay(connection, { now: p.now, automationId, agentName, usage: run.usage });
    return { outcome: 'finished', run, ...followUp(connection, p, { run, automationId }) };
  });
}

/** The step is being repeated: the same answer, with what followed, without asking anybody again. */
function finishedBefore(connection: Connection, row: FullRunRow): Finished {
  const answer: Finished = { outcome: 'finished', run: runOf(row) };
  const retry = findAttempt(connection, { fire_id: row.fire_id, attempt: row.attempt + 1 });
  if (retry !== undefined) answer.retry = runOf(retry);
  const automation = findAutomation(connection, row.automation_id);
  if (automation?.paused_run === row.id) answer.paused = { error: automation.paused_error ?? '' };
  return answer;
}

function endRun(connection: Connection, p: { now: EpochMs; row: FullRunRow; result: RunResult }): void {
  const { row, result } = p;
  const { values, usage } = endingOf(p);
  connection.run(END_RUN, ...values);
  if (result.output !== undefined) connection.run(KEEP_OUTPUT, row.seq, result.output);
  if (row.session_id !== null) endSession(connection, { now: p.now, id: row.session_id, result, usage });
}

/** Asks what follows with the run already finished, so that it no longer counts as unfinished in the facts. */
function followUp(
  connection: Connection,
  p: Finish,
  ended: { run: Run; automationId: string },
): { retry?: Run; paused?: { error: string } } {
  const { run, automationId } = ended;
  const row = findAutomation(connection, automationId);
  const read = row === undefined ? undefined : readDefinition(row);
  const readable = read?.unreadable === undefined ? read : undefined;
  const facts = readFacts(connection, { automationId, now: p.now, readable, spentToday: nothingSpent() });
  const record = row === undefined || readable === undefined ? undefined : recordOf(connection, row, readable);
  const { retry, consecutive_failures: failures, pause } = p.decideFollowUp({ run, record, facts });
  if (row === undefined || record === undefined) return {};
  if (failures !== row.consecutive_failures) {
    connection.run(SET_FAILURES, failures, row.seq);
  }
  const { now, placeCursor } = p;
  const paused =
    pause !== undefined && pauseAutomation(connection, { now, row, error: pause.error, runId: run.id, placeCursor });
  return {
    ...(retry === undefined
      ? {}
      : { retry: createRetry(connection, { now, automation: record.automation, retry, facts }) }),
    ...(paused ? { paused: { error: pause.error } } : {}),
  };
}

function createRetry(
  connection: Connection,
  p: { now: EpochMs; automation: Automation; retry: NewRun; facts: AcceptanceFacts },
): Run {
  const { now, automation, retry: run } = p;
  const queue = newPlace(connection, { now, automation, run, alone: p.facts.unfinished.length === 0 });
  const created = insertRun(connection, { now, automation, run, queue });
  return created ?? runOf(findAttempt(connection, run)!);
}

const RENEW = `update runs set lease_until = ? where status = 'running' and node = ? and token = ?`;

/** One transaction for all; the tokens that no longer hold a run of this node come back. */
export function renewLeases(
  connection: Connection,
  p: { now: EpochMs; node: string; lease_ms: number; tokens: readonly string[] },
): string[] {
  if (p.tokens.length === 0) return [];
  return connection.write(() => {
    const held = new Set(
      connection
        .all<{ token: string }>(`select token from runs where status = 'running' and node = ?`, p.node)
        .map((row) => row.token),
    );
    const until = p.now + p.lease_ms;
    for (const token of p.tokens) if (held.has(token)) connection.run(RENEW, until, p.node, token);
    return p.tokens.filter((token) => !held.has(token));
  });
}
