/**
 * What people, programs and agents may ask of tasks: the verbs behind REST, CLI, MCP and the page. Each takes one
 * durable step and tells what happened. Every refusal is an `AppError` with a permanent code.
 */
import { AppError } from '../errors/app-error.ts';
import { sortableId, taskRunIdFor } from '../model/identifiers.ts';
import type { Ownership } from '../model/job-task-config.ts';
import { TASK_LEASE_MS } from '../model/task.ts';
import type { Task } from '../model/task.ts';
import type { TaskFilter, TaskResult } from '../store/task-store.ts';
import { decideTaskFollowUp } from './decide-task-follow-up.ts';
import { reportChangedTask } from './report-task.ts';
import type { TaskContext } from './task-context.ts';

/** The claim that a worker answers for; the token is what makes it the worker's. */
export interface TaskClaim {
  task: Task;
  lease_token: string;
}

export interface TaskCommands {
  /**
   * Makes a task by hand. With an `idempotency_key` that was used before, the task of then comes back and nothing is
   * made. `workspace` is an id, a name or a path; `workspace_not_found`.
   */
  createTask(p: {
    title: string;
    description?: string;
    owner?: Ownership;
    network_channel?: string;
    workspace?: string;
    priority?: number;
    idempotency_key?: string;
    actor: string;
  }): Promise<{ task: Task; isNew: boolean }>;
  /** The first queued task that fits, or undefined. `worker` is how it calls itself; `task_not_found` when one is named that does not exist. */
  claimTask(p: { worker: string; leaseMs?: number; filter: TaskFilter }): Promise<TaskClaim | undefined>;
  /** Prolongs the lease. `task_run_not_found`, `task_lease_lost`: somebody else may have the task by now. So for all that follow. */
  heartbeatTask(p: { task_run_id: string; lease_token: string; leaseMs?: number }): Promise<Task>;
  completeTask(p: { task_run_id: string; lease_token: string; output?: string; actor: string }): Promise<Task>;
  failTask(p: { task_run_id: string; lease_token: string; error: string; actor: string }): Promise<Task>;
  /** Gives the task back into the queue. */
  releaseTask(p: { task_run_id: string; lease_token: string; reason?: string }): Promise<Task>;
  /** Ends a task in whatever state, by its own id or its task run's; a finished one comes back as it is. `task_not_found`. */
  cancelTask(p: { id: string; reason?: string; actor: string }): Promise<Task>;
}

export function createTaskCommands(
  context: TaskContext & { newToken: () => string; randomBytes: (count: number) => Uint8Array; poke: () => void },
): TaskCommands {
  const { store, clock, bus, placeCursor } = context;

  const end = async (p: { task_run_id: string; lease_token: string; result: TaskResult }): Promise<Task> => {
    const now = clock.now();
    const answer = await store.endTask({
      now,
      task_run_id: p.task_run_id,
      token: p.lease_token,
      result: p.result,
      decideFollowUp: decideTaskFollowUp,
      placeCursor,
    });
    if (answer.outcome !== 'ended') throw refusal(answer.outcome, p.task_run_id);
    reportChangedTask({ bus, at: now, changed: answer });
    context.poke();
    return answer.task;
  };

  return {
    async createTask(p) {
      const now = clock.now();
      const { title, description, owner, network_channel, priority = 0, actor } = p;
      const workspaceId = p.workspace === undefined ? undefined : await workspaceIdOf(context, p.workspace);
      const id = sortableId('task', { now, random: context.randomBytes(10) });
      const answer = await store.createTask({
        now,
        task: {
          id,
          task_run_id: taskRunIdFor({ task_id: id }),
          // Keys of people and of runs never meet: a run's begin with `run:`.
          idempotency_key: p.idempotency_key === undefined ? `task:${id}` : `key:${p.idempotency_key}`,
          title,
          priority,
          created_by: actor,
          ...(description === undefined ? {} : { description }),
          ...(owner === undefined ? {} : { owner }),
          ...(network_channel === undefined ? {} : { network_channel }),
          ...(workspaceId === undefined ? {} : { workspace_id: workspaceId }),
        },
      });
      const isNew = answer.outcome === 'created';
      if (isNew) bus.report({ type: 'task.created', at: now, task: answer.task });
      return { task: answer.task, isNew };
    },

    async claimTask(p) {
      const now = clock.now();
      const { task_id: taskId } = p.filter;
      if (taskId !== undefined && (await store.getTask({ id: taskId })) === undefined)
        throw new AppError('task_not_found', { id: taskId });
      const filter = await withWorkspaceId(context, p.filter);
      const token = context.newToken();
      const leaseMs = p.leaseMs ?? TASK_LEASE_MS.default;
      const answer = await store.claimTask({ now, token, worker: p.worker, lease_ms: leaseMs, filter });
      if (answer.outcome === 'none') return undefined;
      bus.report({ type: 'task.claimed', at: now, task: answer.task });
      // The loop learns when this lease ends.
      context.poke();
      return { task: answer.task, lease_token: token };
    },

    async heartbeatTask(p) {
      const answer = await store.renewTaskLease({
        now: clock.now(),
        task_run_id: p.task_run_id,
        token: p.lease_token,
        lease_ms: p.leaseMs ?? TASK_LEASE_MS.default,
      });
      if (answer.outcome !== 'renewed') throw refusal(answer.outcome, p.task_run_id);
      return answer.task;
    },

    completeTask: ({ output, actor: by, ...claim }) =>
      end({ ...claim, result: { status: 'completed', by, ...(output === undefined ? {} : { output }) } }),

    failTask: ({ error, actor: by, ...claim }) => end({ ...claim, result: { status: 'failed', error, by } }),

    async releaseTask(p) {
      const now = clock.now();
      const answer = await store.releaseTask({
        now,
        task_run_id: p.task_run_id,
        token: p.lease_token,
        ...(p.reason === undefined ? {} : { error: p.reason }),
      });
      if (answer.outcome !== 'released') throw refusal(answer.outcome, p.task_run_id);
      bus.report({ type: 'task.requeued', at: now, task: answer.task });
      return answer.task;
    },

    async cancelTask(p) {
      const now = clock.now();
      const error = p.reason ?? `canceled by ${p.actor}`;
      const answer = await store.cancelTask({ now, id: p.id, error, by: p.actor });
      if (answer.outcome === 'not_found') throw new AppError('task_not_found', { id: p.id });
      if (answer.outcome === 'canceled') reportChangedTask({ bus, at: now, changed: answer });
      context.poke();
      return answer.task;
    },
  };
}

function refusal(outcome: 'lost' | 'not_found', id: string): AppError {
  return new AppError(outcome === 'lost' ? 'task_lease_lost' : 'task_run_not_found', { id });
}

async function withWorkspaceId(context: TaskContext, filter: TaskFilter): Promise<TaskFilter> {
  if (filter.workspace_id === undefined) return filter;
  return { ...filter, workspace_id: await workspaceIdOf(context, filter.workspace_id) };
}

async function workspaceIdOf(context: TaskContext, ref: string): Promise<string> {
  const workspace = await context.store.findWorkspace({ ref });
  if (workspace === undefined) throw new AppError('workspace_not_found', { workspace: ref });
  return workspace.id;
}
