/**
 * Where an event finds the triggers that could match it. Each trigger stands in the index once, under one entry of its
 * filter; an event is looked up by the texts that it has at the paths in use. Neither depends on how many triggers
 * there are that cannot match.
 */
import type { ActivationEnvelope } from '../../model/activation-envelope.ts';
import { type Automation, isTrigger } from '../../model/automation.ts';
import { type Trigger, WEBHOOK_EVENT } from '../../model/trigger.ts';
import { CANDIDATES_PER_STEP } from '../activation-store.ts';
import type { AutomationRow } from '../rows/automation-row.ts';
import { AUTOMATION_COLUMNS } from '../rows/automation-statements.ts';
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
import type { Connection } from './connection.ts';

/** After the definition was written: the trigger stands where it belongs now. A definition of another kind has no place. */
export function indexTrigger(connection: Connection, p: { automation: number; definition: Automation }): void {
  const { definition } = p;
  if (!isTrigger(definition)) return;
  connection.run(REMOVE_ENTRY, p.automation);
  // A delivery names its trigger; nothing else ever is a webhook event.
  if (definition.event === WEBHOOK_EVENT) return;
  const { path, wanted } = entryOf(connection, definition);
  connection.run(INSERT_ENTRY, p.automation, ...placeOf(definition), path, wanted);
}

const CROWD = `select count(*) as count from (select 1 from trigger_index
  where event = ? and scope = ? and workspace_id = ? and path = ? and wanted = ? limit ${CROWD_MAX})`;

function entryOf(connection: Connection, trigger: Trigger): IndexEntry {
  const entries = entriesOf(trigger);
  if (entries.length === 1) return entries[0]!;
  const othersUnder = ({ path, wanted }: IndexEntry): number =>
    connection.one<{ count: number }>(CROWD, ...placeOf(trigger), path, wanted)?.count ?? 0;
  return mostSelective(entries.map((entry) => ({ entry, others: othersUnder(entry) })));
}

// The limit is in the text: SQLite plans a statement anew whenever a bound one changes hands.
const STANDING = `select automation from trigger_index
  where event = ? and scope = ? and workspace_id = ? and path = ? and wanted = ? and automation > ?
  order by automation limit ${CANDIDATES_PER_STEP}`;

/** The triggers that could match, in the order of their creation, after the one given; as many as a step takes. */
export function findCandidates(
  connection: Connection,
  p: { envelope: ActivationEnvelope; after: number },
): AutomationRow[] {
  const place = placeOf({ ...p.envelope, event: p.envelope.kind });
  const found: number[] = [];
  for (const { path, wanted } of lookups(connection, p.envelope, place)) {
    const rows = connection.all<{ automation: number }>(STANDING, ...place, path, wanted, p.after);
    for (const row of rows) found.push(row.automation);
  }
  return found
    .toSorted((a, b) => a - b)
    .slice(0, CANDIDATES_PER_STEP)
    .map((seq) => connection.one<AutomationRow>(BY_SEQ, seq)!);
}

const BY_SEQ = `select ${AUTOMATION_COLUMNS} from automations where seq = ?`;

function lookups(connection: Connection, envelope: ActivationEnvelope, place: IndexPlace): IndexEntry[] {
  const few = connection.all<{ path: string }>(FEW_PATHS_IN_USE, ...place);
  const found = lookupsByFew(envelope, few);
  return found ?? lookupsByPaths(envelope, connection.all<{ path: string }>(PATHS_IN_USE, ...place));
}
