/** Small durable facts about the home, and the sizes that `status` shows. */
import type { EpochMs } from '../../model/instant.ts';
import type { AutomationKind } from '../rows/stored-definition.ts';
import type { StoreCounts } from '../store.ts';
import type { Connection } from './database.ts';

export async function readFact(connection: Connection, p: { name: string }): Promise<string | undefined> {
  return (await connection.one<{ value: string }>('select value from facts where name = ?', p.name))?.value;
}

export async function writeFact(
  connection: Connection,
  p: { now: EpochMs; name: string; value: string },
): Promise<void> {
  await connection.run(
    `insert into facts (name, value, updated_at) values (?, ?, ?)
      on conflict (name) do update set value = excluded.value, updated_at = excluded.updated_at`,
    p.name,
    p.value,
    p.now,
  );
}

const COUNTS = `select kind, count from automation_counts
  union all select 'scheduled', count(*) from runs where status = 'scheduled'
  union all select 'running', count(*) from runs where status = 'running'
  union all select 'bytes', pg_database_size(current_database())`;

/** Definitions have a counter kept by a trigger; the unfinished runs are counted along their own small indexes. */
export async function readCounts(connection: Connection): Promise<StoreCounts> {
  type Counted = AutomationKind | 'scheduled' | 'running' | 'bytes';
  const rows = await connection.all<{ kind: Counted; count: number }>(COUNTS);
  const of = (kind: Counted): number => rows.find((row) => row.kind === kind)?.count ?? 0;
  return {
    jobs: of('job'),
    triggers: of('trigger'),
    scheduled: of('scheduled'),
    running: of('running'),
    bytes: of('bytes'),
  };
}
