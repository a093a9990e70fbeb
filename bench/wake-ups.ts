/**
 * How soon an agent is at work on one of several machines over one PostgreSQL: an event is told to the
 * first node, and only the last one may carry it out, so it is woken through the database alone. From the moment the
 * request is sent until the agent has been spawned, with one, two and three real daemons on loopback. Beside it, on the same
 * server: a row that one connection inserts and announces (NOTIFY), and another takes (SKIP LOCKED) and spawns for.
 *
 *   node bench/wake-ups.ts [--events 100]
 */
import '../src/clock/temporal.ts';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { delay, systemClock } from '../src/clock/clock.ts';
import { openScratchDaemon, type ScratchDaemon } from '../src/testing/scratch-daemon.ts';
import { createDatabase, startPostgresServer } from '../test/postgres/postgres-server.ts';
import { percentile } from './measurement/distribution.ts';

const { values } = parseArgs({ options: { events: { type: 'string', default: '100' } } });
const events = Number(values.events);
const clock = systemClock();
const NODES = [1, 2, 3];
/** Between two events, so that each finds idle nodes. */
const PAUSE_MS = 60;
const WITHIN_MS = 60_000;

const text = (late: readonly number[]): string =>
  `p50 ${percentile(late, 0.5).toFixed(1)} ms, p99 ${percentile(late, 0.99).toFixed(1)} ms of ${late.length}`;

function openNode(url: string, name: string): Promise<ScratchDaemon> {
  return openScratchDaemon({
    config: `[agents.brief]\ntype = "command"\ncommand = ["/bin/echo", "ok"]\n`,
    environment: { ...process.env, ROUSE_STORE_URL: url, ROUSE_NODE: name },
    withinMs: WITHIN_MS,
  });
}

async function ours(url: string, nodes: number): Promise<number[]> {
  const daemons: ScratchDaemon[] = [];
  try {
    for (let index = 0; index < nodes; index += 1) daemons.push(await openNode(url, `bench-${index}`));
    const [door] = daemons;
    const { client } = door!;
    await client.triggers.create({
      name: 'wake',
      scope: 'global',
      event: 'ext.wake',
      agent_name: 'brief',
      prompt: 'ok',
      fire_limit: { max: 100_000, window: '1h' },
      node_labels: [`bench-${nodes - 1}`],
    });
    const late: number[] = [];
    for (let index = 0; index < events; index += 1) {
      const sentAt = clock.now();
      const { runs } = await client.events.send({ kind: 'ext.wake', data: { index } });
      const run = await door!.waitForRun((each) => each.id === runs[0]?.id && each.status === 'completed');
      late.push(Date.parse(run.started_at ?? '') - sentAt);
      await delay(clock, PAUSE_MS);
    }
    return late;
  } finally {
    for (const daemon of daemons) await daemon.close();
  }
}

async function plain(url: string): Promise<number[]> {
  const sender = new pg.Client({ connectionString: url });
  const taker = new pg.Client({ connectionString: url });
  await Promise.all([sender.connect(), taker.connect()]);
  await sender.query('create table wakes (id serial primary key, taken boolean not null default false)');
  await taker.query('listen wakes');
  const late: number[] = [];
  for (let index = 0; index < events; index += 1) {
    const heard = once(taker, 'notification');
    const sentAt = clock.now();
    await sender.query(
      `with wake as (insert into wakes default values returning id) select pg_notify('wakes', id::text) from wake`,
    );
    await heard;
    await taker.query(
      'update wakes set taken = true where id in (select id from wakes where not taken for update skip locked limit 10)',
    );
    const child = spawn('/bin/echo', ['ok'], { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
    late.push(clock.now() - sentAt);
    await once(child, 'exit');
    await delay(clock, PAUSE_MS);
  }
  await Promise.all([sender.end(), taker.end()]);
  return late;
}

const server = await startPostgresServer({ durable: true });
try {
  process.stdout.write(
    `plain, NOTIFY and SKIP LOCKED: ${text(await plain(await createDatabase({ url: server.url })))}\n`,
  );
  for (const nodes of NODES) {
    process.stdout.write(
      `${nodes} nodes, told to the first, woken on the last: ${text(await ours(await createDatabase({ url: server.url }), nodes))}\n`,
    );
  }
} finally {
  await server.stop();
}
