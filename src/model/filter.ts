/**
 * Filters of triggers: which envelope fields they may name, and whether an envelope matches.
 *
 * An entry matches when the text of the envelope's value at its path equals the wanted text, exactly and with case.
 * All entries must match. Conditions (`when`) are elsewhere.
 */
import { isBlank, trimSpace } from '../lib/go-text.ts';
import { suggest } from '../lib/suggest.ts';
import type { ActivationEnvelope } from './activation-envelope.ts';
import { keyPath } from './field-path.ts';
import type { Problem } from './problem.ts';
import { formatFloat } from './template/float-text.ts';
import { Findings } from './validation/findings.ts';
import { isObject, ownField, valueKind } from './validation/value-kind.ts';

export type TriggerFilter = Readonly<Record<string, string>>;

const plainPaths = ['kind', 'scope', 'workspace_id', 'source'] as const;
type PlainPath = (typeof plainPaths)[number];
const dataPrefix = 'data.';

/** The first segment says where to look; for `data` the rest are the keys to follow. */
type FilterPath = { readonly field: PlainPath } | { readonly keys: readonly string[] };

/** Takes a path apart. Space around it and around its segments does not count, as in the reference system. */
function parseFilterPath(text: string): FilterPath | undefined {
  const path = trimSpace(text);
  const field = plainPaths.find((plain) => plain === path);
  if (field !== undefined) return { field };
  if (!path.startsWith(dataPrefix)) return undefined;
  const keys = path.slice(dataPrefix.length).split('.').map(trimSpace);
  return keys.includes('') ? undefined : { keys };
}

/** The path in its one spelling, for comparing and keeping: no space around it or its segments. */
export function canonicalFilterPath(text: string): string {
  const path = parseFilterPath(text);
  if (path === undefined) return text;
  return 'field' in path ? path.field : `${dataPrefix}${path.keys.join('.')}`;
}

/** Why the text is no envelope path, as a sentence; undefined when it is one. */
export function checkFilterPath(text: string): string | undefined {
  if (parseFilterPath(text) !== undefined) return undefined;
  const path = trimSpace(text);
  if (path.startsWith(dataPrefix))
    return 'Between and after the dots of a data path stand names: data.pull_request.number.';
  const meant = suggest(path, [...plainPaths, 'data']);
  if (meant === 'data' || path === 'data') return 'Name a field of the data, such as data.action.';
  const advice =
    meant === undefined
      ? `For a field of the event's data write data.${brief(path.replace(/^\.+/, '')) || '<name>'}.`
      : `Did you mean "${meant}"?`;
  return `A filter looks at kind, scope, workspace_id, source or data.<name>. ${advice}`;
}

/** `value` is the filter as written: a table of paths and wanted texts, or nothing. */
export function validateTriggerFilter(value: unknown, path = ''): Problem[] {
  const findings = new Findings();
  const filter = value ?? {};
  if (!isObject(filter)) {
    const message = `A filter is a table such as { "data.action" = "deploy" }, not ${valueKind(filter)}.`;
    return [{ path, code: 'wrong_type', message }];
  }
  const seen = new Set<string>();
  for (const key of Object.keys(filter)) {
    checkEntry(findings, { path, key, wanted: ownField(filter, key) });
    const canonical = canonicalFilterPath(key);
    if (seen.has(canonical)) {
      const message = `The path ${canonical} stands here twice, with different space in it.`;
      findings.add('addition', { path: keyPath({ path, key }), code: 'conflict', message });
    }
    seen.add(canonical);
  }
  return findings.all({ path });
}

function checkEntry(findings: Findings, p: { path: string; key: string; wanted: unknown }): void {
  const { path, key, wanted } = p;
  const at = keyPath({ path, key });
  if (isBlank(key)) {
    const message = 'A filter entry needs the path it looks at, such as data.action.';
    return findings.add('reference', { path, code: 'invalid_filter_path', message });
  }
  if (wanted !== undefined && typeof wanted !== 'string') {
    const message = `The wanted value is text, not ${valueKind(wanted)}; numbers and true or false are compared by their text.`;
    return findings.add('reference', { path: at, code: 'wrong_type', message, value: wanted });
  }
  if (wanted === undefined || isBlank(wanted)) {
    findings.add('reference', { path: at, code: 'required', message: 'The wanted value must not be blank.' });
  }
  const wrong = checkFilterPath(key);
  if (wrong !== undefined) {
    findings.add('reference', { path: at, code: 'invalid_filter_path', message: wrong, value: key });
  }
}

