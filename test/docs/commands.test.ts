// The commands of the documentation are run as they stand: every fenced block marked `sh run`, page by page, in one shell,
// against a fresh daemon with the configuration that a new user gets. A command that fails fails here first.
import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { openScratchDaemon } from '../../src/testing/scratch-daemon.ts';
import { pageScript } from './page-script.ts';

const root = join(import.meta.dirname, '../..');
const run = promisify(execFile);

const folders = ['docs/guides', 'docs/concepts'];
const inFolders = await Promise.all(
  folders.map(async (folder) => (await readdir(join(root, folder))).map((name) => `${folder}/${name}`)),
);
const pages = ['README.md', ...inFolders.flat()].filter((name) => name.endsWith('.md'));
const scripts = await Promise.all(
  pages.map(async (page) => ({ page, script: pageScript(await readFile(join(root, page), 'utf8')) })),
);

/** About other machines, or about programs with accounts: nothing that a test could run. */
const WITHOUT_COMMANDS = ['docs/guides/several-machines.md'];

describe('the commands of the documentation', () => {
  it('are marked on every page', () => {
    const unmarked = scripts.filter(({ script }) => script === undefined).map(({ page }) => page);
    expect(unmarked).toEqual(WITHOUT_COMMANDS);
  });

  // Two at a time: a page mostly waits for what it has just started.
  it.concurrent.for(scripts.filter(({ script }) => script !== undefined))(
    '$page',
    { timeout: 180_000 },
    async ({ page, script }) => {
      await using daemon = await openScratchDaemon({ environment: process.env, withinMs: 60_000 });
      const folder = join(daemon.folder, 'work');
      const programs = join(daemon.folder, 'programs');
      // Where a reader stands: in a folder of theirs, with `rouse` installed; the README's reader in the checkout.
      await Promise.all([mkdir(folder), mkdir(programs)]);
      await symlink(join(root, 'bin/rouse'), join(programs, 'rouse'));
      const env = {
        ...process.env,
        PATH: `${programs}:${process.env['PATH'] ?? ''}`,
        HOME: daemon.folder,
        ROUSE_HOME: daemon.home,
        ROUSE_TOKEN: '',
      };
      // On the first line, which is the page's title, so that the numbers of the others stay.
      const whole = `trap 'echo "fails on line $LINENO" >&2' ERR${script!}`;
      const cwd = page === 'README.md' ? root : folder;
      await run('bash', ['-euo', 'pipefail', '-c', whole], { cwd, env, timeout: 120_000 }).catch((error: unknown) => {
        const { stdout, stderr } = error as { stdout: string; stderr: string };
        throw new Error(`${page} fails:\n${stdout}${stderr}`, { cause: error });
      });
    },
  );
});
