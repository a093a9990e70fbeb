/**
 * A Chromium for the tests of the page: the one that was named, one that playwright or the system has, or on Debian as
 * root the system's own, installed. Downloads nothing else.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

const SYSTEM_PATHS = [
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];
const DEBIAN_PACKAGE = 'chromium-headless-shell';
const INSTALL_MS_MAX = 240_000;

/** Names a browser by its path, in place of all that could be found. */
const VARIABLE = 'ROUSE_TEST_BROWSER';

export function findBrowser(): string {
  const named = process.env[VARIABLE];
  if (named !== undefined) return named;
  const found = installed();
  if (found !== undefined) return found;
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    installOnDebian();
    const now = installed();
    if (now !== undefined) return now;
  }
  throw new Error(
    `No Chromium was found for the tests of the page. Install one ("npx playwright-core install chromium-headless-shell", or your system's package "chromium"), or name its path in ${VARIABLE}.`,
  );
}

function installed(): string | undefined {
  return [chromium.executablePath(), ...SYSTEM_PATHS].find((path) => path !== '' && existsSync(path));
}

function installOnDebian(): void {
  const options = {
    stdio: 'ignore',
    timeout: INSTALL_MS_MAX,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  } as const;
  const install = (): unknown =>
    execFileSync('apt-get', ['install', '-y', '--no-install-recommends', DEBIAN_PACKAGE], options);
  try {
    install();
  } catch {
    // The lists of packages may be older than what they name, or were never read.
    execFileSync('apt-get', ['update'], options);
    install();
  }
}
