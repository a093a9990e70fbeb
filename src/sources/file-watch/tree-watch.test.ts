import { mkdir, mkdtemp, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../clock/clock.ts';
import { TreeWatch } from './tree-watch.ts';
import type { FileChange } from './tree-watch.ts';
import { WatchPatterns } from './watch-patterns.ts';

let folder = '';
let watch: TreeWatch | undefined;
let told: FileChange[][] = [];
let troubles: (string | undefined)[] = [];
let refusals = 0;

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'rouse-watch-')));
  told = [];
  troubles = [];
  refusals = 0;
});
afterEach(async () => {
  await watch?.close();
  await rm(folder, { recursive: true, force: true });
});

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}

async function start(patterns: string[], debounceMs = 50, filesMax?: number): Promise<void> {
  watch = new TreeWatch({
    ...(filesMax === undefined ? {} : { filesMax }),
    folder,
    patterns: new WatchPatterns(patterns),
    debounceMs,
    clock: systemClock(),
    async tell(changes) {
      if (refusals > 0) {
        refusals -= 1;
        throw new Error('the store is away');
      }
      told.push(changes);
    },
    onTrouble: (trouble) => troubles.push(trouble),
  });
  await watch.start();
}

/** What was told, as `+a ~b -c`, once there are so many changes. */
async function changes(count: number): Promise<string> {
  await expect.poll(() => told.flat().length, { timeout: 10_000, interval: 20 }).toBeGreaterThanOrEqual(count);
  const marks = { added: '+', changed: '~', removed: '-' } as const;
  return told
    .flat()
    .map(({ path, change }) => marks[change] + path)
    .join(' ');
}

describe('a watched tree', () => {
  it('tells what was added, changed and removed, together', async () => {
    await write('src/a.ts', 'a');
    await write('src/b.ts', 'b');
    await start(['src/**/*.ts']);
    await Promise.all([write('src/a.ts', 'aa'), write('src/c.ts', 'c'), rm(join(folder, 'src/b.ts'))]);
    expect(await changes(3)).toBe('~src/a.ts -src/b.ts +src/c.ts');
    expect(told).toHaveLength(1);
  });

  it('tells nothing of what no pattern takes, and nothing of what was there', async () => {
    await write('src/a.ts', 'a');
    await start(['src/**/*.ts']);
    await write('README.md', 'r');
    await write('src/a.js', 'x');
    await write('src/b.ts', 'b');
    expect(await changes(1)).toBe('+src/b.ts');
  });

  it('goes into folders that are made later, deeper ones too', async () => {
    await start(['**/*.ts']);
    await write('new/deep/a.ts', 'a');
    expect(await changes(1)).toBe('+new/deep/a.ts');
    await write('new/deep/b.ts', 'b');
    expect(await changes(2)).toBe('+new/deep/a.ts +new/deep/b.ts');
  });

  it('tells each file of a folder that was moved away or deleted', async () => {
    await write('src/x/a.ts', 'a');
    await write('src/x/b.ts', 'b');
    await start(['src/**/*.ts']);
    await rename(join(folder, 'src/x'), join(folder, 'src/y'));
    expect(await changes(4)).toBe('-src/x/a.ts -src/x/b.ts +src/y/a.ts +src/y/b.ts');
  });

  it('sees every save of an editor that renames, also the second', async () => {
    await write('a.txt', '1');
    await start(['*.txt']);
    for (const text of ['22', '333']) {
      const before = told.flat().length;
      await write('a.txt.tmp', text);
      await rename(join(folder, 'a.txt.tmp'), join(folder, 'a.txt'));
      await changes(before + 1);
    }
    expect(await changes(2)).toBe('~a.txt ~a.txt');
  });

  it('keeps changes that could not be told, and tells them again', async () => {
    await start(['*.txt']);
    refusals = 1;
    await write('a.txt', 'a');
    expect(await changes(1)).toBe('+a.txt');
    expect(refusals).toBe(0);
  });

  it('does not follow links', async () => {
    await write('src/a.ts', 'a');
    await symlink('..', join(folder, 'src/loop'));
    await start(['**/*.ts']);
    await write('src/b.ts', 'b');
    expect(await changes(1)).toBe('+src/b.ts');
  });

  it('says that a folder is not there', async () => {
    await rm(folder, { recursive: true });
    await start(['*']);
    expect(troubles.at(-1)).toContain('cannot be read');
  });

  it('keeps to its bound within one folder, says so, and goes on telling of the files that it knows', async () => {
    for (let number = 0; number < 30; number += 1) await write(`${number}.md`, 'x');
    await start(['*.md'], 50, 20);
    expect(troubles.at(-1)).toContain('more than 10000 folders or 20 files');
    for (let number = 0; number < 30; number += 1) await write(`${number}.md`, 'another');
    const told20 = await changes(20);
    expect(told20.split(' ')).toHaveLength(20);
    expect(told20).not.toContain('+');
  });

  it('takes a file in when another one has made room', async () => {
    await write('a.md', 'x');
    await start(['*.md'], 50, 1);
    await write('b.md', 'x');
    await rm(join(folder, 'a.md'));
    expect(await changes(1)).toContain('-a.md');
    await write('c.md', 'x');
    expect(await changes(2)).toMatch(/\+[bc]\.md/u);
  });
});
