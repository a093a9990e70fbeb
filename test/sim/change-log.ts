/**
 * Which rows every step really changed, noted by the database itself: temporary triggers write into a temporary table
 * that is read and emptied after each step. So the checkers see each change once, in order, whoever made it, and the
 * tables themselves stay as they are in production.
 */
import type { Connection } from '../../src/store/sqlite/connection.ts';
import type { RunStatus } from '../../src/model/run.ts';

export type RowChange =
  | { table: 'runs'; op: 'insert'; automationId: string; runId: string; to: RunStatus }
  | {
      table: 'runs';
      op: 'update';
      automationId: string;
      runId: string;
      from: RunStatus;
      to: RunStatus;
      /** Somebody asked for its end, in this very change. */
      cancelRequested: boolean;
    }
  | { table: 'runs'; op: 'delete'; automationId: string; runId: string; from: RunStatus }
  | { table: 'automations' | 'cursors'; op: 'insert' | 'update' | 'delete'; automationId: string };

interface ChangeRow {
  tbl: 'runs' | 'automations' | 'cursors';
  op: 'insert' | 'update' | 'delete';
  automation: string;
  run: string | null;
  old_status: RunStatus | null;
  new_status: RunStatus | null;
  asked: 0 | 1;
}

const WATCH = `
create temp table sim_changes (
  n integer primary key autoincrement, tbl text, op text, automation text, run text, old_status text, new_status text,
  asked integer not null default 0
);
create temp trigger sim_runs_in after insert on main.runs begin
  insert into sim_changes (tbl, op, automation, run, new_status)
    values ('runs', 'insert', new.automation_id, new.id, new.status);
end;
create temp trigger sim_runs_up after update on main.runs begin
  insert into sim_changes (tbl, op, automation, run, old_status, new_status, asked)
    values ('runs', 'update', new.automation_id, new.id, old.status, new.status,
      old.cancel_reason is null and new.cancel_reason is not null);
end;
create temp trigger sim_runs_out after delete on main.runs begin
  insert into sim_changes (tbl, op, automation, run, old_status)
    values ('runs', 'delete', old.automation_id, old.id, old.status);
end;
create temp trigger sim_automations_in after insert on main.automations begin
  insert into sim_changes (tbl, op, automation) values ('automations', 'insert', new.id);
end;
create temp trigger sim_automations_up after update on main.automations begin
  insert into sim_changes (tbl, op, automation) values ('automations', 'update', new.id);
end;
create temp trigger sim_automations_out before delete on main.automations begin
  insert into sim_changes (tbl, op, automation) values ('automations', 'delete', old.id);
end;
create temp trigger sim_cursors_in after insert on main.cursors begin
  insert into sim_changes (tbl, op, automation)
    select 'cursors', 'insert', id from main.automations where seq = new.automation;
end;
create temp trigger sim_cursors_up after update on main.cursors begin
  insert into sim_changes (tbl, op, automation)
    select 'cursors', 'update', id from main.automations where seq = new.automation;
end;
`;

export class ChangeLog {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
    connection.execute(WATCH);
  }

  /** What changed since the last call. */
  take(): RowChange[] {
    const rows = this.#connection.all<ChangeRow>('select * from temp.sim_changes order by n');
    if (rows.length === 0) return [];
    this.#connection.run('delete from temp.sim_changes');
    return rows.map(changeOf);
  }
}

function changeOf(row: ChangeRow): RowChange {
  const automationId = row.automation;
  if (row.tbl !== 'runs') return { table: row.tbl, op: row.op, automationId };
  const runId = row.run ?? '';
  switch (row.op) {
    case 'insert':
      return { table: 'runs', op: 'insert', automationId, runId, to: row.new_status! };
    case 'update':
      return {
        table: 'runs',
        op: 'update',
        automationId,
        runId,
        from: row.old_status!,
        to: row.new_status!,
        cancelRequested: row.asked === 1,
      };
    case 'delete':
      return { table: 'runs', op: 'delete', automationId, runId, from: row.old_status! };
  }
}
