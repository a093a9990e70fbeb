/**
 * The kinds of single values that configuration knows: how each is read, what it refuses and how it is described.
 * The key tables (keys/) are built from these; what reads them is key-reader.ts.
 */
import { TomlDate } from 'smol-toml';
import { suggest } from '../lib/suggest.ts';
import { durationMs, parseDuration } from '../model/duration.ts';
import { isKnownTimeZone, timeZoneAdvice } from '../model/schedule/time-zone.ts';
import { validateDaemonSecretRef } from '../model/validation/secret-ref.ts';
import type { ConfigProblemCode } from './config-problem.ts';
import type { Segment } from './config-path.ts';

/** A value that was understood, or why not. `at` leads to the part of the value that is wrong. */
export type Reading<T> =
  | { ok: true; value: T }
  | { ok: false; code: ConfigProblemCode; message: string; at?: readonly Segment[] };

export interface ValueKey<T> {
  readonly kind: 'value';
  /** As the reference page says it: `duration`, `one of a, b`. */
  readonly type: string;
  readonly description: string;
  /** As a file would have it; undefined: nothing is assumed. */
  readonly written: unknown;
  /** What `written` means; undefined without it. */
  readonly fallback: T;
  /** What the reference page says instead of `written`, where a default depends on other things. */
  readonly default_text?: string;
  /** The environment variable that overrides the key. */
  readonly environment?: string;
  /** How the value is shown to people; absent: as it is. */
  readonly shown?: (value: unknown) => unknown;
  read(value: unknown): Reading<T>;
}

interface KeyParts {
  description: string;
  default?: unknown;
  default_text?: string;
  environment?: string;
  shown?: (value: unknown) => unknown;
}

type WithDefault = { default: {} };

interface Builder<T, Options> {
  (p: KeyParts & Options & WithDefault): ValueKey<T>;
  (p: KeyParts & Options): ValueKey<T | undefined>;
}

/** Makes the builder of one kind. A default goes through the same reading as a value in a file, so it cannot be wrong. */
function kind<T, Options = unknown>(p: {
  type: (options: Options) => string;
  read: (value: unknown, options: Options) => Reading<T>;
}): Builder<T, Options> {
  function build(parts: KeyParts & Options & WithDefault): ValueKey<T>;
  function build(parts: KeyParts & Options): ValueKey<T | undefined>;
  function build(parts: KeyParts & Options): ValueKey<T | undefined> {
    const { description, default: written, ...rest } = parts;
    const read = (value: unknown): Reading<T> => p.read(value, parts);
    const fallback = written === undefined ? undefined : read(written);
    if (fallback?.ok === false)
      throw new Error(`the default ${JSON.stringify(written)} is refused: ${fallback.message}`);
    const optional = pickParts(rest);
    return { kind: 'value', type: p.type(parts), description, written, fallback: fallback?.value, ...optional, read };
  }
  return build;
}

function pickParts(parts: Omit<KeyParts, 'description' | 'default'>): Omit<KeyParts, 'description' | 'default'> {
  return {
    ...(parts.default_text !== undefined && { default_text: parts.default_text }),
    ...(parts.environment !== undefined && { environment: parts.environment }),
    ...(parts.shown !== undefined && { shown: parts.shown }),
  };
}

function good<T>(value: T): Reading<T> {
  return { ok: true, value };
}

function bad(code: ConfigProblemCode, message: string, at?: readonly Segment[]): { ok: false } & Reading<never> {
  return at === undefined ? { ok: false, code, message } : { ok: false, code, message, at };
}

/** What stands there, for a person: `a list`, `true`, `the number 5`. Texts are not repeated: they may be secrets. */
export function describeValue(value: unknown): string {
  if (value instanceof TomlDate) return 'a date (put quotes around it)';
  if (Array.isArray(value)) return 'a list';
  switch (typeof value) {
    case 'string':
      return 'text';
    case 'boolean':
      return String(value);
    case 'number':
    case 'bigint':
      return `the number ${value}`;
    default:
      return 'a table';
  }
}

function wrongType(wanted: string, value: unknown): { ok: false } & Reading<never> {
  return bad('wrong_type', `Here belongs ${wanted}, not ${describeValue(value)}.`);
}

/** One that people may paste secrets beside is quoted shortened. */
function quote(value: string): string {
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
}

function fromModel(problem: { code: ConfigProblemCode; message: string }): { ok: false } & Reading<never> {
  return bad(problem.code, problem.message);
}

/** Any text without NUL, which neither a process argument nor a path can carry. */
export const text = kind<string, { required?: boolean }>({
  type: () => 'text',
  read(value, { required }) {
    if (typeof value !== 'string') return wrongType('text in quotes', value);
    if (value.includes('\0')) return bad('invalid_format', 'A NUL character cannot stand here.');
    if (required && value.trim() === '') return bad('required', 'This must not be empty.');
    return good(value);
  },
});

