/**
 * How keys are put together: tables of values, named tables (`[agents.<name>]`) and lists of tables (`[[hooks]]`).
 * A key table is the one source of what may be written: loading, explaining and the reference page all walk it.
 */
import type { ValueKey } from './value-key.ts';

export type Fields = { readonly [name: string]: Key };
export type Key = ValueKey<unknown> | TableKey<Fields> | EntriesKey<Fields>;

export interface TableKey<F extends Fields> {
  readonly kind: 'table';
  readonly description: string;
  readonly fields: F;
  /** A text may stand instead of the table; says which. */
  readonly shorthand?: string;
}

/** Entries are read one by one, so that a bad one never spoils its neighbours. */
export interface EntriesKey<F extends Fields> {
  readonly kind: 'entries';
  /** `named`: `[agents.reviewer]`, `list`: `[[hooks]]`. */
  readonly form: 'named' | 'list';
  readonly description: string;
  readonly fields: F;
}

export function table<F extends Fields>(p: { description: string; fields: F }): TableKey<F> {
  return { kind: 'table', ...p };
}

/** A table that may be one text instead. */
export function textOrTable<F extends Fields>(p: {
  description: string;
  shorthand: string;
  fields: F;
}): TableKey<F> & { readonly shorthand: string } {
  return { kind: 'table', ...p };
}

export function namedTables<F extends Fields>(p: { description: string; fields: F }): EntriesKey<F> {
  return { kind: 'entries', form: 'named', ...p };
}

export function listOfTables<F extends Fields>(p: { description: string; fields: F }): EntriesKey<F> {
  return { kind: 'entries', form: 'list', ...p };
}

/** The values of a table with every default filled in. Entries are not part of it: they are read apart. */
export type ValuesOf<F extends Fields> = {
  -readonly [N in keyof F as F[N] extends EntriesKey<Fields> ? never : N]: F[N] extends ValueKey<infer T>
    ? T
    : F[N] extends TableKey<infer G>
      ? ValuesOf<G>
      : never;
};

/** The values that were written and understood. A table with a shorthand may be text. */
export type GivenOf<F extends Fields> = {
  -readonly [N in keyof F as F[N] extends EntriesKey<Fields> ? never : N]?: F[N] extends ValueKey<infer T>
    ? Exclude<T, undefined>
    : F[N] extends TableKey<infer G>
      ? GivenOf<G> | (F[N] extends { shorthand: string } ? string : never)
      : never;
};

/** One leaf of a key table, for pages and explanations. */
export interface KeyLeaf {
  /** `agents.<name>.command`, `automation.jobs[].schedule.expr` */
  path: string;
  key: ValueKey<unknown> | (TableKey<Fields> & { shorthand: string });
}

/** Every leaf in the order of the table; a table that may be text is a leaf too, before its own leaves. */
export function listLeaves(fields: Fields, prefix = ''): KeyLeaf[] {
  const leaves: KeyLeaf[] = [];
  for (const [name, key] of Object.entries(fields)) {
    const path = prefix === '' ? name : `${prefix}.${name}`;
    if (key.kind === 'value') leaves.push({ path, key });
    else if (key.kind === 'entries')
      leaves.push(...listLeaves(key.fields, `${path}${key.form === 'list' ? '[]' : '.<name>'}`));
    else {
      if (key.shorthand !== undefined) leaves.push({ path, key: { ...key, shorthand: key.shorthand } });
      leaves.push(...listLeaves(key.fields, path));
    }
  }
  return leaves;
}
