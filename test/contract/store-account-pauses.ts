/** Contract: automatic pauses, who ends them, what every definition step writes into the account, and doing it twice. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EpochMs } from '../../src/model/instant.ts';
import type { Job } from '../../src/model/job.ts';
import type { Store } from '../../src/store/store.ts';
import type { Cursor, PlaceCursor } from '../../src/store/cursor.ts';
import type { AutomationRecord } from '../../src/store/definition-store.ts';
import {
  FAILED,
  MINUTE,
  type OpenStore,
  type StoreUnderTest,
  T0,
  accept,
  claim,
  createJob,
  cursorAt,
  decideOne,
  job,
  newRun,
  placeAt,
  trigger,
} from './store-fixture.ts';

const JOB = 'job_a';
const TRIGGER = 'trg_a';
const ERROR = '10 fires in a row failed';
type Finished = Awaited<ReturnType<Store['finishRun']>>;

export function describeAccountPauses(openStore: OpenStore): void {
  let opened: StoreUnderTest;
  let store: Store;
  const place = placeAt(T0 + MINUTE);

  beforeEach(async () => {
    opened = await openStore();
    store = opened.store;
  });
  afterEach(() => opened.dispose());

  /** A failed run whose end pauses the automation; the step, to be done again. */
  const failing = async (id: string, placeCursor = place): Promise<(now: EpochMs) => Promise<Finished>> => {
    await accept(store, id, [newRun({ priority: 9 })]);
    const [claimed] = await claim(store);
    return (now) =>
      store.finishRun({
        now,
        run_id: claimed!.run.id,
        token: claimed!.token,
        result: FAILED,
        decideFollowUp: () => ({ consecutive_failures: 10, pause: { error: ERROR } }),
        placeCursor,
      });
  };
  const pause = async (id: string): Promise<void> => {
    expect(await (await failing(id))(T0 + 1)).toMatchObject({ paused: { error: ERROR } });
  };
  const kinds = async (id = JOB): Promise<string[]> => {
    const changes = await store.listAutomationChanges({ automation_id: id, until: T0 + 1000, limit: 1000 });
    return changes.map((change) => `${change.kind} ${change.enabled ? 'on' : 'off'}`);
  };
  const get = async (): Promise<AutomationRecord<Job>> => (await store.getJob({ id: JOB }))!;
  const update = (now: EpochMs, parts: Partial<Job>): ReturnType<Store['updateAutomation']> =>
    store.updateAutomation({
      now,
      id: JOB,
      change: (current) => ({ automation: { ...current, ...parts } }),
      placeCursor: place,
    });
  const fromFile = (parts: Partial<Job> = {}): Job => job(JOB, { source: 'config', ...parts });
  const sync = (now: EpochMs, automations: Job[] = [fromFile()]): ReturnType<Store['syncAutomations']> =>
    store.syncAutomations({ now, source: 'config', automations, keep_ids: [], placeCursor: place });
  const overlay = (now: EpochMs, enabled: boolean): ReturnType<Store['setOverlay']> =>
    store.setOverlay({ now, id: JOB, enabled_override: enabled, placeCursor: place });

  describe('an automatic pause', () => {
    test('is said by the step that made it, and again when that step is repeated, also after a restart', async () => {
      await createJob(store, job(JOB));
      const step = await failing(JOB);
      const first = await step(T0 + 1);
      expect(first).toMatchObject({ outcome: 'finished', paused: { error: ERROR } });
      expect(await step(T0 + 2)).toEqual(first);
      store = await opened.reopen();
      const claimed = (await store.listRuns({ query: { job_id: JOB } })).items[0]!;
      expect(claimed.status).toBe('failed');
      expect((await get()).paused).toEqual({ at: T0 + 1, error: ERROR });
      expect(await kinds()).toEqual(['created on', 'paused off']);
    });

    test('is not said of another run that ended at the same instant, nor after somebody ended it', async () => {
      await createJob(store, job(JOB));
      const other = await failing(JOB);
      const step = await failing(JOB);
      expect(await step(T0 + 1)).toHaveProperty('paused');
      expect(await other(T0 + 1)).not.toHaveProperty('paused');
      expect(await other(T0 + 1)).not.toHaveProperty('paused');
      await update(T0 + 2, { enabled: true });
      expect(await step(T0 + 3)).not.toHaveProperty('paused');
      expect((await get()).enabled).toBe(true);
    });

    test('places the cursor of the job as switched off, and writes the rows for what was due', async () => {
      await createJob(store, job(JOB), T0 + MINUTE);
      const seen: (boolean | undefined)[][] = [];
      const late = newRun({ status: 'canceled', reason: 'misfire', scheduled_at: T0 + MINUTE });
      const placeCursor: PlaceCursor = ({ job: placed, previous, cursor, now }) => {
        seen.push([placed.enabled, previous?.enabled]);
        const { due_at: _due, next_run_at: _next, ...rest } = cursor as Cursor;
        return { cursor: { ...rest, misfire_count: 1, updated_at: now }, runs: [late] };
      };
      await (
        await failing(JOB, placeCursor)
      )(T0 + 2 * MINUTE);
      expect(seen).toEqual([[false, true]]);
      expect((await get()).cursor).toMatchObject({ misfire_count: 1, updated_at: T0 + 2 * MINUTE });
      expect((await get()).cursor).not.toHaveProperty('due_at');
      expect(await store.getRun({ id: late.id })).toMatchObject({ status: 'canceled', reason: 'misfire' });
    });

    test('keeps a job from the planner even when its cursor is placed as if it were due', async () => {
      await createJob(store, job(JOB), T0 + MINUTE);
      const due: PlaceCursor = ({ job: placed }) => ({ cursor: cursorAt(placed.id, T0), runs: [] });
      await (
        await failing(JOB, due)
      )(T0 + 1);
      await store.replaceCursors({ now: T0, which: 'all', placeCursor: due });
      const planned = { now: T0 + 60 * MINUTE, limit: 10, daily_since: null, decide: decideOne() };
      expect(await store.planFires(planned)).toEqual([]);
      expect(await store.listUpcoming({ until: T0 + 60 * MINUTE, limit: 10 })).toEqual([]);
      expect(await store.listJobs({ query: {} })).toMatchObject({
        items: [{ enabled: false, paused: { error: ERROR } }],
      });
    });

    test('does not befall what is switched off already, which stays for its owner to switch on', async () => {
      await createJob(store, job(JOB));
      const step = await failing(JOB);
      await update(T0, { enabled: false });
      expect(await step(T0 + 1)).not.toHaveProperty('paused');
      expect((await get()).paused).toBeUndefined();
      expect(await update(T0 + 2, { enabled: true })).toMatchObject({
        record: { enabled: true, consecutive_failures: 0 },
      });
    });

    test('does not befall what was deleted meanwhile', async () => {
      await createJob(store, job(JOB));
      const step = await failing(JOB);
      await store.deleteAutomation({ now: T0, id: JOB, actor: 'user:x' });
      expect(await step(T0 + 1)).not.toHaveProperty('paused');
      expect(await kinds()).toEqual(['created on', 'deleted off']);
    });

    test('befalls triggers too, which accept nothing until somebody enables them', async () => {
      await store.createAutomation({ now: T0, automation: trigger(TRIGGER), placeCursor: place });
      await pause(TRIGGER);
      expect(await store.getTrigger({ id: TRIGGER })).toMatchObject({ enabled: false, paused: { error: ERROR } });
      await store.acceptRuns({
        now: T0 + 2,
        automation_id: TRIGGER,
        daily_since: null,
        decide: ({ record }) => {
          expect(record).toMatchObject({ enabled: false, paused: { at: T0 + 1 } });
          return { refuse: 'paused' };
        },
      });
      expect(await kinds(TRIGGER)).toEqual(['created on', 'paused off']);
    });

    test('leaves waiting runs alone, as switching off does', async () => {
      await createJob(store, job(JOB));
      const step = await failing(JOB);
      const [waiting] = await accept(store, JOB, [newRun()]);
      await step(T0 + 1);
      expect(await store.getRun({ id: waiting!.id })).toMatchObject({ status: 'scheduled' });
      expect(await claim(store)).toHaveLength(1);
    });

    test('ends with any update whose definition is enabled, and with none whose is not', async () => {
      await createJob(store, job(JOB));
      await pause(JOB);
      await update(T0 + 2, { enabled: false });
      await update(T0 + 3, { prompt: 'still off' });
      expect((await get()).paused).toBeDefined();
      expect(await update(T0 + 4, { enabled: true, prompt: 'on' })).toMatchObject({
        record: { enabled: true, consecutive_failures: 0, cursor: { due_at: T0 + MINUTE } },
      });
      expect(await kinds()).toEqual([
        'created on',
        'paused off',
        'updated off',
        'updated off',
        'updated on',
        'resumed on',
      ]);
    });

    test('lasts through a refused update, a sync that changes nothing, and a restart', async () => {
      await sync(T0);
      await pause(JOB);
      expect(await update(T0 + 2, { enabled: true })).toEqual({ outcome: 'read_only' });
      expect(await sync(T0 + 3)).toMatchObject({ unchanged: 1 });
      await store.syncAutomations({
        now: T0 + 3,
        source: 'config',
        automations: [],
        keep_ids: [JOB],
        placeCursor: place,
      });
      store = await opened.reopen();
      expect(await get()).toMatchObject({ enabled: false, revision: 1, paused: { at: T0 + 1, error: ERROR } });
      expect(await kinds()).toEqual(['created on', 'paused off']);
    });

    test('ends when its file is changed and enables it, and not when the file switches it off', async () => {
      await sync(T0);
      await pause(JOB);
      await sync(T0 + 2, [fromFile({ enabled: false })]);
      expect((await get()).paused).toBeDefined();
      await sync(T0 + 3, [fromFile({ prompt: 'mended' })]);
      expect(await get()).toMatchObject({ enabled: true, consecutive_failures: 0 });
      expect(await get()).not.toHaveProperty('paused');
      expect(await kinds()).toEqual(['created on', 'paused off', 'updated off', 'updated on', 'resumed on']);
    });

    test('outlasts an overlay that switches off, and ends with one that switches on', async () => {
      await sync(T0);
      await pause(JOB);
      await overlay(T0 + 2, false);
      expect((await get()).paused).toBeDefined();
      expect(await overlay(T0 + 3, true)).toMatchObject({ record: { enabled: true, consecutive_failures: 0 } });
      await store.clearOverlay({ now: T0 + 4, id: JOB, placeCursor: place });
      expect(await get()).toMatchObject({ enabled: true });
      expect(await kinds()).toEqual([
        'created on',
        'paused off',
        'overlay_set off',
        'overlay_set on',
        'resumed on',
        'overlay_cleared on',
      ]);
    });

    test('goes with the definition: one that is created again begins anew, with one history', async () => {
      await sync(T0);
      await pause(JOB);
      await sync(T0 + 2, []);
      await sync(T0 + 3);
      expect(await get()).toMatchObject({ enabled: true, consecutive_failures: 0 });
      expect(await get()).not.toHaveProperty('paused');
      expect(await kinds()).toEqual(['created on', 'paused off', 'deleted off', 'created on']);
    });
  });

  describe('the history of a definition', () => {
    test('has one entry however often a step is repeated', async () => {
      const create = { now: T0, automation: job(JOB), placeCursor: place };
      await store.createAutomation(create);
      await store.createAutomation({ ...create, now: T0 + 1 });
      await store.deleteAutomation({ now: T0 + 2, id: JOB, actor: 'user:x' });
      await store.deleteAutomation({ now: T0 + 3, id: JOB, actor: 'user:x' });
      expect(await kinds()).toEqual(['created on', 'deleted off']);
    });

    test('has none for a step that was refused', async () => {
      await createJob(store, job(JOB));
      await createJob(store, job('job_b'));
      await update(T0, { name: 'b' });
      await store.updateAutomation({ now: T0, id: JOB, change: () => ({ refuse: 'no' }), placeCursor: place });
      await store.deleteAutomation({ now: T0, id: JOB, actor: 'user:x', ifRevision: 99 });
      await overlay(T0, false);
      await store.clearOverlay({ now: T0, id: JOB, placeCursor: place });
      expect(await kinds()).toEqual(['created on']);
    });

    test('is what it was: later changes do not reach back, and the newest are given when there are many', async () => {
      await createJob(store, job(JOB, { prompt: 'version 0' }));
      for (let i = 1; i <= 30; i += 1) await update(T0 + i, { prompt: `version ${i}` });
      const list = (until: number, limit: number): ReturnType<Store['listAutomationChanges']> =>
        store.listAutomationChanges({ automation_id: JOB, until: T0 + until, limit });
      const prompts = async (until: number, limit: number): Promise<(string | undefined)[]> =>
        (await list(until, limit)).map((change) => change.automation?.prompt);
      expect(await prompts(2, 1000)).toEqual(['version 0', 'version 1', 'version 2']);
      expect(await prompts(30, 2)).toEqual(['version 29', 'version 30']);
      expect(await prompts(-1, 10)).toEqual([]);
      expect(await list(0, 0)).toHaveLength(1);
      expect((await list(1, 5)).at(-1)?.automation).toEqual(job(JOB, { prompt: 'version 1', updated_at: T0 + 1 }));
      store = await opened.reopen();
      expect(await list(100, 1_000_000)).toHaveLength(31);
    });
  });
}