export const flag = kind<boolean>({
  type: () => 'true or false',
  read: (value) => (typeof value === 'boolean' ? good(value) : wrongType('true or false (without quotes)', value)),
});

interface Range {
  min: number;
  max?: number;
}

function outside(value: number | bigint, { min, max }: Range): Reading<never> & { ok: false } {
  const range = max === undefined ? `${min} or more` : `from ${min} to ${max}`;
  return bad('out_of_range', `This must be ${range}, not ${value}.`);
}

function rangeText({ min, max }: Range): string {
  if (max !== undefined) return `, ${min} to ${max}`;
  return min === Number.MIN_SAFE_INTEGER ? '' : `, ${min} or more`;
}

export const integer = kind<number, Range>({
  type: (range) => `whole number${rangeText(range)}`,
  read(value, range) {
    if (typeof value === 'bigint') return outside(value, { max: Number.MAX_SAFE_INTEGER, ...range });
    if (typeof value !== 'number') return wrongType('a whole number (without quotes)', value);
    if (!Number.isInteger(value)) return bad('wrong_type', `Here belongs a whole number, not ${value}.`);
    if (!Number.isSafeInteger(value)) return outside(value, { max: Number.MAX_SAFE_INTEGER, ...range });
    return value < range.min || (range.max !== undefined && value > range.max) ? outside(value, range) : good(value);
  },
});

/** Money and the like. */
export const amount = kind<number>({
  type: () => 'number, 0 or more',
  read(value) {
    if (typeof value !== 'number') return wrongType('a number (without quotes)', value);
    return Number.isFinite(value) && value >= 0
      ? good(value)
      : bad('out_of_range', `This must be 0 or more, not ${value}.`);
  },
});

function choose<const W extends string>(value: unknown, words: readonly W[]): Reading<W> {
  const known = words.filter((word) => word !== '');
  if (typeof value !== 'string') return wrongType(`one of ${known.map(quote).join(', ')}`, value);
  if ((words as readonly string[]).includes(value)) return good(value as W);
  const meant = suggest(value, known);
  const advice = meant === undefined ? `Write one of ${known.map(quote).join(', ')}.` : `Did you mean ${quote(meant)}?`;
  return bad('unknown_value', `${quote(value)} is not known here. ${advice}`);
}

/** One of a few words. An empty word among them means "none" and is not offered. */
export function choice<const W extends string>(words: readonly W[], p: KeyParts & WithDefault): ValueKey<W>;
export function choice<const W extends string>(words: readonly W[], p: KeyParts): ValueKey<W | undefined>;
export function choice<const W extends string>(words: readonly W[], p: KeyParts): ValueKey<W | undefined> {
  const shown = words.filter((word) => word !== '').map((word) => `\`${word}\``);
  return kind<W>({ type: () => shown.join(', '), read: (value) => choose(value, words) })(p);
}

/** Milliseconds. `none`: blank and zero mean "no such limit", read as null by {@link optionalDuration}. */
function readDuration(value: unknown): Reading<number> {
  if (typeof value !== 'string') return wrongType('a duration in quotes, such as "90s" or "1h30m"', value);
  const result = parseDuration(value.trim());
  if (!result.ok) return fromModel(result.problem);
  if (result.nanoseconds < 0n) return bad('not_positive', 'A duration here must not be negative.');
  return good(durationMs(value.trim()));
}

/** Go duration text, longer than zero unless `zero` is allowed; read as milliseconds. */
export const duration = kind<number, { zero?: boolean }>({
  type: () => 'duration',
  read(value, { zero }) {
    const reading = readDuration(value);
    if (!reading.ok || reading.value > 0 || zero) return reading;
    return bad('not_positive', 'This duration must be longer than zero, such as "30s".');
  },
});

/** Go duration text where `"0"` and `""` mean none; read as milliseconds or null. */
export const optionalDuration = kind<number | null>({
  type: () => 'duration, `"0"` = none',
  read(value) {
    if (value === '') return good(null);
    const reading = readDuration(value);
    return reading.ok ? good(reading.value === 0 ? null : reading.value) : reading;
  },
});

/** A limit that goes on as text into definitions; `"0"` = none where `zero` is allowed. */
export const limitText = kind<string, { zero?: boolean }>({
  type: ({ zero }) => (zero ? 'duration, `"0"` = none' : 'duration'),
  read(value, { zero }) {
    const reading = readDuration(value);
    if (!reading.ok) return reading;
    if (reading.value > 0 || zero) return good((value as string).trim());
    return bad('not_positive', 'This duration must be longer than zero, such as "1h".');
  },
});

