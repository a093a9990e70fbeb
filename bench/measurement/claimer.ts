/**
 * One node's claims for bench/cluster.ts, as a process of its own: says `ready`, waits for a line, claims batch by batch
 * until nothing is left, and says how many that were and how long it took.
 *
 *   node bench/measurement/claimer.ts --url URL --node NAME --batch 50 [--plain]
 *
 * `--plain` is what anybody would write: rows locked with SKIP LOCKED and marked, in one statement, on the same schema.
 */
import '../../src/clock/temporal.ts';
import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { systemClock } from '../../src/clock/clock.ts';
import { openPostgresStore } from '../../src/store/postgres/open-postgres-store.ts';

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: '' },
    node: { type: 'string', default: '' },
    batch: { type: 'string', default: '50' },
    plain: { type: 'boolean', default: false },
  },
});
const { url, node } = values;
const batch = Number(values.batch);
const LEASE_MS = 600_000;

interface Claimer {
  claim(): Promise<number>;
  close(): Promise<void>;
}

/** Both sides end what they claimed like this: a cluster's caps keep few running, and neither may be asked to count thousands. */
const END = `update runs set status = 'completed', slot = null, ended_at = 1 where token = any($1)`;

async function ours(): Promise<Claimer> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const store = await openPostgresStore({ url, node, clock: systemClock() });
  const caps = { total: 1_000_000, per_agent: {}, per_workspace: 0, held: [] };
  const tokens = (): string[] => Array.from({ length: batch }, () => randomUUID());
  return {
    async claim() {
      const claims = await store.claimRuns({ now: Date.now(), node, lease_ms: LEASE_MS, caps, tokens: tokens() });
      await client.query(END, [claims.map((claim) => claim.token)]);
      return claims.length;
    },
    async close() {
      await store.close();
      await client.end();
    },
  };
}

// With the definition, because whoever claims a run has to know what to do.
const PLAIN = `with next as (
    select seq from runs where queue = 'ready' order by priority desc, catch_up, order_at, created_at, seq
    limit $1 for update skip locked)
  update runs set status = 'running', queue = null, slot = 'held', node = $2, token = gen_random_uuid()::text, lease_until = $3
  from next, automations where runs.seq = next.seq and automations.id = runs.automation_id returning runs.*, automations.definition`;

async function plain(): Promise<Claimer> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return {
    async claim() {
      const { rows } = await client.query<{ token: string }>(PLAIN, [batch, node, Date.now() + LEASE_MS]);
      await client.query(END, [rows.map((row) => row.token)]);
      return rows.length;
    },
    close: () => client.end(),
  };
}

const claimer = await (values.plain ? plain() : ours());
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
process.stdout.write('ready\n');
for (let line = await lines.next(); line.done !== true; line = await lines.next()) {
  const startedAt = performance.now();
  let claimed = 0;
  // Others may hold what is left: one that finds nothing looks once more before it is done.
  for (let empty = 0; empty < 2;) {
    const count = await claimer.claim();
    claimed += count;
    empty = count === 0 ? empty + 1 : 0;
  }
  process.stdout.write(`${JSON.stringify({ claimed, ms: performance.now() - startedAt })}\n`);
}
await claimer.close();
