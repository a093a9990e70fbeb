/**
 * Where an event finds the triggers that could match it. Each trigger stands in the index once, under one entry of its
 * filter; an event is looked up by the texts that it has at the paths in use. Neither depends on how many triggers
 * there are that cannot match.
 */
import type { ActivationEnvelope } from '../../model/activation-envelope.ts';
import { type Automation, isTrigger } from '../../model/automation.ts';
import { comparablePaths, envelopeText } from '../../model/filter.ts';
import { type Trigger, WEBHOOK_EVENT } from '../../model/trigger.ts';
import type { AutomationRow } from '../rows/automation-row.ts';
import { AUTOMATION_COLUMNS } from './automation-row.ts';
import { jsonRows } from './database.ts';
import type { Connection } from './database.ts';

/** Where a trigger without a filter stands. */
const NO_PATH = '';
/** How many rows under one equality are counted to compare it with another: more is just "many". */
const CROWD_MAX = 1000;
/** Up to so many paths in use are all looked up; beyond, the event's own paths decide. */
const PATHS_IN_USE_MAX = 64;
/** An event with more comparable paths than this is looked up by the paths in use, however many. */
const EVENT_PATHS_MAX = 4096;

interface Entry {
  path: string;
  wanted: string;
}

type Place = [event: string, scope: string, workspaceId: string];

const REMOVE = 'delete from trigger_index where automation = ?';
const INSERT = `insert into trigger_index (automation, event, scope, workspace_id, path, wanted) values (?, ?, ?, ?, ?, ?)`;

/** After the definition was written: the trigger stands where it belongs now. A definition of another kind has no place. */
export async function indexTrigger(
  connection: Connection,
  p: { automation: number; definition: Automation },
): Promise<void> {
  const { definition } = p;
  if (!isTrigger(definition)) return;
  await connection.run(REMOVE, p.automation);
  // A delivery names its trigger; nothing else ever is a webhook event.
  if (definition.event === WEBHOOK_EVENT) return;
  const { path, wanted } = await mostSelective(connection, definition);
  await connection.run(INSERT, p.automation, ...placeOf(definition), path, wanted);
}

function placeOf(at: { event: string; scope: string; workspace_id?: string }): Place {
  return [at.event, at.scope, at.workspace_id ?? ''];
}

const CROWD = `select count(*) as count from (select 1 from trigger_index
  where event = ? and scope = ? and workspace_id = ? and path = ? and md5(wanted) = md5(?) limit ${CROWD_MAX}) as crowd`;

/** The equality under which the fewest others stand; `data` before the envelope's own fields, which most events share. */
async function mostSelective(connection: Connection, trigger: Trigger): Promise<Entry> {
  const entries = Object.entries(trigger.filter ?? {}).map(([path, wanted]) => ({ path, wanted }));
  const [first, ...others] = entries;
  if (first === undefined) return { path: NO_PATH, wanted: '' };
  if (others.length === 0) return first;
  const weighed: { entry: Entry; weight: number }[] = [];
  for (const entry of entries) weighed.push({ entry, weight: await weightOf(connection, trigger, entry) });
  return weighed.toSorted((a, b) => a.weight - b.weight)[0]!.entry;
}

async function weightOf(connection: Connection, trigger: Trigger, entry: Entry): Promise<number> {
  const row = await connection.one<{ count: number }>(CROWD, ...placeOf(trigger), entry.path, entry.wanted);
  return (row?.count ?? 0) + (entry.path.startsWith('data.') ? 0 : CROWD_MAX);
}

const PATHS_IN_USE = `select path from trigger_paths where event = ? and scope = ? and workspace_id = ?`;
const FEW_PATHS_IN_USE = `${PATHS_IN_USE} limit ${PATHS_IN_USE_MAX + 1}`;
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

async function lookups(connection: Connection, envelope: ActivationEnvelope, place: Place): Promise<Entry[]> {
  const few = await connection.all<{ path: string }>(FEW_PATHS_IN_USE, ...place);
  if (few.length <= PATHS_IN_USE_MAX) return few.flatMap(({ path }) => lookupOf(envelope, path));
  const own = comparablePaths(envelope, { limit: EVENT_PATHS_MAX });
  if (own !== undefined) {
    return [{ path: NO_PATH, wanted: '' }, ...own.map(({ path, text }) => ({ path, wanted: text }))];
  }
  const all = await connection.all<{ path: string }>(PATHS_IN_USE, ...place);
  return all.flatMap(({ path }) => lookupOf(envelope, path));
}

function lookupOf(envelope: ActivationEnvelope, path: string): Entry[] {
  if (path === NO_PATH) return [{ path, wanted: '' }];
  const wanted = envelopeText(envelope, path);
  return wanted === undefined ? [] : [{ path, wanted }];
}
