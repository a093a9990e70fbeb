/** What was used. Sums are made here from the days that the store keeps; nothing is estimated. */
import { dayOf, dayStart } from '../../engine/budget.ts';
import type { EpochMs } from '../../model/instant.ts';
import { parseInstant } from '../../model/instant.ts';
import type { UsageDay } from '../../store/account-store.ts';
import type { ApiDeps } from '../api-deps.ts';
import type { Handlers } from '../endpoint.ts';
import { readWhen } from '../query.ts';

const SINCE_MS_DEFAULT = 7 * 24 * 3_600_000;
/** As many as the store gives at once: a year of a few automations, a month of thirty. */
const DAYS_MAX = 1000;

export function usageRoutes(deps: ApiDeps): Handlers<'readUsage'> {
  const { store, clock } = deps;
  return {
    async readUsage({ query }) {
      const now = clock.now();
      const since_day = dayOf(query.since === undefined ? now - SINCE_MS_DEFAULT : readDay(query.since, now));
      const of = query.automation_id === undefined ? {} : { automation_id: query.automation_id };
      const [days, today] = await Promise.all([
        store.listUsageDays({ since_day, ...of, limit: DAYS_MAX }),
        store.readSpending({ since: dayStart(now), ...of }),
      ]);
      const truncated = days.length === DAYS_MAX;
      return {
        body: { usage: { since_day, days, totals: totalOf(days), today, daily_budget: dailyBudget(deps), truncated } },
      };
    },
  };
}

function dailyBudget(deps: ApiDeps): { tokens?: number; cost_usd?: number } {
  const { tokens, costUsd } = deps.dailyBudget();
  return { ...(tokens === null ? {} : { tokens }), ...(costUsd === null ? {} : { cost_usd: costUsd }) };
}

/** A day may be written as such; it begins at midnight UTC. */
function readDay(text: string, now: EpochMs): EpochMs {
  const day = /^\d{4}-\d\d-\d\d$/.test(text) ? parseInstant(`${text}T00:00:00Z`) : undefined;
  return day?.ok === true ? day.epochMs : readWhen(text, { now, path: 'query.since' });
}

type Totals = Omit<UsageDay, 'day' | 'automation_id' | 'agent_name'>;

function totalOf(days: readonly UsageDay[]): Totals {
  const total: Totals = { runs: 0, tokens: 0, input_tokens: 0, output_tokens: 0, cost_usd: 0 };
  for (const day of days) {
    total.runs += day.runs;
    total.tokens += day.tokens;
    total.input_tokens += day.input_tokens;
    total.output_tokens += day.output_tokens;
    total.cost_usd += day.cost_usd;
  }
  return total;
}
