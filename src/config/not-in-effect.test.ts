import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadConfig } from './load-config.ts';

let home = '';
beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'rouse-notes-'));
});
afterEach(() => rm(home, { recursive: true }));

async function notesOf(text: string): Promise<string[]> {
  await writeFile(path.join(home, 'rouse.toml'), text);
  const { notes, problems } = await loadConfig({ home, now: 0, workspaces: [] });
  expect(problems).toEqual([]);
  return notes.map((note) => `${note.line}:${note.column} ${note.path} ${note.code}`);
}

test('a setting that does nothing yet is told with its place', async () => {
  expect(await notesOf('[daemon]\nport = 0\n[automation]\nmax_depth = 3\n')).toEqual([
    '4:1 automation.max_depth no_effect_yet',
  ]);
});

test('entries that nothing carries out yet are told as a whole', async () => {
  const text = ['[[hooks]]', 'name = "notify"', 'event = "automation.run.failed"', 'command = ["true"]'].join('\n');
  expect(await notesOf(text)).toEqual(['1:1 hooks[0] no_effect_yet']);
});

test('what has an effect is not told', async () => {
  expect(
    await notesOf('[automation]\ntimezone = "Europe/Paris"\n[retention]\ntranscripts = { per_run = "1MiB" }\n'),
  ).toEqual([]);
});
