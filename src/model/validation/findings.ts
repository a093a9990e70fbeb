/**
 * Gathers the problems of one validation and puts them in order.
 *
 * The first problem must be the one that the reference system reports, although Rouse checks more than it does. So
 * every problem has a group: what the reference checks, in its order; then the fields that Rouse adds; then fields
 * that nobody knows. Within a group the order is that of the checks.
 */
import type { Problem, ProblemCode } from '../problem.ts';
import { shownValue } from './value-kind.ts';

export type FindingGroup = 'reference' | 'addition' | 'unknown_field';

/** So many problems are enough to see that a document is something else; the bound is reported as a problem itself. */
const PROBLEMS_MAX = 500;

export class Findings {
  readonly #groups: Record<FindingGroup, Problem[]> = { reference: [], addition: [], unknown_field: [] };
  #count = 0;

  add(group: FindingGroup, problem: { path: string; code: ProblemCode; message: string; value?: unknown }): void {
    this.#count += 1;
    if (this.#count > PROBLEMS_MAX) return;
    const { path, code, message } = problem;
    const value = shownValue(problem.value);
    this.#groups[group].push(value === undefined ? { path, code, message } : { path, code, message, value });
  }

  all(p: { path: string }): Problem[] {
    const { reference, addition, unknown_field: unknownField } = this.#groups;
    const problems = [...reference, ...addition, ...unknownField];
    if (this.#count <= PROBLEMS_MAX) return problems;
    const message = `There are ${this.#count} problems; only the first ${PROBLEMS_MAX} found are listed.`;
    return [...problems, { path: p.path, code: 'out_of_range', message }];
  }
}
