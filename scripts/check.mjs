/**
 * Every check of the repository in one go: `npm run check`, and with `test` also the tests, which is `npm test`.
 * All of them run even if one fails, so that one look shows everything that is wrong. What follows `test` goes to the
 * test runner (`npm test -- src/model`).
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from './fingerprint.mjs';

/** @typedef {{ name: string, mend?: string, package: string, bin: string, args: string[], live?: boolean }} Section */

/** @type {Section[]} */
const checks = [
  { name: 'format', mend: 'npm run format', package: 'oxfmt', bin: 'bin/oxfmt', args: ['--check', '.'] },
  { name: 'lint', package: 'oxlint', bin: 'bin/oxlint', args: ['--type-aware', '--deny-warnings'] },
  { name: 'types', package: 'typescript', bin: 'bin/tsc', args: [] },
  { name: 'page', package: 'typescript', bin: 'bin/tsc', args: ['-p', 'web'] },
  { name: 'unused', package: 'knip', bin: 'bin/knip.js', args: ['--no-progress'] },
];

/** @type {Section} */
const build = { name: 'build', package: '', bin: 'scripts/build.mjs', args: [] };

/** @type {Section} */
const tests = { name: 'tests', package: 'vitest', bin: 'vitest.mjs', args: ['run'], live: true };

const color = process.stdout.isTTY && process.env.NO_COLOR === undefined;
/** @param {number} style @param {string} text */
const paint = (style, text) => (color ? `\u001b[${style}m${text}\u001b[0m` : text);

/** @param {number} ms */
const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;

/**
 * @param {Section} section
 * @returns {Promise<{ name: string, ok: boolean, ms: number }>}
 */
function run(section) {
  const startedAt = performance.now();
  const script = join(root, section.package === '' ? '' : `node_modules/${section.package}`, section.bin);
  if (section.live) process.stdout.write(`${paint(1, section.name)}\n`);
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(process.execPath, [script, ...section.args], {
      cwd: root,
      stdio: ['ignore', section.live ? 'inherit' : 'pipe', section.live ? 'inherit' : 'pipe'],
    });
    child.stdout?.on('data', (chunk) => (output += chunk));
    child.stderr?.on('data', (chunk) => (output += chunk));
    child.on('close', (code) => {
      const ok = code === 0;
      const ms = performance.now() - startedAt;
      if (!section.live) {
        process.stdout.write(`${ok ? paint(32, '✓') : paint(31, '✗')} ${section.name.padEnd(7)} ${seconds(ms)}\n`);
        if (!ok)
          process.stdout.write(`\n${output.trimEnd()}\n${section.mend ? `\nMend it with: ${section.mend}\n` : ''}\n`);
      }
      resolve({ name: section.name, ok, ms });
    });
  });
}

const [task, ...rest] = process.argv.slice(2);
const sections = task === 'test' ? [build, ...checks, { ...tests, args: [...tests.args, ...rest] }] : checks;
const results = [];
for (const section of sections) results.push(await run(section));

const failed = results.filter(({ ok }) => !ok);
const total = results.reduce((sum, { ms }) => sum + ms, 0);
const line = results.map(({ name, ok }) => `${ok ? '✓' : '✗'} ${name}`).join('  ');
process.stdout.write(`\n${line}  (${seconds(total)})\n`);
if (failed.length > 0) process.stdout.write(`${paint(31, 'Failed:')} ${failed.map(({ name }) => name).join(', ')}\n`);
else process.stdout.write(`${paint(32, 'All good.')}\n`);
process.exitCode = failed.length > 0 ? 1 : 0;
