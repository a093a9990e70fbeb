/** Counts real starts, not rows. */
import type { Checker } from '../checker.ts';

export function oneStart(): Checker {
  const started = new Map<string, string>();
  return {
    name: 'one-start',
    promise: 'no attempt of a fire starts an agent twice, and only a running row with its token starts one',
    onAgentStart(process, reality) {
      const { runId, fireId, attempt, token, pid } = process;
      const key = `${fireId} ${attempt}`;
      const before = started.get(key);
      if (before !== undefined) {
        reality.fail(`attempt ${attempt} of ${fireId} (${runId}) was started twice: ${before}, then process ${pid}`, [
          runId,
        ]);
      }
      started.set(key, `process ${pid}`);
      const row = reality.findRun(runId);
      if (row?.status !== 'running' || row.token !== token) {
        reality.fail(`process ${pid} began for ${runId}, whose row is ${row?.status} with another claim or none`, [
          runId,
        ]);
      }
    },
  };
}
