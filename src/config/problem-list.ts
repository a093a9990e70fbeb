/** Gathers problems while a document is read, and gives each its place in a file. */
import { pathText } from './config-path.ts';
import type { ConfigProblem, ConfigProblemCode } from './config-problem.ts';
import type { Segment } from './config-path.ts';
import type { SourceFile } from './source-file.ts';

/** A place in a file, by path; `key` aims at the name instead of the value. */
export interface Spot {
  source: SourceFile;
  path: readonly Segment[];
  aim?: 'key' | 'value';
}

export class ProblemList {
  readonly all: ConfigProblem[] = [];

  add(spot: Spot, problem: { code: ConfigProblemCode; message: string }): void {
    const place = spot.source.locate(spot.path, { aim: spot.aim ?? 'value' });
    const { code, message } = problem;
    this.all.push({ file: spot.source.file, ...place, path: pathText(spot.path), code, message });
  }

  /** Whether a path, something above it or something in it has a problem already: then a second one would be an echo. */
  has(path: readonly Segment[]): boolean {
    const text = pathText(path);
    return this.all.some((problem) => isWithin(problem.path, text) || isWithin(text, problem.path));
  }
}

function isWithin(inner: string, outer: string): boolean {
  return inner.startsWith(outer) && (inner.length === outer.length || '.['.includes(inner[outer.length]!));
}

/** `rouse.toml:12`, as a sentence names another place. */
export function spotText(spot: Spot): string {
  return `${spot.source.file}:${spot.source.locate(spot.path, { aim: 'key' }).line}`;
}
