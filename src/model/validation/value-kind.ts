/** Telling JSON values apart, for checks and for the sentences about them. */

/** A JSON object: not null, not a list. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a value is, as a sentence says it: "a number", "a list". */
export function valueKind(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  switch (typeof value) {
    case 'string':
      return 'text';
    case 'number':
    case 'bigint':
      return 'a number';
    case 'boolean':
      return 'true or false';
    default:
      return 'an object';
  }
}

/** The object's own field; null and absent are the same, and nothing is ever read from a prototype. */
export function ownField(object: object, name: string): unknown {
  return Object.hasOwn(object, name) ? ((object as Record<string, unknown>)[name] ?? undefined) : undefined;
}

/** Longer texts are cut in a problem's `value`: it is there to be recognised, not to be read. */
const valueLengthMax = 200;

/** A value as a problem may show it: plain ones only, texts cut; undefined for everything else. */
export function shownValue(value: unknown): string | number | boolean | undefined {
  switch (typeof value) {
    case 'string':
      return value.length > valueLengthMax ? `${value.slice(0, valueLengthMax)}…` : value;
    case 'number':
    case 'boolean':
      return value;
    default:
      return undefined;
  }
}
