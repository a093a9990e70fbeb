/** The steps of whoever carries a run out, fenced by the token of the claim, and the leases that keep the claim. */
import { invariant } from '../../errors/invariant.ts';
import type { Automation } from '../../model/automation.ts';
import type { EpochMs } from '../../model/instant.ts';
import type { Run } from '../../model/run.ts';
import type { AutomationRow } from '../rows/automation-row.ts';
import { runOf } from '../rows/run-row.ts';
import type { FullRunRow } from '../rows/run-row.ts';
import { readDefinition } from '../rows/stored-definition.ts';
import { nothingSpent } from '../rows/used.ts';
import type { AcceptanceFacts, NewRun } from '../acceptance.ts';
import type { RunResult, RunStore } from '../run-store.ts';
import { readFacts } from './acceptance-facts.ts';
import { recordOf } from './automation-row.ts';
import { pauseAutomation } from './automation-write.ts';
import { SET_FAILURES } from '../rows/automation-statements.ts';
import { FULL_RUN, END_RUN, KEEP_OUTPUT, KEEP_PROMPT, SET_STARTED, asAsked, endingOf } from '../rows/run-statements.ts';
import type { Connection, Database } from './database.ts';
import { lockRun } from './locks.ts';
import { newPlace } from './run-creation.ts';
import { promoteAttempts, promoteNext } from './run-queue.ts';
import { findAttempt, findRun, insertRuns } from './run-row.ts';
import { endSession, insertSession } from './sessions.ts';
import { addToUsageDay } from './usage-days.ts';

type Parameter<Step extends keyof RunStore> = Parameters<RunStore[Step]>[0];

const LOCK_OWN = `${FULL_RUN} where runs.id = ? for update of runs`;

export function startRun(database: Database, p: Parameter<'startRun'>): Promise<{ outcome: 'started' | 'lost' }> {
  return database.write(async (connection) => {
    const row = await connection.one<FullRunRow>(LOCK_OWN, p.run_id);
    if (row === undefined || row.status !== 'running' || row.token !== p.token) return { outcome: 'lost' };
    if (row.started_at !== null) {
      invariant(row.session_id === p.session.id, 'a run was started twice with different sessions');
      return { outcome: 'started' };
    }
    await insertSession(connection, p.session);
    await connection.run(SET_STARTED, p.now, p.session.id, row.seq);
    await connection.run(KEEP_PROMPT, row.seq, p.prompt);
    return { outcome: 'started' };
  });
}

type Finish = Parameter<'finishRun'>;
type Finished = { outcome: 'finished'; run: Run; retry?: Run; paused?: { error: string } };

export function finishRun(database: Database, p: Finish): Promise<Finished | { outcome: 'lost' }> {
  return database.write(async (connection): Promise<Finished | { outcome: 'lost' }> => {
    const locked = await lockRun(connection, p.run_id);
    if (locked === undefined || locked.row.token !== p.token) return { outcome: 'lost' };
    const { row, automation } = locked;
    if (row.status !== 'running') return finishedBefore(connection, row, automation);
    await endRun(connection, { now: p.now, row, result: asAsked(row, p.result) });
    await promoteNext(connection, [row.automation_id]);
    await promoteAttempts(connection, row.fire_id);
    const run = runOf((await findRun(connection, p.run_id))!);
    const { automation_id: automationId, agent_name: agentName } = row;
    const followed = await followUp(connection, p, { run, automationId, row: automation });
    // Last, because the whole cluster writes to the account of the day: nobody waits for more than our commit.
    await addToUsageDay(connection, { now: p.now, automationId, agentName, usage: run.usage });
    return { outcome: 'finished', run, ...followed };
  });
}

/** The step is being repeated: the same answer, with what followed, without asking anybody again. */
async function finishedBefore(
  connection: Connection,
  row: FullRunRow,
  automation: AutomationRow | undefined,
): Promise<Finished> {
  const answer: Finished = { outcome: 'finished', run: runOf(row) };
  const retry = await findAttempt(connection, { fire_id: row.fire_id, attempt: row.attempt + 1 });
  if (retry !== undefined) answer.retry = runOf(retry);
  if (automation?.paused_run === row.id) answer.paused = { error: automation.paused_error ?? '' };
  return answer;
}

async function endRun(connection: Connection, p: { now: EpochMs; row: FullRunRow; result: RunResult }): Promise<void> {
  const { row, result } = p;
  const { values, usage } = endingOf(p);
  await connection.run(END_RUN, ...values);
  if (result.output !== undefined) await connection.run(KEEP_OUTPUT, row.seq, result.output);
  if (row.session_id !== null) await endSession(connection, { now: p.now, id: row.session_id, result, usage });
}

/** Asks what follows with the run already finished, so that it no longer counts as unfinished in the facts. */
async function followUp(
  connection: Connection,
  p: Finish,
  ended: { run: Run; automationId: string; row: AutomationRow | undefined },
): Promise<{ retry?: Run; paused?: { error: string } }> {
  const { run, automationId, row } = ended;
  const { now, placeCursor } = p;
  const read = row === undefined ? undefined : readDefinition(row);
  const readable = read?.unreadable === undefined ? read : undefined;
  const wanted = [{ automationId, readable }];
  const [facts] = await readFacts(connection, { now, wanted, spentToday: nothingSpent() });
  const record = row === undefined || readable === undefined ? undefined : await recordOf(connection, row, readable);
  const { retry, consecutive_failures: failures, pause } = p.decideFollowUp({ run, record, facts: facts! });
  if (row === undefined || record === undefined) return {};
  if (failures !== row.consecutive_failures) {
    await connection.run(SET_FAILURES, failures, row.seq);
  }
  const paused =
    pause !== undefined &&
    (await pauseAutomation(connection, { now, row, error: pause.error, runId: run.id, placeCursor }));
  const { automation } = record;
  return {
    ...(retry === undefined ? {} : { retry: await createRetry(connection, { now, automation, retry, facts: facts! }) }),
    ...(paused ? { paused: { error: pause.error } } : {}),
  };
}

async function createRetry(
  connection: Connection,
  p: { now: EpochMs; automation: Automation; retry: NewRun; facts: AcceptanceFacts },
): Promise<Run> {
  const { now, automation, retry: run } = p;
  const queue = await newPlace(connection, { now, automation, run, alone: p.facts.unfinished.length === 0 });
  const [created] = await insertRuns(connection, [{ now, automation, run, queue }]);
  return created ?? runOf((await findAttempt(connection, run))!);
}

const RENEW = `update runs set lease_until = ?
  where status = 'running' and node = ? and token = any(?) and lease_until > ? returning token`;

/**
 * One statement for all; the tokens that no longer hold a run of this node come back. A lease that has ended stays
 * ended: whoever found it so is about to finish the run, and must not find it held again a moment later.
 */
export async function renewLeases(database: Database, p: Parameter<'renewLeases'>): Promise<string[]> {
  if (p.tokens.length === 0) return [];
  const renewed = await database.write((connection) =>
    connection.all<{ token: string }>(RENEW, p.now + p.lease_ms, p.node, p.tokens, p.now),
  );
  const held = new Set(renewed.map((row) => row.token));
  return p.tokens.filter((token) => !held.has(token));
}
