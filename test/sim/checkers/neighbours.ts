/** Which automations a step may touch at all. */
import type { PlannedFire } from '../../../src/store/cursor-store.ts';
import type { RowChange } from '../change-log.ts';
import type { Checker, Reality } from '../checker.ts';
import type { StoreStep } from '../flaky-store.ts';

/** What is read never writes; what is listed here writes no row that these checkers watch. */
const SILENT = /^(get|list|find|read|nextWakeAt|appendTranscript|putWorkspace|deleteWorkspace|writeFact|close)/;
/** Steps over many automations: they may change runs, and no definition or cursor. */
const RUNS_ONLY = new Set(['claimRuns', 'expireRuns', 'renewLeases', 'holdAgent', 'releaseAgent']);

export function neighbours(): Checker {
  const planned = new Map<StoreStep, readonly RowChange[]>();
  return {
    name: 'neighbours',
    promise: 'a step on one automation changes no row of another, and reading changes nothing',
    onStep({ step, changes }, reality) {
      if (changes.length === 0) return;
      if (step.name === 'planFires' || step.name === 'syncAutomations') planned.set(step, changes);
      if (SILENT.test(step.name)) fail({ step, changes, reality, whose: 'nobody' });
      if (RUNS_ONLY.has(step.name)) {
        const others = changes.filter((change) => change.table !== 'runs');
        if (others.length > 0) fail({ step, changes: others, reality, whose: 'runs alone' });
      }
      const own = automationOf(step, reality);
      if (own === undefined) return;
      const others = changes.filter((change) => change.automationId !== own);
      if (others.length > 0) fail({ step, changes: others, reality, whose: own });
    },
    onAnswer({ step, answer }, reality) {
      const changes = planned.get(step);
      if (changes === undefined) return;
      planned.delete(step);
      const own = new Set(affectedBy(step, answer));
      const others = changes.filter((change) => !own.has(change.automationId));
      if (others.length > 0) fail({ step, changes: others, reality, whose: [...own].join(', ') });
    },
  };
}

function automationOf(step: StoreStep, reality: Reality): string | undefined {
  const { id, automation_id, run_id, task_run_id, automation } = step.params;
  if (typeof automation_id === 'string') return automation_id;
  if (typeof task_run_id === 'string') return automationOfTask(task_run_id, reality);
  if (step.name === 'cancelTask') return automationOfTask(String(id), reality);
  if (typeof run_id === 'string') return reality.findRun(run_id)?.automation_id;
  if (typeof id === 'string') return id;
  return (automation as { id: string } | undefined)?.id;
}

/** None for one that was made by hand: its end concerns no automation. */
function automationOfTask(id: string, reality: Reality): string | undefined {
  const [task] = reality.all<{ automation_id: string | null }>(
    'select automation_id from tasks where id = ? or task_run_id = ?',
    id,
    id,
  );
  return task?.automation_id ?? undefined;
}

function affectedBy(step: StoreStep, answer: unknown): string[] {
  if (step.name === 'planFires') return (answer as PlannedFire[]).map((fire) => fire.job_id);
  const { created, changed, deleted } = answer as Record<'created' | 'changed' | 'deleted', string[]>;
  return [...created, ...changed, ...deleted];
}

function fail(p: { step: StoreStep; changes: readonly RowChange[]; reality: Reality; whose: string }): void {
  const touched = [...new Set(p.changes.map((change) => `${change.table} of ${change.automationId}`))];
  p.reality.fail(
    `${p.step.name}, which is about ${p.whose}, changed ${touched.join(', ')}`,
    p.changes.map((change) => change.automationId),
  );
}
