import { describe, expect, test } from 'vitest';
import type { BudgetConfig } from '../model/automation-fields.ts';
import type { RunUsage } from '../model/run.ts';
import type { DailyBudget } from './budget.ts';
import { dailySince, dayOf, dayStart, exceededRunBudget, exhaustedBudget, NO_SPENDING, spendingOf } from './budget.ts';
import { NOON } from './testing/houses.ts';
import { testJob } from './testing/test-job.ts';

const none: DailyBudget = { tokens: null, costUsd: null };

function exhausted(p: { budget?: BudgetConfig; tokens?: number; cost?: number; daily?: DailyBudget; today?: number }) {
  return exhaustedBudget({
    automation: testJob(p.budget === undefined ? {} : { budget: p.budget }),
    spent: { tokens: p.tokens ?? 0, cost_usd: p.cost ?? 0 },
    daily: p.daily ?? none,
    spentToday: { tokens: p.today ?? 0, cost_usd: p.today ?? 0 },
  });
}

describe('the window of an automation', () => {
  const table: [string, Parameters<typeof exhausted>[0], string | undefined][] = [
    ['no budget: never', { tokens: 1e9, cost: 1e9 }, undefined],
    ['below the limit: not yet', { budget: { tokens: 1000 }, tokens: 999 }, undefined],
    [
      'reached exactly: the next token would be over',
      { budget: { tokens: 1000 }, tokens: 1000 },
      "the automation's tokens within 24h are used up: 1000 of 1000",
    ],
    [
      'the window is named as written',
      { budget: { tokens: 10, window: '168h' }, tokens: 12 },
      "the automation's tokens within 168h are used up: 12 of 10",
    ],
    [
      'money in dollars and cents',
      { budget: { cost_usd: 2.5 }, cost: 2.75 },
      "the automation's cost in USD within 24h is used up: 2.75 of 2.50",
    ],
    ['zero is no limit', { budget: { tokens: 0, cost_usd: 0 }, tokens: 5, cost: 5 }, undefined],
    [
      'the day concerns all automations, so it is named first',
      { budget: { tokens: 1 }, tokens: 5, daily: { tokens: 100, costUsd: null }, today: 100 },
      "the day's tokens over all automations are used up: 100 of 100",
    ],
    [
      'the day has a limit of money too',
      { daily: { tokens: null, costUsd: 1 }, today: 1.005 },
      "the day's cost in USD over all automations is used up: 1.005 of 1",
    ],
  ];
  test.each(table)('%s', (_title, p, sentence) => {
    expect(exhausted(p)?.sentence).toBe(sentence);
  });

  test('whose budget it is decides when it frees', () => {
    expect(exhausted({ budget: { tokens: 1 }, tokens: 1 })?.daily).toBe(false);
    expect(exhausted({ daily: { tokens: 1, costUsd: null }, today: 1 })?.daily).toBe(true);
  });
});

describe('a single run', () => {
  const table: [string, BudgetConfig, RunUsage, string | undefined][] = [
    ['may use its limit exactly', { run_tokens: 100 }, { input_tokens: 60, output_tokens: 40 }, undefined],
    [
      'may not go beyond it',
      { run_tokens: 100 },
      { input_tokens: 60, output_tokens: 41 },
      'the run used 101 tokens of the 100 it may use',
    ],
    ['may cost what is allowed', { run_cost_usd: 0.5 }, { cost_usd: 0.5 }, undefined],
    ['may not cost more', { run_cost_usd: 0.5 }, { cost_usd: 0.51 }, 'the run cost 0.51 USD of the 0.50 it may cost'],
    ['without a report is within every limit', { run_tokens: 1, run_cost_usd: 1 }, {}, undefined],
    ['without limits may do what it likes', {}, { input_tokens: 1e9, cost_usd: 1e6 }, undefined],
  ];
  test.each(table)('%s', (_title, budget, usage, sentence) => {
    expect(exceededRunBudget({ automation: testJob({ budget }), usage })).toBe(sentence);
  });
});

test('tokens are input plus output', () => {
  expect(spendingOf({ input_tokens: 3, output_tokens: 4, cost_usd: 0.1 })).toEqual({ tokens: 7, cost_usd: 0.1 });
  expect(spendingOf(undefined)).toEqual(NO_SPENDING);
});

test('days are UTC days, and only asked for when there is a limit', () => {
  expect(dayStart(NOON)).toBe(NOON - 43_200_000);
  expect(dayStart(dayStart(NOON))).toBe(dayStart(NOON));
  expect(dayOf(NOON)).toBe('2026-11-22');
  expect(dailySince({ daily: none, now: NOON })).toBeNull();
  expect(dailySince({ daily: { tokens: 1, costUsd: null }, now: NOON })).toBe(dayStart(NOON));
});
