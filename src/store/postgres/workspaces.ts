/** The folders that automations may be bound to: registering, finding and forgetting them. */
import { invariant } from '../../errors/invariant.ts';
import type { EpochMs } from '../../model/instant.ts';
import type { Workspace } from '../../model/workspace.ts';
import { asBit } from '../rows/value.ts';
import type { Connection, Database } from './database.ts';
import { lockNames } from './locks.ts';

interface WorkspaceRow {
  id: string;
  name: string;
  path: string;
  trusted: 0 | 1;
  created_at: EpochMs;
}

const PUT = `insert into workspaces (id, name, path, trusted, created_at) values (?, ?, ?, ?, ?)
  on conflict (path) do update set name = excluded.name, trusted = excluded.trusted`;

type Put = { outcome: 'put'; workspace: Workspace } | { outcome: 'workspace_name_taken' };

export function putWorkspace(database: Database, p: { workspace: Workspace }): Promise<Put> {
  const { workspace } = p;
  return database.write(async (connection): Promise<Put> => {
    await lockNames(connection);
    const named = await findBy(connection, 'name', workspace.name);
    if (named !== undefined && named.path !== workspace.path) return { outcome: 'workspace_name_taken' };
    const owner = await findBy(connection, 'id', workspace.id);
    invariant(
      owner === undefined || owner.path === workspace.path,
      'two folders were registered under one workspace id',
    );
    const { id, name, path, trusted, created_at: createdAt } = workspace;
    await connection.run(PUT, id, name, path, asBit(trusted), createdAt);
    return { outcome: 'put', workspace: workspaceOf((await findBy(connection, 'path', path))!) };
  });
}

export async function listWorkspaces(connection: Connection): Promise<Workspace[]> {
  return (await connection.all<WorkspaceRow>('select * from workspaces order by name')).map(workspaceOf);
}

export async function findWorkspace(connection: Connection, p: { ref: string }): Promise<Workspace | undefined> {
  for (const column of ['id', 'name', 'path'] as const) {
    const row = await findBy(connection, column, p.ref);
    if (row !== undefined) return workspaceOf(row);
  }
  return undefined;
}

function findBy(
  connection: Connection,
  column: 'id' | 'name' | 'path',
  value: string,
): Promise<WorkspaceRow | undefined> {
  return connection.one<WorkspaceRow>(`select * from workspaces where ${column} = ?`, value);
}

type Deleted = { outcome: 'deleted' | 'not_found' | 'in_use' };

export function deleteWorkspace(database: Database, p: { id: string }): Promise<Deleted> {
  return database.write(async (connection): Promise<Deleted> => {
    await lockNames(connection);
    if ((await findBy(connection, 'id', p.id)) === undefined) return { outcome: 'not_found' };
    const bound = await connection.one(
      `select 1 as one from automations where workspace_id = ? and workspace_id <> '' limit 1`,
      p.id,
    );
    if (bound !== undefined) return { outcome: 'in_use' };
    await connection.run('delete from workspaces where id = ?', p.id);
    return { outcome: 'deleted' };
  });
}

function workspaceOf(row: WorkspaceRow): Workspace {
  return { id: row.id, name: row.name, path: row.path, trusted: row.trusted === 1, created_at: row.created_at };
}
