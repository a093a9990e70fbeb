/**
 * Runs the command line as a process of its own. Never `spawnSync`: while the test stands still its idle connections to
 * a daemon are closed unseen, and the next request would go into a dead one.
 */
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { rouseCommand } from '../../src/testing/program-files.ts';

export interface CommandEnd {
  stdout: string;
  stderr: string;
  status: number | null;
}

export async function runRouse(
  words: readonly string[],
  p: { env?: Readonly<Record<string, string | undefined>> } = {},
): Promise<CommandEnd> {
  const [program = '', ...args] = rouseCommand();
  const child = spawn(program, [...args, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...p.env },
  });
  const closed = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const [stdout, stderr, status] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
  return { stdout, stderr, status };
}
