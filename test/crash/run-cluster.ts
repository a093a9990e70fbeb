/**
 * The long cluster run: twenty jobs every two seconds over three nodes for two minutes, nodes killed, frozen beyond
 * their leases and cut off at random moments, the server restarted in the middle. Prints what it does, how long the
 * runs of dead and frozen nodes waited for others, and ends with code 1 when anything is wrong.
 *
 *   node test/crash/run-cluster.ts [--seconds 120] [--jobs 20] [--seed 1] [--work 0.05] [--cut proxy|namespaces]
 *
 * An agent works for `--work` seconds; longer ones are more often under way when a node is lost, and taken over.
 *
 * With `--cut namespaces` each node has a network of its own and a cut is a pulled cable: for 5 to 90 seconds packets
 * vanish, and the node has to notice by itself. That needs Linux, root and `ip`; without them it ends with code 77.
 */
import { parseArgs } from 'node:util';
import { LEASE_MS } from '../../src/engine/lease-keeper.ts';
import { openCluster, pass } from './cluster-load.ts';
import type { Cluster, ClusterNode } from './cluster-load.ts';
import { NetworkNotPermitted, NodeNetwork } from './node-network.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '120' },
    jobs: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    work: { type: 'string', default: '0.05' },
    cut: { type: 'string', default: 'proxy' },
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

/** What went wrong on the way, besides what the rows show at the end. */
const wrongOnTheWay: string[] = [];
const within = async (what: string, p: { withinMs: number }, body: () => Promise<unknown>): Promise<void> => {
  const beganAt = performance.now();
  await body();
  const tookMs = performance.now() - beganAt;
  say(`${what} after ${(tookMs / 1000).toFixed(1)} s`);
  if (tookMs > p.withinMs) wrongOnTheWay.push(`${what} only after ${(tookMs / 1000).toFixed(1)} s`);
};

/** A node that waits for a dead connection longer than its lease is no use to anybody; some more for a busy machine. */
const BACK_MS = LEASE_MS + 15_000;
/** What the unit in the guide gives a stop: it waits for one answer after the other, up to twenty seconds each. */
const STOP_MS = 60_000;

/** Back is who has reached the server since: its sign of life there is newer, and it reads that itself. */
async function waitUntilBack({ name, daemon }: ClusterNode): Promise<void> {
  const mendedAt = Date.now();
  const hasSigned = async (): Promise<boolean> => {
    const nodes = await daemon.client.nodes.list();
    return nodes.some((node) => node.name === name && Date.parse(node.heartbeat_at ?? '') > mendedAt);
  };
  await within(`${name} is back`, { withinMs: BACK_MS }, () => daemon.waitUntil(() => hasSigned().catch(() => false)));
}

async function cutFor(node: ClusterNode, ms: number): Promise<void> {
  say(`${node.name}: for ${Math.round(ms / 1000)} s`);
  node.link.cut();
  await noteLeft(cluster, node, ms > LEASE_MS ? 'cut beyond the lease' : 'cut');
  await pass(ms);
  node.link.mend();
  await waitUntilBack(node);
}

const CABLE_FAULTS: Readonly<Record<string, Fault>> = {
  'cut off for up to the lease': (node) => cutFor(node, 5_000 + random() * 25_000),
  'cut off beyond the lease': (node) => cutFor(node, 35_000 + random() * 55_000),
  'cut off and told to stop': async (node) => {
    node.link.cut();
    await noteLeft(cluster, node, 'cut and stop');
    await within(`${node.name} stopped`, { withinMs: STOP_MS }, () => node.daemon.stop());
    node.link.mend();
    await node.daemon.start();
  },
};

const PROCESS_FAULTS: Readonly<Record<string, Fault>> = {
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
};

const PROXY_FAULTS: Readonly<Record<string, Fault>> = {
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
  const faults = { ...PROCESS_FAULTS, ...(network === undefined ? PROXY_FAULTS : CABLE_FAULTS) };
  // However short the run is, there is a long cut in it.
  let first = network === undefined ? undefined : 'cut off beyond the lease';
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
    const names = Object.keys(faults);
    const fault = first ?? names[Math.floor(random() * names.length)]!;
    first = undefined;
    say(`${node.name}: ${fault}`);
    busy.set(
      node.name,
      faults[fault]!(node).finally(() => busy.delete(node.name)),
    );
  }
  await Promise.all(busy.values());
}

function openNetwork(): NodeNetwork {
  try {
    return NodeNetwork.open();
  } catch (error) {
    if (!(error instanceof NetworkNotPermitted)) throw error;
    process.stderr.write(`cuts by namespaces are not possible here: ${error.message}\n`);
    process.exit(NOT_POSSIBLE);
  }
}

const NOT_POSSIBLE = 77;
const INTERRUPTED = 130;
/** A busy machine carries the backlog of two minutes out at a few runs per second. */
const REST_MS = 1_200_000;

if (values.cut !== 'proxy' && values.cut !== 'namespaces') throw new Error('--cut is `proxy` or `namespaces`');
const network = values.cut === 'namespaces' ? openNetwork() : undefined;
// SIGHUP too: the system sends it to a group in which a process is frozen when the shell before it ends.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(INTERRUPTED));
const shared = network === undefined ? {} : { network };
const cluster = await openCluster({
  jobs: Number(values.jobs),
  nodes: 3,
  workSeconds: Number(values.work),
  withinMs: REST_MS,
  ...shared,
});
try {
  say('three nodes are ready');
  await misfortunes(cluster, performance.now() + Number(values.seconds) * 1000);
  say('coming to rest');
  const rest = { isOver: false };
  void sayCounts(cluster, rest);
  const judged = await cluster.judge().finally(() => (rest.isOver = true));
  const wrong = [...wrongOnTheWay, ...judged];
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
