/**
 * Fetches a package by its name in the npm registry into a folder of its own. No script of it or of anything it brings
 * runs on the way: what a package may do begins when its definitions take effect.
 */
import { spawn } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../clock/clock.ts';
import { AppError } from '../errors/app-error.ts';

/** A name, with a version or tag or without: no address, no repository, no file that npm would fetch from elsewhere. */
const SPEC = /^((?:@[a-z0-9][a-z0-9._-]{0,99}\/)?[a-z0-9][a-z0-9._-]{0,99})(?:@[A-Za-z0-9.^~<>=*+-]{1,60})?$/;

const INSTALL_MS_MAX = 180_000;
/** The end of what npm said: the reason stands there. */
const SAID_MAX = 600;

/** The package's own name within a spec; undefined where it is none that may be fetched. */
export function npmNameOf(spec: string): string | undefined {
  return SPEC.exec(spec)?.[1];
}

/** The folder that the package came to lie in. Throws `package_install_failed`. */
export async function installFromNpm(p: {
  spec: string;
  name: string;
  /** Made, owner-only. */
  folder: string;
  environment: Readonly<Record<string, string | undefined>>;
  clock: Clock;
}): Promise<string> {
  await mkdir(p.folder, { recursive: true, mode: 0o700 });
  await chmod(p.folder, 0o700);
  await writeFile(join(p.folder, 'package.json'), '{ "private": true }\n', { mode: 0o600 });
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--omit=dev', '--omit=peer', '--loglevel=error'];
  const said = await run(p, ['install', ...options, '--prefix', p.folder, '--', p.spec]);
  if (said !== undefined) throw new AppError('package_install_failed', { spec: p.spec, reason: said });
  return join(p.folder, 'node_modules', p.name);
}

/** Undefined when it went well, else why it did not. */
async function run(
  p: { folder: string; environment: Readonly<Record<string, string | undefined>>; clock: Clock },
  args: readonly string[],
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn('npm', args, {
      cwd: p.folder,
      env: npmEnvironment(p.environment),
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
    });
    let said = '';
    child.stderr.setEncoding('utf8');
    child.stderr.on('data', (text: string) => {
      said = (said + text).slice(-SAID_MAX);
    });
    const cancel = p.clock.after(INSTALL_MS_MAX, () => {
      said = `npm did not finish within ${INSTALL_MS_MAX / 1000} seconds`;
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    });
    const end = (reason: string | undefined): void => {
      cancel();
      resolve(reason);
    };
    child.once('error', (error) => end(`npm cannot be started: ${error.message}`));
    child.once('close', (code) => end(code === 0 ? undefined : said.trim() || `npm ended with ${code ?? 'a signal'}`));
  });
}

/** The daemon's secrets are none of npm's business: it gets what finds programs, its own settings and proxies. */
function npmEnvironment(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const wanted = /^(?:PATH|HOME|LANG|TMPDIR|https?_proxy|no_proxy|NODE_EXTRA_CA_CERTS|npm_config_[a-z_]+)$/i;
  return Object.fromEntries(
    Object.entries(environment).filter(
      (pair): pair is [string, string] => pair[1] !== undefined && wanted.test(pair[0]),
    ),
  );
}
