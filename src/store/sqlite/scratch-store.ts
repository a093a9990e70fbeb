/**
 * A store without a file, for calculations: the same adapter and schema as the real one, in memory, gone when closed.
 * What a calculation does not look at any more it may forget, which the port does not offer, because real history is
 * kept until retention says otherwise.
 */
import { allMigrations } from './migrations/all-migrations.ts';
import { Connection, IN_MEMORY } from './connection.ts';
import { migrate } from './migrate.ts';
import { createSqliteStore } from './sqlite-store.ts';
import type { EpochMs } from '../../model/instant.ts';
import type { Store } from '../store.ts';

export interface ScratchStore {
  store: Store;
  /** Whether `claimRuns` could find anything; a hundred times cheaper than asking it. */
  hasWaiting(): boolean;
  /**
   * Removes the finished runs of an automation that ended, and began to count against its fire limit, before this
   * instant, with their conversations. What they used stays in the account of its day. Returns how many went.
   */
  forgetFinished(p: { automation_id: string; before: EpochMs }): number;
}

export function openScratchStore(): ScratchStore {
  const connection = new Connection(IN_MEMORY);
  migrate(connection, allMigrations);
  // Nobody is told what is only calculated.
  for (const trigger of TELLING) connection.execute(`drop trigger ${trigger}`);
  return {
    store: createSqliteStore(connection, { release: () => {} }),
    hasWaiting: () => connection.one(ANY_WAITING) !== undefined,
    forgetFinished: (p) => forgetFinished(connection, p),
  };
}

/** The SQL triggers that write the table of occurrences. */
const TELLING = [
  'runs_end_is_told',
  'runs_refusal_is_told',
  'sessions_start_is_told',
  'sessions_end_is_told',
  'automations_pause_is_told',
];

const ANY_WAITING = 'select 1 from runs where queue is not null limit 1';

// Along the index of runs by automation, status and creation: a run cannot end before it was created.
const FINISHED = `select seq from runs where automation_id = ? and status in ('completed', 'failed', 'canceled')
  and created_at < ? and ended_at < ? and (accepted_at < ? or status = 'canceled')`;
const FORGET_SESSIONS = `delete from sessions where run_id in (select id from runs where seq in (${FINISHED}))`;
const FORGET_RUNS = `delete from runs where seq in (${FINISHED})`;

function forgetFinished(connection: Connection, p: { automation_id: string; before: EpochMs }): number {
  const { automation_id: id, before } = p;
  return connection.write(() => {
    connection.run(FORGET_SESSIONS, id, before, before, before);
    return connection.run(FORGET_RUNS, id, before, before, before);
  });
}
