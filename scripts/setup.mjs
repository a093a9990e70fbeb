/**
 * Makes a checkout ready on a machine that has only Node and npm: `node scripts/setup.mjs [build]`.
 * Installs the locked dependencies when they are missing or others (the pinned Node among them), and with `build`
 * bundles the program when its sources changed. Prints nothing and writes nothing when there is nothing to do.
 * `after-install` is npm's `prepare`: it notes that a plain `npm ci` did the installing, and builds.
 * Plain JavaScript without dependencies, for Node 18 and later: it runs before anything is installed.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, rmSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isBuilt, isInstalled, markInstalled, pinnedNode, root } from './fingerprint.mjs';
import { withSetupLock } from './setup-lock.mjs';

/** Tells the `prepare` of an `npm ci` started from here that the build follows anyway. */
const nestedVariable = 'ROUSE_SETUP';
/** The oldest Node that can run the program, for machines whose platform has no pinned one. */
const oldestNode = [24, 11];

/** @param {string} text */
const say = (text) => void process.stderr.write(`${text}\n`);

/**
 * Runs a command silently; its whole output is shown only when it fails.
 * @param {string} command
 * @param {string[]} args
 * @returns {Promise<{ code: number, output: string }>}
 */
function run(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, [nestedVariable]: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    /** @param {NodeJS.Signals} signal */
    const pass = (signal) => child.kill(signal);
    process.on('SIGINT', pass).on('SIGTERM', pass);
    child.on('error', (error) => resolve({ code: 127, output: `${command}: ${error.message}\n` }));
    child.on('close', (code, signal) => {
      process.off('SIGINT', pass).off('SIGTERM', pass);
      resolve({ code: code ?? (signal === 'SIGINT' ? 130 : 143), output });
    });
  });
}

/** The npm that started us where there is one, so that both agree about the lockfile; else the one in the PATH. */
function npmCommand() {
  const path = process.env.npm_execpath;
  return path !== undefined && basename(path).startsWith('npm-cli') ? [process.execPath, path] : ['npm'];
}

function canRunProgram() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = oldestNode;
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
}

/** Where no pinned Node exists for the platform (or it cannot run, as on musl), a new enough host Node stands in. */
function provideNode() {
  if (spawnSync(pinnedNode, ['--version']).status === 0) return true;
  if (!canRunProgram()) return false;
  rmSync(pinnedNode, { force: true });
  symlinkSync(process.execPath, pinnedNode);
  return true;
}

/** @returns {Promise<number>} exit code */
async function install() {
  const first = !existsSync(join(root, 'node_modules'));
  say(first ? 'Installing (first start only)…' : 'Installing (the dependencies changed)…');
  const [command = 'npm', ...args] = npmCommand();
  // Said explicitly: NODE_ENV=production would leave out the bundler, `omit=optional` in a user's npmrc the pinned Node.
  const { code, output } = await run(command, [
    ...args,
    'ci',
    '--include=dev',
    '--include=optional',
    '--no-audit',
    '--no-fund',
  ]);
  if (code !== 0) {
    say(output);
    say(`Installing failed: "npm ci" ended with code ${code}; what it printed stands above.`);
    say(
      'Check that npm reaches its registry ("npm ping") and that the disk has 1 GB free, then run the same command again.',
    );
    return code;
  }
  if (!provideNode()) {
    say(`There is no pinned Node for ${process.platform}-${process.arch}, and this Node is ${process.version}.`);
    say(`Install Node ${oldestNode.join('.')} or later (https://nodejs.org) and run the same command again.`);
    return 1;
  }
  markInstalled();
  return 0;
}

/** @returns {Promise<number>} exit code */
async function build() {
  const { code, output } = await run(pinnedNode, [join(root, 'scripts/build.mjs')]);
  if (code !== 0) {
    say(output);
    say(
      `Building failed (code ${code}); what it printed stands above. "npm run check" shows every problem of the sources.`,
    );
  }
  return code;
}

/** @param {{ wantsBuild: boolean }} p */
async function setUp({ wantsBuild }) {
  if (isInstalled() && (!wantsBuild || isBuilt())) return 0;
  return withSetupLock(async () => {
    // Looked at again under the lock: whoever held it before us may have done it all.
    if (!isInstalled()) {
      const code = await install();
      if (code !== 0) return code;
    }
    return wantsBuild && !isBuilt() ? build() : 0;
  });
}

async function afterInstall() {
  if (process.env[nestedVariable] !== undefined) return 0;
  // Without the development dependencies (`npm ci --omit=dev`) there is nothing to build with, and that is fine.
  if (!existsSync(join(root, 'node_modules/rolldown'))) return 0;
  if (!provideNode()) return 0;
  markInstalled();
  return setUp({ wantsBuild: true });
}

const task = process.argv[2];
process.exitCode = task === 'after-install' ? await afterInstall() : await setUp({ wantsBuild: task === 'build' });
