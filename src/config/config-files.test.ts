import { chmod, mkdir, mkdtemp, realpath, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FILE_BYTES_MAX, nodeConfigFiles } from './config-files.ts';
import { loadConfig } from './load-config.ts';

const files = nodeConfigFiles();
let folder: string;

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'rouse-files-')));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

test('a file is read whole', async () => {
  const file = join(folder, 'a');
  await writeFile(file, 'x'.repeat(200_000));
  const reading = await files.read(file);
  expect(reading.outcome === 'read' && reading.bytes.length).toBe(200_000);
});

test('a missing file, also below a file, is missing', async () => {
  await writeFile(join(folder, 'a'), '');
  expect(await files.read(join(folder, 'b'))).toEqual({ outcome: 'missing' });
  expect(await files.read(join(folder, 'a/b'))).toEqual({ outcome: 'missing' });
});

test('a folder and a pipe are no files, and a pipe keeps nobody waiting', async () => {
  await mkdir(join(folder, 'a'));
  await promisify(execFile)('mkfifo', [join(folder, 'b')]);
  expect(await files.read(join(folder, 'a'))).toEqual({ outcome: 'not_a_file' });
  expect(await files.read(join(folder, 'b'))).toEqual({ outcome: 'not_a_file' });
});

test('a file beyond the bound is not read', async () => {
  await writeFile(join(folder, 'a'), '');
  await truncate(join(folder, 'a'), FILE_BYTES_MAX + 1);
  expect(await files.read(join(folder, 'a'))).toEqual({ outcome: 'too_large', bytes: FILE_BYTES_MAX + 1 });
});

// Permissions do not bind root.
test.skipIf(process.getuid?.() === 0)('a file that may not be read says why', async () => {
  await writeFile(join(folder, 'a'), '');
  await chmod(join(folder, 'a'), 0);
  expect(await files.read(join(folder, 'a'))).toEqual({ outcome: 'unreadable', detail: 'EACCES' });
});

test('a folder is found by the path that it really has', async () => {
  await mkdir(join(folder, 'a'));
  await writeFile(join(folder, 'c'), '');
  await symlink(join(folder, 'a'), join(folder, 'b'));
  expect(await files.findFolder(join(folder, 'b'))).toBe(join(folder, 'a'));
  expect(await files.findFolder(join(folder, 'c'))).toBeUndefined();
  expect(await files.findFolder(join(folder, 'd'))).toBeUndefined();
});

test('a home on a disk loads: main file, conf.d, a link to a workspace', async () => {
  await mkdir(join(folder, 'conf.d'));
  await mkdir(join(folder, 'shop'));
  await symlink(join(folder, 'shop'), join(folder, 'link'));
  await writeFile(join(folder, 'rouse.toml'), '[agents.echo]\ncommand = ["echo-agent"]\n');
  const job = (name: string, workspace: string): string =>
    `[[automation.jobs]]\nname = "${name}"\nagent = "echo"\nprompt = "p"\nworkspace = "${workspace}"\nschedule = "every:1h"\n`;
  await writeFile(join(folder, 'conf.d/jobs.toml'), job('a', '../shop') + job('b', '../link'));
  const config = await loadConfig({ home: folder, now: 0, workspaces: [], environment: {} });
  expect(config.problems).toEqual([]);
  expect(config.workspaces_to_register).toMatchObject([{ path: join(folder, 'shop'), name: 'shop' }]);
  expect(new Set(config.jobs.map((one) => one.workspace_id)).size).toBe(1);
});
