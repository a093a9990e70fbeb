/** The filters of the list of runs, as they stand in the address. */
import { RUN_REASONS, RUN_STATUSES, type RunReason, type RunStatus } from '../../../src/model/run.ts';

export interface RunSearch {
  status?: RunStatus;
  reason?: RunReason;
  job_id?: string;
  trigger_id?: string;
  since?: string;
}

/** What is written there by hand and makes no sense is left out. */
export function readRunSearch(search: Record<string, unknown>): RunSearch {
  const status = RUN_STATUSES.find((each) => each === search['status']);
  const reason = RUN_REASONS.find((each) => each === search['reason']);
  const text = (name: 'job_id' | 'trigger_id' | 'since') =>
    typeof search[name] === 'string' && search[name] !== '' ? { [name]: search[name] } : {};
  return {
    ...(status === undefined ? {} : { status }),
    ...(reason === undefined ? {} : { reason }),
    ...text('job_id'),
    ...text('trigger_id'),
    ...text('since'),
  };
}
