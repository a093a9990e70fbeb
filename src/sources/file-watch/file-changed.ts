/** The envelope of `file.changed`. Pure. */
import type { ActivationCause } from '../../model/activation.ts';
import type { EpochMs } from '../../model/instant.ts';
import type { Workspace } from '../../model/workspace.ts';
import type { NewActivation } from '../../store/activation-store.ts';
import type { FileChange } from './tree-watch.ts';

/** So many paths are listed; `count` says how many there were. */
const PATHS_MAX = 1000;

export function fileChangedEnvelope(p: {
  id: string;
  workspace: Workspace;
  changes: readonly FileChange[];
  /** The run that worked in the workspace meanwhile, and its depth. */
  cause: (ActivationCause & { depth: number }) | undefined;
  now: EpochMs;
}): NewActivation {
  const { workspace, changes, cause } = p;
  const listed = changes.slice(0, PATHS_MAX);
  return {
    id: p.id,
    kind: 'file.changed',
    scope: 'workspace',
    workspace_id: workspace.id,
    source: 'observer',
    occurred_at: p.now,
    ...(cause === undefined
      ? { depth: 0 }
      : { depth: cause.depth + 1, cause: { run_id: cause.run_id, automation_id: cause.automation_id } }),
    data: {
      workspace: workspace.name,
      folder: workspace.path,
      count: changes.length,
      paths: listed.map(({ path }) => path),
      changes: listed.map(({ path, change }) => ({ path, change })),
      truncated: listed.length < changes.length,
    },
  };
}
