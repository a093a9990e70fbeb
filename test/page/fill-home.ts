/**
 * Makes a home large: copies the newest job, and what one run left behind, until there are as many as wanted. The job
 * must be no file's, or the files would take its copies away. The daemon must not be at work meanwhile. The store's own
 * way would take minutes, and what is tested here is the page.
 */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DATABASE_FILE } from '../../src/store/sqlite/open-sqlite-store.ts';

export function fillHome(p: { home: string; jobs: number; runs: number; entries: number; now: number }): void {
  const database = new DatabaseSync(join(p.home, DATABASE_FILE));
  try {
    database.exec('pragma synchronous = off; begin');
    copy(database, {
      table: 'automations',
      from: 3,
      to: p.jobs,
      like: 'select * from automations order by seq desc limit 1',
      set: {
        seq: 'n',
        id: `printf('job_%026d', n)`,
        name: `printf('job-%06d', n)`,
        definition: `json_set(first.definition, '$.id', printf('job_%026d', n), '$.name', printf('job-%06d', n))`,
        search: `printf('job-%06d', n)`,
      },
    });
    copy(database, {
      table: 'cursors',
      from: 3,
      to: p.jobs,
      like: 'select * from cursors order by automation desc limit 1',
      set: { automation: 'n', due_at: 'due_at + n * 10' },
    });
    const at = `${p.now} - (${p.runs} - n) * 60000`;
    copy(database, {
      table: 'runs',
      from: 2,
      to: p.runs,
      set: {
        seq: 'n',
        id: `printf('run_%026d', n)`,
        automation_id: `printf('job_%026d', 3 + n % ${p.jobs - 2})`,
        fire_id: `printf('fire_%026d', n)`,
        status: `case n % 10 when 0 then 'failed' else 'completed' end`,
        error: `case n % 10 when 0 then 'It could not reach the issue tracker.' end`,
        created_at: at,
        scheduled_at: at,
        accepted_at: at,
        started_at: at,
        ended_at: `${at} + 20000`,
        session_id: 'null',
      },
    });
    copy(database, {
      table: 'transcript_entries',
      from: 1001,
      to: 1000 + p.entries,
      // Every other one of another kind: pieces of one kind would be one block.
      set: { seq: 'n - 1000', kind: `case n % 2 when 0 then 'tool_call' else 'message' end`, text: `'entry ' || n` },
      replace: true,
    });
    database.exec('commit');
  } finally {
    database.close();
  }
}

/** Copies one row of a table for every number from `from` to `to`, with some columns made from the number `n`. */
function copy(
  database: DatabaseSync,
  p: {
    table: string;
    from: number;
    to: number;
    /** Which row; the first when absent. */
    like?: string;
    set: Readonly<Record<string, string>>;
    replace?: true;
  },
): void {
  const columns = database.prepare(`select name from pragma_table_info('${p.table}')`).all() as { name: string }[];
  const names = columns.map(({ name }) => name);
  const selected = names.map((name) => p.set[name] ?? `first."${name}"`);
  database.exec(`with recursive numbers (n) as (select ${p.from} union all select n + 1 from numbers where n < ${p.to}),
      first as materialized (${p.like ?? `select * from ${p.table} limit 1`})
    insert ${p.replace === true ? 'or replace' : ''} into ${p.table} (${names.map((name) => `"${name}"`).join(', ')})
    select ${selected.join(', ')} from numbers, first`);
}
