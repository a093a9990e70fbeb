/**
 * From the domain's objects to what travels. The names are the same on both sides; only instants differ: whole
 * milliseconds inside, RFC 3339 outside. Which fields are instants follows from their names, so a field that is added
 * to the model needs no line here.
 */
import { formatInstant } from '../model/instant.ts';

/** `at` of an event or entry, the ends of a time, and everything that ends in `_at`. Texts under such a name (`start_at`) stay as they are. */
type InstantName = 'at' | 'since' | 'until' | `${string}_at`;
/** What somebody else said, in their own words: not ours to rewrite, whatever its fields are called. */
type OpaqueName = 'detail' | 'data';

type InstantText<T> = T extends number ? string : T;

export type Wire<T> = T extends readonly (infer Item)[]
  ? Wire<Item>[]
  : T extends object
    ? {
        [Name in keyof T]: Name extends OpaqueName
          ? T[Name]
          : Name extends InstantName
            ? InstantText<T[Name]>
            : Name extends 'missed'
              ? WireRange<T[Name]>
              : Wire<T[Name]>;
      }
    : T;

type WireRange<T> = T extends { count: infer Count } ? { count: Count; first: string; last: string } : T;

const opaqueNames: ReadonlySet<string> = new Set(['detail', 'data'] satisfies OpaqueName[]);

function isInstantName(name: string): boolean {
  return name === 'at' || name === 'since' || name === 'until' || name.endsWith('_at');
}

function wireField(name: string, value: unknown): unknown {
  if (opaqueNames.has(name)) return value;
  if (typeof value === 'number' && isInstantName(name)) return formatInstant(value);
  if (name === 'missed' && typeof value === 'object' && value !== null) {
    const { first, last } = value as { first: number; last: number };
    return { ...value, first: formatInstant(first), last: formatInstant(last) };
  }
  return toWireValue(value);
}

function toWireValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toWireValue);
  if (typeof value !== 'object' || value === null) return value;
  const wire: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(value)) {
    if (field !== undefined) wire[name] = wireField(name, field);
  }
  return wire;
}

/** Copies; the argument is left alone. Absent stays absent, and so does a field that is undefined. */
export function toWire<T>(value: T): Wire<T> {
  return toWireValue(value) as Wire<T>;
}
