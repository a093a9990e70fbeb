/**
 * Seeds that once broke a promise, each with what it found. `npm test` runs them: they must keep all promises now. A seed
 * means what it means only while worlds are drawn, and the engine decides, as they did; so the bug itself is kept as well,
 * planted again in planted-bugs.ts, and `npm run sim:long` proves that it would be caught. A seed that has lost its story
 * is replaced by the one that `node test/sim/run.ts --plant NAME` says.
 */

export interface NamedSeed {
  /** Also the name of the bug to plant. */
  name: string;
  seed: number;
  /** What it found. */
  found: string;
  /** Of a cluster. */
  nodes?: true;
}

export const namedSeeds: readonly NamedSeed[] = [
  {
    name: 'claim-without-answer',
    seed: 141,
    found: 'a claim took effect and its answer was lost: its runs stayed running without an executor, slots included',
  },
  {
    name: 'canceled-and-retried',
    seed: 99,
    found: 'a run failed by itself, or with its daemon, just after somebody asked to end it, and was tried again',
  },
  {
    name: 'given-up-after-six-tries',
    seed: 6,
    found: 'a process that would not end was given up after six tries, and the next run started beside it',
  },
  {
    name: 'missed-and-forgotten',
    seed: 426,
    found:
      'off with a row for what was due, clock set back, on: the next range had the identity of that row and was lost',
  },
  {
    name: 'pause-half-known',
    seed: 471,
    found: 'a pause took effect and its answer was lost: the engine went on until its next start, and then was paused',
  },
  {
    name: 'limit-of-the-old-schedule',
    seed: 6,
    found:
      'the range that a fire limit covered in advance hid instants of the schedule that an edit had put in its place',
  },
  {
    name: 'decided-again',
    seed: 999,
    found: 'clock set back, schedule edited: the later range had the identity of its first instant and was lost',
  },
  {
    name: 'decided-again',
    seed: 3314,
    found: 'the same, after a night of downtime that replay had cut into a range and its newest instants',
  },
  {
    name: 'decided-again',
    seed: 3327,
    found: 'the same, with a fire limit whose row reached ahead of the time that the clock was set back to',
  },
  {
    name: 'decided-again',
    seed: 8600,
    found: 'the same, in a job of a file that was switched off, edited and switched on',
  },
  {
    name: 'decided-again',
    seed: 909,
    found: 'the same: the lost row hid the waiting run of its instant from cancel_running, so two runs waited',
  },
  {
    name: 'repeated-claim-keeps-its-lease',
    seed: 508,
    nodes: true,
    found: 'a claim was repeated after half a minute without the store: its agent began when the lease had ended',
  },
];
