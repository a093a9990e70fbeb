/**
 * Claiming: `scheduled → running` under the caps, on all nodes together. One short transaction at a time over the whole
 * cluster counts what runs and gives slots out, under the lock of the caps; that is what keeps a cap of five a cap of
 * five. Waiting runs stand in lanes, one per agent, workspace and labels; a lane without room is left out as a whole.
 *
 * Order within: the caps, then the automations of the candidates (those that somebody holds are passed over), then
 * everything that the decision rests on is read again. So nobody can cancel, finish or edit in between.
 */
import type { AutomationRow } from '../rows/automation-row.ts';
import { runOf } from '../rows/run-row.ts';
import type { FullRunRow, RunRow } from '../rows/run-row.ts';
import { Fitness, LABELED_WORKSPACES, OWN_NODE } from '../rows/fitness.ts';
import type { NodeRow } from '../rows/node-row.ts';
import { RunningRuns } from '../rows/running-runs.ts';
import { deletedAutomation, readDefinition } from '../rows/stored-definition.ts';
import type { ClaimedRun, RunStore } from '../run-store.ts';
import { AUTOMATION_COLUMNS } from '../rows/automation-statements.ts';
import { applyHolds, holdReady } from './agent-holds.ts';
import { FULL_RUN } from '../rows/run-statements.ts';
import type { Connection, Database } from './database.ts';
import { lockCaps, lockFreeAutomations } from './locks.ts';
import { moveTo, promoteDue, promoteNext } from './run-queue.ts';
import { readRunning } from './running-runs.ts';

type Claim = Parameters<RunStore['claimRuns']>[0];

/** Runs whose time has come that become ready at once; more only while slots are still free … */
const PROMOTE_BATCH = 1000;
/** … and no more batches than this in one call. The rest has its turn in the next one. */
const PROMOTE_BATCHES_MAX = 10;
/** Candidates of a lane that are looked at together, when few and when many slots are free. */
const LANE_CHUNK_MIN = 16;
const LANE_CHUNK_MAX = 500;
/** Each round claims or moves what it looked at; the bound only keeps one node from holding the caps for long. */
const ROUNDS_MAX = 100;

type Candidate = Pick<
  RunRow,
  | 'seq'
  | 'automation_id'
  | 'fire_id'
  | 'exclusive'
  | 'agent_name'
  | 'workspace_id'
  | 'node_labels'
  | 'priority'
  | 'catch_up'
  | 'order_at'
  | 'created_at'
  | 'available_at'
>;

const ANYTHING_TO_DO = `select 1 as one where exists (select 1 from runs where queue is not null)
  or exists (select 1 from runs where status = 'running' and token = any(?))`;

export async function claimRuns(database: Database, p: Claim): Promise<ClaimedRun[]> {
  // Nothing waits, the usual tick of a quiet cluster: no lock is taken.
  if ((await database.one(ANYTHING_TO_DO, p.tokens)) === undefined) return [];
  return database.write(async (connection) => {
    await lockCaps(connection);
    const { made, fitness, holds } = await readOpening(connection, p);
    const held = made.length === 0 ? [] : await holdOn(connection, p, made);
    const used = new Set(made);
    const tokens = fitness.isDrained ? [] : p.tokens.filter((token) => !used.has(token));
    // Another node may have learned of a hold after this one looked.
    const claim: OpenClaim = { ...p, tokens, held: [...new Set([...p.caps.held, ...holds])], skip: new Set(), fitness };
    await applyHolds(connection, claim.held);
    const claimed = await claimBatches(connection, claim);
    return [...(await readClaims(connection, held)), ...claimed];
  });
}

interface OpenClaim extends Claim {
  tokens: string[];
  held: string[];
  /** Automations that somebody else holds right now; their runs are left for the next claim. */
  skip: Set<string>;
  fitness: Fitness;
}

// One journey for all that a claim begins with: it is made under the lock of the whole cluster.
const OPENING = `select
  (select coalesce(json_agg(token), '[]') from runs where status = 'running' and token = any(?)) as made,
  (select coalesce(json_agg(agent_name), '[]') from agent_holds where until > ?) as holds,
  (select coalesce(json_agg(labeled), '[]') from (${LABELED_WORKSPACES}) as labeled) as workspaces,
  (select row_to_json(own) from (${OWN_NODE}) as own) as node`;

