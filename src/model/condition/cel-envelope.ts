/**
 * An envelope as CEL sees it. Objects become maps, so that a payload's keys are data and nothing else, whatever they
 * are called (`constructor`, `__proto__`); and the payload is measured on the way.
 */
import type { ActivationEnvelope } from '../activation-envelope.ts';

/** Values in a payload, in all. */
const VALUES_MAX = 200_000;
const DEPTH_MAX = 200;

export interface CelEnvelope {
  variables: Record<string, unknown>;
  /** The longest list, and the longest text, of the payload. */
  size: { list: number; text: number };
}

/** One event is held against many triggers; it is converted once. */
const converted = new WeakMap<object, CelEnvelope | { tooLarge: string }>();

export function celEnvelope(envelope: ActivationEnvelope): CelEnvelope | { tooLarge: string } {
  const known = converted.get(envelope);
  if (known !== undefined) return known;
  const fresh = convert(envelope);
  converted.set(envelope, fresh);
  return fresh;
}

function convert(envelope: ActivationEnvelope): CelEnvelope | { tooLarge: string } {
  const conversion = new Conversion();
  const data = conversion.convert(envelope.data, 0);
  if (conversion.tooLarge !== undefined) return { tooLarge: conversion.tooLarge };
  const variables = {
    kind: envelope.kind,
    scope: envelope.scope,
    workspace_id: envelope.workspace_id ?? '',
    source: envelope.source,
    id: envelope.id ?? '',
    depth: BigInt(envelope.depth ?? 0),
    occurred_at: new Date(envelope.occurred_at ?? 0),
    data,
  };
  return { variables, size: { list: conversion.list, text: conversion.text } };
}

class Conversion {
  list = 0;
  text = 0;
  tooLarge: string | undefined;
  #values = 0;

  convert(value: unknown, depth: number): unknown {
    this.#values += 1;
    if (this.#values > VALUES_MAX) this.tooLarge = `the payload has more than ${VALUES_MAX} values`;
    else if (depth > DEPTH_MAX) this.tooLarge = `the payload is nested more than ${DEPTH_MAX} levels deep`;
    if (this.tooLarge !== undefined) return null;
    if (typeof value === 'string') {
      this.text = Math.max(this.text, value.length);
      return value;
    }
    if (Array.isArray(value)) {
      this.list = Math.max(this.list, value.length);
      return value.map((item) => this.convert(item, depth + 1));
    }
    if (typeof value !== 'object' || value === null) return value ?? null;
    const entries = Object.entries(value);
    this.list = Math.max(this.list, entries.length);
    return new Map(entries.map(([key, item]) => [key, this.convert(item, depth + 1)]));
  }
}
