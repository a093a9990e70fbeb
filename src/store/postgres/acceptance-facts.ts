/** What decisions about accepting runs may look at, read under the automations' locks, for many at once. */
import { isTrigger } from '../../model/automation.ts';
import type { EpochMs } from '../../model/instant.ts';
import type { RunKind, RunStatus } from '../../model/run.ts';
import type { ReadableDefinition } from '../rows/stored-definition.ts';
import { nothingSpent } from '../rows/used.ts';
import type { AcceptanceFacts, UnfinishedRun } from '../acceptance.ts';
import type { Spending } from '../account-store.ts';
import { UNFINISHED_RUNS_MAX } from '../acceptance.ts';
import { jsonRows } from './database.ts';
import type { Connection } from './database.ts';
import { readBudgetUse, readSpending } from './spending.ts';

interface UnfinishedRow {
  automation_id: string;
  id: string;
  status: RunStatus;
  kind: RunKind;
  scheduled_at: EpochMs | null;
  created_at: EpochMs;
  attempt: number;
  seq: number;
}

const UNFINISHED = `select unfinished.* from unnest(?::text[]) as wanted (id) cross join lateral (
  select automation_id, id, status, kind, scheduled_at, created_at, attempt, seq from runs
  where automation_id = wanted.id and status in ('running', 'scheduled')
  order by created_at, seq limit ${UNFINISHED_RUNS_MAX}) as unfinished order by created_at, seq`;

// The fires whose task is open, for jobs that hand their work over; the others do not pay for the look.
const HANDED_OVER = `select runs.automation_id, runs.id, runs.status, runs.kind, runs.scheduled_at, runs.created_at,
  runs.attempt, runs.seq from tasks join runs on runs.id = tasks.run_id
  where tasks.automation_id = any(?) and tasks.status in ('queued', 'claimed') order by runs.created_at, runs.seq`;

const ACCEPTED = `select wanted.id, accepted.accepted_at
  from json_to_recordset(?::json) as wanted (id text, since bigint, max bigint) cross join lateral (
    select accepted_at from runs where automation_id = wanted.id and status <> 'canceled' and accepted_at > wanted.since
    order by accepted_at desc limit wanted.max) as accepted
  order by accepted.accepted_at`;

export interface FactsWanted {
  automationId: string;
  /** Undefined for a definition that is gone or cannot be read: then there is no limit and no budget to look at. */
  readable: ReadableDefinition | undefined;
}

/** In the order of `wanted`. */
export async function readFacts(
  connection: Connection,
  p: { now: EpochMs; wanted: readonly FactsWanted[]; spentToday: Spending },
): Promise<AcceptanceFacts[]> {
  const { now, wanted } = p;
  const unfinished = await readUnfinished(connection, wanted);
  const accepted = await readAccepted(connection, p);
  const facts: AcceptanceFacts[] = [];
  for (const { automationId, readable } of wanted) {
    facts.push({
      unfinished: unfinished.get(automationId) ?? [],
      accepted: accepted.get(automationId) ?? [],
      ...(await readBudgetUse(connection, { automationId, now, budget: readable?.budget })),
      spent_today: p.spentToday,
    });
  }
  return facts;
}

async function readUnfinished(
  connection: Connection,
  wanted: readonly FactsWanted[],
): Promise<Map<string, UnfinishedRun[]>> {
  const rows = await connection.all<UnfinishedRow>(
    UNFINISHED,
    wanted.map((one) => one.automationId),
  );
  const handsOver = wanted.flatMap(({ automationId, readable }) => {
    const automation = readable?.automation;
    return automation === undefined || isTrigger(automation) || automation.task === undefined ? [] : [automationId];
  });
  if (handsOver.length > 0) {
    rows.push(...(await connection.all<UnfinishedRow>(HANDED_OVER, handsOver)));
    rows.sort((a, b) => a.created_at - b.created_at || a.seq - b.seq);
  }
  const found = new Map<string, UnfinishedRun[]>();
  for (const { automation_id: automationId, id, status, kind, created_at, attempt, scheduled_at: at } of rows) {
    const run: UnfinishedRun = { id, status, kind, created_at, attempt, ...(at === null ? {} : { scheduled_at: at }) };
    const known = found.get(automationId);
    if (known === undefined) found.set(automationId, [run]);
    else if (known.length < UNFINISHED_RUNS_MAX) known.push(run);
  }
  return found;
}

async function readAccepted(
  connection: Connection,
  p: { now: EpochMs; wanted: readonly FactsWanted[] },
): Promise<Map<string, EpochMs[]>> {
  const limited = p.wanted.flatMap(({ automationId: id, readable }) =>
    readable === undefined
      ? []
      : [{ id, since: p.now - readable.fireWindowMs, max: readable.automation.fire_limit.max }],
  );
  const found = new Map<string, EpochMs[]>();
  if (limited.length === 0) return found;
  for (const row of await connection.all<{ id: string; accepted_at: EpochMs }>(ACCEPTED, jsonRows(limited))) {
    const known = found.get(row.id);
    if (known === undefined) found.set(row.id, [row.accepted_at]);
    else known.push(row.accepted_at);
  }
  return found;
}

/** What all runs have used since the instant, for a decision; nothing is read when nobody asks. */
export async function readSpentToday(connection: Connection, dailySince: EpochMs | null): Promise<Spending> {
  return dailySince === null ? nothingSpent() : readSpending(connection, { since: dailySince });
}
