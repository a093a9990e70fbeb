/**
 * What an event costs against 100 and against 100,000 triggers with distinct filters, side by side (promises, section
 * 3: below 50 µs when few match, whatever the number of those that do not).
 *
 * Two homes are filled, one of each size. Rounds alternate between them; of each figure the median is shown. `look up and
 * judge` is the matching alone, as processor time, which other programs on the machine do not lengthen; `durable step` is `acceptActivations` with a hundred events per synced transaction, the
 * rows of the events and their verdicts included.
 *
 *   node bench/matching.ts [--few 100] [--many 100000] [--rounds 9]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { matchDecider } from '../src/engine/match-decider.ts';
import type { Activation } from '../src/model/activation.ts';
import type { Trigger } from '../src/model/trigger.ts';
import type { NewActivation } from '../src/store/activation-store.ts';
import { candidateOf } from '../src/store/rows/match-candidate.ts';
import { readDefinition } from '../src/store/rows/stored-definition.ts';
import { Connection } from '../src/store/sqlite/connection.ts';
import { DATABASE_FILE, openSqliteStore } from '../src/store/sqlite/open-sqlite-store.ts';
import { findCandidates } from '../src/store/sqlite/trigger-index.ts';
import type { Store } from '../src/store/store.ts';

const { values } = parseArgs({
  options: {
    few: { type: 'string', default: '100' },
    many: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '9' },
  },
});
const sizes = [Number(values.few), Number(values.many)];
const rounds = Number(values.rounds);
const START = Date.UTC(2026, 10, 22, 12);
const LOOKUPS = 2000;
const BATCHES = 10;
const BATCH = 100;
const TARGET_US = 50;

const decider = matchDecider({ settings: { maxDepth: 4, daily: { tokens: null, costUsd: null } }, now: START });

/** Distinct by repository; all share the action, which must not be what they are found by. */
function benchTrigger(index: number): Trigger {
  return {
    id: `trg_${index.toString(16).padStart(26, '0')}`,
    scope: 'global',
    name: `bench-${String(index).padStart(7, '0')}`,
    agent_name: 'reviewer',
    prompt: 'Review {{ .Data.repository }}.',
    event: 'ext.push',
    filter: { 'data.action': 'push', 'data.repository': `repository-${index}` },
    enabled: true,
    retry: { strategy: 'none', max_retries: 0, base_delay: '' },
    fire_limit: { max: 1_000_000, window: '1h' },
    source: 'config',
    created_at: START,
    updated_at: START,
  };
}

let eventNumber = 0;

function push(repository: string): NewActivation {
  eventNumber += 1;
  return {
    id: `evt_${String(eventNumber).padStart(12, '0')}`,
    kind: 'ext.push',
    scope: 'global',
    source: 'extension',
    data: { action: 'push', repository, ref: 'refs/heads/main', commits: [{ id: 'abc', message: 'x' }] },
    occurred_at: START,
    depth: 0,
  };
}

interface House {
  triggers: number;
  folder: string;
  store: Store;
  /** A second reader of the same file, for the matching alone. */
  connection: Connection;
}

async function openHouse(triggers: number): Promise<House> {
  const folder = mkdtempSync(path.join(tmpdir(), 'rouse-bench-'));
  const store = await openSqliteStore({ home: folder, node: 'bench', now: START, threads: true });
  await store.syncAutomations({
    now: START,
    source: 'config',
    automations: Array.from({ length: triggers }, (_, index) => benchTrigger(index)),
    keep_ids: [],
    placeCursor: () => {
      throw new Error('a trigger has no cursor');
    },
  });
  return { triggers, folder, store, connection: new Connection(path.join(folder, DATABASE_FILE)) };
}

/** Microseconds of this process's own work per event: candidates found, read and judged. */
function lookUp(house: House, repositoryOf: (n: number) => string): number {
  const events = Array.from({ length: LOOKUPS }, (_, n): Activation => {
    const { dedupe_key: _key, ...event } = push(repositoryOf(n));
    return { ...event, accepted_at: START, matching: true, considered: 0, matched: 0 };
  });
  let matched = 0;
  const before = process.cpuUsage();
  for (const activation of events) {
    for (const row of findCandidates(house.connection, { envelope: activation, after: 0 })) {
      if (decider.match({ activation, candidate: candidateOf(row, readDefinition(row)) }).matched) matched += 1;
    }
  }
  const { user, system } = process.cpuUsage(before);
  const expected = repositoryOf(0) === 'nobody' ? 0 : LOOKUPS;
  if (matched !== expected) throw new Error(`${matched} of ${expected} events matched`);
  return (user + system) / LOOKUPS;
}

/** Microseconds by the clock per event of a durable step in which nothing matches. */
async function accept(house: House): Promise<number> {
  const begun = performance.now();
  for (let batch = 0; batch < BATCHES; batch += 1) {
    const activations = Array.from({ length: BATCH }, () => push('nobody'));
    await house.store.acceptActivations({ now: START, activations, daily_since: null, decider });
  }
  return ((performance.now() - begun) / (BATCHES * BATCH)) * 1000;
}

function median(figures: readonly number[]): number {
  return figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)] ?? 0;
}

const houses: House[] = [];
try {
  for (const triggers of sizes) houses.push(await openHouse(triggers));
  const figures = new Map(['none', 'one', 'step'].map((name) => [name, houses.map((): number[] => [])]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, house] of houses.entries()) {
      figures.get('none')![index]!.push(lookUp(house, () => 'nobody'));
      figures.get('one')![index]!.push(lookUp(house, (n) => `repository-${(n * 7919) % house.triggers}`));
      figures.get('step')![index]!.push(await accept(house));
    }
  }
  const line = (name: string, title: string): number => {
    const [few = 0, many = 0] = figures.get(name)!.map(median);
    const cells = [few, many].map((figure) => `${figure.toFixed(1)} µs`.padStart(12)).join('');
    process.stdout.write(`  ${title.padEnd(34)}${cells}   ${(many / few).toFixed(2)}×\n`);
    return many;
  };
  const heads = sizes.map((size) => `${size.toLocaleString('en-US')}`.padStart(12)).join('');
  process.stdout.write(`  ${'triggers'.padEnd(34)}${heads}   ratio\n`);
  const none = line('none', 'look up and judge, none matches');
  const one = line('one', 'look up and judge, one matches');
  line('step', 'durable step, none matches');
  const worst = Math.max(none, one);
  process.stdout.write(`  to reach: below ${TARGET_US} µs when few match; reached ${worst.toFixed(1)} µs\n`);
  if (worst >= TARGET_US) process.exitCode = 1;
} finally {
  for (const { store, connection, folder } of houses) {
    connection.close();
    await store.close();
    rmSync(folder, { recursive: true });
  }
}
