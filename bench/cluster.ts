/**
 * Several nodes over one PostgreSQL server (durable, on loopback): how many claims per second one, two and three of them
 * make beside as many plain SKIP LOCKED loops on the same schema, and how long it takes from an instant, or from an event
 * that one node accepted, until an agent is at work, on that node or another. Nodes are processes of their own, the two
 * sides take turns, and of the rates only the ratio is worth remembering.
 *
 *   node bench/cluster.ts [--runs 3000] [--batch 50] [--rounds 5] [--wakes 40] [--only claims|wakes]
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import path from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { delay, systemClock } from '../src/clock/clock.ts';
import { openPostgresStore } from '../src/store/postgres/open-postgres-store.ts';
import type { ApiRun } from '../src/client/client.ts';
import { openScratchDaemon, type ScratchDaemon } from '../src/testing/scratch-daemon.ts';
import { createDatabase, startPostgresServer } from '../test/postgres/postgres-server.ts';
import { percentile, spread } from './measurement/distribution.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '3000' },
    batch: { type: 'string', default: '50' },
    rounds: { type: 'string', default: '5' },
    wakes: { type: 'string', default: '40' },
    only: { type: 'string' },
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

const wakeToml = `
[automation]
max_concurrent_jobs = 50
default_fire_limit = { max = 100000, window = "1h" }
[agents.short]
type = "command"
command = ["true"]
[[automation.jobs]]
name = "due"
agent = "short"
prompt = "x"
schedule = { mode = "every", interval = "700ms" }
overlap = "allow"
[[automation.triggers]]
name = "told"
agent = "short"
event = "ext.told"
prompt = "x"
overlap = "allow"
`;

const startedAfter = (run: ApiRun, from: string | undefined): number =>
  Date.parse(run.started_at ?? '') - Date.parse(from ?? '');

async function measureWakes(url: string, nodes: number): Promise<void> {
  const wakes = Number(values.wakes);
  const daemons: ScratchDaemon[] = [];
  try {
    for (let i = 1; i <= nodes; i += 1) {
      const environment = { ...process.env, ROUSE_STORE_URL: url, ROUSE_NODE: `node-${i}` };
      daemons.push(await openScratchDaemon({ config: wakeToml, environment, withinMs: 120_000 }));
    }
    const [first] = daemons;
    const toldAt = new Map<string, number>();
    for (let i = 0; i < wakes; i += 1) {
      const at = Date.now();
      const { event } = await first!.client.events.send({ kind: 'ext.told', data: { i } });
      toldAt.set(event.id, at);
      await delay(systemClock(), 100);
    }
    await first!.waitUntil(async ({ client }) => {
      const { runs } = await client.runs.list({ limit: 500, status: 'completed' });
      return runs.filter((run) => run.event_id !== undefined).length === wakes;
    });
    const runs = (await first!.runs()).filter((run) => run.started_at !== undefined);
    const due = runs.filter((run) => run.event_id === undefined).map((run) => startedAfter(run, run.scheduled_at));
    const told = runs.filter((run) => run.event_id !== undefined);
    const own = await instanceOf(url, 'node-1');
    const since = (run: ApiRun): number => Date.parse(run.started_at!) - toldAt.get(run.event_id!)!;
    const here = told.filter((run) => run.node === own).map(since);
    const elsewhere = told.filter((run) => run.node !== own).map(since);
    const text = (ms: readonly number[]): string =>
      ms.length === 0 ? 'none' : `${percentile(ms, 0.5)} / ${percentile(ms, 0.99)} ms of ${ms.length}`;
    print(
      `${nodes} node${nodes === 1 ? ' ' : 's'}: due → agent (median / p99) ${text(due)}; ` +
        `event sent to node 1 → agent on node 1 ${text(here)}, on another ${text(elsewhere)}`,
    );
  } finally {
    for (const daemon of daemons) await daemon.close();
  }
}

/** What runs name as the node that carried them out. */
async function instanceOf(url: string, name: string): Promise<string | undefined> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ instance: string }>('select instance from nodes where name = $1', [name]);
  await client.end();
  return rows[0]?.instance;
}

const server = await startPostgresServer({ durable: true });
try {
  if (values.only !== 'wakes') await measureClaims(await createDatabase({ url: server.url }));
  if (values.only !== 'claims') {
    for (const nodes of NODES) await measureWakes(await createDatabase({ url: server.url }), nodes);
  }
} finally {
  await server.dispose();
}
