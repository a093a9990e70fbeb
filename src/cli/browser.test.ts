import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openerOf, openInBrowser } from './browser.ts';

describe('the opener', () => {
  const check = (title: string, platform: NodeJS.Platform, variables: Record<string, string>, expected?: string) =>
    it(title, () => expect(openerOf({ platform, variables })).toBe(expected));
  check('is open on macOS', 'darwin', {}, 'open');
  check('is xdg-open where a screen is', 'linux', { DISPLAY: ':0' }, 'xdg-open');
  check('is xdg-open on Wayland', 'linux', { WAYLAND_DISPLAY: 'wayland-0' }, 'xdg-open');
  check('is none without a screen', 'linux', {});
  check('is none on a remote terminal', 'linux', { DISPLAY: ':0', SSH_CONNECTION: '1 2 3 4' });
});

describe('opening', () => {
  it('leads there through a file of the owner alone', async () => {
    const home = await mkdtemp(join(tmpdir(), 'rouse-open-'));
    try {
      const url = 'http://127.0.0.1:7717/sign-in#rouse_link_x';
      expect(await openInBrowser({ url, home, opener: 'true' })).toBe(true);
      expect(await openInBrowser({ url, home, opener: 'true' })).toBe(true);
      const file = join(home, 'open.html');
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      expect(await readFile(file, 'utf8')).toContain(`content="0;url=${url}"`);
      expect(await openInBrowser({ url, home, opener: join(home, 'no-such-program') })).toBe(false);
    } finally {
      await rm(home, { recursive: true, force: true });
    }
  });
});
