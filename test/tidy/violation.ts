/** A rule broken at a place. The message names what to do instead: whoever reads it has just been stopped by it. */
export interface Violation {
  path: string;
  line: number;
  message: string;
}

export function showViolations(violations: readonly Violation[]): string[] {
  return violations.map(({ path, line, message }) => `${path}:${line} ${message}`);
}
