/** Program and arguments of our own command line, whether it runs from its sources, a bundle or an installed package. */
import { existsSync } from 'node:fs';
import path from 'node:path';

/** Absolute paths: whoever starts it may have any PATH. */
export function rouseCommand(): string[] {
  let folder = import.meta.dirname;
  while (!existsSync(path.join(folder, 'package.json')) && folder !== path.dirname(folder))
    folder = path.dirname(folder);
  const file = import.meta.filename.endsWith('.ts') ? 'src/cli/main.ts' : 'bin/rouse.mjs';
  return [process.execPath, path.join(folder, file)];
}
