/**
 * What runs have used: sums along an index that holds only runs with use, and the account per day. Nothing here is
 * counted twice or kept beside the runs, except the days, which must outlive them.
 */
import type { BudgetConfig } from '../../model/automation.ts';
import { durationMs } from '../../model/duration.ts';
import type { EpochMs } from '../../model/instant.ts';
import { formatInstant } from '../../model/instant.ts';
import type { RunUsage } from '../../model/run.ts';
import type { Spending, UsageDay } from '../store.ts';
import type { Connection } from './connection.ts';

const DEFAULT_BUDGET_WINDOW = '24h';

const SUM = `select total(coalesce(input_tokens, 0) + coalesce(output_tokens, 0)) as tokens, total(cost_usd) as cost_usd`;
/** Exactly the condition of the partial indexes. */
const HAS_USE =
  'ended_at is not null and (input_tokens is not null or output_tokens is not null or cost_usd is not null)';
const ENDED_OF = `${SUM} from runs where automation_id = ? and ended_at >= ? and ${HAS_USE}`;
const ENDED_OF_ALL = `${SUM} from runs indexed by runs_spending_of_all where ended_at >= ? and ${HAS_USE}`;
const RUNNING_OF = `${SUM} from runs where status = 'running' and automation_id = ?`;
const RUNNING_OF_ALL = `${SUM} from runs where status = 'running'`;

/** Of runs that ended at or after `since`, and of those that still run. */
export function readSpending(connection: Connection, p: { automation_id?: string; since: EpochMs }): Spending {
  const { automation_id: id, since } = p;
  if (id === undefined) return sumOf(connection.one(ENDED_OF_ALL, since), connection.one(RUNNING_OF_ALL));
  return sumOf(connection.one(ENDED_OF, id, since), connection.one(RUNNING_OF, id));
}

function sumOf(...parts: (Spending | undefined)[]): Spending {
  const sum = nothingSpent();
  for (const part of parts) {
    sum.tokens += part?.tokens ?? 0;
    sum.cost_usd += part?.cost_usd ?? 0;
  }
  return sum;
}

export function nothingSpent(): Spending {
  return { tokens: 0, cost_usd: 0 };
}

interface Limits {
  tokens: number | null;
  cost_usd: number | null;
}

function isBelow(spent: Spending, limits: Limits): boolean {
  const { tokens, cost_usd: cost } = limits;
  // Sums of fractions end in digits that nobody spent: a millionth of a cent decides nothing.
  return (tokens === null || spent.tokens < tokens) && (cost === null || spent.cost_usd < cost - 1e-8);
}

const ENDED_IN_ORDER = `select ended_at, coalesce(input_tokens, 0) + coalesce(output_tokens, 0) as tokens,
  coalesce(cost_usd, 0) as cost_usd from runs where automation_id = ? and ended_at > ? and ${HAS_USE} order by ended_at`;

/**
 * The window lets go of the oldest use first. What still runs is let go of a whole window from now at the earliest.
 */
export function spendingFreeAt(
  connection: Connection,
  p: { automation_id: string; now: EpochMs; window_ms: number } & Limits,
): EpochMs | undefined {
  const left = readSpending(connection, { automation_id: p.automation_id, since: p.now - p.window_ms + 1 });
  if (isBelow(left, p)) return undefined;
  const ended = connection.iterate<Spending & { ended_at: EpochMs }>(
    ENDED_IN_ORDER,
    p.automation_id,
    p.now - p.window_ms,
  );
  for (const run of ended) {
    left.tokens -= run.tokens;
    left.cost_usd -= run.cost_usd;
    if (isBelow(left, p)) return run.ended_at + p.window_ms;
  }
  return p.now + p.window_ms;
}

/** What a decision is told about the automation's own budget; nothing is read when there is none. */
export function readBudgetUse(
  connection: Connection,
  p: { automationId: string; now: EpochMs; budget: BudgetConfig | undefined },
): { spent: Spending; spent_free_at?: EpochMs } {
  const tokens = p.budget?.tokens || null;
  const cost_usd = p.budget?.cost_usd || null;
  if (tokens === null && cost_usd === null) return { spent: nothingSpent() };
  const windowMs = durationMs(p.budget?.window || DEFAULT_BUDGET_WINDOW);
  const of = { automation_id: p.automationId };
  const spent = readSpending(connection, { ...of, since: p.now - windowMs + 1 });
  const freeAt = spendingFreeAt(connection, { ...of, now: p.now, window_ms: windowMs, tokens, cost_usd });
  return { spent, ...(freeAt === undefined ? {} : { spent_free_at: freeAt }) };
}

const ADD_TO_DAY = `insert into usage_days (day, automation_id, agent_name, runs, input_tokens, output_tokens, cost_usd)
  values (?, ?, ?, 1, ?, ?, ?)
  on conflict do update set runs = runs + 1, input_tokens = input_tokens + excluded.input_tokens,
    output_tokens = output_tokens + excluded.output_tokens, cost_usd = cost_usd + excluded.cost_usd`;

/** Enters a run that ended into the account of the day. */
export function addToUsageDay(
  connection: Connection,
  p: { now: EpochMs; automationId: string; agentName: string; usage: RunUsage | undefined },
): void {
  const day = formatInstant(p.now).slice(0, 10);
  const { input_tokens: input = 0, output_tokens: output = 0, cost_usd: cost = 0 } = p.usage ?? {};
  connection.run(ADD_TO_DAY, day, p.automationId, p.agentName, input, output, cost);
}

type UsageDayRow = Omit<UsageDay, 'tokens'>;

export function listUsageDays(
  connection: Connection,
  p: { since_day: string; automation_id?: string; limit: number },
): UsageDay[] {
  const limit = Math.max(1, Math.min(1000, Math.trunc(p.limit)));
  const ofOne = p.automation_id === undefined ? [] : [p.automation_id];
  const rows = connection.all<UsageDayRow>(
    `select * from usage_days where day >= ? ${ofOne.length === 0 ? '' : 'and automation_id = ?'}
      order by day desc, automation_id, agent_name limit ?`,
    p.since_day,
    ...ofOne,
    limit,
  );
  return rows.map((row) => ({ ...row, tokens: row.input_tokens + row.output_tokens }));
}
