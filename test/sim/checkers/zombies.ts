/** Who has lost a claim can do nothing any more that counts, and what is left of the work ends soon. */
import type { AgentProcess } from '../agent-world.ts';
import type { Checker } from '../checker.ts';

/** From noticing (a lease is renewed every ten seconds) to the end of the processes, graces and slow steps included. */
const GONE_WITHIN_MS = 90_000;

export function zombies(p: { skewMs: number }): Checker {
  const leftSince = new Map<AgentProcess, number>();
  return {
    name: 'zombies',
    promise: 'only a claim whose lease holds starts an agent, only its run is written, and lost work ends soon',
    onAgentStart(process, reality) {
      const row = reality.findRun(process.runId);
      if (row?.lease_until == null || row.lease_until + p.skewMs >= reality.wallNow()) return;
      reality.fail(`process ${process.pid} began for ${process.runId}, whose lease had ended`, [process.runId]);
    },
    onStep({ step }, reality) {
      if (step.name !== 'renewLeases' && step.name !== 'nextWakeAt') return;
      for (const process of reality.allProcesses()) {
        const row = reality.findRun(process.runId);
        const isOurs = row?.status === 'running' && row.token === process.token;
        if (isOurs || process.stubbornness > 0) {
          leftSince.delete(process);
          continue;
        }
        const since = Math.max(leftSince.get(process) ?? reality.now(), reality.lastTroubleAt());
        leftSince.set(process, leftSince.get(process) ?? reality.now());
        if (reality.now() - since <= GONE_WITHIN_MS) continue;
        reality.fail(`process ${process.pid} of ${process.runId} goes on, and its claim is over`, [process.runId]);
      }
    },
  };
}
