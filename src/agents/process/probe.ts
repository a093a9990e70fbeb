/** Asks a program a short question (its version, whether somebody is logged in) and takes everything away afterwards. */
import { delay, type Clock } from '../../clock/clock.ts';
import { readText } from '../output-text.ts';
import type { ProcessTable } from './process-table.ts';
import { ProcessTree } from './process-tree.ts';
import { findProgram } from './program.ts';
import { spawnProcess } from './spawned-process.ts';

/** Large programs start slowly on a cold disk. */
const ANSWER_MS_MAX = 20_000;
const OUTPUT_LENGTH_MAX = 64 * 1024;

export type ProbeAnswer = { path: string; code: number | null; output: string } | { problem: string; hint: string };

/** Never rejects. Its input is empty; what it prints on both outputs is put together, the beginning of it. */
export async function probe(p: {
  clock: Clock;
  table: ProcessTable;
  program: string;
  args: readonly string[];
  cwd: string;
  env: Record<string, string>;
  /** Of these processes alone. */
  token: string;
}): Promise<ProbeAnswer> {
  const found = await findProgram({ name: p.program, cwd: p.cwd, env: p.env });
  if ('problem' in found) return found;
  const result = await spawnProcess({ ...p, program: found.path, stdin: 'ignore' });
  if ('error' in result) {
    return { problem: `${found.path} could not be started: ${result.error.message}.`, hint: 'Install it again.' };
  }
  const child = result.spawned;
  const tree = new ProcessTree({ clock: p.clock, table: p.table, token: p.token, leader: child });
  let output = '';
  const take = (text: string): void => {
    if (output.length < OUTPUT_LENGTH_MAX) output += text;
  };
  readText(child.stdout, take);
  readText(child.stderr, take);
  const enough = new AbortController();
  const exit = await Promise.race([child.exited, delay(p.clock, ANSWER_MS_MAX, enough.signal).then(() => undefined)]);
  enough.abort();
  await tree.end({ graceMs: exit === undefined ? 1_000 : 0 });
  await child.drain();
  if (exit === undefined) {
    return { problem: `${found.path} did not answer within ${ANSWER_MS_MAX / 1000} s.`, hint: 'Run it by hand.' };
  }
  return { path: found.path, code: exit.code, output: output.slice(0, OUTPUT_LENGTH_MAX) };
}

/** The first words that look like a version: programs print warnings and their names around it. */
export function versionIn(output: string): string | undefined {
  return /\b\d+\.\d+(?:\.\d+)?(?:[-+.][\w.]+)?\b/.exec(output.replaceAll(/^.*warning.*$/gim, ''))?.[0];
}
