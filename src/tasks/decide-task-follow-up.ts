/** What the end of a handed-over task means for its automation: the fire succeeded, or failed for good. Pure. */
import { countFailure } from '../model/failure-count.ts';
import type { DecideTaskFollowUp } from '../store/task-store.ts';

export const decideTaskFollowUp: DecideTaskFollowUp = ({ task, record }) => {
  if (record === undefined || task.status === 'completed') return { consecutive_failures: 0 };
  const before = record.consecutive_failures;
  return task.status === 'failed' ? countFailure({ ...record, before }) : { consecutive_failures: before };
};
