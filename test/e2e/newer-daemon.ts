/**
 * A daemon of the version after this one, as far as a database can tell: it brings the schema one generation further, in
 * ways that an older node must not notice (a table, a column with a default, an index). Otherwise it is the real one.
 */
import '../../src/clock/temporal.ts';
import { parseArgs } from 'node:util';
import { delay, systemClock } from '../../src/clock/clock.ts';
import { startDaemon } from '../../src/daemon/daemon.ts';
import { allMigrations } from '../../src/store/postgres/migrations/all-migrations.ts';
import type { Migration } from '../../src/store/postgres/migrations/migration.ts';

const last = allMigrations.at(-1)!;
(allMigrations as Migration[]).push({
  version: last.version + 1,
  name: 'of-the-next-version',
  generation: (last.generation ?? 1) + 1,
  additive: true,
  sql: `
create table of_the_next_version (run bigint primary key references runs (seq) on delete cascade);
alter table runs add column of_the_next_version text;
alter table runs add column since_then bigint not null default 0;
create index runs_since_then on runs (since_then, created_at);
`,
});

const { values } = parseArgs({ options: { home: { type: 'string' }, port: { type: 'string' } } });
const { home = '', port = '0' } = values;
const daemon = await startDaemon({ home, port: Number(port), environment: process.env });
process.once('SIGTERM', () => void daemon.stop({ reason: 'SIGTERM' }));
// Ends with whoever started it, however that ended: a test that is killed ends nothing itself.
const parent = process.ppid;
void (async () => {
  while (process.ppid === parent) await delay(systemClock(), 1000);
  await daemon.stop({ reason: 'nobody is there any more' });
})();
await daemon.stopped;
process.exit(0);
