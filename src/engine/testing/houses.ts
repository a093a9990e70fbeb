/** Opens a {@link TestHouse} in a folder of its own for each test, and takes all of them down afterwards. */
import type { EpochMs } from '../../model/instant.ts';
import type { Store } from '../../store/store.ts';
import type { HouseParts, MovableClock } from './test-house.ts';
import { TestHouse } from './test-house.ts';

/** Noon of the day that all engine tests begin at: 2026-11-22T12:00:00Z. */
export const NOON: EpochMs = 1_795_348_800_000;

export class Houses {
  readonly #p: {
    openStore: (p: { home: string; node: string; now: EpochMs }) => Promise<Store>;
    makeFolder: () => string;
    removeFolder: (folder: string) => void;
    clock: (startMs: EpochMs) => MovableClock;
  };
  #open: { house: TestHouse; folder: string }[] = [];

  constructor(p: {
    openStore: (p: { home: string; node: string; now: EpochMs }) => Promise<Store>;
    makeFolder: () => string;
    removeFolder: (folder: string) => void;
    clock: (startMs: EpochMs) => MovableClock;
  }) {
    this.#p = p;
  }

  async open(parts: HouseParts = {}): Promise<TestHouse> {
    const folder = this.#p.makeFolder();
    const store = await this.#p.openStore({ home: folder, node: 'test', now: NOON });
    const house = new TestHouse({ store, clock: this.#p.clock(NOON), ...parts });
    this.#open.push({ house, folder });
    return house;
  }

  /** With its engine running. */
  async start(parts: HouseParts = {}): Promise<TestHouse> {
    const house = await this.open(parts);
    await house.start();
    return house;
  }

  async close(): Promise<void> {
    for (const { house, folder } of this.#open.splice(0)) {
      try {
        await house.close();
      } finally {
        this.#p.removeFolder(folder);
      }
    }
  }
}
