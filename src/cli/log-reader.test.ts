import { appendFile, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { followedLines, storedLines } from './log-reader.ts';

let folder = '';
let path = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rouse-logs-'));
  path = join(folder, 'rouse.log');
});
afterEach(() => rm(folder, { recursive: true }));

test('what is stored comes oldest first, over all files; a line without its end is not there yet', async () => {
  await writeFile(`${path}.2`, 'one\n');
  await writeFile(`${path}.1`, 'two\nthree\n');
  await writeFile(`${path}.tmp`, 'not ours\n');
  await writeFile(path, 'four\nfiv');
  expect([...storedLines(path)]).toEqual(['one', 'two', 'three', 'four']);
});

test('a home without a log has no lines', () => {
  expect([...storedLines(join(folder, 'none/rouse.log'))]).toEqual([]);
});

test('a follower misses nothing when the file is turned over, and letters cut in two come whole', async () => {
  const euro = Buffer.from('€\n');
  const steps = [
    () => appendFile(path, euro.subarray(0, 2)),
    () => appendFile(path, euro.subarray(2)),
    async () => {
      await appendFile(path, 'last of the old\n');
      await rename(path, `${path}.1`);
      await writeFile(path, 'first of the new\n');
    },
  ];
  await writeFile(path, 'there\n');
  const seen: string[] = [];
  const pause = async (): Promise<void> => {
    const step = steps.shift();
    if (step === undefined) throw new Error('nothing more comes');
    await step();
  };
  await expect(
    (async () => {
      for await (const line of followedLines(path, pause)) seen.push(line);
    })(),
  ).rejects.toThrow('nothing more comes');
  expect(seen).toEqual(['there', '€', 'last of the old', 'first of the new']);
});
