/** Steps answer with no more than they were asked for, and queues end somewhere. */
import { isTrigger } from '../../../src/model/automation.ts';
import { catchUpMaxOf } from '../../../src/model/effective.ts';
import type { PlannedFire } from '../../../src/store/cursor-store.ts';
import type { Checker } from '../checker.ts';

/** What one automation may have unfinished: a full queue, what runs, and their retries. */
const UNFINISHED_MAX = 500;

export function bounds(): Checker {
  return {
    name: 'bounds',
    promise: 'every answer, queue and decision is bounded',
    onAnswer({ step, answer }, reality) {
      if (!Array.isArray(answer)) return;
      const { limit, tokens } = step.params;
      const max = typeof limit === 'number' ? limit : Array.isArray(tokens) ? tokens.length : undefined;
      if (max !== undefined && answer.length > max) {
        reality.fail(`${step.name} answered with ${answer.length}, asked for at most ${max}`, [step.name]);
      }
      if (step.name !== 'planFires') return;
      for (const fire of answer as PlannedFire[]) {
        const job = reality.jobs.get(fire.job_id)?.job;
        if (job !== undefined && !isTrigger(job) && fire.runs.length > catchUpMaxOf(job) + 2) {
          reality.fail(`one decision created ${fire.runs.length} runs of ${fire.job_id}`, [fire.job_id]);
        }
      }
    },
    atEnd(reality) {
      for (const id of reality.jobs.keys()) {
        const unfinished = reality.unfinishedOf(id);
        if (unfinished.length > UNFINISHED_MAX) reality.fail(`${unfinished.length} runs of ${id} are unfinished`, [id]);
      }
    },
  };
}