/** A secret reference that goes on to the model, which judges it: automations take no `file:`. */
export const automationSecretRef = kind<string>({
  type: () => 'secret reference, `env:` or `vault:`',
  read: (value) => (typeof value === 'string' ? good(value) : wrongType('a secret reference in quotes', value)),
});

/** A duration that goes on as text to the model, which reads and judges it. */
export const durationText = kind<string>({
  type: () => 'duration',
  read: (value) =>
    typeof value === 'string' ? good(value) : wrongType('a duration in quotes, such as "90s" or "1h30m"', value),
});

const DAYS = /^(\d{1,6}(?:\.\d{1,6})?)d(.*)$/s;
const DAY_MS = 86_400_000;

/** A duration that may begin with days, `"365d"`: days are unambiguous for ages, which nobody measures in wall time. */
export const age = kind<number | null>({
  type: () => 'duration, days allowed (`"30d"`), `"0"` = none',
  read(value) {
    if (value === '') return good(null);
    if (typeof value !== 'string') return wrongType('a duration in quotes, such as "30d" or "12h"', value);
    const days = DAYS.exec(value.trim());
    const rest = days ? days[2]! : value;
    const reading = days && rest === '' ? good(0) : readDuration(rest);
    // The model knows no days, so its words would send away whoever wrote them wrongly.
    if (!reading.ok) return bad('invalid_duration', `${quote(value)} is not an age; write one such as "30d" or "12h".`);
    const total = reading.value + (days ? Number(days[1]) * DAY_MS : 0);
    return good(total === 0 ? null : Math.round(total));
  },
});

const SIZE = /^(\d{1,15}(?:\.\d{1,6})?)\s*([a-z]*)$/i;
const UNIT_BYTES: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

function readSize(value: unknown): Reading<number> {
  if (typeof value === 'bigint') return bad('out_of_range', `${value} bytes are more than anybody has.`);
  const match = typeof value === 'string' ? SIZE.exec(value.trim()) : undefined;
  const unit = match ? UNIT_BYTES[match[2]!.toLowerCase()] : undefined;
  if (typeof value === 'string' && unit === undefined) {
    return bad(
      'invalid_format',
      `${quote(value)} is not a size; write bytes as a number or text such as "64KiB", "2GiB".`,
    );
  }
  if (typeof value !== 'number' && typeof value !== 'string') {
    return wrongType('a number of bytes or a size such as "64KiB"', value);
  }
  const bytes = typeof value === 'number' ? value : Math.floor(Number(match![1]) * unit!);
  if (!Number.isSafeInteger(bytes) || bytes < 0) {
    return bad('out_of_range', `A size is a whole number of bytes, 0 or more, not ${value}.`);
  }
  return good(bytes);
}

/** Bytes. */
export const size = kind<number, { min: number; max?: number }>({
  type: () => 'size',
  read(value, range) {
    const reading = readSize(value);
    if (!reading.ok) return reading;
    const { min, max = Number.MAX_SAFE_INTEGER } = range;
    if (reading.value >= min && reading.value <= max) return reading;
    return bad(
      'out_of_range',
      `This must be ${range.max === undefined ? `at least ${min}` : `from ${min} to ${max}`} bytes.`,
    );
  },
});

/** Bytes, 0 = no limit, read as null. */
export const optionalSize = kind<number | null>({
  type: () => 'size, 0 = no limit',
  read(value) {
    const reading = readSize(value);
    return reading.ok ? good(reading.value === 0 ? null : reading.value) : reading;
  },
});

/** A count, 0 = no limit, read as null. */
export const optionalCount = kind<number | null>({
  type: () => 'whole number, 0 = none',
  read(value) {
    if (typeof value === 'bigint') return outside(value, { min: 0, max: Number.MAX_SAFE_INTEGER });
    if (typeof value !== 'number') return wrongType('a whole number (without quotes)', value);
    if (!Number.isSafeInteger(value) || value < 0) return outside(value, { min: 0 });
    return good(value === 0 ? null : value);
  },
});

/** An instant as RFC 3339 text for the model to judge; TOML's own offset date-time is taken too. */
export const instant = kind<string>({
  type: () => 'instant (RFC 3339 text or a TOML date-time with offset)',
  read(value) {
    if (typeof value === 'string') return good(value);
    if (!(value instanceof TomlDate)) return wrongType('an instant such as "2026-12-01T09:00:00+01:00"', value);
    if (value.isDateTime() && !value.isLocal()) return good(value.toISOString());
    const hint =
      'end it with Z or an offset such as +01:00, or write schedule = "at:2026-12-01T09:00" for the wall time of a zone';
    return bad('invalid_instant', `A date or time without offset does not say which instant is meant: ${hint}.`);
  },
});

