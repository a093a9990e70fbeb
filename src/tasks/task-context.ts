/** What everything about tasks is handed: ports and functions only. */
import type { Clock } from '../clock/clock.ts';
import type { HappeningBus } from '../events/happening.ts';
import type { Store } from '../store/store.ts';
import type { PlaceCursor } from '../store/cursor.ts';

export interface TaskContext {
  store: Store;
  clock: Clock;
  bus: HappeningBus;
  placeCursor: PlaceCursor;
}
