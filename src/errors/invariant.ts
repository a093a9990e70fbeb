/**
 * For our own mistakes only: a condition that no input, no file and no other program can make false.
 * Whoever wants to refuse what came from outside throws an `AppError` or returns problems.
 */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}

export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InvariantError(`This is a defect in Rouse: ${message}`);
}
