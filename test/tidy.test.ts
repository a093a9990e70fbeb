// The rules of the repository, held by a machine. The rules and their reasons are data in ./tidy/; each rule is also
// shown a planted violation below, so that a rule which has gone blind is noticed.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkBannedUses, checkTypeEscapes } from './tidy/banned-uses.ts';
import { checkDecisionReferences, checkDecisions, checkLinks, type Repository } from './tidy/documents.ts';
import { checkDesigns, checkFileName, checkOpening } from './tidy/file-rules.ts';
import { checkImports, checkReExports, fileExceptions, findCycles, importTable, placeOf } from './tidy/import-table.ts';
import { readSource, type SourceFile } from './tidy/source-file.ts';
import { showViolations, type Violation } from './tidy/violation.ts';

const root = join(import.meta.dirname, '..');
const isTest = (path: string): boolean => /\.test\.tsx?$/.test(path);
const readText = (path: string): string => readFileSync(join(root, path), 'utf8');

/** What git knows or would add: whatever is ignored (installed, built, a home) is not ours to judge. */
const paths = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\0')
  .filter((path) => path !== '' && existsSync(join(root, path)))
  .toSorted();

const sources: readonly SourceFile[] = paths
  .filter((path) => /^(src|web|test|bench|scripts)\/.*\.tsx?$/.test(path))
  .map((path) => readSource(path, readText(path)));
