/** Contract: cursors, fires and the clock of the store. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Store } from '../../src/store/store.ts';
import type { DueJob, FireDecision } from '../../src/store/cursor-store.ts';
import type { Cursor } from '../../src/store/cursor.ts';
import {
  MINUTE,
  type OpenStore,
  type StoreUnderTest,
  T0,
  accept,
  allRuns,
  claim,
  createJob,
  cursorAt,
  decideOne,
  fireIdOf,
  finish,
  job,
  newRun,
  placeAt,
} from './store-fixture.ts';

export function describePlanning(openStore: OpenStore): void {
  let opened: StoreUnderTest;
  let store: Store;
  const plan = (p: { now?: number; limit?: number; decide?: (due: DueJob) => FireDecision } = {}) =>
    store.planFires({ now: p.now ?? T0, limit: p.limit ?? 100, daily_since: null, decide: p.decide ?? decideOne() });

  beforeEach(async () => {
    opened = await openStore();
    store = opened.store;
  });
  afterEach(() => opened.dispose());

  describe('planning', () => {
    test('moves the cursor and creates the run in one step', async () => {
      await createJob(store, job('job_a'), T0);
      const [planned] = await plan();
      expect(planned).toEqual({
        job_id: 'job_a',
        runs: [expect.objectContaining({ fire_id: fireIdOf('job_a', T0), status: 'scheduled', job_id: 'job_a' })],
        already_claimed: [],
        canceled_run_ids: [],
        cancel_requested_run_ids: [],
      });
      const run = planned!.runs[0]!;
      expect(await store.getRun({ id: run.id })).toEqual(run);
      const record = await store.getJob({ id: 'job_a' });
      expect(record?.cursor).toMatchObject({ next_run_at: T0 + MINUTE, due_at: T0 + MINUTE, last_scheduled_at: T0 });
      expect(record?.last_run?.id).toBe(run.id);
      expect(await plan()).toEqual([]);
    });

    test('what the cursor says of accounted and covered instants is stored, and taken away again', async () => {
      await createJob(store, job('job_a'), T0);
      const cursorWith = (parts: Partial<Cursor>) =>
        plan({
          decide: ({ cursor: { covered: _covered, ...cursor } }) => ({
            cursor: { ...cursor, ...parts },
            runs: [],
            cancellations: [],
          }),
        });
      const covered = { until: T0 + 5 * MINUTE, by: '0123456789abcdef' };
      await cursorWith({ accounted_until: T0, covered });
      expect((await store.getJob({ id: 'job_a' }))?.cursor).toMatchObject({ accounted_until: T0, covered });
      await cursorWith({ accounted_until: T0 + MINUTE });
      const cursor = (await store.getJob({ id: 'job_a' }))?.cursor;
      expect(cursor?.accounted_until).toBe(T0 + MINUTE);
      expect(cursor?.covered).toBeUndefined();
    });

    test('every field of a new run is stored', async () => {
      await createJob(store, job('job_a'), T0);
      const full = newRun({
        status: 'canceled',
        kind: 'replay',
        reason: 'misfire',
        error: 'too late',
        scheduled_at: T0 - 5,
        available_at: T0 + 1,
        expires_at: T0 + 9,
        priority: -3,
        exclusive: true,
        catch_up: true,
        missed: { count: 3, first: T0 - 9, last: T0 - 5 },
        actor: 'user:cli',
        event_id: 'evt_1',
        depth: 2,
        prompt: 'rendered',
      });
      const [planned] = await plan({ decide: (due) => ({ ...decideOne()(due), runs: [full] }) });
      expect(planned?.runs).toEqual([
        {
          id: full.id,
          fire_id: full.fire_id,
          job_id: 'job_a',
          status: 'canceled',
          attempt: 1,
          kind: 'replay',
          reason: 'misfire',
          error: 'too late',
          created_at: T0,
          ended_at: T0,
          scheduled_at: T0 - 5,
          available_at: T0 + 1,
          missed: { count: 3, first: T0 - 9, last: T0 - 5 },
          actor: 'user:cli',
          event_id: 'evt_1',
          depth: 2,
          prompt: 'rendered',
        },
      ]);
      expect(await store.getRun({ id: full.id })).toEqual(planned!.runs[0]);
    });

    test('takes due jobs earliest first, at most the limit, and no others', async () => {
      await createJob(store, job('job_late'), T0 + 1);
      await createJob(store, job('job_second'), T0);
      await createJob(store, job('job_first'), T0 - 1);
      expect((await plan({ limit: 1 })).map((fire) => fire.job_id)).toEqual(['job_first']);
      expect((await plan()).map((fire) => fire.job_id)).toEqual(['job_second']);
      expect(await plan()).toEqual([]);
      expect((await plan({ now: T0 + 1 })).map((fire) => fire.job_id)).toEqual(['job_late']);
    });

    test('a fire that exists already is an outcome, and the cursor goes on all the same', async () => {
      await createJob(store, job('job_a'), T0);
      await accept(store, 'job_a', [newRun({ fire_id: fireIdOf('job_a', T0) })]);
      expect(await plan()).toMatchObject([{ runs: [], already_claimed: [fireIdOf('job_a', T0)] }]);
      expect((await store.getJob({ id: 'job_a' }))?.cursor?.next_run_at).toBe(T0 + MINUTE);
      expect(await allRuns(store)).toHaveLength(1);
    });

    test('concurrent planners decide each job once', async () => {
      for (let i = 0; i < 20; i += 1) await createJob(store, job(`job_${i}`), T0);
      const batches = await Promise.all(Array.from({ length: 10 }, () => plan({ limit: 7 })));
      const fires = batches.flat();
      expect(new Set(fires.map((fire) => fire.job_id)).size).toBe(20);
      expect(fires).toHaveLength(20);
      expect(await allRuns(store)).toHaveLength(20);
    });

    test('sees the facts: unfinished runs oldest first, and acceptances inside the window', async () => {
      await createJob(store, job('job_a', { fire_limit: { max: 3, window: '1m' } }), T0);
      await accept(store, 'job_a', [newRun({ accepted_at: T0 - MINUTE, scheduled_at: T0 - 9 })], T0 - 5);
      const [first] = await claim(store, { now: T0 });
      await accept(store, 'job_a', [newRun({ accepted_at: T0 - MINUTE + 1 })], T0 - 4);
      await accept(store, 'job_a', [newRun({ accepted_at: T0 - 2 })], T0 - 3);
      await accept(store, 'job_a', [newRun({ status: 'canceled', accepted_at: T0 - 1 })], T0 - 2);
      await accept(store, 'job_a', [newRun({ accepted_at: T0 + MINUTE, available_at: T0 + MINUTE })], T0 - 1);
      let seen: DueJob | undefined;
      await plan({
        decide: (due) => {
          seen = due;
          return decideOne()(due);
        },
      });
      expect(seen?.job).toMatchObject({ id: 'job_a', enabled: true });
      expect(seen?.facts.accepted).toEqual([T0 - MINUTE + 1, T0 - 2, T0 + MINUTE]);
      expect(seen?.facts.unfinished.map((run) => [run.status, run.created_at])).toEqual([
        ['running', T0 - 5],
        ['scheduled', T0 - 4],
        ['scheduled', T0 - 3],
        ['scheduled', T0 - 1],
      ]);
      expect(seen?.facts.unfinished[0]).toEqual({
        id: first!.run.id,
        status: 'running',
        kind: first!.run.kind,
        scheduled_at: T0 - 9,
        created_at: T0 - 5,
        attempt: 1,
      });
    });

    test('only the newest acceptances are handed over, as many as the limit counts', async () => {
      await createJob(store, job('job_a', { fire_limit: { max: 2, window: '1h' } }), T0);
      await accept(
        store,
        'job_a',
        [1, 2, 3, 4].map((n) => newRun({ accepted_at: T0 - 10 + n })),
      );
      let accepted: number[] = [];
      await plan({
        decide: (due) => {
          accepted = due.facts.accepted;
          return decideOne()(due);
        },
      });
      expect(accepted).toEqual([T0 - 7, T0 - 6]);
    });

    test('cancellations: a waiting run ends at once, a running one is asked, others are left alone', async () => {
      await createJob(store, job('job_a'), T0);
      await createJob(store, job('job_b'));
      const [running] = await accept(store, 'job_a', [newRun({ priority: 1 })]);
      const [claimed] = await claim(store);
      const [waiting] = await accept(store, 'job_a', [newRun()]);
      const [foreign] = await accept(store, 'job_b', [newRun()]);
      const end = (runId: string) => ({
        run_id: runId,
        reason: 'overlap' as const,
        error: 'replaced',
        actor: 'overlap:x',
      });
      const [planned] = await plan({
        decide: (due) => ({
          ...decideOne()(due),
          cancellations: [end(running!.id), end(waiting!.id), end(foreign!.id), end('run_unknown')],
        }),
      });
      expect(planned).toMatchObject({ canceled_run_ids: [waiting!.id], cancel_requested_run_ids: [running!.id] });
      expect(await store.getRun({ id: waiting!.id })).toMatchObject({
        status: 'canceled',
        reason: 'overlap',
        error: 'replaced',
        actor: 'overlap:x',
        ended_at: T0,
      });
      expect(await store.getRun({ id: running!.id })).toMatchObject({ status: 'running' });
      expect(await store.getRun({ id: foreign!.id })).toMatchObject({ status: 'scheduled' });
      expect(await store.listCancelRequests({ node: claimed!.run.node! })).toEqual([
        { run_id: running!.id, token: claimed!.token, cancellation: end(running!.id) },
      ]);
    });

    test('a decision that throws parks its own job and nobody else', async () => {
      await createJob(store, job('job_a'), T0 - 1);
      await createJob(store, job('job_b'), T0);
      const planned = await plan({
        decide: (due) => {
          if (due.job.id === 'job_a') throw new Error('the zone vanished');
          return decideOne()(due);
        },
      });
      expect(planned).toMatchObject([
        { job_id: 'job_a', runs: [], parked_error: 'the zone vanished' },
        { job_id: 'job_b', runs: [{ status: 'scheduled' }] },
      ]);
      const parked = (await store.getJob({ id: 'job_a' }))?.cursor;
      expect(parked).toMatchObject({ parked_error: 'the zone vanished', consecutive_resume_failures: 1 });
      expect(parked).toMatchObject({ next_run_at: T0 - 1 });
      expect(parked?.due_at).toBeUndefined();
      expect((await plan({ now: T0 + MINUTE })).map((fire) => fire.job_id)).toEqual(['job_b']);
    });

    test('a decision that breaks a rule of the store parks its own job and nobody else', async () => {
      await createJob(store, job('job_a'), T0 - 1);
      await createJob(store, job('job_b'), T0);
      const [held] = await accept(store, 'job_b', [newRun()]);
      const planned = await plan({
        decide: (due) => {
          const decision = decideOne()(due);
          return due.job.id === 'job_a' ? { ...decision, runs: [newRun(), newRun({ id: held!.id })] } : decision;
        },
      });
      expect(planned).toMatchObject([
        { job_id: 'job_a', runs: [], parked_error: expect.stringContaining(held!.id) },
        { job_id: 'job_b', runs: [{}] },
      ]);
      expect(await allRuns(store, { job_id: 'job_a' })).toEqual([]);
    });

    test('a decision may park its job itself', async () => {
      await createJob(store, job('job_a'), T0);
      const planned = await plan({
        decide: ({ cursor }) => ({ cursor: { ...cursor, parked_error: 'spent' }, runs: [], cancellations: [] }),
      });
      expect(planned).toMatchObject([{ parked_error: 'spent' }]);
      expect(await plan()).toEqual([]);
    });

    test('what was committed is there after a restart, what was not is decided again', async () => {
      await createJob(store, job('job_a'), T0);
      await createJob(store, job('job_b'), T0);
      await plan({ limit: 1 });
      store = await opened.reopen();
      expect(await plan()).toHaveLength(1);
      expect((await allRuns(store)).map((run) => run.fire_id).toSorted()).toEqual(
        [fireIdOf('job_a', T0), fireIdOf('job_b', T0)].toSorted(),
      );
    });
  });

  describe('placing cursors again', () => {
    test('mends parked jobs, counts those that stay parked, and leaves others alone', async () => {
      await createJob(store, job('job_good'), T0 + 5);
      for (const id of ['job_a', 'job_b']) {
        await store.createAutomation({
          now: T0,
          automation: job(id),
          placeCursor: () => {
            throw new Error('broken');
          },
        });
      }
      const before = await store.getJob({ id: 'job_good' });
      const answer = await store.replaceCursors({
        now: T0 + 1,
        which: 'parked',
        placeCursor: ({ job: placed }) => {
          if (placed.id === 'job_b') throw new Error('still broken');
          return { cursor: cursorAt(placed.id, T0 + 9), runs: [] };
        },
      });
      expect(answer).toEqual({ parked: 1 });
      expect(await store.getJob({ id: 'job_good' })).toEqual(before);
      expect((await store.getJob({ id: 'job_a' }))?.cursor).toMatchObject({ due_at: T0 + 9 });
      expect((await store.getJob({ id: 'job_a' }))?.cursor?.parked_error).toBeUndefined();
      expect((await store.getJob({ id: 'job_b' }))?.cursor).toMatchObject({
        parked_error: 'still broken',
        consecutive_resume_failures: 2,
      });
    });

    test('all of them, disabled ones without becoming due, in as many batches as it takes', async () => {
      const automations = Array.from({ length: 1100 }, (_, i) =>
        job(`job_${i}`, { source: 'config', enabled: i !== 0 }),
      );
      await store.syncAutomations({ now: T0, source: 'config', automations, keep_ids: [], placeCursor: placeAt(T0) });
      const placed = new Set<string>();
      const answer = await store.replaceCursors({
        now: T0,
        which: 'all',
        placeCursor: ({ job: one, cursor }) => {
          expect(cursor?.job_id).toBe(one.id);
          placed.add(one.id);
          return { cursor: cursorAt(one.id, T0 + MINUTE), runs: [] };
        },
      });
      expect(answer).toEqual({ parked: 0 });
      expect(placed.size).toBe(1100);
      expect((await store.getJob({ id: 'job_0' }))?.cursor?.due_at).toBeUndefined();
      expect(await store.nextWakeAt({ after: T0 })).toBe(T0 + MINUTE);
    });
  });

  describe('the next instant to wake', () => {
    test('is the least that lies ahead: due, available or expiring', async () => {
      expect(await store.nextWakeAt({ after: 0 })).toBeUndefined();
      await createJob(store, job('job_a'), T0 + 50);
      expect(await store.nextWakeAt({ after: T0 })).toBe(T0 + 50);
      await accept(store, 'job_a', [newRun({ available_at: T0 + 40, expires_at: T0 + 45 })]);
      expect(await store.nextWakeAt({ after: T0 })).toBe(T0 + 40);
      expect(await store.nextWakeAt({ after: T0 + 40 })).toBe(T0 + 45);
      expect(await store.nextWakeAt({ after: T0 + 45 })).toBe(T0 + 50);
      expect(await store.nextWakeAt({ after: T0 + 50 })).toBeUndefined();
    });

    test('forgets runs that no longer wait', async () => {
      await createJob(store, job('job_a'));
      const [run] = await accept(store, 'job_a', [newRun({ available_at: T0 + 1, expires_at: T0 + 9 })]);
      const [claimed] = await claim(store, { now: T0 + 1 });
      expect(claimed?.run.id).toBe(run!.id);
      expect(await store.nextWakeAt({ after: T0 })).toBeUndefined();
      await finish(store, claimed!);
      expect(await store.nextWakeAt({ after: T0 })).toBeUndefined();
    });
  });

  test('upcoming jobs come by due time up to the instant, without the disabled', async () => {
    await createJob(store, job('job_c'), T0 + 3);
    await createJob(store, job('job_a'), T0 + 1);
    await createJob(store, job('job_off', { enabled: false }), T0 + 2);
    await createJob(store, job('job_far'), T0 + 99);
    const ids = async (until: number, limit: number): Promise<string[]> =>
      (await store.listUpcoming({ until, limit })).map((record) => record.automation.id);
    expect(await ids(T0 + 3, 10)).toEqual(['job_a', 'job_c']);
    expect(await ids(T0 + 99, 1)).toEqual(['job_a']);
  });
}
