/** What a decision about accepting runs may look at, read under the automation's lock. Index lookups, no counters. */
import { type Automation, isTrigger } from '../../model/automation.ts';
import { overlapOf } from '../../model/effective.ts';
import type { EpochMs } from '../../model/instant.ts';
import type { RunKind, RunStatus } from '../../model/run.ts';
import type { AcceptanceFacts } from '../acceptance.ts';
import type { Spending } from '../account-store.ts';
import { UNFINISHED_RUNS_MAX } from '../acceptance.ts';
import type { Connection } from './connection.ts';
import { nothingSpent } from '../rows/used.ts';
import { readBudgetUse, readSpending } from './spending.ts';
import type { ReadableDefinition } from '../rows/stored-definition.ts';

interface UnfinishedRow {
  id: string;
  status: RunStatus;
  kind: RunKind;
  scheduled_at: EpochMs | null;
  created_at: EpochMs;
  attempt: number;
}

// Two ranges of one index, each in order already; `status in (…)` would read and sort them together.
const IN_ORDER = `
  select id, status, kind, scheduled_at, created_at, attempt, seq from runs where automation_id = ? and status = 'running'
  union all
  select id, status, kind, scheduled_at, created_at, attempt, seq from runs where automation_id = ? and status = 'scheduled'
  order by created_at, seq`;
const UNFINISHED = `${IN_ORDER} limit ${UNFINISHED_RUNS_MAX}`;
const OLDEST_UNFINISHED = `${IN_ORDER} limit 1`;

// The fires whose task is open, for jobs that hand their work over; the others do not pay for the look.
const UNFINISHED_OR_HANDED_OVER = `
  select * from (${UNFINISHED})
  union all
  select runs.id, runs.status, runs.kind, runs.scheduled_at, runs.created_at, runs.attempt, runs.seq
    from tasks join runs on runs.id = tasks.run_id
    where tasks.automation_id = ? and tasks.status in ('queued', 'claimed')
  order by created_at, seq limit ${UNFINISHED_RUNS_MAX}`;

/**
 * The limit is written into the text, rounded up to one of a few: SQLite plans a statement anew whenever a bound limit
 * changes hands, which costs more than the lookup itself.
 */
const ACCEPTED = [16, 128, 1024, 8192, 65_536, 1_048_576].map((limit) => ({
  limit,
  sql: `select accepted_at from runs
    where automation_id = ? and status <> 'canceled' and accepted_at > ? order by accepted_at desc limit ${limit}`,
}));

export interface FactsOf {
  automationId: string;
  now: EpochMs;
  /** Undefined for a definition that is gone or cannot be read: then there is no limit and no budget to look at. */
  readable: ReadableDefinition | undefined;
  spentToday: Spending;
}

export function readFacts(connection: Connection, p: FactsOf): AcceptanceFacts {
  const { automationId, now } = p;
  return {
    unfinished: readUnfinished(connection, p).map(unfinishedOf),
    accepted: p.readable === undefined ? [] : readAccepted(connection, { ...p, readable: p.readable }),
    ...readBudgetUse(connection, { automationId, now, budget: p.readable?.budget }),
    spent_today: p.spentToday,
  };
}

function readUnfinished(connection: Connection, p: FactsOf): UnfinishedRow[] {
  const { automationId: id, readable } = p;
  const automation = readable?.automation;
  const handsOver = automation !== undefined && !isTrigger(automation) && automation.task !== undefined;
  const rows = handsOver
    ? connection.prepare(UNFINISHED_OR_HANDED_OVER).all(id, id, id)
    : connection.prepare(asksForOneOnly(automation) ? OLDEST_UNFINISHED : UNFINISHED).all(id, id);
  return rows as unknown as UnfinishedRow[];
}

/** A storm of events leaves thousands waiting under `allow`; all that is asked then is whether there is one, and which. */
function asksForOneOnly(automation: Automation | undefined): boolean {
  if (automation === undefined || !isTrigger(automation)) return false;
  const policy = overlapOf(automation);
  return policy === 'allow' || policy === 'skip';
}

function readAccepted(connection: Connection, p: FactsOf & { readable: ReadableDefinition }): EpochMs[] {
  const { automation, fireWindowMs } = p.readable;
  const { max } = automation.fire_limit;
  const { sql } = ACCEPTED.find((one) => one.limit >= max) ?? ACCEPTED.at(-1)!;
  const rows = connection.prepare(sql).all(p.automationId, p.now - fireWindowMs) as { accepted_at: EpochMs }[];
  if (rows.length === 0) return [];
  return rows
    .slice(0, max)
    .map((row) => row.accepted_at)
    .toReversed();
}

/** What all runs have used since the instant, for a decision; nothing is read when nobody asks. */
export function readSpentToday(connection: Connection, dailySince: EpochMs | null): Spending {
  return dailySince === null ? nothingSpent() : readSpending(connection, { since: dailySince });
}

function unfinishedOf(row: UnfinishedRow): AcceptanceFacts['unfinished'][number] {
  const { id, status, kind, created_at, attempt } = row;
  return {
    id,
    status,
    kind,
    created_at,
    attempt,
    ...(row.scheduled_at === null ? {} : { scheduled_at: row.scheduled_at }),
  };
}
