/** Tells what became of a task, and of the automation whose run handed it over. */
import type { HappeningBus } from '../events/happening.ts';
import { isTaskOpen } from '../model/task.ts';
import type { EpochMs } from '../model/instant.ts';
import type { ChangedTask } from '../store/task-store.ts';

/** A task that was claimed and is open still went back into the queue; any other one has ended. */
export function reportChangedTask(p: { bus: HappeningBus; at: EpochMs; changed: ChangedTask }): void {
  const { bus, at } = p;
  const { task, paused } = p.changed;
  bus.report({ type: isTaskOpen(task.status) ? 'task.requeued' : 'task.finished', at, task });
  if (paused === undefined || task.job_id === undefined) return;
  bus.report({ type: 'automation.paused', at, automation_id: task.job_id, detail: paused.error });
}
