/**
 * Writes the reference pages under docs/reference from the program's own tables, so that no page can say something else
 * than the program does. `node scripts/generate-reference.ts` writes them all; with `--check` it writes nothing and
 * fails when a page is not what it would write. test/reference-pages.test.ts asks the same question.
 *
 * A new page is one more entry of `referencePages`, rendered in a file of its own beside reference/errors-page.ts.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderCliPage } from './reference/cli-page.ts';
import { renderErrorsPage } from './reference/errors-page.ts';
import { renderRestPage } from './reference/rest-page.ts';
import { renderSchedulePage } from './reference/schedule-page.ts';

export interface ReferencePage {
  /** Below docs/reference. */
  readonly file: string;
  render(): string;
}

export const referencePages: readonly ReferencePage[] = [
  { file: 'cli.md', render: renderCliPage },
  { file: 'errors.md', render: renderErrorsPage },
  { file: 'rest.md', render: renderRestPage },
  { file: 'schedule-syntax.md', render: renderSchedulePage },
];

const folder = join(import.meta.dirname, '../docs/reference');

/** The page as it stands in the repository; undefined when there is none. */
export function storedPage(page: ReferencePage): string | undefined {
  try {
    return readFileSync(join(folder, page.file), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function main(p: { check: boolean }): void {
  for (const page of referencePages) {
    const text = page.render();
    if (storedPage(page) === text) continue;
    if (!p.check) {
      writeFileSync(join(folder, page.file), text);
      process.stdout.write(`wrote docs/reference/${page.file}\n`);
      continue;
    }
    process.stderr.write(`docs/reference/${page.file} is out of date; run node scripts/generate-reference.ts\n`);
    process.exitCode = 1;
  }
}

if (import.meta.main) main({ check: process.argv.includes('--check') });
