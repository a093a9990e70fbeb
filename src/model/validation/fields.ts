/**
 * Reads the fields of one wire object for its validator: reports wrong types where they are met and hands out what is
 * there. A missing field and null are the same thing, the zero value of the reference system's types.
 *
 * Every reading method answers undefined when it has already reported a problem, so that a field never gets two.
 */
import { isBlank, trimSpace } from '../../lib/go-text.ts';
import { suggest } from '../../lib/suggest.ts';
import { parseDuration } from '../duration.ts';
import { fieldPath, keyPath } from '../field-path.ts';
import type { Problem, ProblemCode } from '../problem.ts';
import { type ExactInstant, parseExactInstant } from './exact-instant.ts';
import type { FindingGroup, Findings } from './findings.ts';
import { unknownValue } from './known-values.ts';
import { isObject, ownField, valueKind } from './value-kind.ts';

/** What can stand after a dot in a path; any other key is quoted. */
const plainName = /^[A-Za-z_][A-Za-z0-9_-]*$/;

const nothing: Readonly<Record<string, unknown>> = Object.freeze({});

export class Fields {
  readonly path: string;
  readonly #object: Readonly<Record<string, unknown>>;
  readonly #findings: Findings;
  readonly #group: FindingGroup;

  private constructor(p: {
    path: string;
    object: Readonly<Record<string, unknown>>;
    findings: Findings;
    group: FindingGroup;
  }) {
    this.path = p.path;
    this.#object = p.object;
    this.#findings = p.findings;
    this.#group = p.group;
  }

  /** Opens `value`, which must be an object; nothing counts as an empty one. Undefined after a wrong type. */
  static open(p: { value: unknown; path: string; findings: Findings; group?: FindingGroup }): Fields | undefined {
    const { path, findings, group = 'reference' } = p;
    const value = p.value ?? nothing;
    if (isObject(value)) return new Fields({ path, object: value, findings, group });
    const message = `Here belongs an object with named fields, not ${valueKind(value)}.`;
    findings.add(group, { path, code: 'wrong_type', message, value });
    return undefined;
  }

