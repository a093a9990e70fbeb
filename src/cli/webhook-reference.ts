/** A webhook trigger as a person names it: by name, or by id where names are ambiguous. */
import type { ApiWebhookTrigger, Client } from '../client/client.ts';
import { AppError } from '../errors/app-error.ts';
import { UsageError } from './failure.ts';

const ID = /^(?:trg|wbh)_/u;

/** Throws `trigger_not_found`, and a usage error that lists the ids where several bear the name. */
export async function findWebhook(client: Client, reference: string): Promise<ApiWebhookTrigger> {
  const found: ApiWebhookTrigger[] = [];
  for (let cursor: string | undefined, pages = 0; pages < 20; pages += 1) {
    const page = await client.webhooks.list({ limit: 500, ...(cursor === undefined ? {} : { cursor }) });
    found.push(
      ...page.triggers.filter(({ id, name, webhook_id: webhookId }) =>
        ID.test(reference) ? reference === id || reference === webhookId : reference === name,
      ),
    );
    cursor = page.next_cursor;
    if (cursor === undefined) break;
  }
  const [first, ...others] = found;
  if (first === undefined) throw new AppError('trigger_not_found', { id: `"${reference}"` });
  if (others.length === 0) return first;
  const places = found.map(({ id, workspace_id }) => `  ${id}  ${workspace_id ?? 'global'}`);
  throw new UsageError(
    `${found.length} webhook triggers are named "${reference}":\n${places.join('\n')}`,
    'Say which one by its id.',
  );
}
