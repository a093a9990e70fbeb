/**
 * Budgets (runtime section 4.4): what an automation, a single run and a whole day may use. Pure; what was used is read
 * from the store by whoever asks. A limit that is null is none.
 */
import { dayMs } from '../lib/calendar.ts';
import { DEFAULT_BUDGET_WINDOW } from '../model/automation-fields.ts';
import type { Automation } from '../model/automation.ts';
import { budgetOf } from '../model/effective.ts';
import type { EpochMs } from '../model/instant.ts';
import { formatInstant } from '../model/instant.ts';
import type { RunUsage } from '../model/run.ts';
import type { Spending } from '../store/account-store.ts';

export interface DailyBudget {
  tokens: number | null;
  costUsd: number | null;
}

export const NO_SPENDING: Spending = { tokens: 0, cost_usd: 0 };

/** Which limit is reached, in a sentence, or undefined. Reaching a limit exactly counts: the next token would be over. */
export function exhaustedBudget(p: {
  automation: Automation;
  /** Within the automation's own window. */
  spent: Spending;
  daily: DailyBudget;
  /** Today, over all automations. */
  spentToday: Spending;
}): ExhaustedBudget | undefined {
  const budget = budgetOf(p.automation);
  const window = p.automation.budget?.window ?? DEFAULT_BUDGET_WINDOW;
  const { spent, spentToday, daily } = p;
  // The day's first: it ends at midnight, and naming it tells the person that all automations are concerned.
  const ofDay =
    reached({ what: "the day's tokens over all automations are", used: spentToday.tokens, limit: daily.tokens }) ??
    reached({ what: "the day's cost in USD over all automations is", used: spentToday.cost_usd, limit: daily.costUsd });
  if (ofDay !== undefined) return { sentence: ofDay, daily: true };
  const own =
    reached({ what: `the automation's tokens within ${window} are`, used: spent.tokens, limit: budget.tokens }) ??
    reached({ what: `the automation's cost in USD within ${window} is`, used: spent.cost_usd, limit: budget.costUsd });
  return own === undefined ? undefined : { sentence: own, daily: false };
}

export interface ExhaustedBudget {
  sentence: string;
  /** The day's budget, which begins anew at midnight UTC, rather than the automation's rolling one. */
  daily: boolean;
}

/** Whether a running run has gone beyond what a single run may use. */
export function exceededRunBudget(p: { automation: Automation; usage: RunUsage }): string | undefined {
  const { runTokens, runCostUsd } = budgetOf(p.automation);
  const { tokens, cost_usd } = spendingOf(p.usage);
  if (runTokens !== null && tokens > runTokens) return `the run used ${tokens} tokens of the ${runTokens} it may use`;
  if (runCostUsd !== null && cost_usd > runCostUsd) {
    return `the run cost ${money(cost_usd)} USD of the ${money(runCostUsd)} it may cost`;
  }
  return undefined;
}

export function spendingOf(usage: RunUsage | undefined): Spending {
  return { tokens: (usage?.input_tokens ?? 0) + (usage?.output_tokens ?? 0), cost_usd: usage?.cost_usd ?? 0 };
}

/** Days are UTC days: one boundary for all automations, the same on every node. */
export function dayStart(now: EpochMs): EpochMs {
  return Math.floor(now / dayMs) * dayMs;
}

/** Since when the day's use counts, or null when nobody asks. */
export function dailySince(p: { daily: DailyBudget; now: EpochMs }): EpochMs | null {
  return p.daily.tokens === null && p.daily.costUsd === null ? null : dayStart(p.now);
}

export function dayOf(now: EpochMs): string {
  return formatInstant(now).slice(0, 10);
}

function reached(p: { what: string; used: number; limit: number | null }): string | undefined {
  if (p.limit === null || p.used < p.limit) return undefined;
  return `${p.what} used up: ${amount(p.used)} of ${amount(p.limit)}`;
}

function amount(value: number): string {
  return Number.isInteger(value) ? String(value) : money(value);
}

function money(value: number): string {
  return value.toFixed(4).replace(/0{1,2}$/u, '');
}
