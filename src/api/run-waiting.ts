/** Why a run does not go on: the first of the claim's conditions that it does not meet, as data and as a sentence. */
import type { EpochMs } from '../model/instant.ts';
import { formatInstant } from '../model/instant.ts';
import { overlapOf } from '../model/effective.ts';
import type { Job } from '../model/job.ts';
import type { Run } from '../model/run.ts';
import type { ApiDeps } from './api-deps.ts';
import { nodeWait } from './node-wait.ts';
import type { RUN_WAITS } from './contract/run.ts';

export interface RunWaiting {
  why: (typeof RUN_WAITS)[number];
  /** The same in words; instants in UTC, as everywhere in sentences that the daemon writes. */
  sentence: string;
  since_at?: EpochMs;
  until_at?: EpochMs;
  run_id?: string;
  ahead?: number;
}

type Deps = Pick<ApiDeps, 'store' | 'clock' | 'agents' | 'commands' | 'status'>;

/** So far down the queue a position is counted. */
const QUEUE_LOOKED_AT = 500;
/** So many running runs are looked at where a cap is counted; no cap is anywhere near it. */
const RUNNING_LOOKED_AT = 500;

/** Undefined for a run that does not wait. What it says may be over by the time it is read. */
export async function runWaiting(deps: Deps, run: Run): Promise<RunWaiting | undefined> {
  if (run.status === 'running') return waitingForPermission(run);
  if (run.status !== 'scheduled') return undefined;
  const job = run.job_id === undefined ? undefined : (await deps.store.getJob({ id: run.job_id }))?.automation;
  return (
    waitingForEverybody(deps) ??
    waitingForTime(deps, run) ??
    (job === undefined ? undefined : await waitingOfJob(deps, job)) ??
    waitingInLine(deps, run)
  );
}

function waitingForPermission({ permission }: Run): RunWaiting | undefined {
  if (permission === undefined) return undefined;
  const { title, asked_at, deadline_at } = permission;
  const sentence = `Its agent asks for permission: ${title}. It is denied at ${formatInstant(deadline_at)} unless somebody answers.`;
  return { why: 'permission', sentence, since_at: asked_at, until_at: deadline_at };
}

function waitingForEverybody({ commands }: Deps): RunWaiting | undefined {
  const { paused, since, by } = commands.pauseState();
  if (!paused) return undefined;
  const who = by === undefined ? '' : ` by ${by}`;
  if (since === undefined) return { why: 'paused', sentence: `Everything is paused${who}.` };
  return { why: 'paused', sentence: `Everything is paused since ${formatInstant(since)}${who}.`, since_at: since };
}

function waitingForTime({ clock }: Deps, run: Run): RunWaiting | undefined {
  const { available_at: availableAt, attempt } = run;
  if (availableAt === undefined || availableAt <= clock.now()) return undefined;
  const what = attempt > 1 ? `Attempt ${attempt}` : 'It';
  return {
    why: 'not_before',
    sentence: `${what} starts not before ${formatInstant(availableAt)}.`,
    until_at: availableAt,
  };
}

async function waitingOfJob(deps: Deps, job: Job): Promise<RunWaiting | undefined> {
  return (
    (await waitingForAgent(deps, job)) ??
    (await waitingForPrevious(deps, job)) ??
    (await waitingForNode(deps, job)) ??
    waitingForCap(deps, job)
  );
}

/** A job that hands a task over names no agent. */
async function waitingForAgent({ store, agents, clock }: Deps, job: Job): Promise<RunWaiting | undefined> {
  const name = job.agent_name;
  if (name === '') return undefined;
  if (agents.get(name) === undefined) {
    return { why: 'agent_unknown', sentence: `No agent named "${name}" is configured.` };
  }
  const holds = await store.listAgentHolds({ now: clock.now() });
  const hold = holds.find((each) => each.agent_name === name);
  if (hold === undefined) return undefined;
  const sentence = `The agent "${name}" is held until ${formatInstant(hold.until)}: ${hold.reason}`;
  return { why: 'usage_limit', sentence, until_at: hold.until };
}

