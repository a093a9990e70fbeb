/** `rouse migrate`: moves a home from one kind of store to another, without a daemon. */
import { type Command } from '@commander-js/extra-typings';
import { type Cli, groupCommand, daemonCommand } from '../command.ts';
import { writeReply } from '../reply.ts';

function sqliteToPostgresCommand(cli: Cli) {
  return daemonCommand('sqlite-to-postgres', {
    summary: "Move everything in the home's file to a PostgreSQL database",
    description:
      "Move everything in the home's file to an empty PostgreSQL database: definitions, cursors, runs, transcripts, all of it. Stop the daemon first. It can be interrupted and started again, and goes on where it was; the file stays as it is. Afterwards set store.url (or ROUSE_STORE_URL) to the same URL.",
    examples: ['migrate sqlite-to-postgres --to env:DATABASE_URL'],
  })
    .requiredOption('--to <url>', 'postgres://…, or env:NAME, or file:/path that holds it')
    .action(async (options) => {
      const { terminal } = cli;
      await import('../../clock/temporal.ts');
      const { systemClock } = await import('../../clock/clock.ts');
      const { moveToPostgres } = await import('../../daemon/move-to-postgres.ts');
      const moved = await moveToPostgres({
        clock: systemClock(),
        home: cli.homeOf(options),
        to: options.to,
        environment: cli.environment.variables,
        onProgress: ({ table, copied, total }) => {
          if (total > 0) terminal.err(`${table}: ${copied} of ${total}\n`);
        },
      });
      const rows = moved.tables.reduce((sum, table) => sum + table.rows, 0);
      const lines = () => [
        ...moved.tables.filter((one) => one.rows > 0).map((one) => `  ${one.table}  ${one.rows}`),
        `Moved ${rows} rows; every table was counted on both sides.`,
        `Now set store.url in rouse.toml, or ROUSE_STORE_URL, to that database and start the daemon.`,
      ];
      writeReply({ terminal, format: options.output, reply: moved, items: moved.tables, lines });
    });
}

export function migrateCommand(cli: Cli): Command {
  return groupCommand('migrate', 'Move a home to another kind of store').addCommand(sqliteToPostgresCommand(cli));
}
