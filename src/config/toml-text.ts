/** Values as TOML in the manner of our own examples: one line per key, tables inline, long texts over several lines. */

/** JSON's escapes are a subset of TOML's, but for DEL, which TOML wants escaped. */
export function tomlString(text: string): string {
  return JSON.stringify(text).replaceAll('\u007f', '\\u007f');
}

/** The first line end after the quotes is not part of the text. */
function longString(text: string): string {
  const lines = text
    .split('\n')
    .map((line) => tomlString(line).slice(1, -1).replaceAll('\\"', '"').replaceAll('"""', '""\\"'));
  return `"""\n${lines.join('\n').replace(/"$/, '\\"')}"""`;
}

function keyText(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : tomlString(key);
}

/** Absent for what TOML cannot say, which is nothing. */
function tomlValue(value: unknown, p: { long?: boolean } = {}): string | undefined {
  if (typeof value === 'string') return p.long === true && value.includes('\n') ? longString(value) : tomlString(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return `[${value.flatMap((item) => tomlValue(item) ?? []).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return undefined;
  const fields = Object.entries(value).flatMap(([key, field]) => {
    const text = tomlValue(field);
    return text === undefined ? [] : [`${keyText(key)} = ${text}`];
  });
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
}

/** One `[[list]]` entry, its keys in the order given. */
export function tomlEntry(list: string, entry: Readonly<Record<string, unknown>>): string {
  const lines = Object.entries(entry).flatMap(([key, value]) => {
    const text = tomlValue(value, { long: true });
    return text === undefined ? [] : [`${keyText(key)} = ${text}`];
  });
  return `[[${list}]]\n${lines.join('\n')}\n`;
}
