/** The folders that automations may be bound to: registering, finding and forgetting them. */
import type { EpochMs } from '../../model/instant.ts';
import { invariant } from '../../errors/invariant.ts';
import type { Workspace } from '../../model/workspace.ts';
import type { Connection } from './connection.ts';
import { asBit } from '../rows/value.ts';

interface WorkspaceRow {
  id: string;
  name: string;
  path: string;
  trusted: 0 | 1;
  created_at: EpochMs;
}

const PUT = `insert into workspaces (id, name, path, trusted, created_at) values (?, ?, ?, ?, ?)
  on conflict (path) do update set name = excluded.name, trusted = excluded.trusted`;

export function putWorkspace(
  connection: Connection,
  p: { workspace: Workspace },
): { outcome: 'put'; workspace: Workspace } | { outcome: 'workspace_name_taken' } {
  const { workspace } = p;
  return connection.write(() => {
    const named = connection.one<WorkspaceRow>('select * from workspaces where name = ?', workspace.name);
    if (named !== undefined && named.path !== workspace.path) return { outcome: 'workspace_name_taken' };
    const owner = connection.one<WorkspaceRow>('select * from workspaces where id = ?', workspace.id);
    invariant(
      owner === undefined || owner.path === workspace.path,
      'two folders were registered under one workspace id',
    );
    connection.run(PUT, workspace.id, workspace.name, workspace.path, asBit(workspace.trusted), workspace.created_at);
    const row = connection.one<WorkspaceRow>('select * from workspaces where path = ?', workspace.path)!;
    return { outcome: 'put', workspace: workspaceOf(row) };
  });
}

export function listWorkspaces(connection: Connection): Workspace[] {
  return connection.all<WorkspaceRow>('select * from workspaces order by name').map(workspaceOf);
}

export function findWorkspace(connection: Connection, p: { ref: string }): Workspace | undefined {
  for (const column of ['id', 'name', 'path']) {
    const row = connection.one<WorkspaceRow>(`select * from workspaces where ${column} = ?`, p.ref);
    if (row !== undefined) return workspaceOf(row);
  }
  return undefined;
}

export function deleteWorkspace(
  connection: Connection,
  p: { id: string },
): { outcome: 'deleted' | 'not_found' | 'in_use' } {
  return connection.write(() => {
    if (connection.one('select 1 from workspaces where id = ?', p.id) === undefined) return { outcome: 'not_found' };
    const bound = connection.one(
      `select 1 from automations where workspace_id = ? and workspace_id <> '' limit 1`,
      p.id,
    );
    if (bound !== undefined) return { outcome: 'in_use' };
    connection.run('delete from workspaces where id = ?', p.id);
    return { outcome: 'deleted' };
  });
}

function workspaceOf(row: WorkspaceRow): Workspace {
  return { id: row.id, name: row.name, path: row.path, trusted: row.trusted === 1, created_at: row.created_at };
}
