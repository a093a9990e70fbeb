/**
 * `npm run pack`: the package as users get it, in `dist/package/` and as a tarball beside it. Publish with
 * `npm publish dist/package`; the checkout itself is private, because its package.json carries the pinned Node and the tools.
 *
 * Everything that runs is bundled, so the package depends only on what its type declarations name. What is bundled is
 * other people's work: their licences go along.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './fingerprint.mjs';

const dist = join(root, 'dist');
const target = join(dist, 'package');

/** @param {string} path */
const readJson = (path) => JSON.parse(readFileSync(join(root, path), 'utf8'));

/** Names of the packages that the declarations import. */
function declaredPackages() {
  const files = readdirSync(join(dist, 'types'), { recursive: true, encoding: 'utf8' });
  const texts = files
    .filter((file) => file.endsWith('.d.ts'))
    .map((file) => readFileSync(join(dist, 'types', file), 'utf8'));
  const specifiers = texts.flatMap((text) =>
    [...text.matchAll(/(?:from|import)\s*\(?\s*['"]([^'".][^'"]*)['"]/g)].map(([, specifier = '']) => specifier),
  );
  return new Set(
    specifiers.map((specifier) =>
      specifier
        .split('/')
        .slice(0, specifier.startsWith('@') ? 2 : 1)
        .join('/'),
    ),
  );
}

/** The licence texts of every package that may be in a bundle. */
function licences() {
  /** @type {Record<string, { dev?: boolean, optional?: boolean, version?: string }>} */
  const packages = readJson('package-lock.json').packages;
  return Object.entries(packages)
    .filter(([path, { dev, optional }]) => path !== '' && !dev && !optional && existsSync(join(root, path)))
    .map(([path, { version }]) => {
      const file = readdirSync(join(root, path)).find((name) => /^licen[cs]e/i.test(name));
      const text =
        file === undefined ? readJson(`${path}/package.json`).license : readFileSync(join(root, path, file), 'utf8');
      return `${path.replace(/^.*node_modules\//, '')} ${version}\n\n${String(text).trim()}\n`;
    })
    .join(`\n${'-'.repeat(80)}\n\n`);
}

execFileSync(process.execPath, [join(root, 'scripts/build.mjs'), '--clean'], { stdio: 'inherit' });
const {
  scripts: _,
  devDependencies: __,
  optionalDependencies: ___,
  overrides: ____,
  allowScripts: _____,
  ...manifest
} = readJson('package.json');
const declared = declaredPackages();
manifest.dependencies = Object.fromEntries(
  Object.entries(manifest.dependencies).filter(([name]) => declared.has(name)),
);
delete manifest.private;

rmSync(target, { recursive: true, force: true });
mkdirSync(join(target, 'bin'), { recursive: true });
for (const file of ['rouse.mjs', 'rouse-echo-agent.mjs']) cpSync(join(root, 'bin', file), join(target, 'bin', file));
for (const name of readdirSync(dist)) {
  if (name !== 'package' && !name.startsWith('.') && !name.endsWith('.tgz')) {
    cpSync(join(dist, name), join(target, 'dist', name), { recursive: true });
  }
}
for (const file of ['README.md', 'LICENSE', 'CHANGELOG.md']) {
  if (existsSync(join(root, file))) cpSync(join(root, file), join(target, file));
}
writeFileSync(join(target, 'THIRD-PARTY-LICENCES.txt'), licences());
manifest.files = ['bin', 'dist', 'THIRD-PARTY-LICENCES.txt'];
writeFileSync(join(target, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
const npm = process.env.npm_execpath;
const [command = 'npm', ...args] = npm === undefined ? ['npm'] : [process.execPath, npm];
execFileSync(command, [...args, 'pack', target, '--pack-destination', dist, '--silent'], { stdio: 'inherit' });
