/** The account of use by UTC day: how days are named, and the statements on its rows. */
import { formatInstant } from '../../model/instant.ts';
import type { EpochMs } from '../../model/instant.ts';
import type { RunUsage } from '../../model/run.ts';
import type { UsageDay } from '../account-store.ts';
import type { Selection } from './conditions.ts';
import type { ColumnValue } from './value.ts';

const DAY_MS = 86_400_000;

/** `2026-11-22` */
export function dayOf(at: EpochMs): string {
  return formatInstant(at).slice(0, 10);
}

/** The first instant of a day that is not before `at`. */
export function dayStartFrom(at: EpochMs): EpochMs {
  return Math.ceil(at / DAY_MS) * DAY_MS;
}

export type UsageDayRow = Omit<UsageDay, 'tokens'>;

export const ADD_TO_DAY = `insert into usage_days (day, automation_id, agent_name, runs, input_tokens, output_tokens, cost_usd)
  values (?, ?, ?, 1, ?, ?, ?)
  on conflict (day, automation_id, agent_name) do update set runs = usage_days.runs + 1,
    input_tokens = usage_days.input_tokens + excluded.input_tokens,
    output_tokens = usage_days.output_tokens + excluded.output_tokens,
    cost_usd = usage_days.cost_usd + excluded.cost_usd`;

export function dayValues(p: {
  now: EpochMs;
  automationId: string;
  agentName: string;
  usage: RunUsage | undefined;
}): ColumnValue[] {
  const { input_tokens: input = 0, output_tokens: output = 0, cost_usd: cost = 0 } = p.usage ?? {};
  return [dayOf(p.now), p.automationId, p.agentName, input, output, cost];
}

const DAYS_MAX = 1000;
// Added up in fractions, shown without the digits that nobody spent.
const COLUMNS = `select day, automation_id, agent_name, runs, input_tokens, output_tokens,
  round(cost_usd * 1e9) / 1e9 as cost_usd from usage_days`;
const DAYS = `${COLUMNS} where day >= ? order by day desc, automation_id, agent_name limit ?`;
const DAYS_OF = `${COLUMNS} where automation_id = ? and day >= ? order by day desc, agent_name limit ?`;

export function selectUsageDays(p: { since_day: string; automation_id?: string; limit: number }): Selection {
  const limit = Math.max(1, Math.min(DAYS_MAX, Math.trunc(p.limit)));
  return p.automation_id === undefined
    ? { sql: DAYS, values: [p.since_day, limit] }
    : { sql: DAYS_OF, values: [p.automation_id, p.since_day, limit] };
}

export function usageDayOf(row: UsageDayRow): UsageDay {
  return { ...row, tokens: row.input_tokens + row.output_tokens };
}
