/** Contract: lists, their filters, and paging that holds still while rows are added. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RunQuery } from '../../src/model/run.ts';
import type { Store } from '../../src/store/store.ts';
import {
  FAILED,
  type OpenStore,
  type StoreUnderTest,
  T0,
  accept,
  claim,
  createJob,
  finish,
  job,
  newRun,
  placeAt,
  session,
  trigger,
} from './store-fixture.ts';

export function describeLists(openStore: OpenStore): void {
  let opened: StoreUnderTest;
  let store: Store;

  beforeEach(async () => {
    opened = await openStore();
    store = opened.store;
  });
  afterEach(() => opened.dispose());

  describe('listing runs', () => {
    const ids = async (query: RunQuery): Promise<string[]> =>
      (await store.listRuns({ query })).items.map((run) => run.id.replace(/^run_/, '').replace(/_1$/, ''));
    const named = (name: string, parts: object = {}) => newRun({ fire_id: `fire_${name}`, ...parts });

    test('newest first, within one instant in the order of creation', async () => {
      await createJob(store, job('job_a'));
      await accept(store, 'job_a', [named('c'), named('a'), named('b')], T0);
      await accept(store, 'job_a', [named('older')], T0 - 1);
      expect(await ids({})).toEqual(['b', 'a', 'c', 'older']);
    });

    test('every filter and their combinations', async () => {
      await createJob(store, job('job_a'));
      await store.createAutomation({ now: T0, automation: trigger('trg_a'), placeCursor: placeAt(undefined) });
      await accept(store, 'job_a', [named('a1', { priority: 9 })], T0 + 1);
      const [claimed] = await claim(store, { now: T0 + 1 });
      await finish(store, claimed!, FAILED);
      await accept(store, 'job_a', [named('a2', { status: 'canceled', reason: 'overlap' })], T0 + 2);
      await accept(store, 'job_a', [named('a3')], T0 + 3);
      await accept(store, 'trg_a', [named('t1', { status: 'canceled', reason: 'overlap' })], T0 + 4);
      await accept(store, 'trg_a', [named('t2')], T0 + 5);
      const cases: [RunQuery, string[]][] = [
        [{}, ['t2', 't1', 'a3', 'a2', 'a1']],
        [{ job_id: 'job_a' }, ['a3', 'a2', 'a1']],
        [{ trigger_id: 'trg_a' }, ['t2', 't1']],
        [{ job_id: 'trg_a' }, []],
        [{ job_id: 'job_a', trigger_id: 'trg_a' }, []],
        [{ status: 'scheduled' }, ['t2', 'a3']],
        [{ status: 'canceled' }, ['t1', 'a2']],
        [{ status: 'delegated' }, []],
        [{ job_id: 'job_a', status: 'failed' }, ['a1']],
        [{ reason: 'overlap' }, ['t1', 'a2']],
        [{ reason: 'agent_error', job_id: 'job_a' }, ['a1']],
        [{ reason: 'overlap', job_id: 'job_a', status: 'canceled' }, ['a2']],
        [{ reason: 'overlap', status: 'failed' }, []],
        [{ fire_id: 'fire_a3' }, ['a3']],
        [{ fire_id: 'fire_a3', status: 'failed' }, []],
        [{ fire_id: 'fire_a3', job_id: 'job_a' }, ['a3']],
        [{ fire_id: 'fire_a3', trigger_id: 'trg_a' }, []],
        [{ exclude_id: 'run_a3_1', job_id: 'job_a' }, ['a2', 'a1']],
        [{ since: T0 + 2, until: T0 + 4 }, ['a3', 'a2']],
        [{ since: T0 + 2, job_id: 'job_a' }, ['a3', 'a2']],
        [{ until: T0 + 1 }, []],
        [{ limit: 2 }, ['t2', 't1']],
      ];
      for (const [query, expected] of cases) expect([query, await ids(query)]).toEqual([query, expected]);
    });

    test('pages are complete, without gaps or repeats, while rows are added and filters hold', async () => {
      await createJob(store, job('job_a'));
      await createJob(store, job('job_b'));
      for (let i = 0; i < 23; i += 1)
        await accept(store, i % 3 === 0 ? 'job_b' : 'job_a', [named(`${i}`)], T0 + (i >> 2));
      const before = await ids({ job_id: 'job_a', limit: 500 });
      const seen: string[] = [];
      for (let cursor: string | undefined, more = 100; more > 0; more -= 1) {
        const page = await store.listRuns({
          query: { job_id: 'job_a', limit: 3, ...(cursor === undefined ? {} : { cursor }) },
        });
        expect(page.items.length).toBeLessThanOrEqual(3);
        seen.push(...page.items.map((run) => run.id.replace(/^run_/, '').replace(/_1$/, '')));
        await accept(store, 'job_a', [named(`new${more}`)], T0 + 100);
        cursor = page.next_cursor;
        if (cursor === undefined) break;
      }
      expect(seen).toEqual(before);
    });

    test('a page that ends with the last row says that no more follow', async () => {
      await createJob(store, job('job_a'));
      await accept(store, 'job_a', [named('a'), named('b')]);
      expect((await store.listRuns({ query: { limit: 2 } })).next_cursor).toBeUndefined();
      expect((await store.listRuns({ query: { limit: 1 } })).next_cursor).toMatch(/^[A-Za-z0-9_-]+$/);
    });

    test('a page of very long texts ends early and goes on', async () => {
      await createJob(store, job('job_a'));
      const text = 'x'.repeat(6 * 1024 * 1024);
      await accept(
        store,
        'job_a',
        ['a', 'b', 'c'].map((name) => named(name, { prompt: text })),
      );
      const first = await store.listRuns({ query: {} });
      expect(first.items.length).toBeLessThan(3);
      const second = await store.listRuns({ query: { cursor: first.next_cursor! } });
      expect([...first.items, ...second.items]).toHaveLength(3);
    });

    test('without a limit a hundred, and never more than five hundred', async () => {
      await createJob(store, job('job_a'));
      await accept(
        store,
        'job_a',
        Array.from({ length: 501 }, () => newRun()),
      );
      expect((await store.listRuns({ query: {} })).items).toHaveLength(100);
      expect((await store.listRuns({ query: { limit: 10_000 } })).items).toHaveLength(500);
      expect((await store.listRuns({ query: { limit: 0 } })).items).toHaveLength(1);
    });

    test('an unknown run is not there', async () => {
      expect(await store.getRun({ id: 'run_unknown' })).toBeUndefined();
    });
  });

  describe('listing definitions', () => {
    beforeEach(async () => {
      const bound = { scope: 'workspace', workspace_id: 'ws_1' } as const;
      await createJob(store, job('job_1', { name: 'nightly', tags: ['docs', 'night'], description: 'Ünïcode words' }));
      await createJob(store, job('job_2', { name: 'alpha', ...bound }));
      await createJob(store, job('job_3', { name: 'alpha', tags: ['night-shift'] }));
      await store.syncAutomations({
        now: T0,
        source: 'config',
        automations: [
          job('job_4', { name: 'from-file', source: 'config' }),
          trigger('trg_1', { name: 'on-stop', source: 'config' }),
          trigger('trg_2', { name: 'on-hook', source: 'config', event: 'webhook' }),
        ],
        keep_ids: [],
        placeCursor: placeAt(T0),
      });
    });

    test('jobs by name, then id, with every filter', async () => {
      const jobs = async (query: Parameters<Store['listJobs']>[0]['query']): Promise<string[]> =>
        (await store.listJobs({ query })).items.map((record) => record.automation.id);
      const cases: [Parameters<Store['listJobs']>[0]['query'], string[]][] = [
        [{}, ['job_2', 'job_3', 'job_4', 'job_1']],
        [{ scope: 'workspace' }, ['job_2']],
        [{ workspace_id: 'ws_1' }, ['job_2']],
        [{ source: 'config' }, ['job_4']],
        [{ name: 'alpha' }, ['job_2', 'job_3']],
        [{ q: 'NIGHT' }, ['job_1']],
        [{ q: 'ÜNÏ' }, ['job_1']],
        [{ q: '%' }, []],
        [{ tag: 'night' }, ['job_1']],
        [{ tag: 'nigh' }, []],
        [{ q: 'alp', scope: 'global' }, ['job_3']],
        [{ limit: 1 }, ['job_2']],
      ];
      for (const [query, expected] of cases) expect([query, await jobs(query)]).toEqual([query, expected]);
    });

    test('triggers by their event', async () => {
      const page = await store.listTriggers({ query: { event: 'webhook' } });
      expect(page.items.map((record) => record.automation.id)).toEqual(['trg_2']);
      expect((await store.listTriggers({ query: {} })).items).toHaveLength(2);
    });

    test('pages hold still while definitions are added', async () => {
      const first = await store.listJobs({ query: { limit: 2 } });
      await createJob(store, job('job_0', { name: 'aaa' }));
      const second = await store.listJobs({ query: { limit: 2, cursor: first.next_cursor! } });
      expect([...first.items, ...second.items].map((record) => record.automation.id)).toEqual([
        'job_2',
        'job_3',
        'job_4',
        'job_1',
      ]);
      expect(second.next_cursor).toBeUndefined();
    });

    test('each record carries its newest run, without the long texts', async () => {
      await accept(store, 'job_1', [newRun({ fire_id: 'fire_old' })], T0);
      await accept(store, 'job_1', [newRun({ fire_id: 'fire_new', prompt: 'long' })], T0 + 1);
      const [claimed] = await claim(store);
      await store.startRun({
        now: T0,
        run_id: claimed!.run.id,
        token: claimed!.token,
        prompt: 'long',
        session: session(claimed!.run.id),
      });
      await finish(store, claimed!);
      const record = (await store.listJobs({ query: { name: 'nightly' } })).items[0];
      expect(record?.last_run?.fire_id).toBe('fire_new');
      expect(record?.last_run).not.toHaveProperty('prompt');
    });
  });

  test('a cursor that this list did not give out is refused', async () => {
    for (let i = 0; i < 3; i += 1) await createJob(store, job(`job_${i}`));
    await accept(store, 'job_0', [newRun(), newRun()]);
    const ofJobs = (await store.listJobs({ query: { limit: 1 } })).next_cursor!;
    const ofRuns = (await store.listRuns({ query: { limit: 1 } })).next_cursor!;
    const foreign = Buffer.from('["runs","1","2"]').toString('base64url');
    for (const cursor of ['', 'nonsense', '!!!', foreign, ofJobs, `${ofRuns}=`, ofRuns.slice(0, -2)]) {
      await expect(store.listRuns({ query: { cursor } }), cursor).rejects.toMatchObject({ code: 'invalid_cursor' });
    }
    await expect(store.listJobs({ query: { cursor: ofRuns } })).rejects.toMatchObject({ code: 'invalid_cursor' });
    await expect(store.listTriggers({ query: { cursor: ofJobs } })).rejects.toMatchObject({ code: 'invalid_cursor' });
    expect((await store.listJobs({ query: { cursor: ofJobs } })).items).toHaveLength(2);
  });
}
