/**
 * Single texts out of a signed body, for senders who name the delivery or the event there instead of in a header.
 * Asked only after the signature held. A body that is no JSON simply has no such field.
 */

export function jsonField(body: Buffer, path: readonly string[]): string | undefined {
  // Looking for the name first spares parsing a large body that cannot have it.
  if (!body.includes(`"${path.at(-1)}"`)) return undefined;
  let value: unknown = parsed(body);
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = Reflect.get(value, name);
  }
  return typeof value === 'string' && value !== '' && value.length <= FIELD_LENGTH_MAX ? value : undefined;
}

/** Ids and event names are short; whatever is longer is something else. */
const FIELD_LENGTH_MAX = 256;

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

export function formField(body: Buffer, name: string): string | undefined {
  const value = new URLSearchParams(body.toString('utf8')).get(name) ?? '';
  return value !== '' && value.length <= FIELD_LENGTH_MAX ? value : undefined;
}
