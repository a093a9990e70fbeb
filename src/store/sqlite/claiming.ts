/**
 * Claiming: `scheduled → running` under the caps. Waiting runs stand in lanes, one per agent, workspace and labels, because
 * that is what the caps and the node's fitness are about: a lane without room is left out as a whole, however many wait in it. DESIGN.md says
 * why the work is bounded.
 */
import type { EpochMs } from '../../model/instant.ts';
import type { ClaimedRun, RunStore } from '../run-store.ts';
import { findAutomation } from './automation-row.ts';
import { FULL_RUN } from '../rows/run-statements.ts';
import type { Connection } from './connection.ts';
import { applyHolds, holdReady } from './agent-holds.ts';
import { moveTo, promoteDue, promoteNext } from './run-queue.ts';
import { runOf } from '../rows/run-row.ts';
import type { FullRunRow, RunRow } from '../rows/run-row.ts';
import { Fitness, LABELED_WORKSPACES, OWN_NODE } from '../rows/fitness.ts';
import type { NodeRow } from '../rows/node-row.ts';
import { RunningRuns } from '../rows/running-runs.ts';
import { readRunning } from './running-runs.ts';
import { deletedAutomation, readDefinition } from '../rows/stored-definition.ts';

type Claim = Parameters<RunStore['claimRuns']>[0];

/** Runs whose time has come that are put in their places at once; more only while slots are still free … */
const PROMOTE_BATCH = 1000;
/** … and no more batches than this in one call, which is a fifth of a second. The rest has its turn in the next one. */
const PROMOTE_BATCHES_MAX = 10;
/** Candidates read from a lane at once. */
const LANE_CHUNK = 16;

type Candidate = Pick<
  RunRow,
  | 'seq'
  | 'automation_id'
  | 'fire_id'
  | 'exclusive'
  | 'priority'
  | 'catch_up'
  | 'order_at'
  | 'created_at'
  | 'available_at'
>;

interface Lane {
  agent: string;
  workspace: string;
  /** What a node has to have for it. */
  labels: string;
  /** In order; each is claimed or moved out of the lane when it is looked at. */
  head: Candidate[];
}

const ANY_WAITING = `select 1 from runs where queue is not null limit 1`;

export function claimRuns(connection: Connection, p: Claim): ClaimedRun[] {
  return connection.write(() => {
    const running = new RunningRuns(readRunning(connection), { caps: p.caps, for: 'claim' });
    const claimed = claimedBefore(connection, p, running);
    // Nothing waits: the usual tick of a quiet daemon.
    if (connection.prepare(ANY_WAITING).get() === undefined) return claimed;
    applyHolds(connection, p.caps.held);
    const fitness = readFitness(connection, p.node);
    if (fitness.isDrained) return claimed;
    const used = new Set(claimed.map((claim) => claim.token));
    const tokens = p.tokens.filter((token) => !used.has(token));
    for (let batches = 0; batches < PROMOTE_BATCHES_MAX && tokens.length > 0 && !running.isFull(); batches += 1) {
      const promoted = promoteDue(connection, { now: p.now, limit: PROMOTE_BATCH });
      if (promoted > 0) holdReady(connection, p.caps.held);
      claimed.push(...claimFromLanes(connection, p, { running, tokens, fitness }));
      if (promoted < PROMOTE_BATCH) break;
    }
    return claimed;
  });
}

function readFitness(connection: Connection, instance: string): Fitness {
  const workspaces = connection.all<{ id: string; node_labels: string }>(LABELED_WORKSPACES);
  return new Fitness({ node: connection.one<NodeRow>(OWN_NODE, instance), workspaces });
}

const HOLD_ON = 'update runs set lease_until = max(lease_until, ?) where seq = ?';

/**
 * The claims that these tokens made already: this step is being repeated because its answer was lost. Whoever repeats it
 * counts the lease from now, so it holds from now.
 */
function claimedBefore(connection: Connection, p: Claim, running: RunningRuns): ClaimedRun[] {
  const wanted = new Set(p.tokens);
  const rows = running.rows.filter((row) => wanted.has(row.token));
  for (const { seq } of rows) connection.run(HOLD_ON, p.now + p.lease_ms, seq);
  return rows.map((row) => readClaim(connection, row));
}

const CLAIM = `update runs set status = 'running', queue = null, slot = 'held', reason = null, node = ?, token = ?, lease_until = ? where seq = ?`;

/** Takes tokens off `free.tokens` as it uses them. */
function claimFromLanes(
  connection: Connection,
  p: Claim,
  free: { running: RunningRuns; tokens: string[]; fitness: Fitness },
): ClaimedRun[] {
  const { running, tokens, fitness } = free;
  const lanes = new Lanes(connection, { now: p.now, running, fitness });
  const claimed: ClaimedRun[] = [];
  while (tokens.length > 0 && !running.isFull()) {
    const next = lanes.take();
    if (next === undefined) break;
    const { lane, candidate } = next;
    const automation = claimable(connection, { now: p.now, running, candidate });
    if (automation === undefined) continue;
    const token = tokens.shift()!;
    connection.prepare(CLAIM).run(p.node, token, p.now + p.lease_ms, candidate.seq);
    running.add({ ...candidate, agent_name: lane.agent, workspace_id: lane.workspace });
    const row = connection.prepare(`${FULL_RUN} where runs.seq = ?`).get(candidate.seq) as unknown as FullRunRow;
    claimed.push({ run: runOf(row), automation, token });
  }
  return claimed;
}

