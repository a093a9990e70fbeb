/** A broken promise as a person reads it: which seed, what was promised, what happened, and how it came to it. */
import type { SimulationResult } from './simulation.ts';

export function showViolation(result: SimulationResult): string {
  const { seed, violation } = result;
  if (violation === undefined) return `seed ${seed}: all promises kept`;
  return [
    '',
    `seed ${seed} broke a promise (${violation.checker})`,
    `  promised: ${violation.promise}`,
    `  but:      ${violation.sentence}`,
    `  again:    node test/sim/run.ts --seed ${seed}`,
    ...violation.events,
    '',
  ].join('\n');
}
