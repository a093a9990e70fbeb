/** kill -9 at random moments while a load runs: each time a new daemon takes over, at the end everything is counted. */
import { delay, systemClock } from '../../src/clock/clock.ts';
import { openScratchDaemon } from '../../src/testing/scratch-daemon.ts';
import { bringToRest, judge, loadToml } from './crash-load.ts';

/** Long enough for a tick, a start, an end, a retry; short enough that much is under way. */
const LIFE_MS_MAX = 1_500;

/** A small generator of repeatable numbers in [0, 1): the moments of one seed differ only by what the machine does. */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What is wrong afterwards; empty when nothing is. */
export async function killAtRandom(p: { kills: number; seed: number }): Promise<string[]> {
  const clock = systemClock();
  const random = randomNumbers(p.seed);
  await using daemon = await openScratchDaemon({
    environment: process.env,
    config: loadToml({ onceAt: Date.now() + 3_000 }),
  });
  for (let kill = 1; kill <= p.kills; kill += 1) {
    // The random moment is the point of it: no event may be waited for.
    await delay(clock, random() * LIFE_MS_MAX);
    await daemon.restart();
  }
  const once = (await daemon.client.jobs.list({ name: 'once' })).jobs[0]!;
  await daemon.waitForRun(({ job_id }) => job_id === once.id);
  const jobs = await bringToRest(daemon);
  return judge({ daemon, jobs });
}
