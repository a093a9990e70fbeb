/** The key table as the tables of docs/reference/configuration.md: page and loader cannot disagree. */
import { configKeys } from './keys/config-keys.ts';
import type { Fields, Key } from './key-table.ts';

interface KeyRow {
  key: string;
  type: string;
  fallback: string;
  meaning: string;
}

/** One table per heading of the page, by the path it is about. */
function referenceSections(): Map<string, KeyRow[]> {
  const sections = new Map<string, KeyRow[]>();
  addSections(sections, configKeys, '');
  return sections;
}

function addSections(sections: Map<string, KeyRow[]>, fields: Fields, prefix: string): void {
  for (const [name, key] of Object.entries(fields)) {
    const path = prefix === '' ? name : `${prefix}.${name}`;
    if (key.kind === 'value') continue;
    if (key.kind === 'entries') sections.set(path, rowsOf(key.fields, ''));
    else if (prefix === '') {
      sections.set(path, rowsOf(key.fields, ''));
      addSections(sections, key.fields, path);
    }
  }
}

function rowsOf(fields: Fields, prefix: string): KeyRow[] {
  return Object.entries(fields).flatMap(([name, key]) => {
    const path = prefix === '' ? name : `${prefix}.${name}`;
    if (key.kind === 'entries') return [];
    return key.kind === 'value' ? [valueRow(path, key)] : [tableRow(path, key), ...rowsOf(key.fields, path)];
  });
}

function valueRow(path: string, key: Extract<Key, { kind: 'value' }>): KeyRow {
  const override = key.environment === undefined ? '' : ` Overridden by \`${key.environment}\`.`;
  const assumed = key.written === undefined ? '' : `\`${tomlText(key.written)}\``;
  return { key: path, type: key.type, fallback: key.default_text ?? assumed, meaning: key.description + override };
}

function tableRow(path: string, key: Extract<Key, { kind: 'table' }>): KeyRow {
  const type = key.shorthand === undefined ? 'table' : `table, or ${key.shorthand}`;
  return { key: path, type, fallback: '', meaning: key.description };
}

function tomlText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(tomlText).join(', ')}]`;
  return JSON.stringify(value);
}

function markdownTable(rows: readonly KeyRow[]): string {
  const cell = (text: string): string => text.replaceAll('|', '\\|');
  const lines = rows.map(
    ({ key, type, fallback, meaning }) => `| \`${key}\` | ${cell(type)} | ${cell(fallback)} | ${cell(meaning)} |`,
  );
  return ['| Key | Type | Default | Meaning |', '| --- | --- | --- | --- |', ...lines].join('\n');
}

const BLOCK = /<!-- keys: ([a-z.]+) -->\n[\s\S]*?<!-- \/keys -->/g;

/** The page with every block between `<!-- keys: path -->` and `<!-- /keys -->` written anew. */
export function renderReferencePage(page: string): { page: string; missing: string[]; unknown: string[] } {
  const sections = referenceSections();
  const shown = new Set<string>();
  const unknown: string[] = [];
  const rendered = page.replaceAll(BLOCK, (block, path: string) => {
    const rows = sections.get(path);
    shown.add(path);
    if (rows === undefined) unknown.push(path);
    return rows === undefined ? block : `<!-- keys: ${path} -->\n\n${markdownTable(rows)}\n\n<!-- /keys -->`;
  });
  return { page: rendered, missing: [...sections.keys()].filter((path) => !shown.has(path)), unknown };
}
