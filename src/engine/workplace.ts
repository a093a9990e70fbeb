/**
 * Where an agent works: the folder of the workspace, the daemon's own for global automations, or, for an agent with
 * `worktree`, a git worktree made for this run and taken away afterwards unless it holds work that is nowhere else.
 */
import { AppError } from '../errors/app-error.ts';
import type { AgentDefinition } from '../model/agent.ts';
import type { Automation } from '../model/automation.ts';
import type { ExecutionContext } from './execution-context.ts';

export interface Workplace {
  cwd: string;
  /** After the run, when its processes are gone; a sentence where something is left. */
  leave(): Promise<string | undefined>;
}

export async function enterWorkplace(
  context: ExecutionContext,
  p: { automation: Automation; agent: AgentDefinition; runId: string },
): Promise<Workplace> {
  const folder = await workingFolder(context, p.automation);
  if (!p.agent.worktree) return { cwd: folder, leave: async () => undefined };
  const { worktrees } = context;
  if (worktrees === undefined || p.automation.workspace_id === undefined) {
    const reason = 'a worktree needs a workspace that is a git repository; bind the automation to one';
    throw new AppError('agent_unavailable', { agent: p.agent.name, reason });
  }
  const { cwd } = await worktrees.open({ folder, runId: p.runId, name: p.automation.name });
  return { cwd, leave: async () => (await worktrees.close({ runId: p.runId })).kept };
}

async function workingFolder(context: ExecutionContext, automation: Automation): Promise<string> {
  const { workspace_id } = automation;
  if (workspace_id === undefined) {
    await context.folders.ensure(context.workFolder);
    return context.workFolder;
  }
  const workspace = await context.store.findWorkspace({ ref: workspace_id });
  if (workspace === undefined) throw new AppError('workspace_not_found', { workspace: workspace_id });
  if (!(await context.folders.isFolder(workspace.path)))
    throw new AppError('folder_not_found', { path: workspace.path });
  return workspace.path;
}
