/** The reference pages say what the program's tables say, in both directions. */
import { describe, expect, test } from 'vitest';
import { referencePages, storedPage } from '../scripts/generate-reference.ts';
import { ERROR_CODES, errorCatalog } from '../src/errors/catalog.ts';
import { functionNames } from '../src/model/template/functions.ts';
import { WEBHOOK_SCHEMES } from '../src/model/trigger.ts';
import { schemeOf } from '../src/sources/webhook/scheme-of.ts';

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

describe('the page of webhook signatures', () => {
  const page = storedPage({ file: 'webhook-signatures.md', render: () => '' }) ?? '';
  const rows = new Map(
    [...page.matchAll(/^\| `([a-z]+)` \| (.+) \|$/gm)].map(([, scheme, rest]) => [scheme, rest ?? '']),
  );

  test('its rows are the schemes', () => {
    expect([...rows.keys()]).toEqual([...WEBHOOK_SCHEMES]);
  });

  test.each(WEBHOOK_SCHEMES)('the row of %s names the headers that are read, and no others', (scheme) => {
    const named = [...(rows.get(scheme) ?? '').matchAll(/`([A-Za-z]+(?:-[A-Za-z0-9]+)+)(?=[:`])/g)];
    const asked = schemeOf({ webhook_scheme: scheme });
    const body = Buffer.from('{}');
    const sent = Object.keys(asked.sign({ body, secret: 'a secret', now: 0, delivery_id: 'd', event: 'e' }));
    const known = new Set([...asked.headers, ...sent].map((name) => name.toLowerCase()));
    expect(new Set(named.map(([, name = '']) => name.toLowerCase()))).toEqual(known);
  });
});

describe('the page of the template language', () => {
  const page = storedPage({ file: 'template-language.md', render: () => '' }) ?? '';
  const tables = page.slice(page.indexOf('## Functions of Go'), page.indexOf('## Mistakes'));

  test('its functions are those of the program', () => {
    const firstCells = [...tables.matchAll(/^\| (`.+?) \| /gm)].map(([, cell]) => cell ?? '');
    // `and A B …`, and `ne` `lt` … `ge` `A B`: small letters begin a function, capitals an argument.
    const named = firstCells.flatMap((cell) => [...cell.matchAll(/`([a-z]+)/g)].map(([, name]) => name));
    expect(named.toSorted()).toEqual(functionNames.toSorted());
  });
});
