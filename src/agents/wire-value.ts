/**
 * Looking into values that came over the wire. Agents of every age send every shape, so nothing is taken for granted
 * and nothing unexpected is an error: what is not there is undefined.
 */
export type WireRecord = Record<string, unknown>;

export function asRecord(value: unknown): WireRecord | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as WireRecord) : undefined;
}

export function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Undefined for empty text as well. */
export function asWords(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A finite number that is not negative: a count, a size, a price. */
export function asAmount(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}

export function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
