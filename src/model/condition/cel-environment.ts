/** Which variables, operators and functions a condition has, and the meter that bounds its evaluation. */
import { Environment } from '@marcbachmann/cel-js';

/** A condition is a line of thought: more parts than this are a program. */
const NODES_MAX = 500;
const DEPTH_MAX = 50;

/**
 * Units of work. A turn of a loop is 10, a look through the longest list of the payload one per element; a million of
 * them is some hundredths of a second.
 */
const WORK_MAX = 1_000_000;
const TURN_WORK = 10;
/** Characters that are looked through at the cost of one list element. */
const CHARACTERS_PER_UNIT = 256;

/** The name is not one that a person would write, and the check of the condition as written does not know it. */
export const SPEND = 'rouse_spend__';

export class Meter {
  #left = 0;
  #scanWork = 0;
  spent = false;
  readonly sentence = 'the condition takes too much work for this payload: loops over long lists inside one another';

  /** `size`: the longest list and the longest text of the payload. */
  begin(size: { list: number; text: number }): void {
    this.spent = false;
    this.#left = WORK_MAX;
    this.#scanWork = size.list + Math.ceil(size.text / CHARACTERS_PER_UNIT);
  }

  /** One turn of a loop whose body looks through something `scans` times. Throws when the work is used up. */
  spend(scans: number): true {
    this.#left -= TURN_WORK + scans * this.#scanWork;
    if (this.#left >= 0) return true;
    this.spent = true;
    throw new Error(this.sentence);
  }
}

/** JSON has one kind of number, CEL has two: they mix here as a person expects, and a quotient keeps its fraction. */
const arithmetic: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
};

export function celEnvironment(meter?: Meter): Environment {
  const environment = new Environment({
    unlistedVariablesAreDyn: false,
    // A list in a condition may mix kinds, as the lists of a payload do.
    homogeneousAggregateLiterals: false,
    limits: { maxAstNodes: meter === undefined ? NODES_MAX : NODES_MAX * 10, maxDepth: DEPTH_MAX * 10 },
  });
  for (const name of ['kind', 'scope', 'workspace_id', 'source', 'id']) environment.registerVariable(name, 'string');
  environment.registerVariable('occurred_at', 'google.protobuf.Timestamp');
  environment.registerVariable('depth', 'int');
  environment.registerVariable('data', 'map');
  for (const [sign, compute] of Object.entries(arithmetic)) {
    const both = (a: number | bigint, b: number | bigint): number => compute(Number(a), Number(b));
    environment.registerOperator(`double ${sign} int: double`, both);
    environment.registerOperator(`int ${sign} double: double`, both);
  }
  environment.registerOperator('double % double: double', (a: number, b: number) => a % b);
  if (meter !== undefined) {
    environment.registerFunction(`${SPEND}(int): bool`, (scans: bigint) => meter.spend(Number(scans)));
  }
  return environment;
}
