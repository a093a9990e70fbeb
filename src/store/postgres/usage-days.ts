/** The use of each UTC day by automation and agent, added up as runs end. It stays when runs are deleted. */
import type { EpochMs } from '../../model/instant.ts';
import type { RunUsage } from '../../model/run.ts';
import { dayOf } from '../rows/usage-day.ts';
import type { UsageDay } from '../account-store.ts';
import type { Connection } from './database.ts';

const ADD_TO_DAY = `insert into usage_days (day, automation_id, agent_name, runs, input_tokens, output_tokens, cost_usd)
  values (?, ?, ?, 1, ?, ?, ?)
  on conflict (day, automation_id, agent_name) do update set runs = usage_days.runs + 1,
    input_tokens = usage_days.input_tokens + excluded.input_tokens,
    output_tokens = usage_days.output_tokens + excluded.output_tokens,
    cost_usd = usage_days.cost_usd + excluded.cost_usd`;

/** Enters a run into the account of the day it ended on, however long before that it began. */
export async function addToUsageDay(
  connection: Connection,
  p: { now: EpochMs; automationId: string; agentName: string; usage: RunUsage | undefined },
): Promise<void> {
  const { input_tokens: input = 0, output_tokens: output = 0, cost_usd: cost = 0 } = p.usage ?? {};
  await connection.run(ADD_TO_DAY, dayOf(p.now), p.automationId, p.agentName, input, output, cost);
}

type UsageDayRow = Omit<UsageDay, 'tokens'>;

const DAYS_MAX = 1000;
// Added up in fractions, shown without the digits that nobody spent.
const COLUMNS = `select day, automation_id, agent_name, runs, input_tokens, output_tokens,
  round(cost_usd * 1e9) / 1e9 as cost_usd from usage_days`;
const DAYS = `${COLUMNS} where day >= ? order by day desc, automation_id, agent_name limit ?`;
const DAYS_OF = `${COLUMNS} where automation_id = ? and day >= ? order by day desc, agent_name limit ?`;

export async function listUsageDays(
  connection: Connection,
  p: { since_day: string; automation_id?: string; limit: number },
): Promise<UsageDay[]> {
  const limit = Math.max(1, Math.min(DAYS_MAX, Math.trunc(p.limit)));
  const rows =
    p.automation_id === undefined
      ? await connection.all<UsageDayRow>(DAYS, p.since_day, limit)
      : await connection.all<UsageDayRow>(DAYS_OF, p.automation_id, p.since_day, limit);
  return rows.map((row) => ({ ...row, tokens: row.input_tokens + row.output_tokens }));
}
