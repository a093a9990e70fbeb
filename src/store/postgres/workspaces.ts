/** The folders that automations may be bound to: registering, finding and forgetting them. */
import type { Workspace } from '../../model/workspace.ts';
import {
  DELETE_WORKSPACE,
  LIST_WORKSPACES,
  PUT_WORKSPACE,
  WORKSPACE_BY,
  type WorkspaceRow,
  requireOneFolder,
  workspaceOf,
  workspaceValues,
} from '../rows/workspace-row.ts';
import type { Connection, Database } from './database.ts';
import { lockNames } from './locks.ts';

type Put = { outcome: 'put'; workspace: Workspace } | { outcome: 'workspace_name_taken' };

export function putWorkspace(database: Database, p: { workspace: Workspace }): Promise<Put> {
  const { workspace } = p;
  return database.write(async (connection): Promise<Put> => {
    await lockNames(connection);
    const named = await findBy(connection, 'name', workspace.name);
    if (named !== undefined && named.path !== workspace.path) return { outcome: 'workspace_name_taken' };
    const owner = await findBy(connection, 'id', workspace.id);
    requireOneFolder(owner, workspace);
    await connection.run(PUT_WORKSPACE, ...workspaceValues(workspace));
    return { outcome: 'put', workspace: workspaceOf((await findBy(connection, 'path', workspace.path))!) };
  });
}

export async function listWorkspaces(connection: Connection): Promise<Workspace[]> {
  return (await connection.all<WorkspaceRow>(LIST_WORKSPACES)).map(workspaceOf);
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
  return connection.one<WorkspaceRow>(WORKSPACE_BY[column], value);
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
    await connection.run(DELETE_WORKSPACE, p.id);
    return { outcome: 'deleted' };
  });
}
