/**
 * Where an event finds the triggers that could match it. Each trigger stands in the index once, under one entry of its
 * filter; an event is looked up by the texts that it has at the paths in use. Neither depends on how many triggers
 * there are that cannot match.
 */
import type { ActivationEnvelope } from '../../model/activation-envelope.ts';
import { type Automation, isTrigger } from '../../model/automation.ts';
import { type Trigger, WEBHOOK_EVENT } from '../../model/trigger.ts';
import type { AutomationRow } from '../rows/automation-row.ts';
import { AUTOMATION_COLUMNS } from '../rows/automation-statements.ts';
import { jsonRows } from './database.ts';
import {
  CROWD_MAX,
  FEW_PATHS_IN_USE,
  INSERT_ENTRY,
  type IndexEntry,
  type IndexPlace,
  PATHS_IN_USE,
  REMOVE_ENTRY,
  entriesOf,
  lookupsByFew,
  lookupsByPaths,
  mostSelective,
  placeOf,
} from '../rows/trigger-lookup.ts';
import type { Connection } from './database.ts';

/** After the definition was written: the trigger stands where it belongs now. A definition of another kind has no place. */
export async function indexTrigger(
  connection: Connection,
  p: { automation: number; definition: Automation },
): Promise<void> {
  const { definition } = p;
  if (!isTrigger(definition)) return;
  await connection.run(REMOVE_ENTRY, p.automation);
  // A delivery names its trigger; nothing else ever is a webhook event.
  if (definition.event === WEBHOOK_EVENT) return;
  const { path, wanted } = await entryOf(connection, definition);
  await connection.run(INSERT_ENTRY, p.automation, ...placeOf(definition), path, wanted);
}

const CROWD = `select count(*) as count from (select 1 from trigger_index
  where event = ? and scope = ? and workspace_id = ? and path = ? and md5(wanted) = md5(?) limit ${CROWD_MAX}) as crowd`;

async function entryOf(connection: Connection, trigger: Trigger): Promise<IndexEntry> {
  const entries = entriesOf(trigger);
  if (entries.length === 1) return entries[0]!;
  const counted: { entry: IndexEntry; others: number }[] = [];
  for (const entry of entries) {
    const row = await connection.one<{ count: number }>(CROWD, ...placeOf(trigger), entry.path, entry.wanted);
    counted.push({ entry, others: row?.count ?? 0 });
  }
  return mostSelective(counted);
}

// One statement for all lookups, each along the index.
const STANDING = `select ${AUTOMATION_COLUMNS} from automations where seq in (
  select standing.automation from json_to_recordset(?::json) as looked (path text, wanted text) cross join lateral (
    select automation from trigger_index
    where event = ? and scope = ? and workspace_id = ? and path = looked.path
      and md5(wanted) = md5(looked.wanted) and wanted = looked.wanted and automation > ?
    order by automation limit ?) as standing)
  order by seq limit ?`;

/** The triggers that could match, in the order of their creation, after the one given; at most `limit`. */
export async function findCandidates(
  connection: Connection,
  p: { envelope: ActivationEnvelope; after: number; limit: number },
): Promise<AutomationRow[]> {
  const place = placeOf({ ...p.envelope, event: p.envelope.kind });
  const entries = await lookups(connection, p.envelope, place);
  if (entries.length === 0) return [];
  const looked = jsonRows(entries.map(({ path, wanted }) => ({ path, wanted })));
  return connection.all<AutomationRow>(STANDING, looked, ...place, p.after, p.limit, p.limit);
}

async function lookups(connection: Connection, envelope: ActivationEnvelope, place: IndexPlace): Promise<IndexEntry[]> {
  const few = await connection.all<{ path: string }>(FEW_PATHS_IN_USE, ...place);
  const found = lookupsByFew(envelope, few);
  return found ?? lookupsByPaths(envelope, await connection.all<{ path: string }>(PATHS_IN_USE, ...place));
}
