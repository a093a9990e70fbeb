/** A trigger as a person names it: by name, or by id where names are ambiguous. */
import type { ApiTrigger, Client } from '../client/client.ts';
import { findNamed } from './automation-reference.ts';

/** Throws `trigger_not_found`, with the nearest name where there is one, and a usage error where several bear the name. */
export function findTrigger(client: Client, reference: string): Promise<ApiTrigger> {
  return findNamed(reference, {
    noun: 'trigger',
    idPrefix: 'trg_',
    get: async (id) => (await client.triggers.get(id)).trigger,
    list: async (query) => (await client.triggers.list(query)).triggers,
  });
}
