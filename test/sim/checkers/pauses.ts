/** While everything is paused nothing starts, on whichever node it was paused. */
import type { Checker } from '../checker.ts';

/** A node looks at least so often; what it had begun to claim by then may go on. */
const HEARD_WITHIN_MS = 15_000;

export function pauses(): Checker {
  let pausedAt: number | undefined;
  return {
    name: 'pauses',
    promise: 'while everything is paused nothing starts',
    onStep({ step, changes }, reality) {
      if (step.name === 'writeFact' && step.params['name'] === 'paused_by_person') {
        pausedAt = step.params['value'] === '' ? undefined : (pausedAt ?? reality.now());
      }
      if (step.name !== 'claimRuns' || pausedAt === undefined) return;
      if (reality.now() - Math.max(pausedAt, reality.lastTroubleAt()) <= HEARD_WITHIN_MS) return;
      for (const change of changes) {
        if (change.table !== 'runs' || change.op !== 'update' || change.from !== 'scheduled') continue;
        if (change.to === 'running') reality.fail(`${change.runId} was claimed during a pause`, [change.runId]);
      }
    },
  };
}
