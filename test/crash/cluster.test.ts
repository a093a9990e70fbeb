// Three daemons, one server: a node is frozen for a moment, one is cut off, the server goes away and comes back.
// Kills and long freezes, after which a lease has to end, are in `npm run cluster`.
import { afterEach, beforeEach, expect, onTestFailed, test } from 'vitest';
import { CAP, type Cluster, openCluster, pass, tellOf } from './cluster-load.ts';

let cluster: Cluster;

beforeEach(async () => {
  cluster = await openCluster({ jobs: 6, nodes: 3 });
}, 120_000);
afterEach(() => cluster.close(), 60_000);

test('every instant runs exactly once on one of three nodes, whatever happens to them and the server', async () => {
  onTestFailed(() => void process.stderr.write(`${tellOf(cluster)}\n`));
  const [first, second, third] = cluster.nodes;
  const finished = async (count: number): Promise<void> => {
    await first!.daemon.waitUntil(async () => (await cluster.executions()).length >= count);
  };
  await finished(10);
  second!.daemon.signal('SIGSTOP');
  await pass(2_000);
  second!.daemon.signal('SIGCONT');
  third!.link.cut();
  await pass(2_000);
  third!.link.mend();
  const before = (await cluster.executions()).length;
  await cluster.server.stop();
  await pass(1_000);
  await cluster.server.start();
  await finished(before + 15);
  expect(await cluster.judge()).toEqual([]);
  const nodes = new Set((await first!.daemon.runs()).map((run) => run.node));
  expect(nodes.size).toBeGreaterThan(1);
  expect(CAP).toBeGreaterThan(0);
}, 150_000);
