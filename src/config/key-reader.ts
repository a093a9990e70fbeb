/**
 * Reads tables against a key table: unknown keys are refused with the nearest known name, values of the wrong kind are
 * left out, and every refusal has its place. Several files may give parts of one table; one setting given twice is an
 * error that names both places, and the first one counts, so that the order of files never decides silently.
 */
import { suggest } from '../lib/suggest.ts';
import { describeValue, isTable } from './value-key.ts';
import { pathText } from './config-path.ts';
import { spotText } from './problem-list.ts';
import type { EntriesKey, Fields, GivenOf, Key, TableKey, ValuesOf } from './key-table.ts';
import type { ProblemList, Spot } from './problem-list.ts';
import type { Segment } from './config-path.ts';
import type { SourceFile, TomlTable } from './source-file.ts';
import type { ValueKey } from './value-key.ts';

/** What one file says about one table. */
export interface Layer {
  source: SourceFile;
  table: TomlTable;
  /** Where the table stands in its file. */
  path: readonly Segment[];
}

/** One `[agents.<name>]` or one element of a list of tables. */
export interface EntryLayers {
  /** Of a named table. */
  name?: string;
  /** One for an element of a list; a named table may be spread over files. */
  layers: Layer[];
}

export interface TableReading<F extends Fields> {
  /** What was written and understood. */
  given: GivenOf<F>;
  /** Where each understood value stands, by its path from this table on. */
  spots: Map<string, Spot>;
  /** Paths from this table on whose value was refused. */
  broken: Set<string>;
  /** `automation.jobs` → its entries, from all files, in order. */
  entries: Map<string, EntryLayers[]>;
}

export function readTable<F extends Fields>(p: {
  fields: F;
  layers: readonly Layer[];
  problems: ProblemList;
}): TableReading<F> {
  const reader = new TableReader(p.problems);
  const given = reader.read(p.fields, p.layers, []) as GivenOf<F>;
  return { given, spots: reader.spots, broken: reader.broken, entries: reader.entries };
}

/** So many unknown keys of one table are told one by one: a file that is something else has thousands. */
const UNKNOWN_MAX = 100;

interface Written {
  layer: Layer;
  value: unknown;
  spot: Spot;
}

class TableReader {
  readonly spots = new Map<string, Spot>();
  readonly broken = new Set<string>();
  readonly entries = new Map<string, EntryLayers[]>();
  readonly #problems: ProblemList;

  constructor(problems: ProblemList) {
    this.#problems = problems;
  }

  read(fields: Fields, layers: readonly Layer[], at: readonly Segment[]): Record<string, unknown> {
    for (const layer of layers) this.#refuseUnknown(fields, layer);
    const given: Record<string, unknown> = {};
    for (const [name, key] of Object.entries(fields)) {
      const value = this.#readKey(key, writtenIn(layers, name), [...at, name]);
      if (value !== undefined) given[name] = value;
    }
    return given;
  }

