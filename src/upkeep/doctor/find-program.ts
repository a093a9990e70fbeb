/** Looks for a program as a shell would, without starting anything. */
import { access, constants } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';

/** Where a program lies that is called by this name; undefined when nowhere. */
export async function findProgram(program: string, path: string): Promise<string | undefined> {
  const places =
    isAbsolute(program) || program.includes('/')
      ? [program]
      : path
          .split(':')
          .filter(isAbsolute)
          .map((folder) => join(folder, program));
  for (const place of places) {
    if (
      await access(place, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return place;
  }
  return undefined;
}
