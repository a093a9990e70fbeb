/** The effective values of agents, hooks and automations, and where each comes from. */
import { agentKeys } from './keys/agent-keys.ts';
import { hookKeys } from './keys/hook-keys.ts';
import { isTable } from './value-key.ts';
import { jobKeys, triggerKeys } from './keys/automation-keys.ts';
import { listLeaves } from './key-table.ts';
import { originOf } from './origin.ts';
import { pathText } from './config-path.ts';
import { shownOf } from './setting-reader.ts';
import type { Automation } from '../model/automation.ts';
import type { AutomationReading } from './automation-entry.ts';
import type { EffectiveValue } from './effective-value.ts';
import type { EntryLayers, Layer } from './key-reader.ts';
import type { Fields, KeyLeaf } from './key-table.ts';
import type { Origin, OriginSource } from './origin.ts';
import type { Segment } from './config-path.ts';
import type { SettingReading } from './setting-reader.ts';
import type { WorkspaceBook } from './workspace-book.ts';

/** Where a value that an automation leaves open is taken from. */
const INHERITED: Readonly<Record<string, string>> = {
  'fire_limit.max': 'automation.default_fire_limit.max',
  'fire_limit.window': 'automation.default_fire_limit.window',
  timeout: 'automation.default_timeout',
  'schedule.catch_up_policy': 'automation.default_catch_up_policy',
  'schedule.timezone': 'automation.timezone',
};

export function explainEntries(p: {
  agents: readonly EntryLayers[];
  hooks: readonly EntryLayers[];
  jobs: readonly AutomationReading<Automation>[];
  triggers: readonly AutomationReading<Automation>[];
  book: WorkspaceBook;
  settings: SettingReading;
}): EffectiveValue[] {
  const settings = new Map(p.settings.effective.map((one) => [one.path, one]));
  const automations = (
    fields: Fields,
    list: string,
    readings: readonly AutomationReading<Automation>[],
  ): EffectiveValue[] =>
    readings.flatMap(({ layer, automation }) => {
      if (automation === undefined) return [];
      const prefix = pathText(['automation', list, labelOf(automation, p.book)]);
      return explainEntry({ prefix, fields, layers: [layer], settings });
    });
  return [
    ...p.agents.flatMap(({ name, layers }) =>
      explainEntry({ prefix: pathText(['agents', name ?? '']), fields: agentKeys, layers, settings: new Map() }),
    ),
    ...automations(jobKeys, 'jobs', p.jobs),
    ...automations(triggerKeys, 'triggers', p.triggers),
    ...p.hooks.flatMap(({ layers }, index) => {
      const name: unknown = layers[0]!.table['name'];
      const prefix = pathText(['hooks', typeof name === 'string' ? name : index]);
      return explainEntry({ prefix, fields: hookKeys, layers, settings: new Map() });
    }),
  ];
}

/** What tells one automation from the others of its kind, as people call it: `checkout-api/weekday-review`. */
function labelOf(automation: Automation, book: WorkspaceBook): string {
  if (automation.workspace_id === undefined) return automation.name;
  return `${book.nameOf(automation.workspace_id)}/${automation.name}`;
}

function explainEntry(p: {
  prefix: string;
  fields: Fields;
  layers: readonly Layer[];
  settings: ReadonlyMap<string, EffectiveValue>;
}): EffectiveValue[] {
  return listLeaves(p.fields).flatMap((leaf) => {
    const found = writtenValue(leaf, p.layers) ?? inherited(leaf, p) ?? assumed(leaf, p.layers);
    return found === undefined ? [] : [{ path: `${p.prefix}.${leaf.path}`, ...found }];
  });
}

type Found = { value: unknown; origin: OriginSource };

function writtenValue({ path, key }: KeyLeaf, layers: readonly Layer[]): Found | undefined {
  const names = path.split('.');
  for (const layer of layers) {
    const value = valueAt(layer.table, names);
    // A table where a text could stand is explained key by key.
    if (value === undefined || (key.kind === 'table' && typeof value !== 'string')) continue;
    const at: Segment[] = [...layer.path, ...names];
    return { value: key.kind === 'value' ? shownOf(key, value) : value, origin: { source: layer.source, path: at } };
  }
  return undefined;
}

function inherited({ path }: KeyLeaf, p: { settings: ReadonlyMap<string, EffectiveValue> }): Found | undefined {
  const setting = p.settings.get(INHERITED[path] ?? '');
  return setting && { value: setting.value, origin: setting.origin };
}

/** A default is worth a line at the top of an entry, or inside a table that somebody wrote. */
function assumed({ path, key }: KeyLeaf, layers: readonly Layer[]): Found | undefined {
  if (key.kind !== 'value' || key.written === undefined) return undefined;
  const names = path.split('.').slice(0, -1);
  if (names.length > 0 && !layers.some((layer) => isTable(valueAt(layer.table, names)))) return undefined;
  return { value: shownOf(key, key.written), origin: 'default' };
}

function valueAt(table: unknown, names: readonly string[]): unknown {
  let value = table;
  for (const name of names) {
    if (!isTable(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

export function originsOf(values: readonly EffectiveValue[]): Map<string, Origin> {
  return new Map(values.map(({ path, origin }) => [path, originOf(origin)]));
}