/** The definition to run by; undefined after the candidate was moved to where it has to wait instead. */
function claimable(
  connection: Connection,
  p: { now: EpochMs; running: RunningRuns; candidate: Candidate },
): ClaimedRun['automation'] | undefined {
  const { candidate, running } = p;
  if (candidate.available_at > p.now) {
    // The clock went back after this run had been given its place. Others behind it may be available all the same.
    moveTo(connection, { seq: candidate.seq, queue: 'later' });
    promoteNext(connection, candidate.automation_id);
    return undefined;
  }
  const read = running.blocks(candidate) ? undefined : readAutomation(connection, candidate.automation_id);
  if (read === undefined || read.unreadable !== undefined) {
    moveTo(connection, { seq: candidate.seq, queue: 'behind' });
    return undefined;
  }
  return read.automation;
}

function readAutomation(connection: Connection, id: string): ReturnType<typeof readDefinition> | undefined {
  const row = findAutomation(connection, id);
  return row === undefined ? undefined : readDefinition(row);
}

/** A running row as somebody's claim. Its automation may be gone; the run must end properly all the same. */
function readClaim(connection: Connection, row: { seq: number; token: string }): ClaimedRun {
  const full = connection.prepare(`${FULL_RUN} where runs.seq = ?`).get(row.seq) as unknown as FullRunRow;
  const read = readAutomation(connection, full.automation_id);
  return { run: runOf(full), automation: read?.automation ?? deletedAutomation(full), token: row.token };
}

const NEXT_LANE = `select agent_name, workspace_id, node_labels from runs
  where queue = 'ready' and (agent_name, workspace_id, node_labels) > (?, ?, ?)
  order by agent_name, workspace_id, node_labels limit 1`;
const NEXT_AGENT = `select agent_name, workspace_id, node_labels from runs
  where queue = 'ready' and agent_name > ? order by agent_name, workspace_id, node_labels limit 1`;
const LANE_HEAD = `select seq, automation_id, fire_id, exclusive, priority, catch_up, order_at, created_at, available_at from runs
  where queue = 'ready' and agent_name = ? and workspace_id = ? and node_labels = ? and (expires_at is null or expires_at > ?)
  order by priority desc, catch_up, order_at, created_at, seq limit ${LANE_CHUNK}`;

/** The ready runs in order over all lanes that have room. */
class Lanes {
  readonly #connection: Connection;
  readonly #now: EpochMs;
  readonly #running: RunningRuns;
  readonly #fitness: Fitness;
  #lanes: Lane[];

  constructor(connection: Connection, p: { now: EpochMs; running: RunningRuns; fitness: Fitness }) {
    this.#connection = connection;
    this.#now = p.now;
    this.#running = p.running;
    this.#fitness = p.fitness;
    this.#lanes = this.#open().filter((lane) => lane.head.length > 0);
  }

  /** The next candidate. It must leave its lane (claimed or moved) before the next call. */
  take(): { lane: Lane; candidate: Candidate } | undefined {
    this.#lanes = this.#lanes.filter(
      (lane) =>
        !this.#running.isAgentFull(lane.agent) && !this.#running.isWorkspaceFull(lane.workspace) && this.#fill(lane),
    );
    let first: Lane | undefined;
    for (const lane of this.#lanes) {
      if (first === undefined || isBefore(lane.head[0]!, first.head[0]!)) first = lane;
    }
    const candidate = first?.head.shift();
    return first === undefined || candidate === undefined ? undefined : { lane: first, candidate };
  }

  /** Walks from lane to lane by the index, over a full agent in one step. */
  #open(): Lane[] {
    const lanes: Lane[] = [];
    // Past the lane without an agent, whose runs are handed over instead of claimed.
    let row = this.#find(this.#connection.prepare(NEXT_AGENT).get(''));
    while (row !== undefined) {
      const { agent_name: agent, workspace_id: workspace, node_labels: labels } = row;
      if (this.#running.isAgentHeld(agent) || this.#running.isAgentFull(agent)) {
        row = this.#find(this.#connection.prepare(NEXT_AGENT).get(agent));
        continue;
      }
      if (!this.#running.isWorkspaceFull(workspace) && this.#fitness.fits(row))
        lanes.push({ agent, workspace, labels, head: this.#read({ agent, workspace, labels }) });
      row = this.#find(this.#connection.prepare(NEXT_LANE).get(agent, workspace, labels));
    }
    return lanes;
  }

  #find(row: unknown): Pick<RunRow, 'agent_name' | 'workspace_id' | 'node_labels'> | undefined {
    return row as Pick<RunRow, 'agent_name' | 'workspace_id' | 'node_labels'> | undefined;
  }

  /** Everything read before has left the lane, so its beginning is what comes next. */
  #fill(lane: Lane): boolean {
    if (lane.head.length === 0) lane.head = this.#read(lane);
    return lane.head.length > 0;
  }

  #read(lane: Omit<Lane, 'head'>): Candidate[] {
    const rows = this.#connection.prepare(LANE_HEAD).all(lane.agent, lane.workspace, lane.labels, this.#now);
    return rows as unknown as Candidate[];
  }
}

function isBefore(a: Candidate, b: Candidate): boolean {
  if (a.priority !== b.priority) return a.priority > b.priority;
  if (a.catch_up !== b.catch_up) return a.catch_up < b.catch_up;
  if (a.order_at !== b.order_at) return a.order_at < b.order_at;
  if (a.created_at !== b.created_at) return a.created_at < b.created_at;
  return a.seq < b.seq;
}

const ABANDONED = `select seq, token from runs where status = 'running' and node <> ? order by created_at, seq limit ?`;

/** One process owns the store, so what another instance claimed is nobody's any more. */
export function listAbandoned(connection: Connection, p: { node: string; limit: number }): ClaimedRun[] {
  const rows = connection.all<{ seq: number; token: string }>(ABANDONED, p.node, p.limit);
  return rows.map((row) => readClaim(connection, row));
}
