/** On a real folder with the system's events; the waiting times are the clock's, moved by hand. */
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ConfigWatcher, DEBOUNCE_MS, EMPTY_MS, POLL_MS } from './config-watcher.ts';
import { fingerprintConfig } from './config-sources.ts';
import { nodeConfigFiles } from './config-files.ts';
import type { Clock } from '../clock/clock.ts';

/** Timers run when the test says so. */
class SteppedClock implements Clock {
  #nowMs = 0;
  readonly #timers = new Set<{ atMs: number; callback: () => void }>();

  now(): number {
    return this.#nowMs;
  }
  monotonicMs(): number {
    return this.#nowMs;
  }
  after(delayMs: number, callback: () => void): () => void {
    const timer = { atMs: this.#nowMs + delayMs, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }
  advance(ms: number): void {
    this.#nowMs += ms;
    for (const timer of [...this.#timers].filter((one) => one.atMs <= this.#nowMs)) {
      if (this.#timers.delete(timer)) timer.callback();
    }
  }
  /** Timers that end within a debounce: something was noticed. */
  get noticed(): boolean {
    return [...this.#timers].some((timer) => timer.atMs <= this.#nowMs + DEBOUNCE_MS);
  }
  get pending(): number {
    return this.#timers.size;
  }
}

let home: string;
let clock: SteppedClock;
let watcher: ConfigWatcher;
let changes: number;

async function startWatcher(): Promise<void> {
  clock = new SteppedClock();
  changes = 0;
  watcher = new ConfigWatcher({
    home,
    clock,
    fingerprint: await fingerprintConfig({ home, files: nodeConfigFiles() }),
    onChange: () => {
      changes += 1;
    },
  });
  await watcher.start();
}

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'rouse-watch-'));
  await writeFile(join(home, 'rouse.toml'), 'a = 1\n');
  await startWatcher();
});

afterEach(async () => {
  await watcher.close();
  await rm(home, { recursive: true, force: true });
});

/** Lets debounces pass, one after the other, until nothing is noticed any more. */
async function settle(wanted: number): Promise<void> {
  await vi.waitFor(
    () => {
      if (clock.noticed) clock.advance(DEBOUNCE_MS);
      expect(changes).toBe(wanted);
      expect(clock.noticed).toBe(false);
    },
    { timeout: 10_000, interval: 5 },
  );
}

/** Each look waits for the one before it. */
async function passDebounces(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += DEBOUNCE_MS) {
    await noticed();
    clock.advance(DEBOUNCE_MS);
  }
}

function noticed(): Promise<void> {
  return vi.waitFor(() => expect(clock.noticed).toBe(true), { timeout: 10_000, interval: 5 });
}

/** One poll, and what follows from it. */
async function poll(): Promise<void> {
  clock.advance(POLL_MS);
  await vi.waitFor(() => expect(clock.pending).toBeGreaterThan(0), { interval: 1 });
}

test('a save is told once', async () => {
  await writeFile(join(home, 'rouse.toml'), 'a = 2\n');
  await noticed();
  expect(changes).toBe(0);
  await settle(1);
  await writeFile(join(home, 'rouse.toml'), 'a = 3\n');
  await noticed();
  await settle(2);
});

test('saves by renaming are seen, the second one too', async () => {
  for (const round of [1, 2, 3]) {
    await writeFile(join(home, '.rouse.toml.swp'), `a = 1${round}\n`);
    await rename(join(home, '.rouse.toml.swp'), join(home, 'rouse.toml'));
    await noticed();
    await settle(round);
  }
});

test('a save that changes nothing is told to nobody', async () => {
  await writeFile(join(home, 'rouse.toml'), 'a = 1\n');
  await noticed();
  await settle(0);
});

test('what is not configuration is not looked at', async () => {
  await writeFile(join(home, 'rouse.db-wal'), 'x');
  // An event of our own behind it proves that the other one has been delivered.
  await writeFile(join(home, 'rouse.toml'), 'a = 2\n');
  await noticed();
  await settle(1);
});

test('a file that is empty for a moment is not believed', async () => {
  await writeFile(join(home, 'rouse.toml'), '');
  await noticed();
  // The first look sees the empty file and waits for a second one.
  clock.advance(DEBOUNCE_MS);
  await noticed();
  await writeFile(join(home, 'rouse.toml'), 'a = 1\n');
  await settle(0);
});

test('a file that is missing is believed to be gone only after a while', async () => {
  const file = join(home, 'rouse.toml');
  await rename(file, join(home, 'aside'));
  await noticed();
  await passDebounces(EMPTY_MS - DEBOUNCE_MS);
  expect(changes).toBe(0);
  await rename(join(home, 'aside'), file);
  await settle(0);
  await rm(file);
  await noticed();
  await settle(1);
});

test('conf.d is watched from the moment it is there', async () => {
  await mkdir(join(home, 'conf.d'));
  await noticed();
  await settle(0);
  await writeFile(join(home, 'conf.d/a.toml'), 'b = 1\n');
  await noticed();
  await settle(1);
  await rm(join(home, 'conf.d'), { recursive: true });
  await noticed();
  await settle(2);
});

test('a home that is deleted and made again is watched again', async () => {
  await rm(home, { recursive: true });
  await noticed();
  await settle(1);
  await mkdir(home);
  await writeFile(join(home, 'rouse.toml'), 'a = 1\n');
  await poll();
  await settle(2);
  await writeFile(join(home, 'rouse.toml'), 'a = 2\n');
  await noticed();
  await settle(3);
});

test('a change between loading and watching is told', async () => {
  const before = await fingerprintConfig({ home, files: nodeConfigFiles() });
  await watcher.close();
  await writeFile(join(home, 'rouse.toml'), 'a = 2\n');
  watcher = new ConfigWatcher({ home, clock, fingerprint: before, onChange: () => (changes += 1) });
  await watcher.start();
  await settle(1);
});

test('after close nothing is told and no timer is left', async () => {
  await writeFile(join(home, 'rouse.toml'), 'a = 2\n');
  await watcher.close();
  expect(clock.pending).toBe(0);
  clock.advance(POLL_MS);
  expect(changes).toBe(0);
});
