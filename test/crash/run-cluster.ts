/**
 * The long cluster run: twenty jobs every two seconds over three nodes for two minutes, nodes killed, frozen beyond
 * their leases and cut off at random moments, the server restarted in the middle. Prints what it does, how long the
 * runs of dead and frozen nodes waited for others, and ends with code 1 when anything is wrong.
 *
 *   node test/crash/run-cluster.ts [--seconds 120] [--jobs 20] [--seed 1]
 */
import { parseArgs } from 'node:util';
import { openCluster, pass } from './cluster-load.ts';
import type { Cluster, ClusterNode } from './cluster-load.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '120' },
    jobs: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
  },
});

/** Longer than a lease and the time in which others look: its runs are another's by then. */
const FREEZE_MS = 45_000;

const startedAt = performance.now();
const say = (text: string): void => {
  process.stdout.write(`${((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)} s  ${text}\n`);
};

let state = Number(values.seed) >>> 0;
function random(): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
}

type Fault = (node: ClusterNode) => Promise<void>;

/** What ran on a node when it died or froze, to be taken over by another one. */
interface Left {
  how: string;
  at: number;
  runIds: ReadonlySet<string>;
}

const left: Left[] = [];

/** Asked of another node right after `node` can do nothing any more. */
async function noteLeft(cluster: Cluster, node: ClusterNode, how: string): Promise<void> {
  const at = Date.now();
  const other = cluster.nodes.find((each) => each !== node && isFree(each))!;
  const { runs } = await other.daemon.client.runs.list({ status: 'running', limit: 500 });
  const pid = `:${node.daemon.pid}:`;
  left.push({ how, at, runIds: new Set(runs.filter((run) => run.node?.includes(pid)).map(({ id }) => id)) });
}

/** From the death or the freeze to the row's end, for runs that others ended as interrupted. */
async function sayTakeOvers(cluster: Cluster): Promise<void> {
  const runs = new Map((await cluster.nodes[0]!.daemon.runs()).map((run) => [run.id, run]));
  for (const how of new Set(left.map((each) => each.how))) {
    const tookMs = left
      .filter((each) => each.how === how)
      .flatMap(({ at, runIds }) =>
        [...runIds].flatMap((id) => {
          const run = runs.get(id);
          return run?.reason === 'interrupted' ? [Date.parse(run.ended_at!) - at] : [];
        }),
      )
      .toSorted((a, b) => a - b);
    const seconds = tookMs.map((ms) => (ms / 1000).toFixed(1)).join(', ');
    say(`taken over after "${how}": ${tookMs.length === 0 ? 'nothing ran there' : `${seconds} s`}`);
  }
}

const busy = new Map<string, Promise<void>>();
const isFree = ({ name }: ClusterNode): boolean => !busy.has(name);

const FAULTS: Readonly<Record<string, Fault>> = {
  'kill -9 and start again': async ({ daemon }) => daemon.restart(),
  'kill -9 and stay away': async (node) => {
    await node.daemon.kill();
    await noteLeft(cluster, node, 'kill -9');
    await pass(FREEZE_MS);
    await node.daemon.start();
  },
  'freeze beyond the lease': async (node) => {
    const { daemon } = node;
    daemon.signal('SIGSTOP');
    await noteLeft(cluster, node, 'freeze');
    await pass(FREEZE_MS);
    daemon.signal('SIGCONT');
  },
  'freeze for a moment': async ({ daemon }) => {
    daemon.signal('SIGSTOP');
    await pass(3_000);
    daemon.signal('SIGCONT');
  },
  'cut off for a while': async ({ link }) => {
    link.cut();
    await pass(8_000);
    link.mend();
  },
};

async function sayCounts(cluster: Cluster, rest: { isOver: boolean }): Promise<void> {
  for (;;) {
    await pass(20_000);
    if (rest.isOver) return;
    const { counts } = await cluster.nodes[0]!.daemon.client.status();
    say(`${counts.scheduled} waiting, ${counts.running} running`);
  }
}

async function misfortunes(cluster: Cluster, until: number): Promise<void> {
  let isRestarted = false;
  while (performance.now() < until) {
    await pass(3_000 + random() * 5_000);
    if (!isRestarted && performance.now() > until - Number(values.seconds) * 500) {
      isRestarted = true;
      say('the server is restarted');
      await cluster.server.stop();
      await cluster.server.start();
    }
    const free = cluster.nodes.filter(isFree);
    // One node is always left alone, so that somebody takes over.
    if (free.length < 2) continue;
    const node = free[Math.floor(random() * free.length)]!;
    const names = Object.keys(FAULTS);
    const fault = names[Math.floor(random() * names.length)]!;
    say(`${node.name}: ${fault}`);
    busy.set(
      node.name,
      FAULTS[fault]!(node).finally(() => busy.delete(node.name)),
    );
  }
  await Promise.all(busy.values());
}

/** A busy machine carries the backlog of two minutes out at a few runs per second. */
const REST_MS = 1_200_000;

const cluster = await openCluster({ jobs: Number(values.jobs), nodes: 3, withinMs: REST_MS });
try {
  say('three nodes are ready');
  await misfortunes(cluster, performance.now() + Number(values.seconds) * 1000);
  say('coming to rest');
  const rest = { isOver: false };
  void sayCounts(cluster, rest);
  const wrong = await cluster.judge().finally(() => (rest.isOver = true));
  const runs = await cluster.nodes[0]!.daemon.runs();
  const interrupted = runs.filter((run) => run.reason === 'interrupted').length;
  say(`${runs.length} rows, ${(await cluster.executions()).length} executions, ${interrupted} interrupted`);
  await sayTakeOvers(cluster);
  for (const sentence of wrong) say(`WRONG ${sentence}`);
  say(wrong.length === 0 ? 'every instant exactly once, caps and limits held' : `${wrong.length} things are wrong`);
  process.exitCode = wrong.length === 0 ? 0 : 1;
} finally {
  await cluster.close();
}
