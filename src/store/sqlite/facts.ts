/** Small durable facts about the home, and the sizes that `status` shows. */
import type { EpochMs } from '../../model/instant.ts';
import type { StoreCounts } from '../store.ts';
import type { Connection } from './connection.ts';
import type { AutomationKind } from '../rows/stored-definition.ts';

export function readFact(connection: Connection, p: { name: string }): string | undefined {
  return connection.one<{ value: string }>('select value from facts where name = ?', p.name)?.value;
}

export function writeFact(connection: Connection, p: { now: EpochMs; name: string; value: string }): void {
  connection.write(() =>
    connection.run(
      `insert into facts (name, value, updated_at) values (?, ?, ?)
        on conflict (name) do update set value = excluded.value, updated_at = excluded.updated_at`,
      p.name,
      p.value,
      p.now,
    ),
  );
}

/** Definitions have a counter kept by triggers; the unfinished runs are counted along their own small indexes. */
export function readCounts(connection: Connection): StoreCounts {
  const automations = connection.all<{ kind: AutomationKind; count: number }>(
    'select kind, count from automation_counts',
  );
  const countOf = (kind: AutomationKind): number => automations.find((row) => row.kind === kind)?.count ?? 0;
  const runs = (status: 'scheduled' | 'running'): number =>
    connection.one<{ count: number }>(`select count(*) as count from runs where status = '${status}'`)?.count ?? 0;
  return {
    jobs: countOf('job'),
    triggers: countOf('trigger'),
    scheduled: runs('scheduled'),
    running: runs('running'),
    bytes: connection.bytes(),
  };
}
