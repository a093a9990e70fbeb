import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WorkspaceFiles } from './workspace-files.ts';

describe('the files of a workspace', () => {
  let folder: string;
  let workspace: string;
  let files: WorkspaceFiles;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rouse-files-'));
    workspace = join(folder, 'workspace');
    await mkdir(workspace);
    await writeFile(join(workspace, 'a.txt'), 'one\ntwo\nthree\n');
    await writeFile(join(folder, 'secret.txt'), 'secret');
    files = new WorkspaceFiles(workspace);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  const refused = (path: string, why: RegExp): Promise<void> => expect(files.read({ path })).rejects.toThrow(why);

  test('are read, whole or some lines of them', async () => {
    expect(await files.read({ path: join(workspace, 'a.txt') })).toBe('one\ntwo\nthree\n');
    expect(await files.read({ path: 'a.txt', line: 2, limit: 1 })).toBe('two');
  });

  test('are written, with the folders they need', async () => {
    await files.write({ path: join(workspace, 'deep/er/b.txt'), content: 'new' });
    await files.write({ path: join(workspace, 'a.txt'), content: 'x' });
    expect(await readFile(join(workspace, 'deep/er/b.txt'), 'utf8')).toBe('new');
    expect(await readFile(join(workspace, 'a.txt'), 'utf8')).toBe('x');
  });

  test('outside are refused, however the path says it', async () => {
    await refused(join(folder, 'secret.txt'), /outside/);
    await refused(join(workspace, '../secret.txt'), /outside/);
    await refused('../secret.txt', /outside/);
    await refused('/etc/passwd', /outside/);
    await refused(`${workspace}-beside/x`, /outside/);
    await refused('', /no path/);
  });

  test('outside are refused through links to files, folders and nowhere', async () => {
    await symlink(join(folder, 'secret.txt'), join(workspace, 'link.txt'));
    await symlink(folder, join(workspace, 'up'));
    await symlink(join(folder, 'not-there.txt'), join(workspace, 'dangling.txt'));
    await refused('link.txt', /outside/);
    await refused('up/secret.txt', /outside/);
    await expect(files.write({ path: 'up/new.txt', content: 'x' })).rejects.toThrow(/outside/);
    await expect(files.write({ path: 'dangling.txt', content: 'x' })).rejects.toThrow(/cannot be opened|outside/);
    await expect(readFile(join(folder, 'not-there.txt'))).rejects.toThrow(/ENOENT/);
  });

  test('that are no files are refused, without waiting', async () => {
    execFileSync('mkfifo', [join(workspace, 'pipe')]);
    await refused('pipe', /not a file/);
    await refused('.', /not a file/);
    await refused('absent.txt', /ENOENT/);
  });

  test('inside stay readable through links that lead inside', async () => {
    await symlink(join(workspace, 'a.txt'), join(workspace, 'same.txt'));
    expect(await files.read({ path: 'same.txt' })).toBe('one\ntwo\nthree\n');
  });
});
