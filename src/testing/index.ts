/** The public entry `rouse/testing`: for tests of whatever works with a daemon. */
export type { ProcessEnd } from './daemon-process.ts';
export { listRuns, waitForHappening, waitForRun, type WaitOptions } from './happening-watch.ts';
export { ManualClock } from './manual-clock.ts';
export type { MarkedProcess } from './marked-processes.ts';
export { echoAgentCommand, rouseCommand } from './program-files.ts';
export { openScratchDaemon, ScratchDaemon, type ScratchDaemonOptions, type StartOptions } from './scratch-daemon.ts';
