/** The verbs about everything at once: pausing, workspaces, holds of agents. */
import { AppError } from '../../errors/app-error.ts';
import { workspaceIdFor } from '../../model/identifiers.ts';
import type { Workspace } from '../../model/workspace.ts';
import type { AutomationCommands } from '../automation-commands.ts';
import type { CommandContext } from './command-context.ts';

type HouseCommands = Pick<
  AutomationCommands,
  'pause' | 'resume' | 'pauseState' | 'releaseAgent' | 'registerWorkspace' | 'updateWorkspace' | 'removeWorkspace'
>;

export function houseCommands(context: CommandContext): HouseCommands {
  const { pauseSwitch, clock, bus } = context;
  return {
    pauseState: () => pauseSwitch.state(),

    async pause(p) {
      // Also when it failed: it may have taken effect, and the engine looks.
      const pausing = pauseSwitch.pause({ now: clock.now(), cause: 'person', by: p.actor });
      const state = await pausing.finally(() => context.poke());
      bus.report({ type: 'engine.paused', at: clock.now(), by: p.actor });
      return state;
    },

    async resume(p) {
      const state = await pauseSwitch.resume({ now: clock.now(), cause: 'person' });
      if (!state.paused) bus.report({ type: 'engine.resumed', at: clock.now(), by: p.actor });
      context.poke();
      return state;
    },

    async releaseAgent(p) {
      const answer = await context.store.releaseAgent({ agent_name: p.name });
      if (answer.outcome === 'not_found') throw new AppError('agent_not_found', { agent: p.name });
      context.poke();
    },

    async registerWorkspace(p) {
      const folder = await context.findFolder(p.path);
      if (folder === undefined) throw new AppError('folder_not_found', { path: p.path });
      const now = clock.now();
      const name = p.name ?? lastPart(folder);
      const before = p.node_labels === undefined ? await context.store.findWorkspace({ ref: folder }) : undefined;
      const labels = p.node_labels ?? before?.node_labels ?? [];
      const answer = await context.store.putWorkspace({
        now,
        workspace: {
          id: workspaceIdFor({ path: folder }),
          name,
          path: folder,
          trusted: p.trusted ?? false,
          ...(labels.length === 0 ? {} : { node_labels: labels }),
          created_at: now,
        },
      });
      if (answer.outcome === 'workspace_name_taken') throw new AppError('workspace_name_taken', { name, path: folder });
      await context.workspacesChanged();
      return answer.workspace;
    },

    async updateWorkspace(p) {
      const { trusted, name } = p;
      const { node_labels: labelsBefore, ...present } = await findWorkspace(context, p.ref);
      const labels = p.node_labels ?? labelsBefore ?? [];
      const workspace: Workspace = {
        ...present,
        ...(labels.length === 0 ? {} : { node_labels: labels }),
        ...(name === undefined ? {} : { name }),
        ...(trusted === undefined ? {} : { trusted }),
      };
      const answer = await context.store.putWorkspace({ now: clock.now(), workspace });
      if (answer.outcome === 'workspace_name_taken') {
        throw new AppError('workspace_name_taken', { name: workspace.name, path: workspace.path });
      }
      await context.workspacesChanged();
      return answer.workspace;
    },

    async removeWorkspace(p) {
      const { id, name } = await findWorkspace(context, p.ref);
      const answer = await context.store.deleteWorkspace({ id });
      if (answer.outcome === 'not_found') throw new AppError('workspace_not_found', { workspace: p.ref });
      if (answer.outcome === 'in_use') throw new AppError('workspace_in_use', { workspace: name });
      await context.workspacesChanged();
    },
  };
}

async function findWorkspace(context: CommandContext, ref: string): Promise<Workspace> {
  const workspace = await context.store.findWorkspace({ ref });
  if (workspace === undefined) throw new AppError('workspace_not_found', { workspace: ref });
  return workspace;
}

/** A folder's own name; the root has none of its own, so it is called by its path. */
function lastPart(folder: string): string {
  return folder.split('/').findLast((part) => part !== '') ?? folder;
}
