/** A registered folder as a row: its statements, and what the columns mean. */
import { invariant } from '../../errors/invariant.ts';
import type { EpochMs } from '../../model/instant.ts';
import { labelText, labelsOf } from '../../model/node.ts';
import type { Workspace } from '../../model/workspace.ts';
import { type ColumnValue, asBit } from './value.ts';

export interface WorkspaceRow {
  id: string;
  name: string;
  path: string;
  trusted: 0 | 1;
  node_labels: string;
  created_at: EpochMs;
}

export const PUT_WORKSPACE = `insert into workspaces (id, name, path, trusted, node_labels, created_at)
  values (?, ?, ?, ?, ?, ?)
  on conflict (path) do update set name = excluded.name, trusted = excluded.trusted, node_labels = excluded.node_labels`;
export const LIST_WORKSPACES = 'select * from workspaces order by name';
export const DELETE_WORKSPACE = 'delete from workspaces where id = ?';
export const WORKSPACE_BY = {
  id: 'select * from workspaces where id = ?',
  name: 'select * from workspaces where name = ?',
  path: 'select * from workspaces where path = ?',
} as const;

export function workspaceValues(workspace: Workspace): ColumnValue[] {
  const { id, name, path, trusted, node_labels, created_at } = workspace;
  return [id, name, path, asBit(trusted), labelText(node_labels), created_at];
}

export function workspaceOf(row: WorkspaceRow): Workspace {
  const { id, name, path, trusted, node_labels: labels, created_at } = row;
  const workspace: Workspace = { id, name, path, trusted: trusted === 1, created_at };
  if (labels !== '') workspace.node_labels = labelsOf(labels);
  return workspace;
}

/** `owner` has the id of the folder that is to be registered. */
export function requireOneFolder(owner: WorkspaceRow | undefined, workspace: Workspace): void {
  invariant(owner === undefined || owner.path === workspace.path, 'two folders were registered under one workspace id');
}