const production = sources.filter(({ path }) => /^(src|web)\//.test(path) && !isTest(path));
const repository: Repository = {
  pages: new Map(paths.filter((path) => path.endsWith('.md')).map((path) => [path, readText(path)])),
  exists: (path) => path === '.' || existsSync(join(root, path)),
};

/** The real repository keeps the rule. */
function holds(violations: readonly Violation[]): void {
  expect(showViolations(violations)).toEqual([]);
}

/** A planted violation is found, and the message says this. */
function finds(violations: readonly Violation[], message: RegExp): void {
  expect(violations.map((violation) => violation.message)).toEqual([expect.stringMatching(message)]);
}

const planted = (path: string, text: string): SourceFile => readSource(path, text);

describe('imports', () => {
  it('every folder uses only whom the table allows', () => holds(production.flatMap(checkImports)));
  it('no imports lead round in a circle', () => expect(findCycles(production)).toEqual([]));
  it('only the public entries re-export', () => holds(production.flatMap(checkReExports)));
  it('every row of the table and every exception is about something that exists', () => {
    const missing = [...importTable.map(({ folder }) => placeOf(folder)), ...fileExceptions.map(({ path }) => path)];
    expect(missing.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('a folder that uses a forbidden one is found', () => {
    finds(
      checkImports(planted('src/model/x.ts', `import { a } from '../engine/a.ts';`)),
      /model may not import engine/,
    );
    finds(
      checkImports(planted('src/agents/acp/x.ts', `import { a } from '../command/a.ts';`)),
      /agents\/acp may not import agents\/command/,
    );
    finds(checkImports(planted('src/store/novel/x.ts', ``)), /without a row/);
    finds(
      checkImports(planted('src/model/x.ts', `const a = await import('node:fs');`)),
      /model may not import "node:fs"/,
    );
    finds(
      checkImports(planted('src/engine/x.ts', `let a: import('../config/a.ts').A;`)),
      /engine may not import config/,
    );
    finds(checkImports(planted('src/model/x.ts', `await import(name);`)), /\(computed\)/);
    finds(
      checkImports(planted('src/cli/x.ts', `import { runDaemon } from '../daemon/daemon.ts';`)),
      /cli may not import daemon/,
    );
    finds(checkImports(planted('src/novel/x.ts', ``)), /without a row/);
    finds(
      checkImports(planted('web/data/x.ts', `import { a } from '../../src/engine/a.ts';`)),
      /web may not import engine/,
    );
  });
  it('types of a port are free where the table says so, values are not', () => {
    expect(checkImports(planted('src/clock/x.ts', `import type { EpochMs } from '../model/instant.ts';`))).toEqual([]);
    expect(checkImports(planted('src/clock/x.ts', `import { type EpochMs } from '../model/instant.ts';`))).toEqual([]);
    finds(checkImports(planted('src/clock/x.ts', `import { parse } from '../model/instant.ts';`)), /only its types/);
  });
  it('a circle is found, one of types alone is none', () => {
    const a = planted('src/lib/a.ts', `import { b } from './b.ts';`);
    const typeOnlyA = planted('src/lib/a.ts', `import type { b } from './b.ts';`);
    const b = planted('src/lib/b.ts', `import { a } from './a.ts';`);
    expect(findCycles([a, b])).toEqual(['src/lib/a.ts → src/lib/b.ts → src/lib/a.ts']);
    expect(findCycles([typeOnlyA, b])).toEqual([]);
  });
  it('a re-export is found', () => {
    finds(checkReExports(planted('src/lib/x.ts', `export { a } from './a.ts';`)), /only the public entries/);
    expect(checkReExports(planted('src/model/index.ts', `export { a } from './a.ts';`))).toEqual([]);
  });
});

describe('banned uses', () => {
  it('nobody asks for the time, chance or the environment by itself', () => holds(sources.flatMap(checkBannedUses)));
  it('nobody switches the type check off', () => holds(sources.flatMap(checkTypeEscapes)));

  it('each is found, with what to use instead', () => {
    const inEngine = (text: string): Violation[] => checkBannedUses(planted('src/engine/x.ts', text));
    finds(inEngine('const t = Date.now();'), /Date\.now.*Clock/);
    finds(inEngine('const t = globalThis.Date.now();'), /Date\.now.*Clock/);
    finds(inEngine('const t = new Date();'), /new Date\(\).*Clock/);
    finds(inEngine('const t = Temporal.Now.instant();'), /Temporal\.Now.*Clock/);
    finds(inEngine('setTimeout(f, 5);'), /clock\.after/);
    finds(inEngine(`import { setTimeout } from 'node:timers/promises';`), /clock\.after/);
    finds(inEngine(`import { randomUUID } from 'node:crypto';`), /daemon hands it in/);
    finds(inEngine('const r = Math.random();'), /daemon hands it in/);
    finds(inEngine('const h = process.env;'), /environment/);
    finds(inEngine('console.log(1);'), /Happening/);
    finds(checkBannedUses(planted('src/a/x.test.ts', 'it.only("x", f);')), /switches all other tests off/);
    finds(checkBannedUses(planted('test/x.test.ts', 'await new Promise((done) => setTimeout(done, 50));')), /waitFor/);
    finds(checkTypeEscapes(planted('src/a/x.ts', 'const a = b as any;')), /as any/);
    finds(checkTypeEscapes(planted('src/a/x.ts', '// @ts-expect-error because')), /type check off/);
  });
  it('what only looks like one is none', () => {
    expect(
      checkBannedUses(planted('src/engine/x.ts', '// Date.now()\nconst a = "Date.now()"; new Date(5); clock.now();')),
    ).toEqual([]);
    expect(checkBannedUses(planted('src/clock/x.ts', 'Date.now();'))).toEqual([]);
  });
});

describe('files', () => {
  it('are named by their noun', () => holds(sources.flatMap(({ path }) => checkFileName(path))));
  it('open with what they own', () => holds(sources.flatMap(checkOpening)));
  it('hard folders explain their design', () => holds(checkDesigns(paths)));

  it('an empty name is found', () => {
    finds(checkFileName('src/model/types.ts'), /no types\.ts/);
    finds(checkFileName('src/engine/run-manager.ts'), /"manager" says nothing/);
    finds(checkFileName('src/lib/string-utils.test.ts'), /"utils" says nothing/);
    finds(checkFileName('src/lib/GoText.ts'), /kebab-case/);
    expect(checkFileName('src/lib/database.ts')).toEqual([]);
  });
  it('a missing opening is found', () => {
    finds(
      checkOpening(planted('src/lib/x.ts', `import { a } from './a.ts';\n/** Owns a great many things. */`)),
      /opens without/,
    );
    finds(checkOpening(planted('src/lib/x.ts', `// short`)), /opens without/);
    expect(checkOpening(planted('src/lib/x.ts', `#!/usr/bin/env node\n// Owns a great many things.`))).toEqual([]);
  });
  it('a missing design is found', () => expect(checkDesigns([]).length).toBeGreaterThan(1));
});

describe('documents', () => {
  it('relative links lead somewhere', () => holds(checkLinks(repository)));
  it('decisions are numbered without holes', () => holds(checkDecisions(repository)));
  it('sources refer to decisions that exist', () => {
    const decisions = paths.filter((path) => path.startsWith('docs/decisions/'));
    const files = sources.filter(({ path }) => path !== 'test/tidy.test.ts');
    holds(files.flatMap(({ path }) => checkDecisionReferences({ path, text: readText(path), decisions })));
  });

  it('a dead link is found', () => {
    const pages = new Map([
      ['README.md', '[a](docs/b.md#two) [web](https://x.test) `[no](no.md)`\n```\n[no](no.md)\n```'],
      ['docs/b.md', '# One\n[up](../README.md) [gone](gone.md)'],
    ]);
    const found = checkLinks({ pages, exists: (path) => pages.has(path) });
    expect(showViolations(found)).toEqual([
      'README.md:1 links to docs/b.md#two, but docs/b.md has no heading of that name',
      'docs/b.md:2 links to gone.md, which does not exist',
    ]);
  });
  it('a hole among the decisions is found', () => {
    const pages = new Map([
      ['docs/decisions/0001-a.md', '# A'],
      ['docs/decisions/0003-b.md', '# B'],
    ]);
    finds(checkDecisions({ pages }), /0002 was expected/);
    finds(checkDecisionReferences({ path: 'src/a.ts', text: '// see docs/decisions/0002', decisions: [] }), /0002/);
  });
});