async function waitingForPrevious({ store }: Deps, job: Job): Promise<RunWaiting | undefined> {
  const policy = overlapOf(job);
  if (policy === 'allow') return undefined;
  const { items } = await store.listRuns({ query: { job_id: job.id, status: 'running', limit: 1 } });
  const [previous] = items;
  if (previous === undefined) return job.task === undefined ? undefined : waitingForTask(store, job);
  const sentence = `The run ${previous.id} of the same job has not ended yet (overlap: ${policy}).`;
  return { why: 'previous_run', sentence, run_id: previous.id };
}

/** A fire that was handed over is not over while its task is open. */
async function waitingForTask(store: Deps['store'], job: Job): Promise<RunWaiting | undefined> {
  for (const status of ['claimed', 'queued'] as const) {
    const { items } = await store.listTasks({ query: { job_id: job.id, status, limit: 1 } });
    const [task] = items;
    if (task?.run_id === undefined) continue;
    const sentence = `The task ${task.id} of the same job is ${status} still (overlap: ${overlapOf(job)}).`;
    return { why: 'previous_run', sentence, run_id: task.run_id };
  }
  return undefined;
}

/** Nobody may start it: the labels that are missing, and where they would be. */
async function waitingForNode({ store, clock }: Deps, job: Job): Promise<RunWaiting | undefined> {
  const { workspace_id: workspaceId, task } = job;
  if (task !== undefined) return undefined;
  const workspace = workspaceId === undefined ? undefined : await store.findWorkspace({ ref: workspaceId });
  const labels = [...new Set([...(job.node_labels ?? []), ...(workspace?.node_labels ?? [])])];
  if (labels.length === 0) return undefined;
  const sentence = nodeWait({ labels, nodes: await store.listNodes(), now: clock.now() });
  return sentence === undefined ? undefined : { why: 'node_labels', sentence };
}

async function waitingForCap(deps: Deps, job: Job): Promise<RunWaiting | undefined> {
  const ofAgent = deps.agents.get(job.agent_name)?.max_concurrent ?? 0;
  const ofWorkspace = job.workspace_id === undefined ? 0 : (deps.status().max_concurrent_per_workspace ?? 0);
  if (ofAgent === 0 && ofWorkspace === 0) return undefined;
  const working = await jobsAtWork(deps);
  if (ofAgent > 0 && working.filter((each) => each.agent_name === job.agent_name).length >= ofAgent) {
    const sentence = `The agent "${job.agent_name}" works on ${ofAgent} at once, which is all it may.`;
    return { why: 'agent_cap', sentence };
  }
  if (ofWorkspace > 0 && working.filter((each) => each.workspace_id === job.workspace_id).length >= ofWorkspace) {
    const sentence = `The workspace ${job.workspace_id} has ${ofWorkspace} running at once, which is all it may.`;
    return { why: 'workspace_cap', sentence };
  }
  return undefined;
}

/** The jobs of the runs that hold a place, one entry per run. */
async function jobsAtWork({ store }: Deps): Promise<Job[]> {
  const { items } = await store.listRuns({ query: { status: 'running', limit: RUNNING_LOOKED_AT } });
  const ids = items.flatMap(({ job_id: id, permission }) => (id === undefined || permission !== undefined ? [] : [id]));
  const records = new Map(
    await Promise.all([...new Set(ids)].map(async (id) => [id, await store.getJob({ id })] as const)),
  );
  return ids.flatMap((id) => records.get(id)?.automation ?? []);
}

async function waitingInLine({ store }: Deps, run: Run): Promise<RunWaiting> {
  const queue = await store.listWaiting({ limit: QUEUE_LOOKED_AT });
  const position = queue.findIndex(({ id }) => id === run.id);
  const ahead = position === -1 ? queue.length : position;
  const others = ahead === 1 ? 'one run goes' : `${ahead} runs go`;
  const sentence = ahead === 0 ? 'It is the next to get a free place.' : `It waits for a free place; ${others} first.`;
  return { why: 'slot', sentence, ahead };
}
