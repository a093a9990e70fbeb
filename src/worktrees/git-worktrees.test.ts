import { mkdir, mkdtemp, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Worktrees } from '../engine/worktrees.ts';
import { createGit, type Git } from './git.ts';
import { createGitWorktrees } from './git-worktrees.ts';

describe('a git worktree for a run', () => {
  let folder: string;
  let repository: string;
  let git: Git;
  let worktrees: Worktrees;
  beforeEach(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'rouse-worktrees-')));
    repository = join(folder, 'repository');
    git = createGit({ env: { PATH: process.env['PATH'] ?? '', HOME: folder } });
    worktrees = createGitWorktrees({ folder: join(folder, 'worktrees'), git });
    await mkdir(join(repository, 'packages/app'), { recursive: true });
    await writeFile(join(repository, 'packages/app/a.txt'), 'a\n');
    await run(['init', '--quiet', '-b', 'main']);
    await commit(repository);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function run(args: string[], cwd = repository): Promise<string> {
    const answer = await git(args, { cwd });
    if (!answer.ok) throw new Error(answer.error);
    return answer.output;
  }
  async function commit(cwd: string): Promise<void> {
    await run(['add', '-A'], cwd);
    await run(['-c', 'user.name=t', '-c', 'user.email=t@example.com', 'commit', '--quiet', '-m', 'work'], cwd);
  }
  const open = (at = repository): Promise<{ cwd: string }> =>
    worktrees.open({ folder: at, runId: 'run_1', name: 'Weekday review!' });

  test('has the files, a branch of its own, and leaves nothing when nothing was done', async () => {
    const { cwd } = await open(join(repository, 'packages/app'));
    expect(cwd).toBe(join(folder, 'worktrees/run_1/packages/app'));
    expect(await readdir(cwd)).toEqual(['a.txt']);
    expect(await run(['branch', '--show-current'], cwd)).toBe('rouse/weekday-review/run_1');
    expect(await worktrees.close({ runId: 'run_1' })).toEqual({});
    expect(await readdir(join(folder, 'worktrees'))).toEqual([]);
    expect(await run(['branch', '--format=%(refname:short)'])).toBe('main');
    expect(await run(['worktree', 'list'])).not.toContain('run_1');
  });

  test('is the same one when it is opened again', async () => {
    const { cwd } = await open();
    await writeFile(join(cwd, 'b.txt'), 'b\n');
    expect(await open()).toEqual({ cwd });
    expect(await readdir(cwd)).toContain('b.txt');
  });

  test('is kept with changes that are not committed', async () => {
    const { cwd } = await open();
    await writeFile(join(cwd, 'new.txt'), 'x\n');
    expect((await worktrees.close({ runId: 'run_1' })).kept).toMatch(/run_1 was kept: one file has changes/);
    expect(await readdir(cwd)).toContain('new.txt');
  });

  test('is kept with commits of its own, and goes once they are merged', async () => {
    const { cwd } = await open();
    await writeFile(join(cwd, 'new.txt'), 'x\n');
    await commit(cwd);
    expect((await worktrees.close({ runId: 'run_1' })).kept).toMatch(/one commit on rouse\/weekday-review\/run_1/);
    await run(['merge', '--quiet', 'rouse/weekday-review/run_1']);
    expect(await worktrees.close({ runId: 'run_1' })).toEqual({});
  });

  test('does not run the hooks of the repository', async () => {
    await writeFile(join(repository, '.git/hooks/post-checkout'), `#!/bin/sh\ntouch ${folder}/hooked\n`, {
      mode: 0o755,
    });
    await open();
    expect(await readdir(folder)).not.toContain('hooked');
  });

  test('of a run that is over is swept away, others stay', async () => {
    await open();
    await worktrees.open({ folder: repository, runId: 'run_2', name: 'x' });
    await worktrees.sweep({ isOver: async (runId) => runId === 'run_1' });
    expect(await readdir(join(folder, 'worktrees'))).toEqual(['run_2']);
  });

  test('many at once do not disturb one another', async () => {
    const ids = ['run_a', 'run_b', 'run_c', 'run_d'];
    await Promise.all(ids.map((runId) => worktrees.open({ folder: repository, runId, name: 'x' })));
    expect(await Promise.all(ids.map((runId) => worktrees.close({ runId })))).toEqual([{}, {}, {}, {}]);
  });

  test('cannot be made outside of a repository, nor without a commit', async () => {
    await expect(worktrees.open({ folder, runId: 'run_1', name: 'x' })).rejects.toMatchObject({
      code: 'worktree_unavailable',
      message: expect.stringContaining('not in a git repository'),
    });
    await mkdir(join(folder, 'empty'));
    await run(['init', '--quiet'], join(folder, 'empty'));
    await expect(worktrees.open({ folder: join(folder, 'empty'), runId: 'r', name: 'x' })).rejects.toThrow(/no commit/);
  });
});
