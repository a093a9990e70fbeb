/** Statements about definitions that both databases understand, and what may be done to whose definition. */
import type { Automation } from '../../model/automation.ts';
import { invariant } from '../../errors/invariant.ts';
import type { AutomationRow } from './automation-row.ts';
import { kindOf } from './stored-definition.ts';

/** Without `tags` and `search`, which only statements look at. */
export const AUTOMATION_COLUMNS = [
  'seq',
  'id',
  'kind',
  'scope',
  'workspace_id',
  'name',
  'source',
  'agent_name',
  'event',
  'webhook_id',
  'revision',
  'overlay_enabled',
  'overlay_at',
  'consecutive_failures',
  'paused_at',
  'paused_error',
  'paused_run',
  'created_at',
  'updated_at',
  'definition',
]
  .map((name) => `automations.${name}`)
  .join(', ');

export const NAME_HOLDER = `select id from automations
  where kind = ? and name = ? and scope = ? and workspace_id = ? and id <> ?`;
export const WEBHOOK_HOLDER = 'select id from automations where webhook_id = ? and id <> ?';

/** Both take `definitionColumns` first. */
export const INSERT_AUTOMATION = `insert into automations (
  kind, scope, workspace_id, name, source, agent_name, event, webhook_id, tags, search, updated_at, definition,
  id, created_at, revision
) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)`;
export const UPDATE_AUTOMATION = `update automations set
  kind = ?, scope = ?, workspace_id = ?, name = ?, source = ?, agent_name = ?, event = ?, webhook_id = ?, tags = ?,
  search = ?, updated_at = ?, definition = ?, revision = revision + 1 where seq = ?`;
export const DELETE_AUTOMATION = 'delete from automations where seq = ?';
export const FREE_WEBHOOK_ID = 'update automations set webhook_id = null where seq = ?';

export const SET_OVERLAY = `update automations set overlay_enabled = ?, overlay_at = ?, revision = revision + 1
  where seq = ?`;
export const PAUSE_AUTOMATION = 'update automations set paused_at = ?, paused_error = ?, paused_run = ? where seq = ?';
export const RESUME_AUTOMATION = `update automations set paused_at = null, paused_error = null, paused_run = null
  where id = ?`;
export const SET_FAILURES = 'update automations set consecutive_failures = ? where seq = ?';

export const OF_SOURCE = `select ${AUTOMATION_COLUMNS} from automations
  where source = ? and source <> 'dynamic' order by seq`;

/** Why a dynamic definition may not be written; which comes first is stated in the port. */
export function refuseWrite(
  row: AutomationRow | undefined,
  ifRevision: number | undefined,
): { outcome: 'not_found' | 'read_only' } | { outcome: 'revision_mismatch'; revision: number } | undefined {
  if (row === undefined) return { outcome: 'not_found' };
  if (row.source !== 'dynamic') return { outcome: 'read_only' };
  if (ifRevision !== undefined && ifRevision !== row.revision) {
    return { outcome: 'revision_mismatch', revision: row.revision };
  }
  return undefined;
}

/** A change of a definition is a change of that definition. */
export function requireSameIdentity(automation: Automation, row: AutomationRow): void {
  invariant(
    automation.id === row.id && automation.source === row.source && automation.created_at === row.created_at,
    'a change of a definition altered its id, source or created_at',
  );
  invariant(kindOf(automation) === row.kind, 'a change of a definition made a trigger of a job or a job of a trigger');
}