export const timezone = kind<string>({
  type: () => 'IANA time zone',
  read(value) {
    if (typeof value !== 'string') return wrongType('a time zone in quotes, such as "Europe/Paris"', value);
    if (isKnownTimeZone(value)) return good(value);
    return bad('unknown_timezone', `${quote(value)} is not a time zone: ${timeZoneAdvice(value)}.`);
  },
});

/** `env:NAME`, `file:/path`, `vault:automation/<path>` or empty. What stands there instead may be the secret: never shown. */
export const secretRef = kind<string>({
  type: () => 'secret reference',
  read(value) {
    if (typeof value !== 'string') return wrongType('a secret reference in quotes', value);
    if (value === '' || isSecretRef(value)) return good(value);
    const wanted = 'env:NAME, file:/absolute/path or vault:automation/<path>';
    return bad('invalid_secret_ref', `A secret is given by reference, never itself: write ${wanted}.`);
  },
});

/** `http` or `https`, or empty. */
export const httpUrl = kind<string>({
  type: () => 'URL',
  read(value) {
    if (typeof value !== 'string') return wrongType('a URL in quotes', value);
    if (value === '') return good(value);
    const url = URL.parse(value);
    if (url?.protocol === 'http:' || url?.protocol === 'https:') return good(value);
    return bad(
      'invalid_format',
      'This is not a URL that can be called; write one that begins with http:// or https://.',
    );
  },
});

/** What a URL shows of itself: paths, queries and passwords of notification URLs are secrets more often than not. */
export function shownUrl(value: unknown): unknown {
  const url = typeof value === 'string' ? URL.parse(value) : undefined;
  if (!url) return value === '' ? '' : '(not shown)';
  return `${url.protocol}//${url.host}${url.pathname === '/' || url.pathname === '' ? '' : '/…'}`;
}

/** A list of texts, none of them blank. */
export const texts = kind<
  string[],
  {
    items?: string;
    min?: number;
    /** What each has to look like, and the same in words. */ each?: { matches: RegExp; says: string };
  }
>({
  type: ({ items }) => `list of ${items ?? 'texts'}`,
  read(value, { min = 0, each }) {
    if (!Array.isArray(value)) return wrongType('a list such as ["a", "b"]', value);
    for (const [index, item] of value.entries()) {
      if (typeof item !== 'string') return { ...wrongType('text in quotes', item), at: [index] };
      if (item.includes('\0')) return bad('invalid_format', 'A NUL character cannot stand here.', [index]);
      if (each?.matches.test(item) === false) return bad('invalid_format', `Use ${each.says}.`, [index]);
    }
    return value.length < min ? bad('required', 'This list must not be empty.') : good([...value]);
  },
});

export const integers = kind<number[]>({
  type: () => 'list of whole numbers',
  read(value) {
    if (!Array.isArray(value)) return wrongType('a list such as [0]', value);
    const wrong = value.findIndex((item) => !Number.isSafeInteger(item));
    return wrong === -1 ? good([...value]) : { ...wrongType('a whole number', value[wrong]), at: [wrong] };
  },
});

/** A table of texts. Nested tables are what dotted keys without quotes make: `{ data.action = "x" }`. */
export const textTable = kind<Record<string, string>, { keys: string }>({
  type: () => 'table of texts',
  read(value, { keys }) {
    if (!isTable(value)) return wrongType(`a table such as { ${keys} = "…" }`, value);
    const table: Record<string, string> = {};
    for (const [name, item] of Object.entries(value)) {
      if (typeof item === 'string')
        Object.defineProperty(table, name, { value: item, enumerable: true, writable: true, configurable: true });
      else if (isTable(item)) {
        return bad('wrong_type', `Put quotes around a dotted name: { ${keys} = "…" }; without them it is a table.`, [
          name,
        ]);
      } else return { ...wrongType('text in quotes', item), at: [name] };
    }
    return good(table);
  },
});

/** Tables handed on as they are, as plain JSON. */
/** Names of what is known, or tables that say it themselves. */
export const namesOrTables = kind<(string | Record<string, unknown>)[]>({
  type: () => 'list of names or tables',
  read(value) {
    if (!Array.isArray(value)) return wrongType('a list of names or tables', value);
    const wrong = value.findIndex((item) => typeof item !== 'string' && !isTable(item));
    if (wrong !== -1) return { ...wrongType('a name or a table', value[wrong]), at: [wrong] };
    return good(value.map((item) => plainJson(item) as string | Record<string, unknown>));
  },
});

export function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** TOML's values as JSON has them; the depth is bounded by the parser. */
export function plainJson(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'bigint') return value.toString();
  if (Array.isArray(value)) return value.map(plainJson);
  if (!isTable(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, plainJson(item)]));
}

export function isSecretRef(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '' && validateDaemonSecretRef(value).length === 0;
}
