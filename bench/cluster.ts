/**
 * Several nodes over one PostgreSQL server (durable, on loopback): how many claims per second one, two and three of them
 * make beside as many plain SKIP LOCKED loops on the same schema. Nodes are processes of their own, the two sides take
 * turns, and only the ratio is worth remembering. How soon an agent is at work: wake-ups.ts.
 *
 *   node bench/cluster.ts [--runs 3000] [--batch 50] [--rounds 5]
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import path from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { systemClock } from '../src/clock/clock.ts';
import { openPostgresStore } from '../src/store/postgres/open-postgres-store.ts';
import { createDatabase, startPostgresServer } from '../test/postgres/postgres-server.ts';
import { spread } from './measurement/distribution.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '3000' },
    batch: { type: 'string', default: '50' },
    rounds: { type: 'string', default: '5' },
  },
});
const runCount = Number(values.runs);
const NODES = [1, 2, 3];
const AUTOMATIONS = 200;

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

class Claimer {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  }

  static async start(p: { url: string; node: string; plain: boolean }): Promise<Claimer> {
    const script = path.join(import.meta.dirname, 'measurement/claimer.ts');
    const words = ['--url', p.url, '--node', p.node, '--batch', values.batch, ...(p.plain ? ['--plain'] : [])];
    const child = spawn(process.execPath, [script, ...words], { stdio: ['pipe', 'pipe', 'inherit'] });
    const claimer = new Claimer(child);
    await claimer.#next();
    return claimer;
  }

  async claimAll(): Promise<{ claimed: number; ms: number }> {
    this.#child.stdin!.write('go\n');
    return JSON.parse(await this.#next()) as { claimed: number; ms: number };
  }

  end(): void {
    this.#child.stdin!.end();
  }

  async #next(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error('a claimer ended');
    return value;
  }
}

const definition = (id: string): string =>
  JSON.stringify({
    id,
    name: id,
    agent_name: 'reviewer',
    prompt: 'Review the changes since yesterday and write a risk report.',
    scope: 'global',
    source: 'dynamic',
    enabled: true,
    catch_up_policy: 'skip_missed',
    retry: { strategy: 'none', max_retries: 0, base_delay: '' },
    fire_limit: { max: 12, window: '1h' },
  });

const AUTOMATION = `insert into automations (id, kind, scope, workspace_id, name, source, agent_name, tags, search, revision,
  created_at, updated_at, definition) values ($1, 'job', 'global', '', $1, 'dynamic', 'reviewer', '', $1, 1, 0, 0, $2)`;
const READY = `insert into runs (id, automation_id, automation_kind, fire_id, attempt, status, queue, kind, priority, exclusive,
  catch_up, agent_name, workspace_id, created_at, scheduled_at, available_at, accepted_at)
  select 'run_' || i, 'job_' || i % ${AUTOMATIONS}, 'job', 'fire_' || i, 1, 'scheduled', 'ready', 'schedule', 0, 0, 0, 'reviewer',
    '', i, i, i, i from generate_series(1, $1::int) as i`;

/** Claims per second of so many nodes, everything claimed by somebody exactly once. */
async function claimRate(client: pg.Client, claimers: readonly Claimer[]): Promise<number> {
  await client.query('truncate runs, run_texts, occurrences');
  await client.query(READY, [runCount]);
  await client.query('vacuum analyze runs');
  const done = await Promise.all(claimers.map((claimer) => claimer.claimAll()));
  const claimed = done.reduce((sum, one) => sum + one.claimed, 0);
  if (claimed !== runCount) throw new Error(`${claimed} claims of ${runCount} runs`);
  return runCount / (Math.max(...done.map((one) => one.ms)) / 1000);
}

async function measureClaims(url: string): Promise<void> {
  await (await openPostgresStore({ url, node: 'bench', clock: systemClock() })).close();
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  for (let i = 0; i < AUTOMATIONS; i += 1) await client.query(AUTOMATION, [`job_${i}`, definition(`job_${i}`)]);
  for (const nodes of NODES) {
    const names = Array.from({ length: nodes }, (_, i) => `node-${i + 1}`);
    const start = (plain: boolean): Promise<Claimer[]> =>
      Promise.all(names.map((node) => Claimer.start({ url, node, plain })));
    const sides = { ours: await start(false), plain: await start(true) };
    const rates = { ours: [] as number[], plain: [] as number[], ratio: [] as number[] };
    // The first round warms both up.
    for (let round = 0; round <= Number(values.rounds); round += 1) {
      const ours = await claimRate(client, sides.ours);
      const plain = await claimRate(client, sides.plain);
      if (round === 0) continue;
      rates.ours.push(ours);
      rates.plain.push(plain);
      rates.ratio.push(ours / plain);
    }
    for (const claimer of [...sides.ours, ...sides.plain]) claimer.end();
    print(
      `${nodes} node${nodes === 1 ? ' ' : 's'}: ${spread(rates.ours, 0)} claims/s, plain ${spread(rates.plain, 0)}, ` +
        `ratio ${spread(rates.ratio, 2)}`,
    );
  }
  await client.end();
}

const server = await startPostgresServer({ durable: true });
try {
  await measureClaims(await createDatabase({ url: server.url }));
} finally {
  await server.dispose();
}
