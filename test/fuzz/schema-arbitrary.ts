/**
 * Values that a JSON Schema describes, and values that miss it narrowly: what a client that read our OpenAPI document
 * would send, and what one that misread it would.
 */
import fc from 'fast-check';

export type JsonSchema = Record<string, unknown>;
type Schemas = Record<string, JsonSchema>;

/** Beyond this a schema that refers to itself is cut short. */
const DEPTH_MAX = 4;

/** Texts that have broken parsers before. */
const AWKWARD = [
  '',
  ' ',
  '\u0000',
  '\ud800',
  '💥',
  '../..',
  '%00',
  '{{',
  "'; --",
  'a'.repeat(300),
  '__proto__',
  'null',
  '-1',
  '1e309',
];

export const anyJson = fc.jsonValue({ maxDepth: 2 });

/** A value of the schema; one time in eight something else in its place, at any depth. */
export function valueOf(schema: JsonSchema, schemas: Schemas, depth = 0): fc.Arbitrary<unknown> {
  const right = rightValue(schema, schemas, depth);
  return fc.oneof({ weight: 7, arbitrary: right }, { weight: 1, arbitrary: anyJson });
}

function rightValue(schema: JsonSchema, schemas: Schemas, depth: number): fc.Arbitrary<unknown> {
  const { $ref, anyOf, oneOf, allOf, enum: values, const: constant } = schema;
  if (typeof $ref === 'string') {
    const referred = schemas[$ref.replace('#/components/schemas/', '')] ?? {};
    return depth > DEPTH_MAX ? fc.constant(null) : valueOf(referred, schemas, depth + 1);
  }
  const alternatives = (anyOf ?? oneOf ?? allOf) as JsonSchema[] | undefined;
  if (alternatives !== undefined) return fc.oneof(...alternatives.map((one) => valueOf(one, schemas, depth + 1)));
  if (Array.isArray(values)) return fc.constantFrom(...(values as unknown[]));
  if (constant !== undefined) return fc.constant(constant);
  return ofType(schema, schemas, depth);
}

function ofType(schema: JsonSchema, schemas: Schemas, depth: number): fc.Arbitrary<unknown> {
  switch (schema['type']) {
    case 'string':
      return textOf(schema);
    case 'integer':
    case 'number': {
      const min = Math.max(Number(schema['minimum'] ?? -10), -1e6);
      return fc.integer({ min, max: Math.max(min, Math.min(Number(schema['maximum'] ?? 1000), 1e6)) });
    }
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(valueOf((schema['items'] as JsonSchema | undefined) ?? {}, schemas, depth + 1), { maxLength: 3 });
    case 'object':
      return objectOf(schema, schemas, depth);
    default:
      return anyJson;
  }
}

/** What texts of ours usually hold, told by nothing in the schema: names, durations, instants, schedules, templates. */
const USUAL = ['a', 'b-2', 'echo', 'global', 'workspace', '1h', '90s', '0', '2026-11-22T12:00:00Z', '2h', 'every:1m'];
const USUAL_MORE = ['0 9 * * 1-5', 'UTC', 'Europe/Paris', 'cron', 'every', 'at', 'Say {{ .Data.x }}', 'read', '/tmp'];

function textOf(schema: JsonSchema): fc.Arbitrary<string> {
  const max = Math.min(Number(schema['maxLength'] ?? 40), 300);
  return fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...USUAL, ...USUAL_MORE) },
    { weight: 2, arbitrary: fc.string({ maxLength: max, unit: 'binary' }) },
    { weight: 1, arbitrary: fc.constantFrom(...AWKWARD) },
  );
}

function objectOf(schema: JsonSchema, schemas: Schemas, depth: number): fc.Arbitrary<unknown> {
  const properties = Object.entries((schema['properties'] ?? {}) as Schemas);
  const required = new Set((schema['required'] ?? []) as string[]);
  const fields = properties.map(([name, field]) => {
    const value = valueOf(field, schemas, depth + 1);
    // Required ones are left out now and then, optional ones written half of the time.
    const there = required.has(name) ? fc.integer({ min: 0, max: 19 }).map((n) => n > 0) : fc.boolean();
    return fc.tuple(there, value).map(([isThere, one]) => (isThere ? ([name, one] as const) : undefined));
  });
  const stray = fc.integer({ min: 0, max: 19 }).map((n) => (n === 0 ? (['stray', 1] as const) : undefined));
  return fc
    .tuple(...fields, stray)
    .map((pairs) => Object.fromEntries(pairs.filter((pair) => pair !== undefined)) as unknown);
}
