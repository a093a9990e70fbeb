/** Overlap, in reality (processes) and at acceptance (rows). */
import type { OverlapPolicy } from '../../../src/model/automation-fields.ts';
import { overlapOf } from '../../../src/model/effective.ts';
import type { Checker, Reality } from '../checker.ts';

/** Steps that accept first attempts. */
const ACCEPTING = new Set(['planFires', 'acceptRuns', 'acceptActivations', 'settleActivations']);

export function overlap(): Checker {
  /** In the order of the claims; agents may come to be in another. */
  const claims = new Map<string, number>();
  return {
    name: 'overlap',
    promise:
      'no process of an exclusive run lives beside another of its automation, and no attempt starts while a process of the previous one lives',
    onAgentStart(process, reality) {
      const row = reality.findRun(process.runId);
      for (const other of reality.living()) {
        if (other.token === process.token) continue;
        const isSameFire = other.fireId === process.fireId;
        // One accepted as `allow` may join an exclusive run after the policy was edited; never the other way round.
        const wasFirst = (claims.get(other.runId) ?? 0) < (claims.get(process.runId) ?? 0);
        const isBeside =
          other.automationId === process.automationId &&
          row?.exclusive === 1 &&
          (wasFirst || reality.findRun(other.runId)?.exclusive === 1);
        if (!isSameFire && !isBeside) continue;
        reality.fail(
          isSameFire
            ? `attempt ${process.attempt} (${process.runId}) began while process ${other.pid} of attempt ${other.attempt} lived`
            : `${process.runId} is exclusive and began while process ${other.pid} of ${other.runId} lived`,
          [process.runId, other.runId],
        );
      }
    },
    onStep({ step, changes }, reality) {
      for (const change of changes) {
        if (change.table !== 'runs' || change.op !== 'update' || change.to !== 'running') continue;
        if (change.from === 'scheduled') claims.set(change.runId, claims.size);
      }
      if (!ACCEPTING.has(step.name)) return;
      for (const change of changes) {
        if (change.table !== 'runs' || change.op !== 'insert' || change.to !== 'scheduled') continue;
        const row = reality.findRun(change.runId);
        // A backfill and one more attempt by hand are asked for beside whatever waits.
        if (row === undefined || row.kind === 'backfill' || row.attempt > 1) continue;
        const job = reality.jobs.get(change.automationId)?.job;
        if (job !== undefined) checkAcceptance({ id: change.automationId, policy: overlapOf(job) }, reality);
      }
    },
  };
}

/** After a run was accepted. Earlier policies may have left others unfinished, but no new one may join them. */
function checkAcceptance(p: { id: string; policy: OverlapPolicy }, reality: Reality): void {
  const runs = reality.unfinishedOf(p.id).filter((run) => run.kind !== 'backfill');
  const waiting = runs.filter((run) => run.status === 'scheduled' && run.attempt === 1);
  const running = runs.filter((run) => run.status === 'running');
  const about = [...waiting, ...running].map((run) => run.id);
  if (p.policy === 'skip' && runs.length > 1) {
    reality.fail(`${p.id} skips overlaps, but a run was accepted beside ${runs.length - 1} unfinished`, about);
  }
  if (p.policy === 'queue' && waiting.length > 1) {
    reality.fail(`${p.id} queues one run, but ${waiting.length} wait`, about);
  }
  if (p.policy === 'cancel_running') {
    const goesOn = running.filter((run) => run.cancel_reason === null);
    if (waiting.length > 1 || goesOn.length > 0) {
      reality.fail(`${p.id} replaces running ones, but accepted a run and let others go on`, about);
    }
  }
}
