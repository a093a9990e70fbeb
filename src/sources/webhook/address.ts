/**
 * The address of a webhook trigger: `global/<slug>--<webhook id>`, or `workspaces/<workspace id>/<slug>--<webhook id>`
 * below `/api/webhooks/`. The id finds the trigger; scope, workspace and slug must be its own as well, so that an address
 * means one thing and somebody who moved a trigger notices.
 */
import type { Trigger } from '../../model/trigger.ts';
import { WEBHOOK_ID_PREFIX } from '../../model/trigger.ts';

export const WEBHOOK_BASE = '/api/webhooks/';

export interface WebhookAddress {
  /** Absent: global. */
  workspace_id?: string;
  /** The last part, as it was written. */
  endpoint: string;
  slug: string;
  webhook_id: string;
}

/** No part of an address is longer; what is longer belongs to nobody. */
const PART_LENGTH_MAX = 300;

/** Of a path without its query; undefined for what no webhook could have. */
export function readAddress(path: string): WebhookAddress | undefined {
  if (!path.startsWith(WEBHOOK_BASE)) return undefined;
  const parts = path.slice(WEBHOOK_BASE.length).split('/').map(decoded);
  const [kind, ...rest] = parts;
  const [workspaceId, endpoint] = kind === 'global' ? [undefined, ...rest] : rest;
  const count = kind === 'global' ? 1 : kind === 'workspaces' ? 2 : -1;
  if (rest.length !== count || endpoint === undefined || workspaceId === '') return undefined;
  const border = endpoint.lastIndexOf(`--${WEBHOOK_ID_PREFIX}`);
  if (border < 0 || parts.some((part) => part === undefined || part.length > PART_LENGTH_MAX)) return undefined;
  return {
    ...(workspaceId === undefined ? {} : { workspace_id: workspaceId }),
    endpoint,
    slug: endpoint.slice(0, border),
    webhook_id: endpoint.slice(border + 2),
  };
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

export function isAddressOf(address: WebhookAddress, trigger: Trigger): boolean {
  return (
    trigger.webhook_id === address.webhook_id &&
    (trigger.endpoint_slug ?? '') === address.slug &&
    trigger.workspace_id === address.workspace_id
  );
}

/** The path, without the daemon's own address; undefined for a trigger that no webhook wakes. */
export function addressOf(trigger: Trigger): string | undefined {
  const { webhook_id: id, endpoint_slug: slug = '', scope, workspace_id: workspaceId } = trigger;
  if (id === undefined || id === '') return undefined;
  const place = scope === 'workspace' ? `workspaces/${encodeURIComponent(workspaceId ?? '')}` : 'global';
  return `${WEBHOOK_BASE}${place}/${encodeURIComponent(`${slug}--${id}`)}`;
}