interface OpeningRow {
  /** Tokens that hold a run already. */
  made: string[];
  /** Agents. */
  holds: string[];
  workspaces: { id: string; node_labels: string }[];
  node: NodeRow | null;
}

async function readOpening(
  connection: Connection,
  p: Claim,
): Promise<{ made: string[]; holds: string[]; fitness: Fitness }> {
  const row = (await connection.one<OpeningRow>(OPENING, p.tokens, p.now, p.node))!;
  const fitness = new Fitness({ node: row.node ?? undefined, workspaces: row.workspaces });
  return { made: row.made, holds: row.holds, fitness };
}

const HOLD_ON = `update runs set lease_until = greatest(lease_until, ?)
  where status = 'running' and token = any(?) and lease_until > ? returning seq`;

/**
 * The claims that these tokens made already: this step is being repeated because its answer was lost. Whoever repeats it
 * counts the lease from now, so it holds from now; one that has ended meanwhile may be another node's already.
 */
async function holdOn(connection: Connection, p: Claim, made: readonly string[]): Promise<number[]> {
  const rows = await connection.all<{ seq: number }>(HOLD_ON, p.now + p.lease_ms, made, p.now);
  return rows.map((row) => row.seq);
}

async function claimBatches(connection: Connection, claim: OpenClaim): Promise<ClaimedRun[]> {
  const claimed: ClaimedRun[] = [];
  for (let batches = 0; batches < PROMOTE_BATCHES_MAX && claim.tokens.length > 0; batches += 1) {
    const promoted = await promoteDue(connection, { now: claim.now, limit: PROMOTE_BATCH });
    if (promoted > 0) await holdReady(connection, claim.held);
    for (let rounds = 0; rounds < ROUNDS_MAX && claim.tokens.length > 0; rounds += 1) {
      const round = await claimRound(connection, claim);
      claimed.push(...round.claimed);
      if (!round.goesOn) break;
    }
    if (promoted < PROMOTE_BATCH) break;
  }
  return claimed;
}

/** Looks at the heads of all lanes with room, claims what may start, and moves what has to wait elsewhere. */
async function claimRound(
  connection: Connection,
  claim: OpenClaim,
): Promise<{ claimed: ClaimedRun[]; goesOn: boolean }> {
  const none = { claimed: [], goesOn: false };
  const before = new RunningRuns(await readRunning(connection), { caps: claim.caps, for: 'claim' });
  if (before.isFull()) return none;
  const chunk = Math.min(LANE_CHUNK_MAX, Math.max(LANE_CHUNK_MIN, claim.tokens.length));
  const heads = await readHeads(connection, claim, { chunk, running: before });
  if (heads.length === 0) return none;
  const automations = await lockAutomations(connection, claim, heads);
  // Whoever is locked now cannot change any more; what changed before is seen here.
  const running = new RunningRuns(await readRunning(connection), { caps: claim.caps, for: 'claim' });
  const open = await readAgain(
    connection,
    heads.filter((head) => automations.has(head.automation_id)),
  );
  const decided = decide({ claim, running, automations, candidates: open, cuts: cutsOf(open, chunk) });
  const claimed = await carryOut(connection, claim, { decided, automations });
  // Automations that were taken may hide others behind them; everything looked at has left its lane.
  const looked = decided.claimed.length + decided.behind.length + decided.later.length;
  return { claimed, goesOn: looked > 0 || open.length < heads.length };
}

