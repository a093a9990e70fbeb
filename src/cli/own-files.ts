/** Where the program's own files lie, whether it runs from its sources, from a bundle or as an installed package. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of our package.json: the nearest one above this file. */
function packageRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package.json')) && folder !== dirname(folder)) folder = dirname(folder);
  return folder;
}

/** Program and arguments of the echo agent, with absolute paths: the daemon may be started with any PATH. */
export function echoAgentCommand(): string[] {
  const fromSources = import.meta.filename.endsWith('.ts');
  const file = fromSources ? 'src/agents/echo/main.ts' : 'bin/rouse-echo-agent.mjs';
  return [process.execPath, join(packageRoot(), file)];
}

/** Program and arguments of this very command line, with absolute paths: what a supervisor starts. */
export function rouseProgram(): string[] {
  return [process.execPath, join(packageRoot(), 'bin/rouse.mjs')];
}