/** The value at the path, undefined when there is none. Own fields of objects only; lists are not walked into. */
function valueAt(envelope: ActivationEnvelope, path: FilterPath): unknown {
  if ('field' in path) return envelope[path.field] ?? '';
  let value: unknown = envelope.data;
  for (const key of path.keys) {
    if (!isObject(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}

/** The text that a filter compares: plain decimals for numbers; null, lists and objects have none. */
function comparableText(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return value;
    case 'boolean':
      return String(value);
    case 'number':
      if (Number.isSafeInteger(value)) return String(value);
      return Number.isFinite(value) ? formatFloat(value, 'f', -1) : undefined;
    default:
      return undefined;
  }
}

/** The text at an envelope path, for comparing and for grouping; undefined where there is nothing comparable. */
export function envelopeText(envelope: ActivationEnvelope, path: string): string | undefined {
  const parsed = parseFilterPath(path);
  return parsed === undefined ? undefined : comparableText(valueAt(envelope, parsed));
}

/**
 * Every path of the envelope that a filter entry could match, with its text; at most `limit`, undefined when there are
 * more. A name with a dot or with space around it cannot be written in a path, so it has none.
 */
export function comparablePaths(
  envelope: ActivationEnvelope,
  p: { limit: number },
): { path: string; text: string }[] | undefined {
  const found: { path: string; text: string }[] = [];
  for (const path of plainPaths) found.push({ path, text: envelope[path] ?? '' });
  const open: { path: string; value: object }[] = [{ path: 'data', value: envelope.data }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const [key, value] of Object.entries(next.value)) {
      if (key === '' || key.includes('.') || trimSpace(key) !== key) continue;
      const path = `${next.path}.${key}`;
      if (isObject(value)) open.push({ path, value });
      const text = comparableText(value);
      if (text !== undefined) found.push({ path, text });
      if (found.length + open.length > p.limit) return undefined;
    }
  }
  return found;
}

/** Whether every entry matches; no filter matches everything. */
export function matchesFilter(filter: TriggerFilter | undefined, envelope: ActivationEnvelope): boolean {
  if (filter === undefined) return true;
  for (const path of Object.keys(filter)) {
    if (envelopeText(envelope, path) !== filter[path]) return false;
  }
  return true;
}

/** Why one entry did not match. */
export interface FilterMismatch {
  /** The entry's path, as written. */
  readonly path: string;
  readonly wanted: string;
  /** The text that stood there; absent where there was none. */
  readonly found?: string;
  readonly why: 'missing' | 'different' | 'not_comparable';
  /** One sentence for people. */
  readonly message: string;
}

/** The first entry that does not match, and why; undefined when the filter matches. */
export function firstFilterMismatch(
  filter: TriggerFilter | undefined,
  envelope: ActivationEnvelope,
): FilterMismatch | undefined {
  for (const [path, wanted] of Object.entries(filter ?? {})) {
    const parsed = parseFilterPath(path);
    const value = parsed === undefined ? undefined : valueAt(envelope, parsed);
    const found = comparableText(value);
    if (found === wanted) continue;
    if (found !== undefined) {
      const message = `${path} is ${JSON.stringify(brief(found))}, not ${JSON.stringify(brief(wanted))}`;
      return { path, wanted, found, why: 'different', message };
    }
    if (value === undefined) return { path, wanted, why: 'missing', message: `${path} is not in the event` };
    const message = `${path} is ${value === null ? 'null' : valueKind(value)}, which never matches`;
    return { path, wanted, why: 'not_comparable', message };
  }
  return undefined;
}

/** How much of a text is repeated in a sentence. */
const briefMax = 100;

function brief(text: string): string {
  return text.length > briefMax ? `${text.slice(0, briefMax)}…` : text;
}
