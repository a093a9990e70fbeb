/**
 * `npm run bench`: every measurement in `bench/`, one after the other, so that none disturbs another. With names only
 * those (`npm run bench -- claims`). Each prints its own ratio and what it has to reach.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './fingerprint.mjs';

const wanted = process.argv.slice(2);
const all = readdirSync(join(root, 'bench'))
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .map((file) => file.slice(0, -'.ts'.length))
  .sort();
const unknown = wanted.filter((name) => !all.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`There is no measurement named ${unknown.join(', ')}. There are: ${all.join(', ')}.\n`);
  process.exit(2);
}
let failed = false;
for (const name of wanted.length > 0 ? wanted : all) {
  process.stdout.write(`\n${name}\n`);
  const { status } = spawnSync(process.execPath, [join(root, 'bench', `${name}.ts`)], { stdio: 'inherit' });
  if (status !== 0) failed = true;
}
process.exitCode = failed ? 1 : 0;
