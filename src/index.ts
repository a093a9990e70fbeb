/**
 * `rouse`: the daemon for embedding in another program. It is the same daemon that `rouse start` runs; signals and the
 * terminal are left to the program. Everything else (the model, the client, what tests use) has an entry of its own.
 */
import './clock/temporal.ts';

export type { Daemon } from './daemon/daemon.ts';
export type { DaemonOptions } from './daemon/daemon-options.ts';
export { startDaemon } from './daemon/daemon.ts';
export type { Clock } from './clock/clock.ts';
export type { Happening, HappeningOf, HappeningType } from './events/happening.ts';
export { HappeningBus } from './events/happening.ts';
export { version } from './daemon/version.ts';
