/** Tasks: listed, made by hand, and worked on under a lease. */
import { TASK_LEASE_MS } from '../../model/task.ts';
import type { TaskListQuery } from '../../model/task.ts';
import { AppError } from '../../errors/app-error.ts';
import type { ApiDeps } from '../api-deps.ts';
import { API_BASE } from '../contract/route-table.ts';
import type { Handlers } from '../endpoint.ts';
import { defined } from '../../lib/defined.ts';
import { readSpan, WAIT_MS_MAX } from '../query.ts';
import { claimOrWait } from '../task-arrival.ts';
import { toWire } from '../wire.ts';

type TaskHandlers = Handlers<
  | 'listTasks'
  | 'createTask'
  | 'getTask'
  | 'claimTask'
  | 'heartbeatTask'
  | 'completeTask'
  | 'failTask'
  | 'releaseTask'
  | 'cancelTask'
>;

export function taskRoutes(deps: ApiDeps): TaskHandlers {
  const { store, tasks } = deps;
  return {
    async listTasks({ query }) {
      const filters: TaskListQuery = defined(query);
      const { items, next_cursor } = await store.listTasks({ query: filters });
      return { body: { tasks: toWire(items), ...(next_cursor === undefined ? {} : { next_cursor }) } };
    },

    async createTask({ body, actor }) {
      const { workspace_id: workspace, ...rest } = defined(body);
      const { task, isNew } = await tasks.createTask({
        ...rest,
        ...(workspace === undefined ? {} : { workspace }),
        actor,
      });
      const location = `${API_BASE}/tasks/${encodeURIComponent(task.id)}`;
      return { body: { task: toWire(task) }, headers: { location }, ...(isNew ? {} : { status: 200 }) };
    },

    async getTask({ params }) {
      const task = await store.getTask({ id: params.id });
      if (task === undefined) throw new AppError('task_not_found', { id: params.id });
      return { body: { task: toWire(task) } };
    },

    async claimTask({ query, body, actor, signal }) {
      const { worker = actor, lease, ...filter } = defined(body ?? {});
      const waitMs = query.wait === undefined ? 0 : readSpan(query.wait, { path: 'query.wait', max: WAIT_MS_MAX });
      const asked = { worker, ...leaseOf(lease), filter };
      const claim = await claimOrWait(deps, { claim: () => tasks.claimTask(asked), waitMs, signal });
      return { body: { claim: claim === undefined ? null : toWire(claim) } };
    },

    async heartbeatTask({ params, body }) {
      const { lease_token, lease } = body;
      const task = await tasks.heartbeatTask({ task_run_id: params.id, lease_token, ...leaseOf(lease) });
      return { body: { task: toWire(task) } };
    },

    async completeTask({ params, body, actor }) {
      const task = await tasks.completeTask({ task_run_id: params.id, ...defined(body), actor });
      return { body: { task: toWire(task) } };
    },

    async failTask({ params, body, actor }) {
      const task = await tasks.failTask({ task_run_id: params.id, ...body, actor });
      return { body: { task: toWire(task) } };
    },

    async releaseTask({ params, body }) {
      const task = await tasks.releaseTask({ task_run_id: params.id, ...defined(body) });
      return { body: { task: toWire(task) } };
    },

    async cancelTask({ params, body, actor }) {
      const task = await tasks.cancelTask({ id: params.id, ...defined(body ?? {}), actor });
      return { body: { task: toWire(task) } };
    },
  };
}

function leaseOf(lease: string | undefined): { leaseMs?: number } {
  if (lease === undefined) return {};
  return { leaseMs: readSpan(lease, { path: 'body.lease', min: TASK_LEASE_MS.min, max: TASK_LEASE_MS.max }) };
}
