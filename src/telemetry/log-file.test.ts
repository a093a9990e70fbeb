import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LogFile } from './log-file.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rouse-log-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('lines are appended to a file for its owner only, also after a restart', async () => {
  const path = join(folder, 'logs/rouse.log');
  new LogFile({ path }).write('one');
  new LogFile({ path }).write('two');
  expect(await readFile(path, 'utf8')).toBe('one\ntwo\n');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test('a full file becomes an old one, and the oldest goes', async () => {
  const path = join(folder, 'rouse.log');
  const file = new LogFile({ path, bytesMax: 20, filesMax: 3 });
  for (const word of ['aaaaaaaa', 'bbbbbbbb', 'cccccccc', 'dddddddd', 'eeeeeeee', 'ffffffff', 'gggggggg'])
    file.write(word);
  expect((await readdir(folder)).toSorted()).toEqual(['rouse.log', 'rouse.log.1', 'rouse.log.2']);
  expect(await readFile(path, 'utf8')).toBe('gggggggg\n');
  expect(await readFile(`${path}.1`, 'utf8')).toBe('eeeeeeee\nffffffff\n');
  expect(await readFile(`${path}.2`, 'utf8')).toBe('cccccccc\ndddddddd\n');
});

test('lines that cannot be written disturb nobody, and their number is told by the next one that can', async () => {
  const path = join(folder, 'rouse.log');
  await mkdir(path);
  const file = new LogFile({ path });
  file.write('lost');
  file.write('lost');
  await rm(path, { recursive: true });
  file.write('there');
  expect(await readFile(path, 'utf8')).toBe('{"level":"error","event":"log.lost","lines":2}\nthere\n');
});
