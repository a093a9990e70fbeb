// A home copied while its daemon works, and put back: the history is the same, and nothing runs that the copy does not know.
import { appendFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openScratchDaemon } from '../../src/testing/scratch-daemon.ts';
import { runRouse } from './rouse-command.ts';

const config = `
[automation]
default_fire_limit = { max = 10000, window = "1h" }
[agents.say]
type = "command"
command = ["sh", "-c", "cat"]
prompt_via = "stdin"
[[automation.jobs]]
name = "busy"
agent = "say"
prompt = "tick"
schedule = { mode = "every", interval = "100ms" }
overlap = "queue_all"
`;

const rouse = (...words: string[]) => runRouse(words);

test('what is copied under load is one instant, and a restored home has exactly its history', async () => {
  await using daemon = await openScratchDaemon({ config, environment: process.env });
  await mkdir(join(daemon.home, 'conf.d'));
  await writeFile(join(daemon.home, 'conf.d/more.toml'), '[daemon]\nlog_level = "warn"\n');
  await daemon.waitUntil(async () => (await daemon.runs()).filter(({ status }) => status === 'completed').length > 10);
  const folder = join(daemon.folder, 'kept');
  const made = await rouse('backup', '--home', daemon.home, '--to', folder, '-o', 'json');
  expect(made).toMatchObject({ status: 0 });
  expect(JSON.parse(made.stdout).files.map(({ path }: { path: string }) => path)).toEqual([
    'rouse.db',
    'rouse.toml',
    'conf.d/more.toml',
  ]);
  // Nobody waited for the copy: the daemon goes on, and is the one that may still write.
  await daemon.waitForRun(
    ({ status, created_at }) => status === 'completed' && Date.parse(created_at) > Date.now() - 1000,
  );
  expect(await rouse('restore', folder, '--home', daemon.home, '--yes')).toMatchObject({
    status: 4,
    stderr: expect.stringContaining('Another daemon'),
  });
  await daemon.stop();
  const later = await rouse('backup', '--home', daemon.home, '--to', join(daemon.folder, 'later'), '-o', 'json');
  expect(later.status).toBe(0);

  const restored = await rouse('restore', folder, '--home', daemon.home, '--paused', '--yes', '-o', 'json');
  expect(restored).toMatchObject({ status: 0 });
  const { moved_to: movedTo } = JSON.parse(restored.stdout);
  expect((await readdir(movedTo)).toSorted()).toEqual(['conf.d', 'rouse.db', 'rouse.toml']);
  await daemon.start();
  expect((await daemon.client.status()).automation.paused).toBe(true);
  const before = await daemon.runs();
  expect(before.length).toBeGreaterThan(10);
  const finished = before.filter(
    ({ ended_at }) => ended_at !== undefined && ended_at < JSON.parse(made.stdout).created_at,
  );
  expect(finished.length).toBeGreaterThan(10);

  // The later state holds all that the earlier one knows, unchanged, and more.
  await daemon.stop();
  expect(
    await rouse('restore', join(daemon.folder, 'later'), '--home', daemon.home, '--paused', '--yes'),
  ).toMatchObject({
    status: 0,
  });
  await daemon.start();
  const all = new Map((await daemon.runs()).map((run) => [run.id, run]));
  expect(all.size).toBeGreaterThan(before.length);
  for (const run of finished) expect(all.get(run.id)).toEqual(run);
}, 90_000);

test('a backup that is not whole changes nothing, and nothing is overwritten', async () => {
  await using daemon = await openScratchDaemon({ config, environment: process.env });
  await daemon.stop();
  const folder = join(daemon.folder, 'kept');
  expect((await rouse('backup', '--home', daemon.home, '--to', folder)).status).toBe(0);
  expect(await rouse('backup', '--home', daemon.home, '--to', folder)).toMatchObject({
    status: 4,
    stderr: expect.stringContaining('exists already'),
  });
  expect(await rouse('backup', '--home', join(daemon.folder, 'none'), '--to', `${folder}2`)).toMatchObject({
    status: 4,
  });
  expect(await rouse('restore', folder, '--home', daemon.home)).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('--yes'),
  });
  const names = await readdir(daemon.home);
  await appendFile(join(folder, 'rouse.db'), 'x');
  const refused = await rouse('restore', folder, '--home', daemon.home, '--yes');
  expect(refused).toMatchObject({ status: 5, stderr: expect.stringContaining('rouse.db was changed') });
  await rm(join(folder, 'backup.json'));
  expect(await rouse('restore', folder, '--home', daemon.home, '--yes')).toMatchObject({ status: 5 });
  expect(await readdir(daemon.home)).toEqual(names);
}, 60_000);
