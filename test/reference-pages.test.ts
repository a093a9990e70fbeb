/** The reference pages say what the program's tables say, in both directions. */
import { describe, expect, test } from 'vitest';
import { referencePages, storedPage } from '../scripts/generate-reference.ts';
import { ERROR_CODES, errorCatalog } from '../src/errors/catalog.ts';

test.each(referencePages)('docs/reference/$file is what the generator writes', (page) => {
  expect(storedPage(page), 'run node scripts/generate-reference.ts').toBe(page.render());
});

describe('the page of errors', () => {
  const page = storedPage({ file: 'errors.md', render: () => '' }) ?? '';
  const rows = new Map([...page.matchAll(/^\| `([a-z_]+)` \| (.+) \|$/gm)].map(([, code, rest]) => [code, rest]));

  test('every code of the catalogue has its row', () => {
    expect(ERROR_CODES.filter((code) => !rows.has(code))).toEqual([]);
  });

  test('every row is a code of the catalogue', () => {
    expect([...rows.keys()].filter((code) => !ERROR_CODES.includes(code as never))).toEqual([]);
  });

  test.each(ERROR_CODES)('the row of %s shows its status and exit code', (code) => {
    const { status, exitCode } = errorCatalog[code];
    expect(rows.get(code)).toContain(` ${status} | ${exitCode} |`);
  });
});
