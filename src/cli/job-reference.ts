/** A job as a person names it: by name, or by id where names are ambiguous. */
import type { ApiJob, Client } from '../client/client.ts';
import { findNamed } from './automation-reference.ts';

/** Throws `job_not_found`, with the nearest name where there is one, and a usage error where several bear the name. */
export function findJob(client: Client, reference: string): Promise<ApiJob> {
  return findNamed(reference, {
    noun: 'job',
    idPrefix: 'job_',
    get: async (id) => (await client.jobs.get(id)).job,
    list: async (query) => (await client.jobs.list(query)).jobs,
  });
}
