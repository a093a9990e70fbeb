/** Hooks: what is configured, what they were called for, and a try. */
import { formatDuration } from '../../model/duration.ts';
import type { ApiDeps } from '../api-deps.ts';
import type { Handlers } from '../endpoint.ts';
import { pageOf } from '../page-list.ts';
import { defined } from '../../lib/defined.ts';
import { toWire } from '../wire.ts';

export function hookRoutes(deps: ApiDeps): Handlers<'listHooks' | 'listHookCalls' | 'testHook'> {
  return {
    async listHooks({ query }) {
      const { items, ...more } = pageOf(deps.hooks.list(), { query, keyOf: ({ name }) => name });
      const hooks = items.map(({ timeout_ms: timeoutMs, events, match, ...hook }) => ({
        ...hook,
        events: [...events],
        match: { ...match },
        timeout: formatDuration(BigInt(timeoutMs) * 1_000_000n),
      }));
      return { body: { hooks, ...more } };
    },

    async listHookCalls({ query }) {
      const { items, next_cursor } = await deps.store.listHookCalls({ query: defined(query) });
      return { body: { calls: toWire(items), ...(next_cursor === undefined ? {} : { next_cursor }) } };
    },

    async testHook({ params }) {
      const { call, answer } = await deps.hooks.test({ name: params.name });
      return { body: { call: toWire(call), ...(answer === undefined ? {} : { answer }) } };
    },
  };
}
