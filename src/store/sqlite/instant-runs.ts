/** The rows that answer for one scheduled instant of a job. */
import type { EpochMs } from '../../model/instant.ts';
import type { Run } from '../../model/run.ts';
import { FULL_RUN } from '../rows/run-statements.ts';
import type { Connection } from './connection.ts';
import { runOf } from '../rows/run-row.ts';
import type { FullRunRow } from '../rows/run-row.ts';

/** Attempts of the fire and of its backfill; far more than retries can make. */
const OWN_MAX = 500;
const OWN = `${FULL_RUN} where automation_id = ? and scheduled_at = ? and +automation_kind = 'job'
  order by created_at, runs.seq limit ${OWN_MAX}`;

/**
 * Ranges of one schedule do not overlap, so the one that begins last before the instant is the only candidate, however
 * many instants it holds. Only a schedule that was changed inside a range that reaches ahead (of a fire limit) lets later
 * ones begin within it; those few are passed over.
 */
const RANGES_MAX = 16;
const RANGE = `${FULL_RUN} where runs.seq = (
  select seq from (
    select seq, missed_first, missed_last from runs
    where automation_id = ? and missed_first <= ? and +automation_kind = 'job'
    order by missed_first desc, seq desc limit ${RANGES_MAX}
  ) where missed_last >= ? order by missed_first desc, seq desc limit 1)`;

export function findInstantRuns(connection: Connection, p: { job_id: string; scheduled_at: EpochMs }): Run[] {
  const { job_id: id, scheduled_at: at } = p;
  const own = connection.all<FullRunRow>(OWN, id, at);
  // The instant has its own answer; a range around it speaks of the instants of another schedule.
  if (own.some((row) => row.kind !== 'backfill')) return own.map(runOf);
  const range = connection.one<FullRunRow>(RANGE, id, at, at);
  const rows = range === undefined ? own : [...own, range];
  return rows.toSorted((a, b) => a.created_at - b.created_at || a.seq - b.seq).map(runOf);
}
