/**
 * Git worktrees for runs: one folder and one branch per run, made from the repository's current commit. After the run
 * both go, unless they hold work that is nowhere else: changes that were not committed, or commits that no other branch
 * has. The folder is named by the run, so a later process knows whose it is.
 */
import { mkdir, readdir, realpath, rm, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Worktrees } from '../engine/worktrees.ts';
import { AppError } from '../errors/app-error.ts';
import type { Git } from './git.ts';

export function createGitWorktrees(p: { /** Created when first needed. */ folder: string; git: Git }): Worktrees {
  const { git } = p;
  const pathOf = (runId: string): string => join(p.folder, runId);
  // Two at once in one repository would wait for its locks, or fail on them.
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(step: () => Promise<T>): Promise<T> => {
    const done = turn.then(step);
    turn = done.catch(() => undefined);
    return done;
  };

  return {
    open: ({ folder, runId, name }) =>
      inTurn(async () => {
        const place = await placeOf(git, folder);
        const path = pathOf(runId);
        if (!(await isFolder(path))) {
          await mkdir(p.folder, { recursive: true, mode: 0o700 });
          const branch = branchOf({ name, runId });
          const made = await git(['worktree', 'add', '--quiet', '-b', branch, path, 'HEAD'], { cwd: place.root });
          if (!made.ok) throw unavailable(`no worktree of ${place.root} could be made: ${made.error}`);
        }
        return { cwd: join(path, place.inside) };
      }),
    close: ({ runId }) => inTurn(() => takeAway(git, pathOf(runId))),
    async sweep(q) {
      const names = await readdir(p.folder).catch(() => []);
      for (const runId of names) {
        if (await q.isOver(runId)) await inTurn(() => takeAway(git, pathOf(runId)));
      }
    },
  };
}

/** The repository that a folder lies in, and where in it. */
async function placeOf(git: Git, folder: string): Promise<{ root: string; inside: string }> {
  const top = await git(['rev-parse', '--show-toplevel'], { cwd: folder });
  if (!top.ok) throw unavailable(`${folder} is not in a git repository (${top.error})`);
  const head = await git(['rev-parse', '--verify', '--quiet', 'HEAD'], { cwd: folder });
  if (!head.ok) throw unavailable(`the repository ${top.output} has no commit yet`);
  return { root: top.output, inside: relative(top.output, await realpath(folder)) };
}

async function takeAway(git: Git, path: string): Promise<{ kept?: string }> {
  if (!(await isFolder(path))) return {};
  const branch = await git(['symbolic-ref', '--quiet', '--short', 'HEAD'], { cwd: path });
  const work = await workIn(git, path, branch.ok ? branch.output : undefined);
  if (work !== undefined) return { kept: `The worktree ${path} was kept: ${work}.` };
  const common = await git(['rev-parse', '--path-format=absolute', '--git-common-dir'], { cwd: path });
  if (!common.ok) return { kept: `The worktree ${path} was kept: ${common.error}.` };
  const removed = await git(['worktree', 'remove', '--force', path], { cwd: common.output });
  if (!removed.ok) {
    await rm(path, { recursive: true, force: true }).catch(() => undefined);
    await git(['worktree', 'prune'], { cwd: common.output });
  }
  if (branch.ok && branch.output.startsWith(BRANCH_PREFIX)) {
    await git(['branch', '--quiet', '-D', branch.output], { cwd: common.output });
  }
  return (await isFolder(path)) ? { kept: `The worktree ${path} could not be removed.` } : {};
}

/** What is there and nowhere else, in words. What cannot be looked at may be work. */
async function workIn(git: Git, path: string, branch: string | undefined): Promise<string | undefined> {
  const status = await git(['status', '--porcelain', '--untracked-files=all'], { cwd: path });
  if (!status.ok) return status.error;
  if (status.output !== '') {
    const files = status.output.split('\n').length;
    return `${files === 1 ? 'one file has' : `${files} files have`} changes that are not committed`;
  }
  const others = branch === undefined ? [] : [`--exclude=${branch}`];
  const list = ['rev-list', '--count', 'HEAD', '--not', ...others, '--branches', '--tags', '--remotes'];
  const own = await git(list, { cwd: path });
  if (!own.ok) return own.error;
  if (own.output === '0') return undefined;
  const commits = own.output === '1' ? 'one commit' : `${own.output} commits`;
  return `${commits} on ${branch ?? 'no branch'} ${own.output === '1' ? 'is' : 'are'} on no other branch`;
}

const BRANCH_PREFIX = 'rouse/';

function branchOf(p: { name: string; runId: string }): string {
  const word = p.name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 40);
  return `${BRANCH_PREFIX}${word === '' ? 'run' : word}/${p.runId}`;
}

function unavailable(reason: string): AppError {
  return new AppError('worktree_unavailable', { reason });
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() === true;
}
