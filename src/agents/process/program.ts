/** Finds out, before anything is spawned, whether a program can be: an error from the system names no cause. */
import { access, constants, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join, resolve } from 'node:path';

/** What `execvp` uses when the environment has no `PATH`. */
const PATH_DEFAULT = '/usr/bin:/bin';

export type ProgramLookup = { path: string } | { problem: string; hint: string };

/**
 * The file that `name` means: a name with a slash is relative to `cwd`, as it is for the process itself; a bare one
 * is looked up in the `PATH` of `env`, not in the daemon's. Empty `PATH` entries (meaning the working folder) are
 * passed over: what runs must not depend on what lies in a workspace.
 */
export async function findProgram(p: {
  name: string;
  cwd: string;
  env: Record<string, string>;
}): Promise<ProgramLookup> {
  if (p.name === '')
    return { problem: 'The agent has no command.', hint: 'Set `command` to a program and its arguments.' };
  if (p.name.includes('\0')) return { problem: 'The program name contains a NUL byte.', hint: 'Correct `command`.' };
  if (!(await isFolder(p.cwd))) {
    return { problem: `The working folder ${p.cwd} does not exist.`, hint: 'Create it, or correct the workspace.' };
  }
  if (p.name.includes('/')) return inspect(isAbsolute(p.name) ? p.name : resolve(p.cwd, p.name));
  const searched = p.env['PATH'] ?? PATH_DEFAULT;
  let blocked: string | undefined;
  for (const folder of searched.split(delimiter)) {
    if (folder === '') continue;
    const candidate = join(resolve(p.cwd, folder), p.name);
    const state = await stateOf(candidate);
    if (state === 'executable') return { path: candidate };
    if (state === 'not_executable') blocked ??= candidate;
  }
  if (blocked !== undefined) return inspect(blocked);
  return {
    problem: `The program "${p.name}" was not found in PATH (${searched === '' ? 'empty' : searched}).`,
    hint:
      p.env['PATH'] === undefined
        ? 'The agent is given no PATH: add "PATH" to `env_pass`, or write the whole path in `command`.'
        : 'Install it, write its whole path in `command`, or set PATH in the agent’s `env`.',
  };
}

async function inspect(path: string): Promise<ProgramLookup> {
  switch (await stateOf(path)) {
    case 'executable':
      return { path };
    case 'not_executable':
      return { problem: `The program ${path} is not executable.`, hint: `Allow it to be run: chmod +x ${path}` };
    case 'folder':
      return { problem: `${path} is a folder, not a program.`, hint: 'Correct `command`.' };
    case 'absent':
      return { problem: `The program ${path} does not exist.`, hint: 'Install it, or correct `command`.' };
  }
}

async function stateOf(path: string): Promise<'executable' | 'not_executable' | 'folder' | 'absent'> {
  try {
    if ((await stat(path)).isDirectory()) return 'folder';
  } catch {
    return 'absent';
  }
  try {
    await access(path, constants.X_OK);
    return 'executable';
  } catch {
    return 'not_executable';
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}
