/** `pool:triage`: whose work something is, as it is written on a command line. */
import { InvalidArgumentError } from '@commander-js/extra-typings';
import { OWNER_KINDS, type Ownership } from '../model/job-task-config.ts';

export function parseOwner(text: string): Ownership {
  const at = text.indexOf(':');
  const kind = OWNER_KINDS.find((known) => known === text.slice(0, at));
  const ref = text.slice(at + 1).trim();
  if (at > 0 && kind !== undefined && ref !== '') return { kind, ref };
  throw new InvalidArgumentError(`Write KIND:REF, such as pool:triage. Kinds: ${OWNER_KINDS.join(', ')}.`);
}

export function ownerText(owner: Ownership | undefined): string {
  return owner === undefined ? '' : `${owner.kind}:${owner.ref}`;
}
