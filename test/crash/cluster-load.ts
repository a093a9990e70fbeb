/**
 * Three real daemons over one real PostgreSQL server on loopback, under load, while nodes are killed, frozen and cut off
 * and the server is restarted. Afterwards what really ran is counted, not what the rows say.
 */
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { createServer, connect } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ApiJob, ApiRun } from '../../src/client/client.ts';
import { delay, systemClock } from '../../src/clock/clock.ts';
import { rouseCommand } from '../../src/testing/program-files.ts';
import { openScratchDaemon, type ScratchDaemon } from '../../src/testing/scratch-daemon.ts';
import { createDatabase, startPostgresServer } from '../postgres/postgres-server.ts';
import type { PostgresServer } from '../postgres/postgres-server.ts';
import { bringToRest, judge, loadToml } from './crash-load.ts';
import { type Execution, readExecutions } from './executions.ts';
import type { NodeNetwork } from './node-network.ts';

export const CAP = 5;
const LIMIT = { max: 10, windowMs: 60_000 };

export interface Cluster {
  nodes: readonly ClusterNode[];
  server: PostgresServer;
  /** Everything that is wrong, after it was brought to rest; empty when nothing is. */
  judge(): Promise<string[]>;
  /** What ran. */
  executions(): Promise<Execution[]>;
  close(): Promise<void>;
}

export interface ClusterNode {
  name: string;
  daemon: ScratchDaemon;
  /** Its only way to the server. */
  link: ClusterLink;
}

interface ClusterLink {
  cut(): void;
  mend(): void;
}

