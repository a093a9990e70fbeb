/**
 * Simulations from the command line.
 *
 *   node test/sim/run.ts                     100 seeds from 1
 *   node test/sim/run.ts --seed 7            one seed, with its story when it breaks a promise
 *   node test/sim/run.ts --seed 1 --seeds 50 so many from there; prints every failing one
 *   node test/sim/run.ts --nodes             several nodes over one store
 *   node test/sim/run.ts --files             over database files that a death leaves as they are
 *   node test/sim/run.ts --plant NAME        with a planted bug: says after how many seeds it was caught
 *   node test/sim/run.ts --long              thousands of seeds, files, and every planted bug
 *
 * Ends with 1 when a promise was broken, or a planted bug was not caught.
 */
import '../../src/clock/temporal.ts';
import { parseArgs } from 'node:util';
import type { Plant } from './plant.ts';
import { clusterBugs, plantedBugs } from './planted-bugs.ts';
import { SimFolder } from './sim-home.ts';
import type { HomeKind } from './sim-home.ts';
import { simulateCluster } from './cluster.ts';
import { simulate as simulateOne } from './simulation.ts';
import { showViolation } from './show-violation.ts';

const LONG_SEEDS = 5000;
const LONG_FILE_SEEDS = 300;
const LONG_CLUSTER_SEEDS = 1000;
/** A planted bug that survives so many seeds is a hole in the net. */
const CAUGHT_WITHIN = 1000;
/** Stories printed in full; of the others, the sentence. */
const STORIES_MAX = 5;

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string' },
    files: { type: 'boolean', default: false },
    nodes: { type: 'boolean', default: false },
    plant: { type: 'string' },
    long: { type: 'boolean', default: false },
  },
});

type Simulate = typeof simulateOne;
const simulate: Simulate = values.nodes ? simulateCluster : simulateOne;

// Interrupted runs clean up as well: what lies in memory would stay there.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function whole(text: string, option: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 0) throw new Error(`--${option} is not a whole number: ${text}`);
  return number;
}

async function runSeeds(p: { from: number; count: number; kind: HomeKind; simulate: Simulate }): Promise<boolean> {
  const folder = new SimFolder(p.kind);
  const startedAt = performance.now();
  const totals = { steps: 0, refusals: 0, starts: 0, deaths: 0, virtualMs: 0 };
  const failing: number[] = [];
  try {
    for (let seed = p.from; seed < p.from + p.count; seed += 1) {
      const result = await p.simulate({ seed, folder });
      for (const key of Object.keys(totals) as (keyof typeof totals)[]) totals[key] += result[key];
      if (result.violation === undefined) continue;
      failing.push(seed);
      const { checker, sentence } = result.violation;
      print(failing.length <= STORIES_MAX ? showViolation(result) : `seed ${seed} (${checker}): ${sentence}`);
    }
  } finally {
    folder.remove();
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const days = (totals.virtualMs / 86_400_000).toFixed(0);
  print(
    `${p.count} seeds from ${p.from} (${p.kind}) in ${seconds} s: ${days} days, ${totals.deaths} deaths, ` +
      `${totals.steps} steps, ${totals.refusals} failed steps, ${totals.starts} agents. ` +
      (failing.length === 0 ? 'All promises kept.' : `BROKEN by ${failing.length} seeds: ${failing.join(' ')}`),
  );
  return failing.length === 0;
}

async function catchPlant(p: { plant: Plant; from: number; simulate: Simulate }): Promise<boolean> {
  const folder = new SimFolder('memory');
  try {
    for (let seeds = 1; seeds <= CAUGHT_WITHIN; seeds += 1) {
      const { violation } = await p.simulate({ seed: p.from + seeds - 1, folder, plant: p.plant });
      if (violation === undefined) continue;
      print(`${p.plant.name}: caught after ${seeds} seeds by ${violation.checker}: ${violation.sentence}`);
      return true;
    }
  } finally {
    folder.remove();
  }
  print(`${p.plant.name}: NOT CAUGHT within ${CAUGHT_WITHIN} seeds (${p.plant.says})`);
  return false;
}

const from = whole(values.seed ?? '1', 'seed');
const kind: HomeKind = values.files ? 'files' : 'memory';
const results: boolean[] = [];
if (values.plant !== undefined) {
  const plants = (values.nodes ? clusterBugs : plantedBugs).filter(
    (plant) => values.plant === 'all' || plant.name === values.plant,
  );
  if (plants.length === 0)
    throw new Error(`known are ${[...plantedBugs, ...clusterBugs].map((plant) => plant.name).join(', ')} and all`);
  for (const plant of plants) results.push(await catchPlant({ plant, from, simulate }));
} else if (values.long) {
  for (const plant of plantedBugs) results.push(await catchPlant({ plant, from, simulate: simulateOne }));
  for (const plant of clusterBugs) results.push(await catchPlant({ plant, from, simulate: simulateCluster }));
  results.push(await runSeeds({ from, count: LONG_FILE_SEEDS, kind: 'files', simulate: simulateOne }));
  results.push(await runSeeds({ from, count: LONG_CLUSTER_SEEDS, kind: 'memory', simulate: simulateCluster }));
  const count = whole(values.seeds ?? String(LONG_SEEDS), 'seeds');
  results.push(await runSeeds({ from, count, kind: 'memory', simulate: simulateOne }));
} else {
  const count = whole(values.seeds ?? (values.seed === undefined ? '100' : '1'), 'seeds');
  results.push(await runSeeds({ from, count, kind, simulate }));
}
process.exitCode = results.every(Boolean) ? 0 : 1;
