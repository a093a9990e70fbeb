/** Who works and where: agents, workspaces. */
import { AppError } from '../../errors/app-error.ts';
import type { AgentDefinition } from '../../model/agent.ts';
import { formatDuration } from '../../model/duration.ts';
import { formatInstant } from '../../model/instant.ts';
import type { AgentHold } from '../../store/account-store.ts';
import type { z } from 'zod';
import type { ApiDeps } from '../api-deps.ts';
import type { agent } from '../contract/agent.ts';
import type { Handlers } from '../endpoint.ts';
import { pageOf } from '../page-list.ts';
import { toWire } from '../wire.ts';

type PlaceHandlers = Handlers<
  | 'listAgents'
  | 'detectAgents'
  | 'testAgent'
  | 'releaseAgent'
  | 'listWorkspaces'
  | 'registerWorkspace'
  | 'getWorkspace'
  | 'updateWorkspace'
  | 'removeWorkspace'
>;

export function placeRoutes(deps: ApiDeps): PlaceHandlers {
  const { store, commands } = deps;
  return {
    async listAgents({ query }) {
      const holds = await store.listAgentHolds({ now: deps.clock.now() });
      const agents = deps.agents.list().map((definition) => {
        const hold = holds.find(({ agent_name }) => agent_name === definition.name);
        return { ...agentView(definition), ...holdView(hold) };
      });
      const { items, ...more } = pageOf(agents, { query, keyOf: ({ name }) => name });
      return { body: { agents: items, ...more } };
    },

    async detectAgents() {
      return { body: { agents: await deps.agentDesk.detect() } };
    },

    async testAgent({ params }) {
      const health = await deps.agentDesk.test({ name: params.name });
      if (health === undefined) throw new AppError('agent_not_found', { agent: params.name });
      const { held_until: heldUntil, ...rest } = health;
      return {
        body: { health: { ...rest, ...(heldUntil === undefined ? {} : { held_until: formatInstant(heldUntil) }) } },
      };
    },

    async releaseAgent({ params, actor }) {
      await commands.releaseAgent({ name: params.name, actor });
      return { body: undefined };
    },

    async listWorkspaces({ query }) {
      const { items, ...more } = pageOf(await store.listWorkspaces(), { query, keyOf: ({ name }) => name });
      return { body: { workspaces: toWire(items), ...more } };
    },

    async getWorkspace({ params }) {
      const workspace = await store.findWorkspace({ ref: params.id });
      if (workspace === undefined) throw new AppError('workspace_not_found', { workspace: params.id });
      return { body: { workspace: toWire(workspace) } };
    },

    async updateWorkspace({ params, body, actor }) {
      const { name, trusted, node_labels } = body;
      const workspace = await commands.updateWorkspace({
        ref: params.id,
        ...(name === undefined ? {} : { name }),
        ...(trusted === undefined ? {} : { trusted }),
        ...(node_labels === undefined ? {} : { node_labels }),
        actor,
      });
      return { body: { workspace: toWire(workspace) } };
    },

    async removeWorkspace({ params, actor }) {
      await commands.removeWorkspace({ ref: params.id, actor });
      return { body: undefined };
    },

    async registerWorkspace({ body, actor }) {
      const { path, name, trusted, node_labels } = body;
      const workspace = await commands.registerWorkspace({
        path,
        ...(name === undefined ? {} : { name }),
        ...(trusted === undefined ? {} : { trusted }),
        ...(node_labels === undefined ? {} : { node_labels }),
        actor,
      });
      return { body: { workspace: toWire(workspace) } };
    },
  };
}

function durationOf(ms: number): string {
  return formatDuration(BigInt(ms) * 1_000_000n);
}

function holdView(hold: AgentHold | undefined): { held_until?: string; held_reason?: string } {
  return hold === undefined ? {} : { held_until: formatInstant(hold.until), held_reason: hold.reason };
}

/**
 * What is safe to show: arguments and environment values often carry keys, although they should be references, so
 * neither is part of it.
 */
function agentView(definition: AgentDefinition): z.output<typeof agent> {
  const { name, type, command, preset, permission, env, env_pass, max_concurrent, mode, model, worktree } = definition;
  const [program] = command;
  return {
    name,
    type,
    ...(program === undefined ? {} : { program }),
    ...(preset === '' ? {} : { preset }),
    permission,
    env: Object.keys(env),
    env_pass,
    max_concurrent,
    ...(definition.timeout_ms === null ? {} : { timeout: durationOf(definition.timeout_ms) }),
    ...(definition.stall_timeout_ms === null ? {} : { stall_timeout: durationOf(definition.stall_timeout_ms) }),
    stop_grace: durationOf(definition.stop_grace_ms),
    ...(mode === '' ? {} : { mode }),
    ...(model === '' ? {} : { model }),
    worktree,
  };
}
