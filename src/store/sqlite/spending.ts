/**
 * What runs used within a window, for budgets. A run counts from the instant it ended; one that still runs counts with
 * what it has reported, wherever the window begins. Money is summed in billionths of a dollar: sums of whole numbers do
 * not depend on their order, so "how much" and "when is it less" cannot contradict each other.
 */
import type { EpochMs } from '../../model/instant.ts';
import type { Spending } from '../account-store.ts';
import type { Connection } from './connection.ts';
import type { BudgetWindow } from '../rows/stored-definition.ts';
import { HAS_USE, NANO_USD, TOKENS, isReached, nothingSpent, sumOf } from '../rows/used.ts';
import type { SpendingLimits, Used } from '../rows/used.ts';
import { dayOf, dayStartFrom } from '../rows/usage-day.ts';

const SUM = `select total(${TOKENS}) as tokens, total(${NANO_USD}) as nano_usd`;
const ENDED_OF = `${SUM} from runs where automation_id = ? and ended_at >= ? and ${HAS_USE}`;
const ENDED_OF_ALL = `${SUM} from runs indexed by runs_spending_of_all where ended_at >= ? and ended_at < ? and ${HAS_USE}`;
const RUNNING_OF = `${SUM} from runs where status = 'running' and automation_id = ?`;
const RUNNING_OF_ALL = `${SUM} from runs where status = 'running'`;
const DAYS = 'select total(tokens) as tokens, total(nano_usd) as nano_usd from spending_days where day >= ?';

/** Of runs that ended at or after `since`, and of those that still run. */
export function readSpending(connection: Connection, p: { automation_id?: string; since: EpochMs }): Spending {
  const { automation_id: id, since } = p;
  if (id === undefined) return sumOf(readOfAll(connection, since));
  return sumOf([read(connection, ENDED_OF, id, since), read(connection, RUNNING_OF, id)]);
}

/** Whole days are one row each; only a day that is cut is added up run by run. */
function readOfAll(connection: Connection, since: EpochMs): Used[] {
  const wholeFrom = dayStartFrom(since);
  const used = [read(connection, RUNNING_OF_ALL), read(connection, DAYS, dayOf(wholeFrom))];
  if (since < wholeFrom) used.push(read(connection, ENDED_OF_ALL, since, wholeFrom));
  return used;
}

function read(connection: Connection, sql: string, ...values: (string | number)[]): Used {
  return connection.one<Used>(sql, ...values) ?? { tokens: 0, nano_usd: 0 };
}

const NEWEST = `select ended_at, ${TOKENS} as tokens, ${NANO_USD} as nano_usd from runs
  where automation_id = ? and ended_at > ? and ${HAS_USE} order by ended_at desc`;

/**
 * Walks back from the newest end: the use that reaches a limit has to leave the window, and everything older has left by
 * then. What still runs is let go of a whole window from now at the earliest, so it stands among the ends at `now`.
 */
export function spendingFreeAt(
  connection: Connection,
  p: { automation_id: string; now: EpochMs; window_ms: number } & SpendingLimits,
): EpochMs | undefined {
  const used: Used = { tokens: 0, nano_usd: 0 };
  for (const one of newestFirst(connection, p)) {
    used.tokens += one.tokens;
    used.nano_usd += one.nano_usd;
    if (isReached(sumOf([used]), p)) return one.ended_at + p.window_ms;
  }
  return undefined;
}

function* newestFirst(
  connection: Connection,
  p: { automation_id: string; now: EpochMs; window_ms: number },
): Generator<Used & { ended_at: EpochMs }> {
  const running = { ...read(connection, RUNNING_OF, p.automation_id), ended_at: p.now };
  let isGiven = false;
  for (const run of connection.iterate<Used & { ended_at: EpochMs }>(NEWEST, p.automation_id, p.now - p.window_ms)) {
    // Ends that lie ahead are of a clock that was set back since.
    if (!isGiven && run.ended_at <= p.now) {
      isGiven = true;
      yield running;
    }
    yield run;
  }
  if (!isGiven) yield running;
}

/**
 * What a decision is told about the automation's own budget; nothing is read when there is none. The window is half
 * open, as the fire limit's: what ended at exactly `now` − window is out of it.
 */
export function readBudgetUse(
  connection: Connection,
  p: { automationId: string; now: EpochMs; budget: BudgetWindow | undefined },
): { spent: Spending; spent_free_at?: EpochMs } {
  const { automationId: automation_id, now, budget } = p;
  if (budget === undefined) return { spent: nothingSpent() };
  const { windowMs: window_ms, ...limits } = budget;
  const spent = readSpending(connection, { automation_id, since: now - window_ms + 1 });
  if (!isReached(spent, limits)) return { spent };
  const freeAt = spendingFreeAt(connection, { automation_id, now, window_ms, ...limits });
  return { spent, ...(freeAt === undefined ? {} : { spent_free_at: freeAt }) };
}
