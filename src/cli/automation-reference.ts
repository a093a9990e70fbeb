/** A job or a trigger as a person names it: by name, or by id where names are ambiguous. */
import { ApiError } from '../client/api-error.ts';
import { AppError } from '../errors/app-error.ts';
import { suggest } from '../lib/suggest.ts';
import { UsageError } from './failure.ts';

/** Names are compared for "did you mean" among so many at most; one page. */
const SUGGESTIONS_FROM = 500;

interface Named {
  id: string;
  name: string;
  workspace_id?: string | undefined;
}

interface Shelf<Found extends Named> {
  noun: 'job' | 'trigger';
  idPrefix: string;
  get: (id: string) => Promise<Found>;
  list: (query: { name?: string; limit: number }) => Promise<Found[]>;
}

/**
 * Throws `job_not_found` or `trigger_not_found`, with the nearest name where there is one, and a usage error that lists
 * the ids where several bear the name in different scopes.
 */
export async function findNamed<Found extends Named>(reference: string, shelf: Shelf<Found>): Promise<Found> {
  if (reference.startsWith(shelf.idPrefix)) return shelf.get(reference);
  const named = await shelf.list({ name: reference, limit: 10 });
  const [first, ...others] = named;
  if (first === undefined) throw await notFound(reference, shelf);
  if (others.length === 0) return first;
  const places = named.map(({ id, workspace_id }) => `  ${id}  ${workspace_id ?? 'global'}`);
  throw new UsageError(
    `${named.length} ${shelf.noun}s are named "${reference}":\n${places.join('\n')}`,
    'Say which one by its id.',
  );
}

async function notFound<Found extends Named>(reference: string, shelf: Shelf<Found>): Promise<Error> {
  const all = await shelf.list({ limit: SUGGESTIONS_FROM });
  const near = suggest(
    reference,
    all.map(({ name }) => name),
  );
  const missing = new AppError(`${shelf.noun}_not_found`, { id: `"${reference}"` });
  if (near === undefined) return missing;
  const { status, code, title, hint } = missing;
  return new ApiError({ status, code, title, detail: `${missing.detail} Did you mean "${near}"?`, hint });
}
