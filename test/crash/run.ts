/**
 * The long crash run: every named point, several times each, then many kills at random moments of one home. Prints one
 * line per step and ends with code 1 when anything is wrong.
 *
 *   node test/crash/run.ts [--kills 20] [--rounds 3] [--seed 1]
 */
import { parseArgs } from 'node:util';
import { CRASH_POINTS, crashAt } from './crash-load.ts';
import { killAtRandom } from './random-kills.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '20' },
    rounds: { type: 'string', default: '3' },
    seed: { type: 'string', default: '1' },
  },
});

let wrong = 0;

function tell(what: string, found: readonly string[]): void {
  wrong += found.length;
  process.stdout.write(`${found.length === 0 ? 'ok   ' : 'WRONG'} ${what}\n`);
  for (const sentence of found) process.stdout.write(`      ${sentence}\n`);
}

for (let round = 1; round <= Number(values.rounds); round += 1) {
  for (const point of CRASH_POINTS) {
    const nth = `${point} ${round * 2}`;
    tell(`killed ${nth}`, await crashAt(nth));
  }
}
const seed = Number(values.seed);
tell(
  `${values.kills} kills at random moments, seed ${seed}`,
  await killAtRandom({ kills: Number(values.kills), seed }),
);
process.exitCode = wrong === 0 ? 0 : 1;
