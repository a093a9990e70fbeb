/** The drawing of states. */
import { isFinished, isRunTransition } from '../../../src/model/run.ts';
import type { Checker } from '../checker.ts';

export function states(): Checker {
  return {
    name: 'states',
    promise: 'runs move only along the drawing, and what is finished never changes again',
    onStep({ step, changes }, reality) {
      for (const change of changes) {
        if (change.table !== 'runs') continue;
        const { runId } = change;
        if (change.op === 'delete') reality.fail(`${step.name} deleted ${runId}`, [runId]);
        if (change.op === 'insert' && change.to !== 'scheduled' && change.to !== 'canceled') {
          reality.fail(`${step.name} created ${runId} as ${change.to}`, [runId]);
        }
        if (change.op !== 'update') continue;
        if (isFinished(change.from)) reality.fail(`${step.name} changed ${runId}, which was ${change.from}`, [runId]);
        if (change.from !== change.to && !isRunTransition(change)) {
          reality.fail(`${step.name} moved ${runId} from ${change.from} to ${change.to}`, [runId]);
        }
      }
    },
  };
}
