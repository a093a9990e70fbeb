// The short run of the simulator: known seeds, some fresh ones, database files, and proof that the net is tight.
// Longer runs: npm run sim, npm run sim:long (test/sim/README.md).
import { afterAll, describe, expect, test, vi } from 'vitest';
import { simulateCluster } from './cluster.ts';
import { namedSeeds } from './named-seeds.ts';
import { clusterBugs, plantedBugs } from './planted-bugs.ts';
import { showViolation } from './show-violation.ts';
import { SimFolder } from './sim-home.ts';
import { simulate } from './simulation.ts';

// Worlds are all computing: on a machine that is busy with something else they take several times as long.
vi.setConfig({ testTimeout: 90_000 });

const memory = new SimFolder('memory');
const files = new SimFolder('files');
afterAll(() => {
  memory.remove();
  files.remove();
});

/** Fresh seeds per run of the tests: few, because everybody waits for them. */
const SEEDS = 10;
const FILE_SEEDS = 1;
const CLUSTER_SEEDS = 8;
/** What a plant may take here; the others are left to `npm run sim:long`, which gives each a thousand. */
const PLANT_SEEDS = 25;

async function keepsItsPromises(seed: number, folder: SimFolder): Promise<void> {
  const result = await simulate({ seed, folder });
  expect(result.violation, showViolation(result)).toBeUndefined();
}

test('the same seed tells the same story, event by event', async () => {
  const seed = 9;
  const first = await simulate({ seed, folder: memory });
  const second = await simulate({ seed, folder: memory });
  expect(first.deaths).toBeGreaterThan(1);
  expect(first.events).toBeGreaterThan(100);
  expect(second.digest).toBe(first.digest);
  const inFiles = await simulate({ seed, folder: files });
  expect(inFiles.digest, 'and over files that a death leaves as they are').toBe(first.digest);
});

describe('seeds that once broke a promise', () => {
  test.each(namedSeeds)('$name: $found', async ({ name, seed, nodes }) => {
    const result = await (nodes === true ? simulateCluster : simulate)({ seed, folder: memory });
    expect(result.violation, showViolation(result)).toBeUndefined();
    expect((nodes === true ? clusterBugs : plantedBugs).map((plant) => plant.name)).toContain(name);
  });
});

test(`${SEEDS} worlds keep all promises`, async () => {
  for (let seed = 1001; seed <= 1000 + SEEDS; seed += 1) await keepsItsPromises(seed, memory);
});

test(`${FILE_SEEDS} worlds keep all promises over database files`, async () => {
  for (let seed = 2001; seed <= 2000 + FILE_SEEDS; seed += 1) await keepsItsPromises(seed, files);
});

test(`${CLUSTER_SEEDS} clusters of nodes keep all promises`, async () => {
  for (let seed = 3001; seed <= 3000 + CLUSTER_SEEDS; seed += 1) {
    const result = await simulateCluster({ seed, folder: memory });
    expect(result.violation, showViolation(result)).toBeUndefined();
    expect(result.deaths).toBeGreaterThan(0);
  }
});

describe('planted bugs are caught', () => {
  const quick = plantedBugs.filter((plant) => plant.quick);
  test.each(quick)('$name: $says', async (plant) => {
    for (let seed = 1; seed <= PLANT_SEEDS; seed += 1) {
      const { violation } = await simulate({ seed, folder: memory, plant });
      if (violation === undefined) continue;
      expect(plant.caughtBy).toContain(violation.checker);
      return;
    }
    expect.unreachable(`not caught within ${PLANT_SEEDS} seeds`);
  });

  test.each(clusterBugs.filter((plant) => plant.quick))('among nodes, $name: $says', async (plant) => {
    for (let seed = 1; seed <= PLANT_SEEDS; seed += 1) {
      const { violation } = await simulateCluster({ seed, folder: memory, plant });
      if (violation === undefined) continue;
      expect(plant.caughtBy).toContain(violation.checker);
      return;
    }
    expect.unreachable(`not caught within ${PLANT_SEEDS} seeds`);
  });
});
