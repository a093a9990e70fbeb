/**
 * Where an event finds the triggers that could match it. Each trigger stands in the index once, under one entry of its
 * filter; an event is looked up by the texts that it has at the paths in use. Neither depends on how many triggers
 * there are that cannot match.
 */
import type { ActivationEnvelope } from '../../model/activation-envelope.ts';
import { type Automation, isTrigger } from '../../model/automation.ts';
import { comparablePaths, envelopeText } from '../../model/filter.ts';
import { type Trigger, WEBHOOK_EVENT } from '../../model/trigger.ts';
import { CANDIDATES_PER_STEP } from '../activation-store.ts';
import type { AutomationRow } from '../rows/automation-row.ts';
import { AUTOMATION_COLUMNS } from './automation-row.ts';
import type { Connection, Value } from './connection.ts';

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

const REMOVE = 'delete from trigger_index where automation = ?';
const INSERT = `insert into trigger_index (automation, event, scope, workspace_id, path, wanted) values (?, ?, ?, ?, ?, ?)`;

/** After the definition was written: the trigger stands where it belongs now. A definition of another kind has no place. */
export function indexTrigger(connection: Connection, p: { automation: number; definition: Automation }): void {
  const { definition } = p;
  if (!isTrigger(definition)) return;
  connection.run(REMOVE, p.automation);
  // A delivery names its trigger; nothing else ever is a webhook event.
  if (definition.event === WEBHOOK_EVENT) return;
  const { path, wanted } = mostSelective(connection, definition);
  connection.run(INSERT, p.automation, ...placeOf(definition), path, wanted);
}

function placeOf(at: { event: string; scope: string; workspace_id?: string }): Value[] {
  return [at.event, at.scope, at.workspace_id ?? ''];
}

const CROWD = `select count(*) as count from (select 1 from trigger_index
  where event = ? and scope = ? and workspace_id = ? and path = ? and wanted = ? limit ${CROWD_MAX})`;

/** The equality under which the fewest others stand; `data` before the envelope's own fields, which most events share. */
function mostSelective(connection: Connection, trigger: Trigger): Entry {
  const entries = Object.entries(trigger.filter ?? {}).map(([path, wanted]) => ({ path, wanted }));
  const [first, ...others] = entries;
  if (first === undefined) return { path: NO_PATH, wanted: '' };
  if (others.length === 0) return first;
  const weighed = entries.map((entry) => ({ entry, weight: weightOf(connection, trigger, entry) }));
  // Among equals the longer text: names and numbers of things are longer than the words for kinds of things.
  const longer = (a: Entry, b: Entry): number => b.wanted.length - a.wanted.length;
  return weighed.toSorted((a, b) => a.weight - b.weight || longer(a.entry, b.entry))[0]!.entry;
}

function weightOf(connection: Connection, trigger: Trigger, entry: Entry): number {
  const row = connection.one<{ count: number }>(CROWD, ...placeOf(trigger), entry.path, entry.wanted);
  return (row?.count ?? 0) + (entry.path.startsWith('data.') ? 0 : CROWD_MAX);
}

const PATHS_IN_USE = `select path from trigger_paths where event = ? and scope = ? and workspace_id = ?`;
const FEW_PATHS_IN_USE = `${PATHS_IN_USE} limit ${PATHS_IN_USE_MAX + 1}`;
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

function lookups(connection: Connection, envelope: ActivationEnvelope, place: Value[]): Entry[] {
  const few = connection.all<{ path: string }>(FEW_PATHS_IN_USE, ...place);
  if (few.length <= PATHS_IN_USE_MAX) return few.flatMap(({ path }) => lookupOf(envelope, path));
  const own = comparablePaths(envelope, { limit: EVENT_PATHS_MAX });
  if (own !== undefined) {
    return [{ path: NO_PATH, wanted: '' }, ...own.map(({ path, text }) => ({ path, wanted: text }))];
  }
  return connection.all<{ path: string }>(PATHS_IN_USE, ...place).flatMap(({ path }) => lookupOf(envelope, path));
}

function lookupOf(envelope: ActivationEnvelope, path: string): Entry[] {
  if (path === NO_PATH) return [{ path, wanted: '' }];
  const wanted = envelopeText(envelope, path);
  return wanted === undefined ? [] : [{ path, wanted }];
}
