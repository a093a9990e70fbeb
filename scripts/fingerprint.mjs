/**
 * Tells whether what is installed and what is built still belong to the files of this checkout.
 * By content, not by time: a fresh clone, a switch of branches and a copied folder all give right answers.
 * Owns the two marks on disk; `setup.mjs` and `build.mjs` read and write them through here.
 * Plain JavaScript without dependencies, for Node 18 and later: it runs before anything is installed.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
/** The Node that the project is developed and tested with; comes with `npm ci`. */
export const pinnedNode = join(root, 'node_modules/.bin/node');

/** Inside `node_modules`, so that it goes when they go: `npm ci` begins by deleting the folder. */
const installMark = join(root, 'node_modules/.rouse-installed');
const buildMark = join(root, 'dist/.built-from');
const builtProgram = join(root, 'dist/rouse.mjs');

/** What the bundles are made of. Tests are left out: they change often and are in no bundle. */
const buildInputs = [
  'src',
  'web',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.types.json',
  'scripts/build.mjs',
];

/** @param {readonly string[]} files */
function hashOf(files) {
  const hash = createHash('sha256');
  for (const file of files) {
    hash.update(`${relative(root, file)}\0`);
    hash.update(readFileSync(file));
    hash.update('\0');
  }
  return hash.digest('hex');
}

/**
 * @param {string} path
 * @returns {string[]}
 */
function filesUnder(path) {
  if (!existsSync(path)) return [];
  /** @type {import('node:fs').Dirent[]} */
  let entries;
  try {
    entries = readdirSync(path, { withFileTypes: true });
  } catch {
    return [path];
  }
  return entries
    .filter((entry) => entry.name !== 'node_modules' && entry.name !== 'dist' && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => ({ path: join(path, entry.name), isFolder: entry.isDirectory() }))
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .flatMap((entry) => (entry.isFolder ? filesUnder(entry.path) : [entry.path]));
}

/** @param {string} mark */
function readMark(mark) {
  try {
    return readFileSync(mark, 'utf8');
  } catch {
    return undefined;
  }
}

/** The platform belongs to it: a checkout shared with a container of another system holds the wrong binaries. */
function installFingerprint() {
  return `${process.platform}-${process.arch} ${hashOf([join(root, 'package-lock.json')])}\n`;
}

export function buildFingerprint() {
  return `${hashOf(buildInputs.flatMap((input) => filesUnder(join(root, input))))}\n`;
}

export function isInstalled() {
  return readMark(installMark) === installFingerprint() && existsSync(pinnedNode);
}

export function markInstalled() {
  writeFileSync(installMark, installFingerprint());
}

export function isBuilt() {
  const lookedAt = new Date();
  if (!existsSync(builtProgram) || readMark(buildMark) !== buildFingerprint()) return false;
  touchProgram(lookedAt);
  return true;
}

/**
 * `bin/rouse` has no time for hashes and compares times instead. A checkout that went to another branch and back has
 * newer files of the same content: the program is theirs, so it gets a time that says so. An edit made after
 * `lookedAt` still counts as newer.
 * @param {Date} lookedAt
 */
function touchProgram(lookedAt) {
  try {
    const builtMs = statSync(builtProgram).mtimeMs;
    const files = buildInputs.flatMap((input) => filesUnder(join(root, input)));
    if (files.some((file) => statSync(file).mtimeMs > builtMs)) utimesSync(builtProgram, lookedAt, lookedAt);
  } catch {
    // A checkout that may not be written to; `bin/rouse` then runs the sources, which is slower and as right.
  }
}

/** @param {string} fingerprint taken before the build read its first file, so that an edit during it counts as newer */
export function markBuilt(fingerprint) {
  mkdirSync(dirname(buildMark), { recursive: true });
  writeFileSync(buildMark, fingerprint);
}
