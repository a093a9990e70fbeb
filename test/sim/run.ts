/** Runs simulations from the command line: `node test/sim/run.ts --seed 1 --seeds 100`. */
import '../../src/clock/temporal.ts';
import { SimFolder } from './sim-home.ts';
import { simulate } from './simulation.ts';
const folder = new SimFolder('memory');
const s = Number(process.argv[2] ?? 1), n = Number(process.argv[3] ?? 1);
for (let seed = s; seed < s + n; seed++) {
  const t = performance.now();
  const r = await simulate({ seed, folder });
  process.stdout.write(`${seed} ${(performance.now() - t).toFixed(0)} ms ${JSON.stringify({ ...r, violation: r.violation?.sentence, checker: r.violation?.checker })}\n`);
  if (n === 1 && r.violation) process.stdout.write(r.violation.events.join('\n') + '\n');
}
folder.remove();
