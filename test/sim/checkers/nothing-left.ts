/** After the calm: every row finished, every process gone. */
import type { RunRow } from '../../../src/store/rows/run-row.ts';
import type { Checker } from '../checker.ts';

export function nothingLeft(): Checker {
  return {
    name: 'nothing-left',
    promise: 'once the faults end, everything finishes within bounded time and no process is left behind',
    atEnd(reality) {
      const [row, ...more] = reality.all<RunRow>(
        `select * from runs where status in ('scheduled', 'running') order by seq`,
      );
      if (row !== undefined) {
        const waiting = row.status === 'scheduled' ? `, in the queue as ${row.queue}` : `, claimed by ${row.node}`;
        reality.fail(
          `${row.id} of ${row.automation_id} is still ${row.status}${waiting}, and ${more.length} others are unfinished`,
          [row.id],
        );
      }
      const [process] = reality.living();
      if (process !== undefined) {
        reality.fail(`process ${process.pid} of ${process.runId} still lives`, [process.runId]);
      }
    },
  };
}
