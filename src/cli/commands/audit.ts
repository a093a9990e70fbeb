/** `rouse audit`: who changed what. */
import type { ApiChangeRecord } from '../../client/client.ts';
import { type Cli, daemonCommand } from '../command.ts';
import { parseCount } from '../option-text.ts';
import { writeReply } from '../reply.ts';
import { tableLines } from '../table.ts';
import { epochOf, whenText } from '../time-text.ts';
import { relativeText } from '../../lib/span-text.ts';

export function auditCommand(cli: Cli) {
  return daemonCommand('audit', {
    summary: 'Say who changed what',
    description: 'Say who asked for which change, newest first, and what became of it.',
    examples: ['audit --since 24h', 'audit --actor token:ci', 'audit --target job_01jd3q4v8x7r5t2m9k6p0w1y3z -o json'],
  })
    .option('--since <when>', 'a duration back from now such as 2h, or RFC 3339')
    .option('--actor <actor>', 'only of this one, such as user:cli, token:ci or run:run_…')
    .option('--target <id>', 'only about this job, run or token')
    .option('--limit <count>', 'how many at most', parseCount, 50)
    .action(async (options) => {
      const { terminal } = cli;
      const client = await cli.connect(options);
      const { since, actor, target, limit } = options;
      const reply = await client.audit({
        limit,
        ...(since === undefined ? {} : { since: whenText(since) }),
        ...(actor === undefined ? {} : { actor }),
        ...(target === undefined ? {} : { target }),
      });
      const now = terminal.now();
      const lines = () =>
        reply.changes.length === 0
          ? ['Nothing was changed.']
          : tableLines<ApiChangeRecord>({
              rows: reply.changes,
              terminalColumns: terminal.columns,
              paint: terminal.paintOut,
              columns: [
                { title: 'WHEN', cell: ({ at }) => relativeText(epochOf(at) ?? now, now) },
                { title: 'WHO', cell: (change) => change.actor },
                { title: 'WHAT', cell: ({ operation }) => ({ text: operation, hue: 'bold' }) },
                { title: 'ABOUT', cell: (change) => change.target ?? '', flexible: true },
                {
                  title: 'OUTCOME',
                  cell: ({ outcome, code }) =>
                    outcome === 'done'
                      ? 'done'
                      : { text: code ?? outcome, hue: outcome === 'begun' ? 'yellow' : 'red' },
                },
              ],
            });
      writeReply({ terminal, format: options.output, reply, items: reply.changes, lines });
    });
}
