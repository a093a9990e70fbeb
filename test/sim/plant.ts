/** A bug planted on purpose: if no seed finds it, the net has a hole. The bugs are in planted-bugs.ts. */
import type { ExecutionContext } from '../../src/engine/execution-context.ts';
import type { Connection } from '../../src/store/sqlite/connection.ts';
import type { Store } from '../../src/store/store.ts';

export interface Plant {
  readonly name: string;
  /** What is wrong, in one sentence. */
  readonly says: string;
  /** The checkers that may notice it first. */
  readonly caughtBy: readonly string[];
  /** Caught within a few seeds, so that every run of the tests can afford to prove it. */
  readonly quick?: true;
  /** Between the store and its faults; what it changes itself must be done before its first await. */
  beneath?(store: Store, connection: () => Connection): Store;
  /** Between the faults and the engine. */
  above?(store: Store, connection: () => Connection): Store;
  context?(context: ExecutionContext): ExecutionContext;
}
