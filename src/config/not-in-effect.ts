/**
 * Says which of the written keys are understood and checked but do nothing yet. A key that is silently ignored is a
 * promise nobody keeps; this list is how the promise is taken back, and each line goes when its feature comes.
 */
import type { ConfigProblem } from './config-problem.ts';
import type { EntryLayers, Layer } from './key-reader.ts';
import { ProblemList } from './problem-list.ts';

/** Settings, from the top of the file. */
const SETTINGS: readonly (readonly string[])[] = [['automation', 'max_depth']];

/** Keys of entries, by the list they stand in; an empty list of keys means the entries as a whole. */
const ENTRIES: Readonly<Record<string, readonly string[]>> = {
  'automation.triggers': [],
  watch: [],
};

export function noteNotInEffect(p: {
  layers: readonly Layer[];
  entries: ReadonlyMap<string, readonly EntryLayers[]>;
}): ConfigProblem[] {
  const notes = new ProblemList();
  for (const layer of p.layers) {
    for (const path of SETTINGS) {
      if (valueAt(layer.table, path) !== undefined) note({ notes, layer, path });
    }
  }
  for (const [list, keys] of Object.entries(ENTRIES)) {
    for (const layer of (p.entries.get(list) ?? []).flatMap((entry) => entry.layers)) {
      if (keys.length === 0) note({ notes, layer, path: [] });
      for (const key of keys) if (valueAt(layer.table, [key]) !== undefined) note({ notes, layer, path: [key] });
    }
  }
  return notes.all;
}

function note(p: { notes: ProblemList; layer: Layer; path: readonly string[] }): void {
  p.notes.add(
    { source: p.layer.source, path: [...p.layer.path, ...p.path], aim: 'key' },
    { code: 'no_effect_yet', message: 'This is understood and checked, but does nothing in this version of Rouse.' },
  );
}

function valueAt(table: unknown, path: readonly string[]): unknown {
  let value = table;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}
