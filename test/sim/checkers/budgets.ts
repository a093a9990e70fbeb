/** What an automation has used within its window, summed from the rows of its runs, at the moment of every acceptance. */
import { budgetOf } from '../../../src/model/effective.ts';
import type { Checker } from '../checker.ts';

/** Steps that accept runs without being asked for one by somebody. */
const ACCEPTING = new Set(['planFires', 'acceptActivations', 'settleActivations']);

export function budgets(): Checker {
  return {
    name: 'budgets',
    promise: 'no fire is accepted while the budget of its automation is used up',
    onStep({ step, changes }, reality) {
      if (!ACCEPTING.has(step.name)) return;
      for (const change of changes) {
        if (change.table !== 'runs' || change.op !== 'insert' || change.to !== 'scheduled') continue;
        const job = reality.jobs.get(change.automationId)?.job;
        const { tokens, windowMs } = job === undefined ? { tokens: null, windowMs: 0 } : budgetOf(job);
        if (tokens === null) continue;
        const [used] = reality.all<{ tokens: number }>(
          `select coalesce(sum(input_tokens + output_tokens), 0) as tokens from runs
            where automation_id = ? and ended_at > ?`,
          change.automationId,
          Number(step.params['now']) - windowMs,
        );
        if (used === undefined || used.tokens < tokens) continue;
        reality.fail(`${change.runId} was accepted with ${used.tokens} of ${tokens} tokens used`, [
          change.runId,
          change.automationId,
        ]);
      }
    },
  };
}
