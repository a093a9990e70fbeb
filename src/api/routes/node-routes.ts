/** Which machines take part, and whether they may start anything. */
import { AppError } from '../../errors/app-error.ts';
import { formatInstant } from '../../model/instant.ts';
import { type ClusterNode, NODE_ALIVE_MS, nodeStateOf } from '../../model/node.ts';
import type { z } from 'zod';
import type { ApiDeps } from '../api-deps.ts';
import type { node as nodeView } from '../contract/node.ts';
import type { Handlers } from '../endpoint.ts';
import { pageOf } from '../page-list.ts';

type NodeHandlers = Handlers<'listNodes' | 'getNode' | 'drainNode' | 'undrainNode' | 'removeNode'>;

export function nodeRoutes(deps: ApiDeps): NodeHandlers {
  const { store, clock } = deps;

  const viewOf = (node: ClusterNode): z.output<typeof nodeView> => {
    const { started_at, heartbeat_at, ...rest } = node;
    return {
      ...rest,
      state: nodeStateOf(node, clock.now()),
      own: node.instance === deps.status().node,
      started_at: formatInstant(started_at),
      ...(heartbeat_at === 0 ? {} : { heartbeat_at: formatInstant(heartbeat_at) }),
    };
  };

  const setDraining = async (p: { name: string; draining: boolean; by: string }) => {
    const answer = await store.setNodeDraining(p);
    if (answer.outcome === 'not_found') throw new AppError('node_not_found', { name: p.name });
    deps.nodesChanged();
    return { body: { node: viewOf(answer.node) } };
  };

  return {
    async listNodes({ query }) {
      const { items, ...more } = pageOf(await store.listNodes(), { query, keyOf: ({ name }) => name });
      return { body: { nodes: items.map(viewOf), ...more } };
    },

    async getNode({ params: { name } }) {
      const node = (await store.listNodes()).find((each) => each.name === name);
      if (node === undefined) throw new AppError('node_not_found', { name });
      return { body: { node: viewOf(node) } };
    },

    async drainNode({ params, actor }) {
      return setDraining({ name: params.name, draining: true, by: actor });
    },

    async undrainNode({ params, actor }) {
      return setDraining({ name: params.name, draining: false, by: actor });
    },

    async removeNode({ params: { name } }) {
      const { outcome } = await store.forgetNode({ now: clock.now(), name, alive_ms: NODE_ALIVE_MS });
      if (outcome === 'not_found') throw new AppError('node_not_found', { name });
      if (outcome === 'alive') throw new AppError('node_alive', { name });
      return { body: undefined };
    },
  };
}
