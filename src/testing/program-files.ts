/** Where the programs of this package lie, for whoever starts them: from its sources or as installed. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of our package.json: the nearest one above this file. */
function packageRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package.json')) && folder !== dirname(folder)) folder = dirname(folder);
  return folder;
}

const fromSources = import.meta.filename.endsWith('.ts');

/** Program and first arguments of the command line `rouse`, without a shell between. */
export function rouseCommand(): string[] {
  return [process.execPath, join(packageRoot(), fromSources ? 'src/cli/main.ts' : 'bin/rouse.mjs')];
}

/** Program and arguments of Rouse's own ACP agent, which needs no account: a `command` for `[agents.<name>]`. */
export function echoAgentCommand(): string[] {
  return [process.execPath, join(packageRoot(), fromSources ? 'src/agents/echo/main.ts' : 'bin/rouse-echo-agent.mjs')];
}
