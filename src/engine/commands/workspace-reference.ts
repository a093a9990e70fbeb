/** People name a workspace by its name or folder; definitions and events hold its id. */
import { AppError } from '../../errors/app-error.ts';
import type { CommandContext } from './command-context.ts';

/** What was written, with the workspace's id in place of what it was called. `workspace_not_found`. */
export async function withWorkspaceId<T>(context: Pick<CommandContext, 'store'>, written: T): Promise<T> {
  if (typeof written !== 'object' || written === null || !('workspace_id' in written)) return written;
  const ref = written.workspace_id;
  if (typeof ref !== 'string' || ref.trim() === '') return written;
  const workspace = await context.store.findWorkspace({ ref });
  if (workspace === undefined) throw new AppError('workspace_not_found', { workspace: ref });
  return { ...written, workspace_id: workspace.id };
}
