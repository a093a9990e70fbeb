/**
 * The settings of the daemon as a whole: flags before environment before files before defaults. A refused value leaves
 * the last good one in effect where there is one, else the default; it never stops anything.
 */
import { listLeaves } from './key-table.ts';
import { settingKeys } from './settings.ts';
import { withDefaults } from './key-reader.ts';
import type { ConfigProblem } from './config-problem.ts';
import type { EffectiveValue } from './effective-value.ts';
import type { GivenOf } from './key-table.ts';
import type { OriginSource } from './origin.ts';
import type { Reading, ValueKey } from './value-key.ts';
import type { SettingValues } from './settings.ts';
import type { Spot } from './problem-list.ts';

export interface SettingReading {
  values: SettingValues;
  effective: EffectiveValue[];
  problems: ConfigProblem[];
}

interface Setting {
  value: unknown;
  shown: unknown;
  origin: OriginSource;
}

export function readSettings(p: {
  given: GivenOf<typeof settingKeys>;
  spots: ReadonlyMap<string, Spot>;
  broken: ReadonlySet<string>;
  environment: Readonly<Record<string, string | undefined>>;
  /** By path: `daemon.port`. */
  flags: Readonly<Record<string, string | number>>;
  previous: SettingReading | undefined;
}): SettingReading {
  const values = withDefaults(settingKeys, p.given);
  const effective: EffectiveValue[] = [];
  const problems: ConfigProblem[] = [];
  for (const { path, key } of listLeaves(settingKeys)) {
    if (key.kind !== 'value') continue;
    const override = overrideOf({ path, key, ...p, problems });
    const setting = override ?? fromFiles({ path, key, ...p, values });
    put(values, path, setting.value);
    effective.push({ path, value: setting.shown, origin: setting.origin });
  }
  return { values, effective, problems };
}

function overrideOf(p: {
  path: string;
  key: ValueKey<unknown>;
  environment: Readonly<Record<string, string | undefined>>;
  flags: Readonly<Record<string, string | number>>;
  problems: ConfigProblem[];
}): Setting | undefined {
  const { path, key } = p;
  const flag = Object.hasOwn(p.flags, path) ? p.flags[path] : undefined;
  const variable = key.environment === undefined ? undefined : p.environment[key.environment];
  for (const [origin, written, name] of [
    ['flag', flag, `The flag for ${path}`],
    ['environment', variable, `The environment variable ${key.environment}`],
  ] as const) {
    if (written === undefined || written === '') continue;
    const { value, reading } = readOverride(key, written);
    if (reading.ok) return { value: reading.value, shown: shownOf(key, value), origin };
    p.problems.push({ file: origin, path, code: reading.code, message: `${name} is not used: ${reading.message}` });
  }
  return undefined;
}

/** Environment and command line hold text only: `7718` may be the number. */
function readOverride(key: ValueKey<unknown>, written: string | number): { value: unknown; reading: Reading<unknown> } {
  const reading = key.read(written);
  if (reading.ok || typeof written === 'number' || reading.code !== 'wrong_type') return { value: written, reading };
  const text = written.trim();
  const value = /^-?\d{1,15}$/.test(text) ? Number(text) : text === 'true' ? true : text === 'false' ? false : written;
  return { value, reading: key.read(value) };
}

function fromFiles(p: {
  path: string;
  key: ValueKey<unknown>;
  spots: ReadonlyMap<string, Spot>;
  broken: ReadonlySet<string>;
  previous: SettingReading | undefined;
  values: SettingValues;
}): Setting {
  const { path, key } = p;
  const spot = p.spots.get(path);
  if (spot !== undefined) {
    const written = spot.path.reduce<unknown>(
      (value, segment) => (value as Record<string, unknown>)[segment],
      spot.source.table,
    );
    return { value: get(p.values, path), shown: shownOf(key, written), origin: spot };
  }
  const lastGood = isBroken(path, p.broken) ? p.previous?.effective.find((one) => one.path === path) : undefined;
  if (lastGood !== undefined && typeof lastGood.origin !== 'string') {
    return { value: get(p.previous!.values, path), shown: lastGood.value, origin: lastGood.origin };
  }
  return { value: key.fallback, shown: shownOf(key, key.written), origin: 'default' };
}

/** Itself, or a table that holds it. */
function isBroken(path: string, broken: ReadonlySet<string>): boolean {
  const names = path.split('.');
  return names.some((_, index) => broken.has(names.slice(0, index + 1).join('.')));
}

export function shownOf(key: ValueKey<unknown>, value: unknown): unknown {
  return key.shown === undefined ? value : key.shown(value);
}

function get(values: SettingValues, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => (value as Record<string, unknown>)[name], values);
}

function put(values: SettingValues, path: string, value: unknown): void {
  const names = path.split('.');
  const last = names.pop()!;
  const table = names.reduce<unknown>((inner, name) => (inner as Record<string, unknown>)[name], values);
  (table as Record<string, unknown>)[last] = value;
}
