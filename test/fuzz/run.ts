/** `npm run fuzz -- --sequences 20000 --seed 7`: the same property as the test, for as long as you like. */
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import '../../src/clock/temporal.ts';
import { fuzzRequests, playRequests } from './api-fuzz.ts';

const { values } = parseArgs({ options: { sequences: { type: 'string', default: '5000' }, seed: { type: 'string' } } });
const seed = values.seed === undefined ? {} : { seed: Number(values.seed) };
const started = Date.now();
const details = await fc.check(fc.asyncProperty(fuzzRequests, playRequests), {
  numRuns: Number(values.sequences),
  ...seed,
});
const seconds = Math.round((Date.now() - started) / 1000);
if (details.failed) {
  process.stdout.write(`${fc.defaultReportMessage(details) ?? 'failed'}\n`);
  process.exitCode = 1;
} else {
  process.stdout.write(`${details.numRuns} sequences in ${seconds} s, seed ${details.seed}: nothing undocumented.\n`);
}
