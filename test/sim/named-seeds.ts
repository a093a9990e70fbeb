/**
 * Seeds that once broke a promise, each with what it found. `npm test` runs them: they must keep all promises now, and
 * must still break one when the bug is planted again (planted-bugs.ts). The second half matters because a seed means what
 * it means only while scenarios are drawn as they are: whoever changes the drawing and loses a seed finds a new one with
 * `node test/sim/run.ts --plant NAME`.
 */

export interface NamedSeed {
  /** Also the name of the bug to plant. */
  name: string;
  seed: number;
  /** What it found. */
  found: string;
}

export const namedSeeds: readonly NamedSeed[] = [
  {
    name: 'claim-without-answer',
    seed: 64,
    found: 'a claim took effect and its answer was lost: its runs stayed running without an executor, slots included',
  },
  {
    name: 'canceled-and-retried',
    seed: 68,
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
    name: 'limit-of-the-old-schedule',
    seed: 70,
    found:
      'the range that a fire limit covered in advance hid instants of the schedule that an edit had put in its place',
  },
];
