/** Reading definitions: one, a page of them by name, and those that fire next. */
import type { Automation } from '../../model/automation.ts';
import type { EpochMs } from '../../model/instant.ts';
import type { Job } from '../../model/job.ts';
import type { TriggerListQuery } from '../../model/trigger.ts';
import type { AutomationRecord } from '../definition-store.ts';
import type { Page } from '../page.ts';
import { AUTOMATION_COLUMNS } from '../rows/automation-statements.ts';
import { findAutomation, readRecord } from './automation-row.ts';
import type { AutomationRow } from '../rows/automation-row.ts';
import { tagNeedle } from '../rows/definition-columns.ts';
import { Conditions } from '../rows/conditions.ts';
import type { Connection } from './connection.ts';
import { decodePageCursor, encodePageCursor } from '../rows/page-cursor.ts';
import type { AutomationKind } from '../rows/stored-definition.ts';
import { pageLimit } from '../rows/value.ts';

export function getAutomation<A extends Automation>(
  connection: Connection,
  p: { kind: AutomationKind; id: string },
): AutomationRecord<A> | undefined {
  const row = findAutomation(connection, p.id);
  return row?.kind === p.kind ? readRecord<A>(connection, row) : undefined;
}

/** Each filter is one condition; the text of the statement depends only on which filters there are. */
export function listAutomations<A extends Automation>(
  connection: Connection,
  p: { kind: AutomationKind; query: TriggerListQuery & { name?: string } },
): Page<AutomationRecord<A>> {
  const { kind, query } = p;
  const list = kind === 'job' ? 'jobs' : 'triggers';
  const where = new Conditions()
    .add('kind = ?', kind)
    .addWhen('name = ?', query.name)
    .addWhen('scope = ?', query.scope)
    .addWhen('workspace_id = ?', query.workspace_id)
    .addWhen('source = ?', query.source)
    .addWhen('event = ?', query.event)
    .addWhen('instr(tags, ?) > 0', query.tag === undefined ? undefined : tagNeedle(query.tag))
    .addWhen('instr(search, ?) > 0', query.q === '' ? undefined : query.q?.toLowerCase());
  if (query.cursor !== undefined) {
    where.add('(name, id) > (?, ?)', ...decodePageCursor(list, query.cursor, ['string', 'string']));
  }
  const limit = pageLimit(query.limit);
  const rows = connection.all<AutomationRow>(
    `select ${AUTOMATION_COLUMNS} from automations where ${where.text} order by name, id limit ?`,
    ...where.values,
    limit + 1,
  );
  const shown = rows.slice(0, limit);
  const page: Page<AutomationRecord<A>> = { items: shown.map((row) => readRecord<A>(connection, row)) };
  const last = shown.at(-1);
  if (rows.length > limit && last !== undefined) page.next_cursor = encodePageCursor(list, [last.name, last.id]);
  return page;
}

const UPCOMING = `select ${AUTOMATION_COLUMNS}
  from cursors join automations on automations.seq = cursors.automation
  where cursors.due_at <= ? order by cursors.due_at, cursors.automation limit ?`;

export function listUpcoming(connection: Connection, p: { until: EpochMs; limit: number }): AutomationRecord<Job>[] {
  const rows = connection.all<AutomationRow>(UPCOMING, p.until, Math.max(0, p.limit));
  return rows.map((row) => readRecord<Job>(connection, row));
}
