/**
 * Whether both stores, asked as a daemon asks them, say the same about every job: where it stands, whether it is on, and
 * the next fires that follow. Equal rows are not enough: what a daemon makes of them is what a person relies on.
 */
import type { EpochMs } from '../model/instant.ts';
import { nextFires } from '../model/schedule/next-fires.ts';
import type { Job } from '../model/job.ts';
import type { AutomationRecord } from '../store/definition-store.ts';
import type { Store } from '../store/store.ts';

const FIRES = 5;
const PAGE = 500;

export interface ComparedSchedules {
  jobs: number;
  /** Fires of all of them. */
  fires: number;
  /** The first job that the two stores disagree about, in words. */
  difference?: string;
}

export async function compareSchedules(p: {
  from: Store;
  to: Store;
  now: EpochMs;
  /** For schedules that name none. */
  timezone: string | undefined;
}): Promise<ComparedSchedules> {
  const compared: ComparedSchedules = { jobs: 0, fires: 0 };
  for (let cursor: string | undefined; ;) {
    const query = { limit: PAGE, ...(cursor === undefined ? {} : { cursor }) };
    const [before, after] = await Promise.all([p.from.listJobs({ query }), p.to.listJobs({ query })]);
    for (const [i, record] of before.items.entries()) {
      const other = after.items[i];
      const told = tellOf(record, p);
      compared.jobs += 1;
      compared.fires += told.fires.length;
      if (JSON.stringify(told) === JSON.stringify(other && tellOf(other, p))) continue;
      return { ...compared, difference: `the job ${record.automation.name} (${record.automation.id})` };
    }
    if (before.items.length !== after.items.length) return { ...compared, difference: 'the number of jobs' };
    cursor = before.next_cursor;
    if (cursor === undefined) return compared;
  }
}

function tellOf(
  record: AutomationRecord<Job>,
  p: { now: EpochMs; timezone: string | undefined },
): { id: string; enabled: boolean; cursor: [string, unknown][]; last_run: string | undefined; fires: EpochMs[] } {
  const { automation: job, cursor, enabled } = record;
  return {
    id: job.id,
    enabled,
    cursor: Object.entries(cursor ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1)),
    last_run: record.last_run?.id,
    fires: record.unreadable === undefined ? firesOf(job, { ...p, anchor: cursor?.anchor_at }) : [],
  };
}

/** None of a schedule that cannot be read any more: such a job is parked, here as there. */
function firesOf(job: Job, p: { now: EpochMs; timezone: string | undefined; anchor: EpochMs | undefined }): EpochMs[] {
  const { timezone, anchor } = p;
  if (job.schedule === undefined) return [];
  try {
    return nextFires(job.schedule, {
      from: p.now,
      count: FIRES,
      ...(timezone === undefined ? {} : { timezone }),
      ...(anchor === undefined ? {} : { anchor }),
    });
  } catch {
    return [];
  }
}
