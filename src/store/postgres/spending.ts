/**
 * What runs used within a window, for budgets. A run counts from the instant it ended; one that still runs counts with
 * what it has reported, wherever the window begins.
 */
import type { EpochMs } from '../../model/instant.ts';
import type { BudgetWindow } from '../rows/stored-definition.ts';
import { dayOf, dayStartFrom } from '../rows/usage-day.ts';
import { HAS_USE, NANO_USD, TOKENS, isReached, nothingSpent, sumOf } from '../rows/used.ts';
import type { SpendingLimits, Used } from '../rows/used.ts';
import type { Spending } from '../account-store.ts';
import type { Connection } from './database.ts';

const SUM = `select coalesce(sum(${TOKENS}), 0)::float8 as tokens, coalesce(sum(${NANO_USD}), 0)::float8 as nano_usd`;
const OF_ALL = `select coalesce(sum(tokens), 0)::float8 as tokens, coalesce(sum(nano_usd), 0)::float8 as nano_usd from (
  ${SUM} from runs where status = 'running'
  union all
  select coalesce(sum(tokens), 0), coalesce(sum(nano_usd), 0) from spending_days where day >= ?
  union all
  ${SUM} from runs where ended_at >= ? and ended_at < ? and ${HAS_USE}) as parts`;
const OF_ONE = `select coalesce(sum(tokens), 0)::float8 as tokens, coalesce(sum(nano_usd), 0)::float8 as nano_usd from (
  ${SUM} from runs where status = 'running' and automation_id = ?
  union all
  ${SUM} from runs where automation_id = ? and ended_at >= ? and ${HAS_USE}) as parts`;

/** Of runs that ended at or after `since`, and of those that still run. */
export async function readSpending(
  connection: Connection,
  p: { automation_id?: string; since: EpochMs },
): Promise<Spending> {
  const { automation_id: id, since } = p;
  // Whole days are a few rows each; only a day that is cut is added up run by run.
  const wholeFrom = dayStartFrom(since);
  const used =
    id === undefined
      ? await connection.one<Used>(OF_ALL, dayOf(wholeFrom), since, wholeFrom)
      : await connection.one<Used>(OF_ONE, id, id, since);
  return sumOf(used === undefined ? [] : [used]);
}

const RUNNING_OF = `${SUM} from runs where status = 'running' and automation_id = ?`;
const CHUNK = 1000;
const NEWEST = `select seq, ended_at, (${TOKENS})::float8 as tokens, ${NANO_USD} as nano_usd from runs
  where automation_id = ? and ended_at > ? and (ended_at, seq) < (?, ?) and ${HAS_USE}
  order by ended_at desc, seq desc limit ${CHUNK}`;

/**
 * Walks back from the newest end: the use that reaches a limit has to leave the window, and everything older has left by
 * then. What still runs is let go of a whole window from now at the earliest, so it stands among the ends at `now`.
 */
export async function spendingFreeAt(
  connection: Connection,
  p: { automation_id: string; now: EpochMs; window_ms: number } & SpendingLimits,
): Promise<EpochMs | undefined> {
  const used: Used = { tokens: 0, nano_usd: 0 };
  for await (const one of newestFirst(connection, p)) {
    used.tokens += one.tokens;
    used.nano_usd += one.nano_usd;
    if (isReached(sumOf([used]), p)) return one.ended_at + p.window_ms;
  }
  return undefined;
}

type Ended = Used & { ended_at: EpochMs };

async function* newestFirst(
  connection: Connection,
  p: { automation_id: string; now: EpochMs; window_ms: number },
): AsyncGenerator<Ended> {
  const sum = await connection.one<Used>(RUNNING_OF, p.automation_id);
  const running = { tokens: 0, nano_usd: 0, ...sum, ended_at: p.now };
  let isGiven = false;
  for await (const run of endsNewestFirst(connection, p)) {
    // Ends that lie ahead are of a clock that was set back since.
    if (!isGiven && run.ended_at <= p.now) {
      isGiven = true;
      yield running;
    }
    yield run;
  }
  if (!isGiven) yield running;
}

async function* endsNewestFirst(
  connection: Connection,
  p: { automation_id: string; now: EpochMs; window_ms: number },
): AsyncGenerator<Ended> {
  let before = { ended_at: Number.MAX_SAFE_INTEGER, seq: 0 };
  for (;;) {
    const rows = await connection.all<Ended & { seq: number }>(
      NEWEST,
      p.automation_id,
      p.now - p.window_ms,
      before.ended_at,
      before.seq,
    );
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < CHUNK) return;
    before = last;
  }
}

/**
 * What a decision is told about the automation's own budget; nothing is read when there is none. The window is half
 * open, as the fire limit's: what ended at exactly `now` − window is out of it.
 */
export async function readBudgetUse(
  connection: Connection,
  p: { automationId: string; now: EpochMs; budget: BudgetWindow | undefined },
): Promise<{ spent: Spending; spent_free_at?: EpochMs }> {
  const { automationId: automation_id, now, budget } = p;
  if (budget === undefined) return { spent: nothingSpent() };
  const { windowMs: window_ms, ...limits } = budget;
  const spent = await readSpending(connection, { automation_id, since: now - window_ms + 1 });
  if (!isReached(spent, limits)) return { spent };
  const freeAt = await spendingFreeAt(connection, { automation_id, now, window_ms, ...limits });
  return { spent, ...(freeAt === undefined ? {} : { spent_free_at: freeAt }) };
}
