/** Small steps between a request and the domain that jobs, triggers and events share. */
import { validationFailed } from './contract-check.ts';

/** Only objects are worth a validator's list of problems. */
export function definitionOf(body: unknown, noun: string): object {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body;
  const message = `The body must be an object with the fields of ${noun === 'event' ? 'an' : 'a'} ${noun}.`;
  throw validationFailed(noun, [{ path: noun, code: 'wrong_type', message }]);
}
