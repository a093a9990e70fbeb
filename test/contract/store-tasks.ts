/** Handing runs over as tasks, and the leases of those who work on them. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EpochMs } from '../../src/model/instant.ts';
import type { Job } from '../../src/model/job.ts';
import type { Run } from '../../src/model/run.ts';
import type { Task } from '../../src/model/task.ts';
import type { NewActivation, Occurrence } from '../../src/store/activation-store.ts';
import type { Store } from '../../src/store/store.ts';
import type { DecideTaskFollowUp, NewTask, TaskFilter } from '../../src/store/task-store.ts';
import { accept, caps, claim, claimIds, createJob, finish, job, MINUTE, newRun, placeAt, T0 } from './store-fixture.ts';
import type { OpenStore, StoreUnderTest } from './store-fixture.ts';
import { newActivation, plainDecider } from './activation-fixture.ts';

const LEASE_MS = 30_000;

function taskOfRun({ run, job: delegating }: { run: Run; job: Job }): NewTask {
  return {
    id: `task_${run.id}`,
    task_run_id: `trun_${run.id}`,
    idempotency_key: `run:${run.id}`,
    title: delegating.task?.title ?? delegating.name,
    priority: 0,
    created_by: `automation:${delegating.id}`,
  };
}

let taskNumber = 0;

function newTask(parts: Partial<NewTask> = {}): NewTask {
  taskNumber += 1;
  const id = `task_${String(taskNumber).padStart(6, '0')}`;
  return {
    id,
    task_run_id: `trun_${id}`,
    idempotency_key: `key:${id}`,
    title: id,
    priority: 0,
    created_by: 'user:test',
    ...parts,
  };
}

const keepsCount: DecideTaskFollowUp = () => ({ consecutive_failures: 0 });

export function describeTasks(openStore: OpenStore): void {
  describe('tasks', () => {
    let under: StoreUnderTest;
    let store: Store;
    beforeEach(async () => {
      under = await openStore();
      ({ store } = under);
    });
    afterEach(() => under.dispose());

    const delegate = (now: EpochMs = T0, limit = 100) => store.delegateRuns({ now, limit, describe: taskOfRun });
    const delegatedIds = async (now?: EpochMs): Promise<string[]> => (await delegate(now)).map(({ run }) => run.id);
    const take = async (token: string, filter: TaskFilter = {}, now: EpochMs = T0): Promise<Task | undefined> => {
      const answer = await store.claimTask({ now, token, worker: 'ada', lease_ms: LEASE_MS, filter });
      return answer.outcome === 'claimed' ? answer.task : undefined;
    };
    const make = async (parts: Partial<NewTask> = {}): Promise<Task> =>
      (await store.createTask({ now: T0, task: newTask(parts) })).task;
    const complete = (task: Task, token: string, p: { now?: EpochMs; decideFollowUp?: DecideTaskFollowUp } = {}) =>
      store.endTask({
        now: p.now ?? T0,
        task_run_id: task.task_run.id,
        token,
        result: { status: 'completed', output: 'done', by: 'ada' },
        decideFollowUp: p.decideFollowUp ?? keepsCount,
        placeCursor: placeAt(undefined),
      });
    const sweep = (now: EpochMs, lapsesMax = 3) =>
      store.sweepTasks({
        now,
        limit: 100,
        lapses_max: lapsesMax,
        decideFollowUp: keepsCount,
        placeCursor: placeAt(undefined),
      });
    const createDelegating = (id = 'job_hand', parts: Partial<Job> = {}): Promise<Job> =>
      createJob(store, job(id, { task: { title: 'look at it' }, ...parts }));

    describe('handing over', () => {
      test('the run and its task come to be together, and name each other', async () => {
        await createDelegating();
        const [accepted] = await accept(store, 'job_hand', [newRun()]);
        const [handed] = await delegate();
        expect(handed?.run).toMatchObject({
          id: accepted!.id,
          status: 'delegated',
          task_id: handed?.task.id,
          task_run_id: handed?.task.task_run.id,
        });
        expect(handed?.task).toMatchObject({
          title: 'look at it',
          status: 'queued',
          run_id: accepted!.id,
          job_id: 'job_hand',
        });
        expect(await store.getRun({ id: accepted!.id })).toEqual(handed?.run);
        expect(await store.getTask({ id: handed!.task.id })).toEqual(handed?.task);
        const reopened = await under.reopen();
        expect(await reopened.getRun({ id: accepted!.id })).toEqual(handed?.run);
        expect(await reopened.getTask({ id: handed!.task.id })).toEqual(handed?.task);
      });

      test('a run is handed over once, however often it is asked', async () => {
        await createDelegating();
        await accept(store, 'job_hand', [newRun()]);
        expect(await delegate()).toHaveLength(1);
        expect(await delegate()).toEqual([]);
        expect((await store.listTasks({ query: {} })).items).toHaveLength(1);
      });

      test('what describe throws undoes everything', async () => {
        await createDelegating();
        const [run] = await accept(store, 'job_hand', [newRun()]);
        const describe = (): NewTask => {
          throw new Error('no words');
        };
        await expect(store.delegateRuns({ now: T0, limit: 10, describe })).rejects.toThrow('no words');
        expect(await store.getRun({ id: run!.id })).toMatchObject({ status: 'scheduled' });
        expect(await delegate()).toHaveLength(1);
      });

      test('only jobs with a task hand over, and their runs are never claimed', async () => {
        await createDelegating();
        await createDelegating('job_named', { agent_name: 'reviewer' });
        await createJob(store, job('job_prompt'));
        const [handed] = await accept(store, 'job_hand', [newRun()]);
        const [named] = await accept(store, 'job_named', [newRun()]);
        const [prompted] = await accept(store, 'job_prompt', [newRun()]);
        expect(await claimIds(store)).toEqual([prompted!.id]);
        expect(new Set(await delegatedIds())).toEqual(new Set([handed!.id, named!.id]));
      });

      test('it needs no slot', async () => {
        await createDelegating();
        await createJob(store, job('job_prompt'));
        await accept(store, 'job_prompt', [newRun()]);
        await claim(store, { caps: caps({ total: 1 }) });
        await accept(store, 'job_hand', [newRun()]);
        expect(await delegate()).toHaveLength(1);
      });

      test('it waits for its time, and does not outlive its queue_timeout', async () => {
        await createDelegating();
        await accept(store, 'job_hand', [
          newRun({ available_at: T0 + MINUTE, expires_at: T0 + 3 * MINUTE }),
          newRun({ expires_at: T0 + 1 }),
        ]);
        expect(await store.nextWakeAt({ after: T0 + 2 })).toBe(T0 + MINUTE);
        expect(await delegate(T0 + 2)).toEqual([]);
        expect(await delegate(T0 + MINUTE)).toHaveLength(1);
      });

      test('an exclusive run waits until the task of the one before it is closed', async () => {
        await createDelegating();
        const runs = await accept(store, 'job_hand', [
          newRun({ exclusive: true }),
          newRun({ exclusive: true }),
          newRun({ exclusive: true }),
        ]);
        expect(await delegatedIds()).toEqual([runs[0]!.id]);
        expect(await delegatedIds()).toEqual([]);
        const first = await take('t1');
        await complete(first!, 't1');
        expect(await delegatedIds()).toEqual([runs[1]!.id]);
        expect(await delegatedIds()).toEqual([]);
        const [second] = (await store.listTasks({ query: { status: 'queued' } })).items;
        await store.cancelTask({ now: T0, id: second!.id, error: 'no', by: 'ada' });
        expect(await delegatedIds()).toEqual([runs[2]!.id]);
      });

      test('runs that may overlap are handed over side by side', async () => {
        await createDelegating();
        await accept(store, 'job_hand', [newRun(), newRun()]);
        expect(await delegate()).toHaveLength(2);
      });

      test('a decision sees the runs whose task is open, and can replace them', async () => {
        await createDelegating();
        const [first] = await accept(store, 'job_hand', [newRun({ exclusive: true })]);
        await delegate();
        const seen: string[][] = [];
        const answer = await store.acceptRuns({
          now: T0,
          automation_id: 'job_hand',
          daily_since: null,
          decide: ({ facts }) => {
            seen.push(facts.unfinished.map((run) => `${run.id} ${run.status}`));
            const replaced = { run_id: first!.id, reason: 'overlap' as const, error: 'replaced', actor: 'overlap:x' };
            return { runs: [newRun({ exclusive: true })], cancellations: [replaced] };
          },
        });
        expect(seen).toEqual([[`${first!.id} delegated`]]);
        expect(answer).toMatchObject({ outcome: 'accepted', cancel_requested_run_ids: [first!.id] });
        expect(await delegate()).toEqual([]);
        expect(await sweep(T0)).toMatchObject([{ task: { status: 'canceled', task_run: { error: 'replaced' } } }]);
        expect(await delegate()).toHaveLength(1);
        // Only the open one is unfinished.
        await store.acceptRuns({
          now: T0,
          automation_id: 'job_hand',
          daily_since: null,
          decide: ({ facts }) => {
            seen.push(facts.unfinished.map((run) => run.status));
            return { runs: [], cancellations: [] };
          },
        });
        expect(seen[1]).toEqual(['delegated']);
      });

      test('a job that gets its task, or loses it, takes its waiting runs along', async () => {
        await createJob(store, job('job_a'));
        const [run] = await accept(store, 'job_a', [newRun()]);
        const change = (task: Job['task']) =>
          store.updateAutomation<never>({
            now: T0,
            id: 'job_a',
            change: ({ ...current }) => {
              const { task: _before, ...rest } = current as Job;
              return { automation: task === undefined ? rest : { ...rest, task } };
            },
            placeCursor: placeAt(undefined),
          });
        await change({ title: 'now by hand' });
        expect(await claimIds(store)).toEqual([]);
        expect(await delegatedIds()).toEqual([run!.id]);
        const [second] = await accept(store, 'job_a', [newRun()]);
        await change(undefined);
        expect(await delegatedIds()).toEqual([]);
        expect(await claimIds(store)).toEqual([second!.id]);
      });

      test('a delegated run never changes again', async () => {
        await createDelegating();
        const [run] = await accept(store, 'job_hand', [newRun()]);
        await delegate();
        const answer = await store.cancelRun({ now: T0, run_id: run!.id, reason: 'user', error: 'no', actor: 'ada' });
        expect(answer).toMatchObject({ outcome: 'finished', run: { status: 'delegated' } });
      });
    });

    describe('by hand', () => {
      test('a key that is known makes nothing new', async () => {
        const first = await store.createTask({ now: T0, task: newTask({ idempotency_key: 'k', title: 'first' }) });
        const again = await store.createTask({ now: T0, task: newTask({ idempotency_key: 'k', title: 'second' }) });
        expect(first.outcome).toBe('created');
        expect(again).toEqual({ outcome: 'exists', task: first.task });
      });

      test('everything that was given is read back, and what was not is absent', async () => {
        const full = newTask({
          title: 'Title',
          description: 'All of it.',
          owner: { kind: 'pool', ref: 'triage' },
          network_channel: 'reviews',
          workspace_id: 'ws_a',
          priority: 7,
        });
        const { task } = await store.createTask({ now: T0, task: full });
        const { task_run_id, idempotency_key, ...rest } = full;
        expect(task).toEqual({
          ...rest,
          status: 'queued',
          created_at: T0,
          updated_at: T0,
          task_run: { id: task_run_id, idempotency_key, claims: 0, lapses: 0 },
        });
        expect(Object.keys(await make())).not.toContain('owner');
      });
    });

    describe('claims', () => {
      test('the order is priority, then age', async () => {
        const late = await make();
        const later = await make();
        const urgent = await make({ priority: 1 });
        const order = [await take('t1'), await take('t2'), await take('t3'), await take('t4')];
        expect(order.map((task) => task?.id)).toEqual([urgent.id, late.id, later.id, undefined]);
      });

      test('only what fits every condition is taken', async () => {
        await make({ owner: { kind: 'human', ref: 'triage' } });
        await make({ owner: { kind: 'pool', ref: 'triage' } });
        const wanted = await make({
          owner: { kind: 'pool', ref: 'triage' },
          network_channel: 'reviews',
          workspace_id: 'ws_a',
        });
        const filter = {
          owner: { kind: 'pool' as const, ref: 'triage' },
          network_channel: 'reviews',
          workspace_id: 'ws_a',
        };
        expect((await take('t1', filter))?.id).toBe(wanted.id);
        expect(await take('t2', filter)).toBeUndefined();
        expect(await take('t2', { task_id: wanted.id })).toBeUndefined();
        expect(await take('t2', { network_channel: 'other' })).toBeUndefined();
      });

      test('a claim repeated with its token is the same claim', async () => {
        await make();
        await make();
        const first = await take('t1');
        expect(await take('t1', {}, T0 + 5)).toEqual(first);
        expect(first?.task_run).toMatchObject({ claims: 1, claimed_by: 'ada', lease_expires_at: T0 + LEASE_MS });
      });

      test('a heartbeat prolongs the lease, and the store says when the next one ends', async () => {
        await make();
        const task = await take('t1');
        expect(await store.nextWakeAt({ after: T0 })).toBe(T0 + LEASE_MS);
        const renewal = { now: T0 + 20_000, task_run_id: task!.task_run.id, lease_ms: LEASE_MS };
        expect(await store.renewTaskLease({ ...renewal, token: 't1' })).toMatchObject({
          outcome: 'renewed',
          task: { task_run: { heartbeat_at: T0 + 20_000, lease_expires_at: T0 + 20_000 + LEASE_MS } },
        });
        expect(await store.nextWakeAt({ after: T0 })).toBe(T0 + 20_000 + LEASE_MS);
        expect(await store.renewTaskLease({ ...renewal, token: 'other' })).toEqual({ outcome: 'lost' });
        expect(await store.renewTaskLease({ ...renewal, token: 't1', task_run_id: 'none' })).toEqual({
          outcome: 'not_found',
        });
      });

      test('a lease that ran out is lost, whether or not anybody looked', async () => {
        await make();
        const task = await take('t1');
        const now = T0 + LEASE_MS;
        const id = { task_run_id: task!.task_run.id, token: 't1' };
        expect(await complete(task!, 't1', { now })).toEqual({ outcome: 'lost' });
        expect(await store.renewTaskLease({ ...id, now, lease_ms: 1 })).toEqual({ outcome: 'lost' });
        expect(await store.releaseTask({ ...id, now })).toEqual({ outcome: 'lost' });
        expect(await sweep(now - 1)).toEqual([]);
        expect(await sweep(now)).toMatchObject([{ task: { status: 'queued', task_run: { lapses: 1, claims: 1 } } }]);
        const second = await take('t2', {}, now);
        expect(second?.task_run).toMatchObject({ claims: 2, lapses: 1 });
        expect(second?.task_run.error).toBeUndefined();
        expect(await complete(task!, 't1', { now })).toEqual({ outcome: 'lost' });
        expect(await complete(second!, 't2', { now })).toMatchObject({ outcome: 'ended' });
      });

      test('a task that is let lapse again and again fails', async () => {
        await make();
        for (const n of [1, 2]) {
          await take(`t${n}`);
          expect(await sweep(T0 + LEASE_MS, 2)).toMatchObject([{ task: { status: n === 1 ? 'queued' : 'failed' } }]);
        }
        expect(await sweep(T0 + LEASE_MS)).toEqual([]);
      });

      test('a task that is given back says why, and is there for the next one', async () => {
        await make();
        const task = await take('t1');
        const given = await store.releaseTask({
          now: T0,
          task_run_id: task!.task_run.id,
          token: 't1',
          error: 'not mine',
        });
        expect(given).toMatchObject({
          outcome: 'released',
          task: { status: 'queued', task_run: { error: 'not mine' } },
        });
        expect((await take('t2'))?.id).toBe(task!.id);
      });
    });

    describe('endings', () => {
      test('an ending repeated with its token is the same ending, and decides nothing again', async () => {
        await createDelegating();
        await accept(store, 'job_hand', [newRun()]);
        await delegate();
        const task = await take('t1');
        let decided = 0;
        const decideFollowUp: DecideTaskFollowUp = () => {
          decided += 1;
          return { consecutive_failures: 0 };
        };
        const first = await complete(task!, 't1', { decideFollowUp });
        expect(first).toMatchObject({
          outcome: 'ended',
          task: { status: 'completed', task_run: { output: 'done', ended_by: 'ada', ended_at: T0 } },
        });
        expect(await complete(task!, 't1', { decideFollowUp, now: T0 + 5 })).toEqual(first);
        expect(decided).toBe(1);
      });

      test('a completed task is told once, with the run that handed it over; a failed or canceled one is not', async () => {
        await createDelegating();
        const [run] = await accept(store, 'job_hand', [newRun()]);
        await delegate();
        await make();
        await make();
        const told: Occurrence[] = [];
        const envelopeOf = (occurrence: Occurrence): NewActivation => {
          told.push(occurrence);
          return newActivation();
        };
        const task = await take('t1');
        await complete(task!, 't1');
        await complete(task!, 't1');
        const failed = await take('t2');
        await store.endTask({
          now: T0,
          task_run_id: failed!.task_run.id,
          token: 't2',
          result: { status: 'failed', error: 'no', by: 'ada' },
          decideFollowUp: keepsCount,
          placeCursor: placeAt(undefined),
        });
        const canceled = await take('t3');
        await store.cancelTask({ now: T0, id: canceled!.id, error: 'no', by: 'ada' });
        const decider = { ...plainDecider, envelopeOf };
        await store.settleActivations({ now: T0, limit: 100, daily_since: null, decider });
        await store.settleActivations({ now: T0, limit: 100, daily_since: null, decider });
        expect(told).toMatchObject([
          {
            kind: 'task.completed',
            at: T0,
            task: { id: task!.id, status: 'completed' },
            from: { run: { id: run!.id }, automation: { id: 'job_hand', kind: 'job', name: 'hand' } },
          },
        ]);
      });

      test('a finished task never changes again', async () => {
        await make();
        const task = await take('t1');
        const ended = await complete(task!, 't1');
        const answer = await store.cancelTask({ now: T0 + 1, id: task!.id, error: 'no', by: 'bob' });
        expect(answer).toEqual({ outcome: 'finished', task: (ended as { task: Task }).task });
      });

      test('cancel takes either id, and the worker has lost its claim', async () => {
        await make();
        const task = await take('t1');
        const answer = await store.cancelTask({ now: T0, id: task!.task_run.id, error: 'no longer', by: 'bob' });
        expect(answer).toMatchObject({
          outcome: 'canceled',
          task: { status: 'canceled', task_run: { error: 'no longer', ended_by: 'bob' } },
        });
        expect(await complete(task!, 't1')).toEqual({ outcome: 'lost' });
        expect(await store.cancelTask({ now: T0, id: 'none', error: '', by: '' })).toEqual({ outcome: 'not_found' });
      });

      test('what follows is decided on the automation as it stands, and can pause it', async () => {
        await createDelegating();
        await accept(store, 'job_hand', [newRun()]);
        await delegate();
        const task = await take('t1');
        const seen: unknown[] = [];
        const answer = await store.endTask({
          now: T0 + 7,
          task_run_id: task!.task_run.id,
          token: 't1',
          result: { status: 'failed', error: 'it is gone', by: 'ada' },
          decideFollowUp: ({ task: ended, record }) => {
            seen.push([ended.status, record?.automation.id, record?.consecutive_failures]);
            return { consecutive_failures: 1, pause: { error: 'too many' } };
          },
          placeCursor: placeAt(undefined),
        });
        expect(seen).toEqual([['failed', 'job_hand', 0]]);
        expect(answer).toMatchObject({ outcome: 'ended', paused: { error: 'too many' } });
        const record = await store.getJob({ id: 'job_hand' });
        expect(record).toMatchObject({ consecutive_failures: 1, paused: { at: T0 + 7, error: 'too many' } });
      });

      test('a task outlives its job', async () => {
        await createDelegating();
        await accept(store, 'job_hand', [newRun()]);
        await delegate();
        await store.deleteAutomation({ now: T0, id: 'job_hand', actor: 'user:test' });
        const task = await take('t1');
        const records: unknown[] = [];
        const decideFollowUp: DecideTaskFollowUp = ({ record }) => {
          records.push(record);
          return { consecutive_failures: 0 };
        };
        expect(await complete(task!, 't1', { decideFollowUp })).toMatchObject({ outcome: 'ended' });
        expect(records).toEqual([undefined]);
      });
    });

    describe('forgetting', () => {
      test('finished tasks go when they are old; open ones, young ones and those whose run is still there stay', async () => {
        await createDelegating();
        await accept(store, 'job_hand', [newRun()]);
        const [handed] = await delegate();
        await complete((await take('t0'))!, 't0');
        for (const token of ['t1', 't2', 't3']) {
          await make();
          await complete((await take(token))!, token, { now: token === 't3' ? T0 + MINUTE - 31_000 : T0 });
        }
        const open = await make();
        const left = async () => (await store.listTasks({ query: {} })).items.length;
        expect(await store.pruneTasks({ before: T0, limit: 10 })).toEqual({ deleted: 0 });
        const first = await store.pruneTasks({ before: T0 + 1, limit: 2 });
        expect(first).toMatchObject({ deleted: 1, next: expect.any(Number) });
        // The one of the run that is still shown, the one that ended later, and the open one.
        const second = await store.pruneTasks({ before: T0 + 1, limit: 10, after: first.next! });
        expect(second).toEqual({ deleted: 1 });
        expect(await left()).toBe(3);
        expect(await store.pruneTasks({ before: T0 + MINUTE, limit: 10 })).toEqual({ deleted: 1 });
        expect(await store.getTask({ id: handed!.task.id })).toBeDefined();
        expect(await store.getTask({ id: open.id })).toBeDefined();
      });
    });

    describe('lists', () => {
      test('newest first, page by page, narrowed by every filter', async () => {
        await createDelegating();
        await accept(store, 'job_hand', [newRun()]);
        await delegate();
        const made: Task[] = [];
        for (let n = 0; n < 5; n += 1) {
          made.push(
            await make({
              owner: { kind: n % 2 === 0 ? 'pool' : 'human', ref: 'x' },
              network_channel: n < 3 ? 'a' : 'b',
              workspace_id: `ws_${n}`,
            }),
          );
        }
        await take('t1', { task_id: made[0]!.id });
        const ids = async (query: Parameters<Store['listTasks']>[0]['query']): Promise<string[]> =>
          (await store.listTasks({ query })).items.map((task) => task.id);
        const at = (...indexes: number[]): string[] => indexes.map((index) => made[index]!.id);
        expect(await ids({ owner_kind: 'pool', owner_ref: 'x' })).toEqual(at(4, 2, 0));
        expect(await ids({ owner_kind: 'human' })).toEqual(at(3, 1));
        expect(await ids({ network_channel: 'a' })).toEqual(at(2, 1, 0));
        expect(await ids({ workspace_id: 'ws_3' })).toEqual(at(3));
        expect(await ids({ status: 'claimed' })).toEqual(at(0));
        expect(await ids({ job_id: 'job_hand' })).toHaveLength(1);
        const first = await store.listTasks({ query: { limit: 4 } });
        expect(first.items.map((task) => task.id)).toEqual(at(4, 3, 2, 1));
        await make();
        const rest = await store.listTasks({ query: { limit: 4, cursor: first.next_cursor! } });
        expect(rest.items).toHaveLength(2);
        expect(rest.next_cursor).toBeUndefined();
        await expect(store.listTasks({ query: { cursor: 'nonsense' } })).rejects.toMatchObject({
          code: 'invalid_cursor',
        });
        const some = await store.getTasks({ ids: [...at(1, 3), 'none'] });
        expect(new Set(some.map((task) => task.id))).toEqual(new Set(at(1, 3)));
      });
    });

    test('a prompted run of the same job finishes before the task is handed over', async () => {
      await createJob(store, job('job_a'));
      const [first] = await accept(store, 'job_a', [newRun({ exclusive: true })]);
      const [claimed] = await claim(store);
      expect(claimed?.run.id).toBe(first!.id);
      await store.updateAutomation<never>({
        now: T0,
        id: 'job_a',
        change: (current) => ({ automation: { ...(current as Job), task: {} } }),
        placeCursor: placeAt(undefined),
      });
      const [second] = await accept(store, 'job_a', [newRun({ exclusive: true })]);
      expect(await delegatedIds()).toEqual([]);
      await finish(store, claimed!);
      expect(await delegatedIds()).toEqual([second!.id]);
    });
  });
}
