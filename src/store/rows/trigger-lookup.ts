/** Under which entry of its filter a trigger stands in the index, and under which entries an event looks for triggers. */
import type { ActivationEnvelope } from '../../model/activation-envelope.ts';
import { comparablePaths, envelopeText } from '../../model/filter.ts';
import type { Trigger } from '../../model/trigger.ts';

/** Where a trigger without a filter stands. */
const NO_PATH = '';
/** How many rows under one equality are counted to compare it with another: more is just "many". */
export const CROWD_MAX = 1000;
/** Up to so many paths in use are all looked up; beyond, the event's own paths decide. */
const PATHS_IN_USE_MAX = 64;
/** An event with more comparable paths than this is looked up by the paths in use, however many. */
const EVENT_PATHS_MAX = 4096;

export interface IndexEntry {
  path: string;
  wanted: string;
}

export const REMOVE_ENTRY = 'delete from trigger_index where automation = ?';
export const INSERT_ENTRY = `insert into trigger_index (automation, event, scope, workspace_id, path, wanted)
  values (?, ?, ?, ?, ?, ?)`;
export const PATHS_IN_USE = `select path from trigger_paths where event = ? and scope = ? and workspace_id = ?`;
export const FEW_PATHS_IN_USE = `${PATHS_IN_USE} limit ${PATHS_IN_USE_MAX + 1}`;

export type IndexPlace = [event: string, scope: string, workspaceId: string];

export function placeOf(at: { event: string; scope: string; workspace_id?: string }): IndexPlace {
  return [at.event, at.scope, at.workspace_id ?? ''];
}

/** The entries that a trigger may stand under. With more than one, {@link mostSelective} says which. */
export function entriesOf(trigger: Trigger): IndexEntry[] {
  const entries = Object.entries(trigger.filter ?? {}).map(([path, wanted]) => ({ path, wanted }));
  return entries.length === 0 ? [{ path: NO_PATH, wanted: '' }] : entries;
}

/** The entry under which the fewest others stand; `data` before the envelope's own fields, which most events share. */
export function mostSelective(entries: readonly { entry: IndexEntry; others: number }[]): IndexEntry {
  const weightOf = (one: { entry: IndexEntry; others: number }): number =>
    one.others + (one.entry.path.startsWith('data.') ? 0 : CROWD_MAX);
  // Among equals the longer text: names and numbers of things are longer than the words for kinds of things.
  const longer = (a: IndexEntry, b: IndexEntry): number => b.wanted.length - a.wanted.length;
  return entries.toSorted((a, b) => weightOf(a) - weightOf(b) || longer(a.entry, b.entry))[0]!.entry;
}

/** What an event is looked up by; undefined where all paths in use have to be read for it. `few` as the statement says. */
export function lookupsByFew(envelope: ActivationEnvelope, few: readonly { path: string }[]): IndexEntry[] | undefined {
  if (few.length <= PATHS_IN_USE_MAX) return lookupsByPaths(envelope, few);
  const own = comparablePaths(envelope, { limit: EVENT_PATHS_MAX });
  if (own === undefined) return undefined;
  return [{ path: NO_PATH, wanted: '' }, ...own.map(({ path, text }) => ({ path, wanted: text }))];
}

export function lookupsByPaths(envelope: ActivationEnvelope, paths: readonly { path: string }[]): IndexEntry[] {
  return paths.flatMap(({ path }) => {
    if (path === NO_PATH) return [{ path, wanted: '' }];
    const wanted = envelopeText(envelope, path);
    return wanted === undefined ? [] : [{ path, wanted }];
  });
}
