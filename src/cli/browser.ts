/**
 * Opens a link in the person's browser. The link is not an argument of any program, because arguments are visible to
 * every user of the machine while the program starts: a file that only the owner can read leads to it.
 */
import { spawn } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The program that opens a file for the person; undefined where there is no screen to open it on. */
export function openerOf(p: {
  platform: NodeJS.Platform;
  variables: Readonly<Record<string, string | undefined>>;
}): string | undefined {
  if (p.platform === 'darwin') return 'open';
  const { DISPLAY, WAYLAND_DISPLAY, SSH_CONNECTION } = p.variables;
  if (SSH_CONNECTION) return undefined;
  return DISPLAY || WAYLAND_DISPLAY ? 'xdg-open' : undefined;
}

/** Resolves with whether the opener started; what the browser makes of it nobody is told. */
export async function openInBrowser(p: { url: string; home: string; opener: string }): Promise<boolean> {
  const file = join(p.home, 'open.html');
  await rm(file, { force: true });
  await writeFile(file, leadingTo(p.url), { mode: 0o600, flag: 'wx' });
  return new Promise((resolve) => {
    const child = spawn(p.opener, [file], { detached: true, stdio: 'ignore' });
    child.once('error', () => resolve(false));
    child.once('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
}

/** The address is the daemon's own, of URL characters only, so it needs no escaping. */
function leadingTo(url: string): string {
  return `<!doctype html>\n<meta charset="utf-8">\n<meta name="referrer" content="no-referrer">\n<title>Rouse</title>\n<meta http-equiv="refresh" content="0;url=${url}">\n<p><a href="${url}">Open Rouse</a></p>\n`;
}