/** `jobs` of them fire every two seconds; one more has the fire limit, one is disabled. */
export async function openCluster(p: {
  jobs: number;
  nodes: number;
  /** How long coming to rest may take: what waited for room during the misfortunes is carried out then. */
  withinMs?: number;
  /** How long each agent works, in seconds; hardly at all when absent. */
  workSeconds?: number;
  /** Where each node lives on a machine of its own, as far as the network goes; closed with the cluster. */
  network?: NodeNetwork;
}): Promise<Cluster> {
  const markers = await realpath(await mkdtemp(join(tmpdir(), 'rouse-cluster-')));
  const { network } = p;
  const listen = network && { address: network.serverAddress, range: network.range };
  const server = await startPostgresServer(listen === undefined ? {} : { listen });
  const url = await createDatabase({ url: server.url });
  const config = clusterToml({
    jobs: p.jobs,
    workSeconds: p.workSeconds ?? 0.05,
    markers,
    ...(network && { hosts: network.nodeAddresses }),
  });
  const nodes: ClusterNode[] = [];
  const proxies: Link[] = [];
  const close = async (): Promise<void> => {
    // We could not reach what is still cut off.
    if (network !== undefined) for (const { link } of nodes) link.mend();
    for (const { daemon } of nodes) await daemon.close();
    for (const proxy of proxies) await proxy.close();
    await server.dispose();
    network?.close();
    await rm(markers, { recursive: true, force: true });
  };
  const wayOf = async (): Promise<Way> => {
    if (network !== undefined) return wayThroughCable(network, url);
    const proxy = await Link.open(url);
    proxies.push(proxy);
    return { link: proxy, environment: { ROUSE_STORE_URL: proxy.url } };
  };
  try {
    for (let i = 1; i <= p.nodes; i += 1) {
      const { link, ...way } = await wayOf();
      const environment = { ...process.env, ...way.environment, ROUSE_NODE: `node-${i}` };
      const daemon = await openScratchDaemon({ ...way, config, environment, withinMs: p.withinMs ?? 300_000 });
      nodes.push({ name: `node-${i}`, daemon, link });
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    nodes,
    server,
    executions: () => readExecutions(markers),
    judge: () => judgeCluster({ daemon: nodes[0]!.daemon, markers }),
    close,
  };
}

/** How a daemon is started so that this link is all it has. */
interface Way {
  link: ClusterLink;
  environment: Readonly<Record<string, string>>;
  command?: readonly string[];
}

function wayThroughCable(network: NodeNetwork, url: string): Way {
  const link = network.add();
  const store = new URL(url);
  store.hostname = network.serverAddress;
  return {
    link,
    environment: { ROUSE_STORE_URL: store.href, ROUSE_HOST: link.address },
    command: [...link.command, ...rouseCommand(), 'start'],
  };
}

function clusterToml(p: { jobs: number; workSeconds: number; markers: string; hosts?: readonly string[] }): string {
  const names = Array.from({ length: p.jobs }, (_, i) => `job-${i + 1}`);
  const schedule = '{ mode = "every", interval = "2s", catch_up_policy = "replay", catch_up_max = 1000 }';
  const overlap = 'queue_all';
  const limited = `fire_limit = { max = ${LIMIT.max}, window = "1m" }`;
  return loadToml({
    maxConcurrent: CAP,
    markers: p.markers,
    ...(p.hosts && { daemon: `insecure_http = true\nallowed_hosts = ${JSON.stringify(p.hosts)}` }),
    jobs: [
      ...names.map((name) => ({ name, schedule, prompt: [`sleep ${p.workSeconds}`], overlap })),
      { name: 'limited', schedule: '{ mode = "every", interval = "1s" }', prompt: [], more: limited },
      { name: 'disabled', schedule, prompt: [], more: 'enabled = false' },
    ],
  });
}

async function judgeCluster(p: { daemon: ScratchDaemon; markers: string }): Promise<string[]> {
  const jobs = await bringToRest(p.daemon);
  const named = (name: string): ApiJob => jobs.find((job) => job.name === name)!;
  const [limited, disabled] = [named('limited'), named('disabled')];
  // The limited job has rows for ranges that reach ahead, which the grid's check does not know.
  const judged = jobs.filter((job) => job !== limited && job !== disabled);
  const runs = await p.daemon.runs();
  const executions = await readExecutions(p.markers);
  return [
    ...(await judge({ daemon: p.daemon, jobs: judged, markers: p.markers })),
    ...runs.flatMap((run) => (run.job_id === disabled.id ? [`the disabled job has run ${run.id}`] : [])),
    ...checkCap(executions),
    ...checkLimit(runs.filter((run) => run.job_id === limited.id && run.status !== 'canceled')),
  ];
}

/** By the marks of those that came to their end themselves: at no moment more than the cap. */
function checkCap(executions: readonly Execution[]): string[] {
  const ended = executions.filter((one) => one.endedMs !== undefined);
  return ended.flatMap((one) => {
    const beside = ended.filter((other) => other.begunMs <= one.begunMs && other.endedMs! > one.begunMs);
    return beside.length > CAP ? [`${beside.length} agents worked at ${new Date(one.begunMs).toISOString()}`] : [];
  });
}

/** Claims follow acceptances: in no window of a minute more runs were accepted than the limit. */
function checkLimit(runs: readonly ApiRun[]): string[] {
  const accepted = runs.map((run) => Date.parse(run.created_at)).toSorted((a, b) => a - b);
  return accepted.flatMap((from, i) => {
    const within = accepted.slice(i).filter((at) => at < from + LIMIT.windowMs).length;
    return within > LIMIT.max
      ? [`${within} runs of the limited job in the minute from ${new Date(from).toISOString()}`]
      : [];
  });
}

/** A connection that can be cut, as a cable can: what goes through a proxy on loopback. */
export class Link {
  readonly url: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isCut = false;

  private constructor(p: { server: Server; url: string }) {
    this.#server = p.server;
    this.url = p.url;
  }

  static async open(target: string): Promise<Link> {
    const { hostname, port } = new URL(target);
    const server = createServer((socket) => link.#connect(socket, { host: hostname, port: Number(port) }));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = new URL(target);
    url.port = String((server.address() as AddressInfo).port);
    const link: Link = new Link({ server, url: url.href });
    return link;
  }

  /** Nothing goes through any more, and nobody is told. */
  cut(): void {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.pause();
  }

  /** What was cut is broken; new connections go through. */
  mend(): void {
    this.#isCut = false;
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #connect(socket: Socket, target: { host: string; port: number }): void {
    this.#keep(socket);
    if (this.#isCut) return void socket.pause();
    const other = connect(target);
    this.#keep(other);
    socket.pipe(other);
    other.pipe(socket);
    const end = (): void => {
      socket.destroy();
      other.destroy();
    };
    socket.on('close', end).on('error', end);
    other.on('close', end).on('error', end);
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => this.#sockets.delete(socket));
  }
}

/**
 * What each daemon printed and logged last, and how those ended that are gone: a test that fails on a daemon that does not
 * answer has to say why it does not.
 */
export function tellOf(cluster: Cluster): string {
  return cluster.nodes
    .map(({ name, daemon }) => {
      const { end, output } = daemon;
      const state = end === undefined ? 'lives' : `ended with ${JSON.stringify(end)}`;
      return `--- ${name} (pid ${daemon.pid}) ${state}; it printed\n${output.slice(-TOLD_CHARACTERS_MAX)}`;
    })
    .join('\n');
}

const TOLD_CHARACTERS_MAX = 4000;

export const pass = (ms: number): Promise<void> => delay(systemClock(), ms);
