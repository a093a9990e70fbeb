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
import type { Connection } from './connection.ts';

export function putWorkspace(
  connection: Connection,
  p: { workspace: Workspace },
): { outcome: 'put'; workspace: Workspace } | { outcome: 'workspace_name_taken' } {
  const { workspace } = p;
  return connection.write(() => {
    const named = connection.one<WorkspaceRow>(WORKSPACE_BY.name, workspace.name);
    if (named !== undefined && named.path !== workspace.path) return { outcome: 'workspace_name_taken' };
    const owner = connection.one<WorkspaceRow>(WORKSPACE_BY.id, workspace.id);
    requireOneFolder(owner, workspace);
    connection.run(PUT_WORKSPACE, ...workspaceValues(workspace));
    const row = connection.one<WorkspaceRow>(WORKSPACE_BY.path, workspace.path)!;
    return { outcome: 'put', workspace: workspaceOf(row) };
  });
}

export function listWorkspaces(connection: Connection): Workspace[] {
  return connection.all<WorkspaceRow>(LIST_WORKSPACES).map(workspaceOf);
}

export function findWorkspace(connection: Connection, p: { ref: string }): Workspace | undefined {
  for (const column of ['id', 'name', 'path'] as const) {
    const row = connection.one<WorkspaceRow>(WORKSPACE_BY[column], p.ref);
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
    connection.run(DELETE_WORKSPACE, p.id);
    return { outcome: 'deleted' };
  });
}