  /** The same object, for checks that the reference does not make: their problems come after all of its own. */
  additions(): Fields {
    return new Fields({ path: this.path, object: this.#object, findings: this.#findings, group: 'addition' });
  }

  at(field: string): string {
    return fieldPath({ path: this.path, field });
  }

  raw(field: string): unknown {
    return ownField(this.#object, field);
  }

  has(field: string): boolean {
    return this.raw(field) !== undefined;
  }

  report(field: string, problem: { code: ProblemCode; message: string; value?: unknown }): void {
    this.#findings.add(this.#group, { path: this.at(field), ...problem });
  }

  /** Passes on what another validator found about a field. */
  take(problems: readonly Problem[]): void {
    for (const problem of problems) this.#findings.add(this.#group, problem);
  }

  #wrongType(field: string, wanted: string): undefined {
    const value = this.raw(field);
    this.report(field, { code: 'wrong_type', message: `This is ${wanted}, not ${valueKind(value)}.`, value });
    return undefined;
  }

  /** The text as it stands, `''` when missing. */
  text(field: string): string | undefined {
    const value = this.raw(field) ?? '';
    return typeof value === 'string' ? value : this.#wrongType(field, 'text');
  }

  flag(field: string): boolean | undefined {
    const value = this.raw(field) ?? false;
    return typeof value === 'boolean' ? value : this.#wrongType(field, 'true or false');
  }

  /** A whole number that JavaScript holds exactly, 0 when missing. */
  integer(field: string): number | undefined {
    const value = this.raw(field) ?? 0;
    if (typeof value !== 'number') return this.#wrongType(field, 'a whole number');
    if (Number.isSafeInteger(value)) return value;
    const beyond = Number.isInteger(value);
    const message = beyond ? 'This number is too large.' : 'This is a whole number, without a fraction.';
    this.report(field, { code: beyond ? 'out_of_range' : 'wrong_type', message, value });
    return undefined;
  }

  /** A whole number between the bounds, both included; undefined also when it is missing. */
  integerWithin(field: string, bounds: { min: number; max?: number }): number | undefined {
    if (!this.has(field)) return undefined;
    const value = this.integer(field);
    if (value === undefined) return undefined;
    const { min, max = Number.MAX_SAFE_INTEGER } = bounds;
    if (value >= min && value <= max) return value;
    const range = bounds.max === undefined ? `${min} or more` : `from ${min} to ${max}`;
    this.report(field, { code: 'out_of_range', message: `This must be ${range}.`, value });
    return undefined;
  }

  /** A count that the reference takes from 0 up. */
  countFromZero(field: string): void {
    const value = this.integer(field);
    if (value !== undefined && value < 0) {
      this.report(field, { code: 'out_of_range', message: 'This must be 0 or more.', value });
    }
  }

  /** An amount of money or the like: 0 or more, fractions allowed. */
  amount(field: string): void {
    const value = this.raw(field) ?? 0;
    if (typeof value !== 'number') return this.#wrongType(field, 'a number');
    if (Number.isFinite(value) && value >= 0) return;
    this.report(field, { code: 'out_of_range', message: 'This must be 0 or more.', value });
  }

  /** Reports a text that is missing or blank; answers the text otherwise. */
  required(field: string, message: string): string | undefined {
    const text = this.text(field);
    if (text === undefined) return undefined;
    if (!isBlank(text)) return text;
    this.report(field, { code: 'required', message });
    return undefined;
  }

  /** Reports a text that is more than blank. */
  mustBeEmpty(field: string, message: string): void {
    const text = this.text(field);
    if (text !== undefined && !isBlank(text)) this.report(field, { code: 'must_be_empty', message, value: text });
  }

  /** The word, when it is one of `known`. */
  oneOf<Word extends string>(field: string, p: { known: readonly Word[]; noun: string }): Word | undefined {
    const value = this.raw(field);
    const wrong = unknownValue({ value, ...p });
    if (wrong === undefined) return value as Word;
    this.report(field, wrong);
    return undefined;
  }

  /** As {@link oneOf}, where the field may be left out. */
  optionalOneOf<Word extends string>(field: string, p: { known: readonly Word[]; noun: string }): void {
    if (this.has(field)) this.oneOf(field, p);
  }

  /** Checks a duration that stands in the field; `least` says what besides being one it must be. */
  duration(field: string, p: { least: 'positive' | 'zero'; zeroMeans?: string }): void {
    const text = this.text(field);
    if (text === undefined) return;
    const result = parseDuration(trimSpace(text), this.at(field));
    if (!result.ok) return this.report(field, result.problem);
    const { nanoseconds } = result;
    if (nanoseconds > 0n || (nanoseconds === 0n && p.least === 'zero')) return;
    const message =
      p.least === 'positive'
        ? 'This duration must be longer than zero, as in 90s or 1h30m.'
        : `This duration must not be negative; ${p.zeroMeans ?? '0 means none'}.`;
    this.report(field, { code: 'not_positive', message, value: text });
  }

  /** As {@link duration}, where a blank or missing text means that nothing was said. */
  optionalDuration(field: string, p: { least: 'positive' | 'zero'; zeroMeans?: string }): void {
    const text = this.text(field);
    if (text !== undefined && !isBlank(text)) this.duration(field, p);
  }

  /** The instant that stands in the field, undefined when there is none or it is wrong. Not trimmed. */
  instant(field: string): ExactInstant | undefined {
    const value = this.raw(field);
    if (value === undefined) return undefined;
    if (typeof value !== 'string') return this.#wrongType(field, 'an instant as RFC 3339 text');
    const result = parseExactInstant(value, this.at(field));
    if (result.ok) return result.instant;
    this.report(field, result.problem);
    return undefined;
  }

  /** The object in the field, opened in this group; undefined when there is none or it is wrong. */
  object(field: string): Fields | undefined {
    return this.has(field) ? this.objectOrEmpty(field) : undefined;
  }

  /** As {@link object}, where a missing object is an empty one whose fields are then missed one by one. */
  objectOrEmpty(field: string): Fields | undefined {
    return Fields.open({
      value: this.raw(field),
      path: this.at(field),
      findings: this.#findings,
      group: this.#group,
    });
  }

  /** The list in the field; undefined when there is none or it is wrong. */
  list(field: string): readonly unknown[] | undefined {
    const value = this.raw(field);
    if (value === undefined) return undefined;
    return Array.isArray(value) ? value : this.#wrongType(field, 'a list');
  }

  /** Reports every field that is not one of `known`, with the nearest known name. */
  refuseUnknown(known: readonly string[]): void {
    for (const field of Object.keys(this.#object)) {
      if (known.includes(field)) continue;
      const meant = suggest(field, known);
      const advice = meant === undefined ? `Known are ${known.join(', ')}.` : `Did you mean "${meant}"?`;
      this.#findings.add('unknown_field', {
        path: plainName.test(field) ? this.at(field) : keyPath({ path: this.path, key: field }),
        code: 'unknown_field',
        message: `There is no such field. ${advice}`,
      });
    }
  }
}
