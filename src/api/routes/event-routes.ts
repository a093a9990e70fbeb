/** Events: told, listed, and explained. */
import { AppError } from '../../errors/app-error.ts';
import { allowsEvent } from '../../model/access-scope.ts';
import type { Principal } from '../../access/principal.ts';
import type { ApiDeps } from '../api-deps.ts';
import { API_BASE } from '../contract/route-table.ts';
import { definitionOf } from '../definition-input.ts';
import type { Handlers } from '../endpoint.ts';
import { readBounds } from '../query.ts';
import { toWire } from '../wire.ts';

type EventHandlers = Handlers<'sendEvent' | 'listEvents' | 'getEvent'>;

export function eventRoutes(deps: ApiDeps): EventHandlers {
  const { store, commands, clock } = deps;
  return {
    async sendEvent({ body, principal, actor }) {
      const written = definitionOf(body, 'event') as Record<string, unknown>;
      refuseOtherPrefix(principal, written['kind']);
      // What an agent tells was caused by its run, whether it says so or not.
      const cause = principal.run_id === undefined ? {} : { cause_run_id: principal.run_id };
      const { outcome, activation, verdicts, runs } = await commands.sendEvent({
        written: { ...written, ...cause },
        actor,
      });
      const duplicate = outcome === 'duplicate';
      const location = `${API_BASE}/automation/events/${encodeURIComponent(activation.id)}`;
      return {
        body: { event: toWire(activation), duplicate, considered: verdicts, runs: toWire(runs) },
        headers: { location },
        ...(duplicate ? { status: 200 } : {}),
      };
    },

    async listEvents({ query }) {
      const { items, next_cursor } = await store.listActivations({ query: readBounds(query, clock.now()) });
      return { body: { events: toWire(items), ...(next_cursor === undefined ? {} : { next_cursor }) } };
    },

    async getEvent({ params }) {
      const { event, considered, considered_more, ...explained } = await commands.explainEvent({ id: params.id });
      return {
        body: {
          event: { ...toWire(event), verdicts: considered, verdicts_more: considered_more, ...toWire(explained) },
        },
      };
    },
  };
}

/** A credential for some events tells only those; an event without a kind is for the validator to refuse. */
function refuseOtherPrefix(principal: Principal, kind: unknown): void {
  if (typeof kind !== 'string' || allowsEvent(principal.scopes, kind)) return;
  throw new AppError('forbidden', { needed: `events:${kind.slice(0, 100)}` });
}
