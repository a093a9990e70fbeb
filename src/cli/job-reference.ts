/** A job as a person names it: by name, or by id where names are ambiguous. */
import { ApiError } from '../client/api-error.ts';
import type { ApiJob, Client } from '../client/client.ts';
import { AppError } from '../errors/app-error.ts';
import { suggest } from '../lib/suggest.ts';
import { UsageError } from './failure.ts';

const ID = /^job_/;
/** Names are compared for "did you mean" among so many jobs at most; one page. */
const SUGGESTIONS_FROM = 500;

/**
 * Throws `job_not_found`, with the nearest name where there is one, and a usage error that lists the ids where several
 * jobs bear the name in different scopes.
 */
export async function findJob(client: Client, reference: string): Promise<ApiJob> {
  if (ID.test(reference)) return (await client.jobs.get(reference)).job;
  const { jobs } = await client.jobs.list({ name: reference, limit: 10 });
  const [first, ...others] = jobs;
  if (first === undefined) throw await notFound(client, reference);
  if (others.length === 0) return first;
  const places = jobs.map(({ id, workspace_id }) => `  ${id}  ${workspace_id ?? 'global'}`);
  throw new UsageError(
    `${jobs.length} jobs are named "${reference}":\n${places.join('\n')}`,
    'Say which one by its id.',
  );
}

async function notFound(client: Client, reference: string): Promise<Error> {
  const { jobs } = await client.jobs.list({ limit: SUGGESTIONS_FROM });
  const near = suggest(
    reference,
    jobs.map(({ name }) => name),
  );
  const missing = new AppError('job_not_found', { id: `"${reference}"` });
  if (near === undefined) return missing;
  const { status, code, title, hint } = missing;
  return new ApiError({ status, code, title, detail: `${missing.detail} Did you mean "${near}"?`, hint });
}
