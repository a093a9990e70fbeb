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

/**
 * The limit is written into the text, rounded up to one of a few: SQLite plans a statement anew whenever a bound limit
 * changes hands, which costs more than the lookup itself.
 */
const ACCEPTED = [16, 256, 4096, 65_536, 1_048_576].map((limit) => ({
  limit,
  sql: `select accepted_at from runs
    where automation_id = ? and status <> 'canceled' and accepted_at > ? order by accepted_at desc limit ${limit}`,
}));

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
  const { sql } = ACCEPTED.find((one) => one.limit >= p.fireMax) ?? ACCEPTED.at(-1)!;
  const rows = connection.prepare(sql).all(p.automationId, p.now - p.fireWindowMs) as { accepted_at: EpochMs }[];
  if (rows.length === 0) return [];
  return rows
    .slice(0, p.fireMax)
    .map((row) => row.accepted_at)
    .toReversed();
}

function unfinishedOf(row: UnfinishedRow): AcceptanceFacts['unfinished'][number] {
  const { id, status, created_at, attempt } = row;
  return { id, status, created_at, attempt, ...(row.scheduled_at === null ? {} : { scheduled_at: row.scheduled_at }) };
}