// Walks from lane to lane by the index, and reads the head of each; past the lane without an agent, whose runs are
// handed over instead of claimed.
const HEADS = `with recursive lanes as (
    (select agent_name, workspace_id, node_labels from runs where queue = 'ready' and agent_name > ''
      order by agent_name, workspace_id, node_labels limit 1)
    union all
    select following.agent_name, following.workspace_id, following.node_labels from lanes cross join lateral (
      select agent_name, workspace_id, node_labels from runs
      where queue = 'ready'
        and (agent_name, workspace_id, node_labels) > (lanes.agent_name, lanes.workspace_id, lanes.node_labels)
      order by agent_name, workspace_id, node_labels limit 1) as following)
  select head.* from lanes cross join lateral (
    select seq, automation_id, fire_id, exclusive, agent_name, workspace_id, node_labels, priority, catch_up, order_at,
      created_at, available_at
    from runs where queue = 'ready' and agent_name = lanes.agent_name and workspace_id = lanes.workspace_id
      and node_labels = lanes.node_labels and (expires_at is null or expires_at > ?) and not (automation_id = any(?))
    order by priority desc, catch_up, order_at, created_at, seq limit ?) as head
  where not (lanes.agent_name = any(?)) and not (lanes.workspace_id = any(?))
    and (lanes.node_labels = '' or string_to_array(lanes.node_labels, ' ') <@ ?::text[])`;

async function readHeads(
  connection: Connection,
  claim: OpenClaim,
  p: { chunk: number; running: RunningRuns },
): Promise<Candidate[]> {
  const full = p.running.full();
  const agents = [...claim.held, ...full.agents];
  const workspaces = [...full.workspaces, ...claim.fitness.absentWorkspaces];
  return connection.all<Candidate>(
    HEADS,
    claim.now,
    [...claim.skip],
    p.chunk,
    agents,
    workspaces,
    claim.fitness.offered,
  );
}

async function lockAutomations(
  connection: Connection,
  claim: OpenClaim,
  heads: readonly Candidate[],
): Promise<Map<string, AutomationRow>> {
  const wanted = [...new Set(heads.map((head) => head.automation_id))];
  const rows = await lockFreeAutomations(connection, wanted);
  const locked = new Map(rows.map((row) => [row.id, row]));
  for (const id of wanted) if (!locked.has(id)) claim.skip.add(id);
  return locked;
}

const AGAIN = `select seq, automation_id, fire_id, exclusive, agent_name, workspace_id, node_labels, priority, catch_up,
  order_at, created_at, available_at from runs where seq = any(?) and queue = 'ready'`;

/** Those that still stand in their lanes, in the order of claiming over all lanes. */
async function readAgain(connection: Connection, heads: readonly Candidate[]): Promise<Candidate[]> {
  if (heads.length === 0) return [];
  const rows = await connection.all<Candidate>(
    AGAIN,
    heads.map((head) => head.seq),
  );
  return rows.toSorted(
    (a, b) =>
      b.priority - a.priority ||
      a.catch_up - b.catch_up ||
      a.order_at - b.order_at ||
      a.created_at - b.created_at ||
      a.seq - b.seq,
  );
}

/** The last candidates of lanes that may go on behind them: what comes after those is not known in this round. */
function cutsOf(candidates: readonly Candidate[], chunk: number): Set<number> {
  const lanes = Map.groupBy(candidates, (one) => JSON.stringify([one.agent_name, one.workspace_id, one.node_labels]));
  return new Set([...lanes.values()].filter((lane) => lane.length === chunk).map((lane) => lane.at(-1)!.seq));
}

interface Decided {
  claimed: Candidate[];
  /** Blocked by something of its automation, or without a definition that can be read. */
  behind: number[];
  /** The clock went back after they had become ready. */
  later: Candidate[];
}

/** Pure: goes through the candidates in order, under the caps. */
function decide(p: {
  claim: OpenClaim;
  running: RunningRuns;
  automations: ReadonlyMap<string, AutomationRow>;
  candidates: readonly Candidate[];
  /** Candidates after which the order over all lanes is not known yet. */
  cuts: ReadonlySet<number>;
}): Decided {
  const { claim, running } = p;
  const decided: Decided = { claimed: [], behind: [], later: [] };
  const readable = new Map<string, boolean>();
  let isOver = false;
  for (const candidate of p.candidates) {
    if (isOver || running.isFull() || decided.claimed.length === claim.tokens.length) break;
    isOver = p.cuts.has(candidate.seq);
    if (running.isAgentFull(candidate.agent_name) || running.isWorkspaceFull(candidate.workspace_id)) continue;
    // Edited since its lane was looked at: it asks for what this node has not.
    if (!claim.fitness.fits(candidate)) continue;
    if (candidate.available_at > claim.now) {
      decided.later.push(candidate);
      continue;
    }
    const id = candidate.automation_id;
    if (!readable.has(id)) readable.set(id, readDefinition(p.automations.get(id)!).unreadable === undefined);
    if (running.blocks(candidate) || readable.get(id) === false) {
      decided.behind.push(candidate.seq);
      continue;
    }
    decided.claimed.push(candidate);
    running.add(candidate);
  }
  return decided;
}

