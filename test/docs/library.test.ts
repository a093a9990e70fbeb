// What the page about the model shows is what it does: its program is run, and its output compared.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const run = promisify(execFile);

it('the program of the page about the model prints what stands below it', async () => {
  const page = await readFile(join(root, 'docs/guides/library.md'), 'utf8');
  const program = /```js\n(.*?)```/s.exec(page)![1]!;
  const printed = /```text\n(.*?)```/s.exec(page)![1]!;
  const folder = await mkdtemp(join(tmpdir(), 'rouse-library-'));
  try {
    const file = join(folder, 'model.mjs');
    // The sources stand for the package, which nobody has built here.
    await writeFile(file, program.replace('rouse/model', pathToFileURL(join(root, 'src/model/index.ts')).href));
    expect((await run(process.execPath, [file])).stdout).toBe(printed);
  } finally {
    await rm(folder, { recursive: true });
  }
});
