/** Finds and ends what earlier starts left behind, known by the tokens that were stored with their runs. */
import type { Clock } from '../../clock/clock.ts';
import type { ProcessCustodian } from '../agent-driver.ts';
import { createProcessTable, type ProcessTable } from './process-table.ts';
import { ProcessTree } from './process-tree.ts';

export function createProcessCustodian(p: { clock: Clock; processes?: ProcessTable }): ProcessCustodian {
  const table = p.processes ?? createProcessTable({ clock: p.clock });
  return {
    async find({ tokens }) {
      const wanted = new Set(tokens);
      const rows = await table.snapshot();
      return rows.flatMap((row) =>
        row.token !== undefined && wanted.has(row.token) ? [{ pid: row.pid, token: row.token }] : [],
      );
    },
    end: ({ token, graceMs }) => new ProcessTree({ clock: p.clock, table, token }).end({ graceMs }),
  };
}
