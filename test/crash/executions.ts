/** What really ran: the lines that `marker-agent.sh` appended, read back. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Execution {
  run_id: string;
  fire_id: string;
  attempt: number;
  pid: number;
  /** By the machine's clock. */
  begunMs: number;
  /** Absent when it did not come to its end by itself. */
  endedMs?: number;
}

/** `[agents.<name>]` of the marking agent; `stopGrace` is Go duration text. */
export function markerAgentToml(p: { name: string; markers?: string; stopGrace?: string; more?: string }): string {
  const env = p.markers === undefined ? '' : `env = { MARKERS = ${JSON.stringify(p.markers)} }\n`;
  return `[agents.${p.name}]
type = "command"
command = ["sh", ${JSON.stringify(join(import.meta.dirname, 'marker-agent.sh'))}]
stop_grace = "${p.stopGrace ?? '300ms'}"
${env}${p.more ?? ''}
`;
}

/** In the order in which they began. */
export async function readExecutions(folder: string): Promise<Execution[]> {
  const executions: Execution[] = [];
  for (const line of await linesOf(join(folder, 'executions'))) {
    const [what, run_id = '', fire_id = '', attempt, , pid, at] = line.split(' ');
    if (what === 'begin') {
      executions.push({ run_id, fire_id, attempt: Number(attempt), pid: Number(pid), begunMs: Number(at) });
      continue;
    }
    // The same process marks its end as its begin: an id of a process may be used again, but not within one run.
    const begun = executions.find((execution) => execution.run_id === run_id && execution.pid === Number(pid));
    if (begun !== undefined) begun.endedMs = Number(at);
  }
  return executions;
}

/** Runs that were started while a process of an earlier one of the same automation still lived. */
export const readViolations = (folder: string): Promise<string[]> => linesOf(join(folder, 'violations'));

export const readGrandchildren = async (folder: string): Promise<number[]> =>
  (await linesOf(join(folder, 'grandchildren'))).map(Number);

async function linesOf(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return text.split('\n').filter((line) => line !== '');
}
