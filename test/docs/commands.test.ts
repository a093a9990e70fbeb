// The commands of the documentation are run as they stand: every fenced block marked `sh run`, page by page, in one shell,
// against a fresh daemon with the configuration that a new user gets. A command that fails fails here first.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock/clock.ts';
import { openScratchDaemon } from '../../src/testing/scratch-daemon.ts';
import { pageScript } from './page-script.ts';
import { rouseAtHand } from './rouse-at-hand.ts';

const root = join(import.meta.dirname, '../..');

const folders = ['docs/guides', 'docs/concepts'];
const inFolders = await Promise.all(
  folders.map(async (folder) => (await readdir(join(root, folder))).map((name) => `${folder}/${name}`)),
);
const pages = ['README.md', ...inFolders.flat()].filter((name) => name.endsWith('.md'));
const scripts = await Promise.all(
  pages.map(async (page) => ({ page, script: pageScript(await readFile(join(root, page), 'utf8')) })),
);

/** Wants a PostgreSQL server. */
const WITHOUT_COMMAND = ['migrate sqlite-to-postgres'];

describe('the commands of the documentation', () => {
  it('are marked on every page', () => {
    const unmarked = scripts.filter(({ script }) => script === undefined).map(({ page }) => page);
    expect(unmarked).toEqual([]);
  });

  it('are of every verb that the reference has', async () => {
    const reference = await readFile(join(root, 'docs/reference/cli.md'), 'utf8');
    const verbs = [...reference.matchAll(/^### rouse (.+)$/gm)].map(([, verb]) => verb ?? '');
    const all = scripts.map(({ script }) => script ?? '').join('\n');
    const unseen = verbs.filter((verb) => !new RegExp(`rouse (--home \\S+ )?${verb}\\b`).test(all));
    expect(unseen).toEqual(WITHOUT_COMMAND);
  });

  it.for(scripts.filter(({ script }) => script !== undefined))(
    '$page',
    { timeout: 240_000 },
    async ({ page, script }) => {
      await using daemon = await openScratchDaemon({ environment: process.env, withinMs: 60_000 });
      const programs = join(daemon.folder, 'programs');
      const program = join(root, 'bin/rouse');
      await using _rouse = await rouseAtHand({ folder: programs, home: daemon.home, program });
      // Where a reader stands: in a folder of theirs, with `rouse` installed; the README's reader in a checkout.
      const cwd = join(daemon.folder, 'work');
      await mkdir(join(cwd, 'bin'), { recursive: true });
      if (page === 'README.md') await symlink(join(programs, 'rouse'), join(cwd, 'bin/rouse'));
      const env = {
        ...process.env,
        PATH: `${programs}:${process.env['PATH'] ?? ''}`,
        HOME: daemon.folder,
        ROUSE_HOME: daemon.home,
        ROUSE_TOKEN: '',
      };
      // On the first line, which is the page's title, so that the numbers of the others stay.
      const whole = `trap 'echo "fails on line $LINENO" >&2' ERR${script!}`;
      const { status, said } = await runScript(whole, { cwd, env });
      expect(status, `${page} fails:\n${said}`).toBe(0);
    },
  );
});

/** Ends with the shell; given up, all that it started, when a line waits for what does not come. */
async function runScript(
  script: string,
  p: { cwd: string; env: Readonly<Record<string, string | undefined>> },
): Promise<{ status: number | null; said: string }> {
  const child = spawn('bash', ['--norc', '-euo', 'pipefail', '-c', script], {
    ...p,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const cancel = systemClock().after(200_000, () => process.kill(-child.pid!, 'SIGKILL'));
  try {
    const [status] = (await once(child, 'close')) as [number | null];
    return { status, said };
  } finally {
    cancel();
  }
}
