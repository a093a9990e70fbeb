// The commands of the documentation are run as they stand: every fenced block marked `sh run`, page by page, in order,
// against a fresh daemon with the configuration that a new user gets. A command that fails fails here first.
import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { openScratchDaemon } from '../../src/testing/scratch-daemon.ts';

const root = join(import.meta.dirname, '../..');
const run = promisify(execFile);

const pages = ['README.md', ...(await readdir(join(root, 'docs/guides'))).map((name) => `docs/guides/${name}`)].filter(
  (name) => name.endsWith('.md'),
);

/** The text of each block, with the line it begins on. */
function blocksOf(text: string): { line: number; commands: string }[] {
  return [...text.matchAll(/^```sh run\n([^]*?)^```$/gm)].map((match) => ({
    line: text.slice(0, match.index).split('\n').length,
    commands: match[1]!,
  }));
}

const found = await Promise.all(
  pages.map(async (page) => ({ page, blocks: blocksOf(await readFile(join(root, page), 'utf8')) })),
);
const withCommands = found.filter(({ blocks }) => blocks.length > 0);

describe('the commands of the documentation', () => {
  it('are marked where a newcomer begins', () => {
    expect(withCommands.map(({ page }) => page)).toEqual(
      expect.arrayContaining(['README.md', 'docs/guides/first-steps.md']),
    );
  });

  it.each(withCommands)(
    '$page',
    async ({ page, blocks }) => {
      await using daemon = await openScratchDaemon({ environment: process.env });
      const folder = join(daemon.folder, 'work');
      const programs = join(daemon.folder, 'programs');
      await mkdir(programs);
      // Where a reader stands: in a folder of theirs, with `rouse` installed; the README's reader in the checkout.
      await mkdir(folder);
      const cwd = page === 'README.md' ? root : folder;
      await symlink(join(root, 'bin/rouse'), join(programs, 'rouse'));
      const env = {
        ...process.env,
        PATH: `${programs}:${process.env['PATH'] ?? ''}`,
        HOME: daemon.folder,
        ROUSE_HOME: daemon.home,
        ROUSE_TOKEN: '',
      };
      for (const { line, commands } of blocks) {
        // `-e` and `pipefail`: one that fails is not hidden by the next.
        const script = `set -euo pipefail\n${commands}`;
        const done = await run('bash', ['-c', script], { cwd, env, timeout: 60_000 }).catch((error: unknown) => {
          const { stdout, stderr } = error as { stdout: string; stderr: string };
          throw new Error(`${page}:${line} fails:\n${stdout}${stderr}`, { cause: error });
        });
        expect(done.stdout).not.toBe('');
      }
    },
    120_000,
  );
});
