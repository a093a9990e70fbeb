/** What a daemon is started with. */
import type { Clock } from '../clock/clock.ts';
import type { HappeningBus } from '../events/happening.ts';
import type { Store } from '../store/store.ts';

export interface DaemonOptions {
  /** Absolute; created when it does not exist. */
  home: string;
  /** Over `daemon.host` of the configuration. */
  host?: string;
  /** Over `daemon.port`; 0 takes a free one. */
  port?: number;
  /** The daemon's own environment: agents get the names that they may take over from it, and `env:` secrets. */
  environment: Readonly<Record<string, string | undefined>>;
  clock?: Clock;
  /** Listens from before the first happening on. */
  bus?: HappeningBus;
  /** Stands between the engine and the store that was opened; tests die or fail in it at named steps. */
  throughStore?: (store: Store) => Store;
}
