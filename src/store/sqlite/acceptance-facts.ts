/** What a decision about accepting runs may look at, read under the automation's lock. Index lookups, no counters. */
import type { EpochMs } from '../../model/instant.ts';
import type { RunStatus } from '../../model/run.ts';
import type { AcceptanceFacts } from '../store.ts';
import { UNFINISHED_RUNS_MAX } from '../store.ts';
import type { Connection } from './connection.ts';

interface UnfinishedRow {
  id: string;
  status: RunStatus;
  scheduled_at: EpochMs | null;
  created_at: EpochMs;
  attempt: number;
}

// Two ranges of one index, each in order already; `status in (…)` would read and sort them together.
const UNFINISHED = `
  select id, status, scheduled_at, created_at, attempt, seq from runs where automation_id = ? and status = 'running'
  union all
  select id, status, scheduled_at, created_at, attempt, seq from runs where automation_id = ? and status = 'scheduled'
  order by created_at, seq limit ${UNFINISHED_RUNS_MAX}`;

const ACCEPTED = `select accepted_at from runs
  where automation_id = ? and status <> 'canceled' and accepted_at > ? order by accepted_at desc limit ?`;

/** `fireWindowMs` 0 reads no acceptances: for an automation whose limit is unknown. */
export function readFacts(
  connection: Connection,
  p: { automationId: string; now: EpochMs; fireMax: number; fireWindowMs: number },
): AcceptanceFacts {
  const unfinished = connection.prepare(UNFINISHED).all(p.automationId, p.automationId) as unknown as UnfinishedRow[];
  return {
    unfinished: unfinished.map(unfinishedOf),
    accepted: p.fireWindowMs === 0 ? [] : readAccepted(connection, p),
  };
}

function readAccepted(
  connection: Connection,
  p: { automationId: string; now: EpochMs; fireMax: number; fireWindowMs: number },
): EpochMs[] {
  const statement = connection.prepare(ACCEPTED);
  const rows = statement.all(p.automationId, p.now - p.fireWindowMs, p.fireMax) as { accepted_at: EpochMs }[];
  return rows.map((row) => row.accepted_at).toReversed();
}

function unfinishedOf(row: UnfinishedRow): AcceptanceFacts['unfinished'][number] {
  const { id, status, created_at, attempt } = row;
  return { id, status, created_at, attempt, ...(row.scheduled_at === null ? {} : { scheduled_at: row.scheduled_at }) };
}
