/**
 * Bundles the program and its public entries into `dist/`, the web page into `dist/web/`, and writes type declarations to
 * `dist/types/`.
 * `--clean` (for packing) starts from an empty folder. What is checked, and when to build, is for others to decide.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { rolldown } from 'rolldown';
import { build as buildPage } from 'vite';
import { buildFingerprint, markBuilt, root } from './fingerprint.mjs';

const dist = join(root, 'dist');
/** Chunks that no entry needs any more stay for a day: a daemon that runs from the last build may still load them. */
const chunkKeptMs = 24 * 60 * 60 * 1000;

/** Bundle name → source. An entry whose source does not exist is left out. */
const entries = {
  rouse: 'src/cli/main.ts',
  'echo-agent': 'src/agents/echo/main.ts',
  index: 'src/index.ts',
  model: 'src/model/index.ts',
  client: 'src/client/index.ts',
  testing: 'src/testing/index.ts',
};

/**
 * Writes beside the file and renames, so that a program starting at this moment reads the old or the new, never half.
 * @param {string} path
 * @param {string | Uint8Array} content
 */
function writeWhole(path, content) {
  mkdirSync(dirname(path), { recursive: true });
  const aside = `${path}.${process.pid}.new`;
  writeFileSync(aside, content);
  renameSync(aside, path);
}

async function bundle() {
  const input = Object.fromEntries(Object.entries(entries).filter(([, source]) => existsSync(join(root, source))));
  const build = await rolldown({
    input,
    cwd: root,
    platform: 'node',
    // Dependencies are bundled in: a start then opens a handful of files instead of some hundred.
    external: [/^node:/],
    onLog(level, log, report) {
      // The toml parser's package asks for node's `module`; nothing to act upon.
      if (log.code !== 'EVAL') report(level, log);
    },
  });
  const { output } = await build.generate({
    format: 'esm',
    entryFileNames: '[name].mjs',
    chunkFileNames: 'chunks/[name]-[hash].mjs',
    // Names survive in stack traces, which people send us.
    minify: false,
  });
  await build.close();
  // Chunks first: no entry may ever name a chunk that is not there.
  const files = output.map((file) => ({
    path: join(dist, file.fileName),
    content: file.type === 'chunk' ? file.code : file.source,
    isEntry: file.type === 'chunk' && file.isEntry,
  }));
  for (const file of files.filter(({ isEntry }) => !isEntry)) writeWhole(file.path, file.content);
  for (const file of files.filter(({ isEntry }) => isEntry)) writeWhole(file.path, file.content);
  return files.map(({ path }) => path);
}

/** The page's own configuration stands beside its sources. A running daemon holds the last page in memory. */
function bundlePage() {
  return buildPage({ configFile: join(root, 'web/vite.config.ts'), logLevel: 'warn' });
}

/** Declarations only; whether the types are right is asked by `npm run check`, which is slower. */
function declare() {
  const types = join(dist, 'types');
  rmSync(types, { recursive: true, force: true });
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.types.json'], { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Error('writing the type declarations failed');
}

/** @param {ReadonlySet<string>} current */
function removeOldChunks(current) {
  const folder = join(dist, 'chunks');
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (!current.has(path) && Date.now() - statSync(path).mtimeMs > chunkKeptMs) rmSync(path, { force: true });
  }
}

const startedAt = new Date();
const fingerprint = buildFingerprint();
if (process.argv.includes('--clean')) rmSync(dist, { recursive: true, force: true });
const written = await bundle();
await bundlePage();
declare();
removeOldChunks(new Set(written));
// `bin/rouse` compares times. A source that was saved while we were reading must count as newer than the bundle.
if (existsSync(join(dist, 'rouse.mjs'))) utimesSync(join(dist, 'rouse.mjs'), startedAt, startedAt);
markBuilt(fingerprint);
