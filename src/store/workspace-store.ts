/** Workspaces, as part of the store port (store.ts). */
import type { EpochMs } from '../model/instant.ts';
import type { Workspace } from '../model/workspace.ts';

export interface WorkspaceStore {
  /** Registers a folder, or changes the one with the same path, which keeps its id and `created_at`. Names are unique. */
  putWorkspace(p: {
    now: EpochMs;
    workspace: Workspace;
  }): Promise<{ outcome: 'put'; workspace: Workspace } | { outcome: 'workspace_name_taken' }>;
  listWorkspaces(): Promise<Workspace[]>;
  /** By id, else by name, else by path. */
  findWorkspace(p: { ref: string }): Promise<Workspace | undefined>;
  /** Refused with `in_use` while a definition is bound to it. */
  deleteWorkspace(p: { id: string }): Promise<{ outcome: 'deleted' | 'not_found' | 'in_use' }>;
}