const CLAIM = `with claimed as (
    update runs set status = 'running', queue = null, slot = 'held', reason = null, node = ?, token = claims.token,
      lease_until = ? from unnest(?::bigint[], ?::text[]) as claims (seq, token) where runs.seq = claims.seq
    returning runs.*)
  select claimed.*, run_texts.prompt, run_texts.output from claimed left join run_texts on run_texts.run = claimed.seq`;

/** Takes tokens off the claim as it uses them. */
async function carryOut(
  connection: Connection,
  claim: OpenClaim,
  p: { decided: Decided; automations: ReadonlyMap<string, AutomationRow> },
): Promise<ClaimedRun[]> {
  const { decided } = p;
  const seqs = decided.claimed.map((one) => one.seq);
  const tokens = claim.tokens.splice(0, seqs.length);
  const until = claim.now + claim.lease_ms;
  const rows = seqs.length === 0 ? [] : await connection.all<FullRunRow>(CLAIM, claim.node, until, seqs, tokens);
  await moveTo(connection, { seqs: decided.behind, queue: 'behind' });
  await moveTo(connection, { seqs: decided.later.map((one) => one.seq), queue: 'later' });
  // Others behind a run whose time has not come after all may be available all the same.
  await promoteNext(
    connection,
    decided.later.map((one) => one.automation_id),
  );
  return claimsOf(seqs, { rows, automations: p.automations });
}

const CLAIMED = `${FULL_RUN} where runs.seq = any(?) and runs.token is not null`;
const DEFINITIONS = `select ${AUTOMATION_COLUMNS} from automations where id = any(?)`;

/** Running rows as somebody's claims. Their automations may be gone; they must end properly all the same. */
async function readClaims(connection: Connection, seqs: readonly number[]): Promise<ClaimedRun[]> {
  if (seqs.length === 0) return [];
  const rows = await connection.all<FullRunRow>(CLAIMED, seqs);
  const automations = await connection.all<AutomationRow>(DEFINITIONS, [
    ...new Set(rows.map((row) => row.automation_id)),
  ]);
  return claimsOf(seqs, { rows, automations: new Map(automations.map((row) => [row.id, row])) });
}

/** In the order of `seqs`. */
function claimsOf(
  seqs: readonly number[],
  p: { rows: readonly FullRunRow[]; automations: ReadonlyMap<string, AutomationRow> },
): ClaimedRun[] {
  const bySeq = new Map(p.rows.map((row) => [row.seq, row]));
  return seqs.flatMap((seq) => {
    const row = bySeq.get(seq);
    if (row === undefined || row.token === null) return [];
    const automation = p.automations.get(row.automation_id);
    // One object per run: whoever changes his own must not change another's.
    const read = automation === undefined ? deletedAutomation(row) : readDefinition(automation).automation;
    return [{ run: runOf(row), automation: read, token: row.token }];
  });
}

const AT_WORK = `select distinct node from runs where status = 'running' and lease_until > ?`;
const ABANDONED = `select seq from runs where status = 'running' and (lease_until <= ? or node = any(?))
  order by created_at, seq limit ?`;

/**
 * Runs whose lease has ended, whoever had them: this node's own too, when it stood still for longer than a lease. And those
 * of processes that are known to be gone, which nobody has to wait for.
 */
export function listAbandoned(database: Database, p: Parameters<RunStore['listAbandoned']>[0]): Promise<ClaimedRun[]> {
  return database.read(async (connection) => {
    const { isGone } = p;
    const others = isGone === undefined ? [] : await connection.all<{ node: string }>(AT_WORK, p.now);
    const gone = others.map(({ node }) => node).filter((node) => node !== p.node && isGone?.(node) === true);
    const rows = await connection.all<{ seq: number }>(ABANDONED, p.now, gone, p.limit);
    return readClaims(
      connection,
      rows.map((row) => row.seq),
    );
  });
}