  #readKey(key: Key, written: readonly Written[], at: readonly Segment[]): unknown {
    if (written.length === 0) return undefined;
    if (key.kind === 'entries') return this.#readEntries(key, written, at);
    if (key.kind === 'value' || (key.shorthand !== undefined && typeof written[0]!.value === 'string')) {
      return this.#readValue(key, this.#onlyOne(written), at);
    }
    return this.#readTable(key, written, at);
  }

  #onlyOne(written: readonly Written[]): Written {
    const [first, ...others] = written;
    for (const other of others) {
      const message = `This is given in ${spotText(first!.spot)} already, which counts; remove one of the two.`;
      this.#problems.add({ ...other.spot, aim: 'key' }, { code: 'given_twice', message });
    }
    return first!;
  }

  #readValue(key: ValueKey<unknown> | TableKey<Fields>, { value, spot }: Written, at: readonly Segment[]): unknown {
    const reading = key.kind === 'value' ? key.read(value) : { ok: true as const, value };
    if (reading.ok) {
      this.spots.set(pathText(at), spot);
      return reading.value;
    }
    this.broken.add(pathText(at));
    const path = [...spot.path, ...(reading.at ?? [])];
    this.#problems.add({ source: spot.source, path }, reading);
    return undefined;
  }

  #readTable(key: TableKey<Fields>, written: readonly Written[], at: readonly Segment[]): unknown {
    const layers: Layer[] = [];
    for (const { value, spot } of written) {
      if (isTable(value)) layers.push({ source: spot.source, table: value, path: spot.path });
      else this.#refuseShape(spot, value, { wanted: tableWanted(key, spot.path), at });
    }
    return layers.length === 0 ? undefined : this.read(key.fields, layers, at);
  }

  #readEntries(key: EntriesKey<Fields>, written: readonly Written[], at: readonly Segment[]): undefined {
    const found = key.form === 'list' ? this.#listEntries(written, at) : this.#namedEntries(written, at);
    this.entries.set(pathText(at), found);
  }

  #listEntries(written: readonly Written[], at: readonly Segment[]): EntryLayers[] {
    const found: EntryLayers[] = [];
    for (const { value, spot } of written) {
      const header = `[[${pathText(spot.path)}]]`;
      if (!Array.isArray(value)) {
        this.#refuseShape(spot, value, { wanted: `a list of tables: write ${header} with two brackets`, at });
        continue;
      }
      for (const [index, element] of value.entries()) {
        const path = [...spot.path, index];
        if (isTable(element)) found.push({ layers: [{ source: spot.source, table: element, path }] });
        else this.#refuseShape({ ...spot, path }, element, { wanted: `a table under ${header}`, at });
      }
    }
    return found;
  }

  #namedEntries(written: readonly Written[], at: readonly Segment[]): EntryLayers[] {
    const byName = new Map<string, Layer[]>();
    for (const { value, spot } of written) {
      const prefix = pathText(spot.path);
      if (!isTable(value)) {
        this.#refuseShape(spot, value, { wanted: `tables with names: write [${prefix}.some-name]`, at });
        continue;
      }
      for (const [name, entry] of Object.entries(value)) {
        const path = [...spot.path, name];
        if (!isTable(entry)) {
          const wanted = Array.isArray(entry) ? `one table: write [${pathText(path)}] with single brackets` : 'a table';
          this.#refuseShape({ ...spot, path }, entry, { wanted, at: [...at, name] });
          continue;
        }
        const layers = byName.get(name) ?? [];
        layers.push({ source: spot.source, table: entry, path });
        byName.set(name, layers);
      }
    }
    return [...byName].map(([name, layers]) => ({ name, layers }));
  }

  #refuseShape(spot: Spot, value: unknown, p: { wanted: string; at: readonly Segment[] }): void {
    this.broken.add(pathText(p.at));
    const message = `Here belongs ${p.wanted}, not ${describeValue(value)}.`;
    this.#problems.add(spot, { code: 'wrong_type', message });
  }

  #refuseUnknown(fields: Fields, layer: Layer): void {
    const unknown = Object.keys(layer.table).filter((name) => !Object.hasOwn(fields, name));
    for (const name of unknown.slice(0, UNKNOWN_MAX)) this.#refuseKey(fields, layer, name);
    const next = unknown[UNKNOWN_MAX];
    if (next === undefined) return;
    const message = `This and ${unknown.length - UNKNOWN_MAX - 1} more keys here are unknown too.`;
    this.#problems.add({ ...layer, path: [...layer.path, next], aim: 'key' }, { code: 'too_many_problems', message });
  }

  #refuseKey(fields: Fields, layer: Layer, name: string): void {
    const known = Object.keys(fields);
    const meant = suggest(name, known);
    const advice = meant === undefined ? `Known here: ${known.join(', ')}.` : `Did you mean "${meant}"?`;
    const shown = JSON.stringify(name.length > 60 ? `${name.slice(0, 60)}…` : name);
    const spot: Spot = { source: layer.source, path: [...layer.path, name], aim: 'key' };
    this.#problems.add(spot, { code: 'unknown_field', message: `There is no key ${shown} here. ${advice}` });
  }
}

function writtenIn(layers: readonly Layer[], name: string): Written[] {
  const written: Written[] = [];
  for (const layer of layers) {
    if (!Object.hasOwn(layer.table, name)) continue;
    const spot: Spot = { source: layer.source, path: [...layer.path, name] };
    written.push({ layer, value: layer.table[name], spot });
  }
  return written;
}

function tableWanted(key: TableKey<Fields>, path: readonly Segment[]): string {
  const example = Object.keys(key.fields)[0];
  const table = path.length === 1 ? `a table: write [${pathText(path)}]` : `a table such as { ${example} = … }`;
  return key.shorthand === undefined ? table : `text or ${table}`;
}

/** Fills in the defaults. A table that nobody wrote is its defaults. */
export function withDefaults<F extends Fields>(fields: F, given: GivenOf<F> | undefined): ValuesOf<F> {
  const values: Record<string, unknown> = {};
  const written = (given ?? {}) as Record<string, unknown>;
  for (const [name, key] of Object.entries(fields)) {
    if (key.kind === 'value')
      values[name] = written[name] === undefined ? structuredClone(key.fallback) : written[name];
    else if (key.kind === 'table')
      values[name] = withDefaults(key.fields, written[name] as GivenOf<Fields> | undefined);
  }
  return values as ValuesOf<F>;
}
