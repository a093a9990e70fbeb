/**
 * A daemon that tests can have die at a named step and whose clock they can set: the real one, wired as `rouse start`
 * wires it, with a store that dies (crash-point.ts) and a clock with an offset.
 *
 * `ROUSE_CRASH` names the point; it counts from SIGUSR2 on, or at once with `ROUSE_CRASH_AT_ONCE`. `ROUSE_CLOCK_OFFSET`
 * is a file with milliseconds that are added to the machine's time; it may change at any moment, either way.
 */
import '../../src/clock/temporal.ts';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Clock, systemClock } from '../../src/clock/clock.ts';
import { startDaemon } from '../../src/daemon/daemon.ts';
import { dyingStore, parseCrashPoint } from './crash-point.ts';

const { ROUSE_CRASH, ROUSE_CRASH_AT_ONCE, ROUSE_CLOCK_OFFSET } = process.env;

let isArmed = ROUSE_CRASH_AT_ONCE !== undefined;
process.on('SIGUSR2', () => {
  isArmed = true;
});

/** Timers run by process time, as on a machine whose clock was set. */
function offsetClock(file: string): Clock {
  const system = systemClock();
  return { ...system, now: () => system.now() + Number(readFileSync(file, 'utf8')) };
}

const { values } = parseArgs({ options: { home: { type: 'string' }, port: { type: 'string' } } });
const point = ROUSE_CRASH === undefined ? undefined : parseCrashPoint(ROUSE_CRASH);
const daemon = await startDaemon({
  home: values.home ?? '',
  port: Number(values.port ?? 0),
  environment: process.env,
  ...(ROUSE_CLOCK_OFFSET === undefined ? {} : { clock: offsetClock(ROUSE_CLOCK_OFFSET) }),
  ...(point === undefined ? {} : { throughStore: (store) => dyingStore({ store, point, isArmed: () => isArmed }) }),
});
process.once('SIGTERM', () => void daemon.stop({ reason: 'SIGTERM' }));
await daemon.stopped;
