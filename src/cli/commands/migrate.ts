/** `rouse migrate`: moves a home from one kind of store to another, without a daemon. */
import { type Command } from '@commander-js/extra-typings';
import { type Cli, groupCommand, daemonCommand } from '../command.ts';
import { writeReply } from '../reply.ts';
import type { Moved, MoveProgress } from '../../moving/move-to-postgres.ts';
import type { Terminal } from '../terminal.ts';

const BEGAN: Readonly<Record<Moved['began'], string>> = {
  anew: 'Moved',
  resumed: 'Went on where an earlier try was interrupted, and moved',
  over_again: 'A daemon had used the home since the last try, so began over again, and moved',
};

function sqliteToPostgresCommand(cli: Cli) {
  return daemonCommand('sqlite-to-postgres', {
    summary: "Move everything in the home's file to a PostgreSQL database",
    description:
      "Move everything in the home's file to an empty PostgreSQL database: definitions, cursors, runs, transcripts, secrets, tokens, all of it. Stop the daemon first. It can be interrupted and started again, and goes on where it was; the file stays as it is. Every row is compared on both sides, and so are the cursor and the next five fires of every job, before any daemon opens the database. Afterwards set store.url (or ROUSE_STORE_URL) to the same URL.",
    examples: ['migrate sqlite-to-postgres --to env:DATABASE_URL'],
  })
    .requiredOption('--to <url>', 'postgres://…, or env:NAME, or file:/path that holds it')
    .action(async (options) => {
      const { terminal } = cli;
      await import('../../clock/temporal.ts');
      const { systemClock } = await import('../../clock/clock.ts');
      const { moveToPostgres } = await import('../../moving/move-to-postgres.ts');
      const home = cli.homeOf(options);
      const progress = new ProgressLines(terminal);
      const moved = await moveToPostgres({
        clock: systemClock(),
        home,
        to: options.to,
        environment: cli.environment.variables,
        onProgress: (one) => progress.show(one),
      }).finally(() => progress.end());
      writeReply({
        terminal,
        format: options.output,
        reply: moved,
        items: moved.tables,
        lines: () => movedLines(moved, home),
      });
    });
}

function movedLines(moved: Moved, home: string): string[] {
  const filled = moved.tables.filter((one) => one.rows > 0);
  const rows = filled.reduce((sum, table) => sum + table.rows, 0);
  const width = Math.max(...filled.map((one) => one.table.length), 0);
  return [
    ...filled.map(
      ({ table, rows: count, digest }) => `  ${table.padEnd(width)}  ${String(count).padStart(9)}  ${digest}`,
    ),
    `${BEGAN[moved.began]} ${rows} rows; each is the same on both sides (the last column sums them up).`,
    `${moved.jobs} jobs have the same cursor, switch and last run, and the same next ${moved.fires} fires.`,
    `Now set store.url in rouse.toml, or ROUSE_STORE_URL, to that database and start the daemon.`,
    `Configuration, token, master.key and work folder stay in ${home}; other nodes need the same configuration and key.`,
  ];
}

/** One line that is written over on a terminal; in a log, one line per table. */
class ProgressLines {
  readonly #terminal: Terminal;
  #isOpen = false;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  show({ doing, table, rows, total }: MoveProgress): void {
    if (total === 0) return;
    const text = `${doing} ${table}: ${rows} of ${total}`;
    if (this.#terminal.interactive) {
      this.#terminal.err(`\r\u001b[K${text}`);
      this.#isOpen = true;
    } else if (rows === total) {
      this.#terminal.err(`${text}\n`);
    }
  }

  end(): void {
    if (this.#isOpen) this.#terminal.err('\r\u001b[K');
    this.#isOpen = false;
  }
}

export function migrateCommand(cli: Cli): Command {
  return groupCommand('migrate', 'Move a home to another kind of store').addCommand(sqliteToPostgresCommand(cli));
}
