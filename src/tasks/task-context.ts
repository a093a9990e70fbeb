/** What everything about tasks is handed: ports and functions only. */
import type { Clock } from '../clock/clock.ts';
import type { HappeningBus } from '../events/happening.ts';
import type { PlaceCursor, Store } from '../store/store.ts';

export interface TaskContext {
  store: Store;
  clock: Clock;
  bus: HappeningBus;
  placeCursor: PlaceCursor;
}
