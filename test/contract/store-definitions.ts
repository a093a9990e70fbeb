/** Contract: definitions, overlays and the sync with files. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Automation } from '../../src/model/automation.ts';
import type { Job } from '../../src/model/job.ts';
import type { Store } from '../../src/store/store.ts';
import {
  COMPLETED,
  FAILED,
  MINUTE,
  type OpenStore,
  type StoreUnderTest,
  T0,
  accept,
  caps,
  claim,
  claimIds,
  createJob,
  decideOne,
  finish,
  job,
  newRun,
  placeAt,
  trigger,
} from './store-fixture.ts';

export function describeDefinitions(openStore: OpenStore): void {
  let opened: StoreUnderTest;
  let store: Store;
  const place = placeAt(T0 + MINUTE);
  const create = (automation: Automation): ReturnType<Store['createAutomation']> =>
    store.createAutomation({ now: T0, automation, placeCursor: place });
  const sync = (automations: Automation[], keep: string[] = [], now = T0): ReturnType<Store['syncAutomations']> =>
    store.syncAutomations({ now, source: 'config', automations, keep_ids: keep, placeCursor: place });
  const fromFile = (id: string, parts: Partial<Job> = {}): Job => job(id, { source: 'config', ...parts });

  beforeEach(async () => {
    opened = await openStore();
    store = opened.store;
  });
  afterEach(() => opened.dispose());

  describe('creating', () => {
    test('a job comes back as it was written, with its cursor and revision 1', async () => {
      const written = job('job_a', { tags: ['x'], description: 'é', priority: 3, timeout: '5m' });
      const answer = await create(written);
      expect(answer).toEqual({
        outcome: 'created',
        record: {
          automation: written,
          revision: 1,
          enabled: true,
          consecutive_failures: 0,
          cursor: expect.objectContaining({
            job_id: 'job_a',
            next_run_at: T0 + MINUTE,
            due_at: T0 + MINUTE,
            anchor_at: T0,
          }),
        },
      });
      expect(await store.getJob({ id: 'job_a' })).toEqual('record' in answer ? answer.record : undefined);
      expect(await store.getTrigger({ id: 'job_a' })).toBeUndefined();
    });

    test('a trigger has no cursor', async () => {
      const written = trigger('trg_a', { event: 'webhook', webhook_id: 'wbh_1', filter: { 'data.x': 'y' } });
      await create(written);
      const record = await store.getTrigger({ id: 'trg_a' });
      expect(record?.automation).toEqual(written);
      expect(record?.cursor).toBeUndefined();
      expect(await store.getJob({ id: 'trg_a' })).toBeUndefined();
    });

    test('everything survives a restart', async () => {
      await create(job('job_a'));
      const before = await store.getJob({ id: 'job_a' });
      store = await opened.reopen();
      expect(await store.getJob({ id: 'job_a' })).toEqual(before);
    });

    test('names are unique per kind, scope and workspace', async () => {
      await create(job('job_a', { name: 'same' }));
      expect(await create(job('job_b', { name: 'same' }))).toEqual({ outcome: 'job_name_taken' });
      expect(await create(trigger('trg_b', { name: 'same' }))).toMatchObject({ outcome: 'created' });
      expect(await create(trigger('trg_c', { name: 'same' }))).toEqual({ outcome: 'trigger_name_taken' });
      const inWorkspace = { name: 'same', scope: 'workspace', workspace_id: 'ws_1' } as const;
      expect(await create(job('job_c', inWorkspace))).toMatchObject({ outcome: 'created' });
      expect(await create(job('job_d', { ...inWorkspace, workspace_id: 'ws_2' }))).toMatchObject({
        outcome: 'created',
      });
      expect(await create(job('job_e', inWorkspace))).toEqual({ outcome: 'job_name_taken' });
    });

    test('a webhook id belongs to one trigger', async () => {
      await create(trigger('trg_a', { event: 'webhook', webhook_id: 'wbh_1' }));
      expect(await create(trigger('trg_b', { event: 'webhook', webhook_id: 'wbh_1' }))).toEqual({
        outcome: 'trigger_webhook_id_taken',
      });
      expect(await store.getTrigger({ id: 'trg_b' })).toBeUndefined();
    });

    test('the same creation repeated answers with the record as it stands', async () => {
      await create(job('job_a'));
      await store.updateAutomation({
        now: T0,
        id: 'job_a',
        change: (current) => ({ automation: { ...current, prompt: 'changed' } }),
        placeCursor: place,
      });
      const again = await create(job('job_a'));
      expect(again).toMatchObject({ outcome: 'created', record: { revision: 2, automation: { prompt: 'changed' } } });
    });

    test('of many with one name at once exactly one is created', async () => {
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, i) => create(job(`job_${i}`, { name: 'same' }))),
      );
      expect(answers.filter((answer) => answer.outcome === 'created')).toHaveLength(1);
      expect((await store.readCounts()).jobs).toBe(1);
    });

    test('a job that cannot be placed is parked with the reason', async () => {
      const answer = await store.createAutomation({
        now: T0,
        automation: job('job_a'),
        placeCursor: () => {
          throw new Error('no such zone');
        },
      });
      expect(answer).toMatchObject({
        record: { cursor: { parked_error: 'no such zone', consecutive_resume_failures: 1 } },
      });
      expect(await store.nextWakeAt({ after: 0 })).toBeUndefined();
    });

    test('rows for instants that the cursor leaves behind are created with it', async () => {
      await createJob(store, job('job_a'), T0);
      const missed = newRun({ status: 'canceled', reason: 'misfire', scheduled_at: T0 });
      await store.updateAutomation({
        now: T0 + 5,
        id: 'job_a',
        change: (current) => ({ automation: { ...current, prompt: 'changed' } }),
        placeCursor: ({ job: placed, previous, cursor, now }) => {
          expect(previous).toMatchObject({ prompt: 'Review the changes.', enabled: true });
          return { ...placeAt(T0 + MINUTE)({ job: placed, previous, cursor, now }), runs: [missed] };
        },
      });
      expect(await store.getRun({ id: missed.id })).toMatchObject({
        status: 'canceled',
        reason: 'misfire',
        job_id: 'job_a',
        created_at: T0 + 5,
        ended_at: T0 + 5,
      });
    });
  });

  describe('changing', () => {
    const change = (prompt: string, ifRevision?: number): ReturnType<Store['updateAutomation']> =>
      store.updateAutomation({
        now: T0 + 7,
        id: 'job_a',
        ...(ifRevision === undefined ? {} : { ifRevision }),
        change: (current) => ({ automation: { ...current, prompt } }),
        placeCursor: place,
      });

    test('the definition, its revision and updated_at change, created_at stays', async () => {
      await create(job('job_a'));
      expect(await change('other')).toMatchObject({
        outcome: 'updated',
        record: { revision: 2, automation: { prompt: 'other', created_at: T0, updated_at: T0 + 7 } },
      });
    });

    test('a condition on the revision holds or names the current one', async () => {
      await create(job('job_a'));
      expect(await change('first', 1)).toMatchObject({ outcome: 'updated' });
      expect(await change('second', 1)).toEqual({ outcome: 'revision_mismatch', revision: 2 });
      expect((await store.getJob({ id: 'job_a' }))?.automation.prompt).toBe('first');
    });

    test('of many changes on one revision exactly one wins', async () => {
      await create(job('job_a'));
      const answers = await Promise.all(Array.from({ length: 8 }, (_, i) => change(`p${i}`, 1)));
      expect(answers.filter((answer) => answer.outcome === 'updated')).toHaveLength(1);
      expect((await store.getJob({ id: 'job_a' }))?.revision).toBe(2);
    });

    test('a refusal comes back untouched and changes nothing', async () => {
      await create(job('job_a'));
      const refusal = { why: 'because' };
      const answer = await store.updateAutomation({
        now: T0,
        id: 'job_a',
        change: () => ({ refuse: refusal }),
        placeCursor: place,
      });
      expect(answer).toEqual({ outcome: 'refused', refusal });
      expect((await store.getJob({ id: 'job_a' }))?.revision).toBe(1);
    });

    test('what is unknown is not found, what a file wrote is read-only', async () => {
      await sync([fromFile('job_a')]);
      expect(await change('other')).toEqual({ outcome: 'read_only' });
      expect(await store.deleteAutomation({ now: T0, id: 'job_a', actor: 'user:x' })).toEqual({ outcome: 'read_only' });
      await sync([]);
      expect(await change('other')).toEqual({ outcome: 'not_found' });
    });

    test('a name or webhook id that is taken changes nothing', async () => {
      await create(job('job_a'));
      await create(job('job_b'));
      await create(trigger('trg_a', { webhook_id: 'wbh_1' }));
      await create(trigger('trg_b'));
      const to = (id: string, parts: object): ReturnType<Store['updateAutomation']> =>
        store.updateAutomation({
          now: T0,
          id,
          change: (current) => ({ automation: { ...current, ...parts } }),
          placeCursor: place,
        });
      expect(await to('job_a', { name: 'b' })).toEqual({ outcome: 'job_name_taken' });
      expect(await to('trg_b', { name: 'a' })).toEqual({ outcome: 'trigger_name_taken' });
      expect(await to('trg_b', { webhook_id: 'wbh_1' })).toEqual({ outcome: 'trigger_webhook_id_taken' });
      expect((await store.getJob({ id: 'job_a' }))?.revision).toBe(1);
      expect(await to('job_a', { name: 'free' })).toMatchObject({ outcome: 'updated' });
      expect(await create(job('job_c', { name: 'a' }))).toMatchObject({ outcome: 'created' });
    });

    test('a change that throws changes nothing', async () => {
      await create(job('job_a'));
      const change = (): never => {
        throw new Error('a defect');
      };
      await expect(store.updateAutomation({ now: T0, id: 'job_a', change, placeCursor: place })).rejects.toThrow(
        'a defect',
      );
      expect((await store.getJob({ id: 'job_a' }))?.revision).toBe(1);
      expect(await create(job('job_b'))).toMatchObject({ outcome: 'created' });
    });

    test('runs are left alone, and nothing of another automation changes', async () => {
      await createJob(store, job('job_a'), T0);
      await createJob(store, job('job_b'), T0);
      await store.planFires({ now: T0, limit: 10, daily_since: null, decide: decideOne() });
      const before = await store.getJob({ id: 'job_b' });
      await change('other');
      expect(await store.getJob({ id: 'job_b' })).toEqual(before);
      expect(await store.listWaiting({ limit: 10 })).toHaveLength(2);
    });

    test('waiting runs count against the agent that the definition names now', async () => {
      await create(job('job_a'));
      await accept(store, 'job_a', [newRun()]);
      await store.updateAutomation({
        now: T0,
        id: 'job_a',
        change: (current) => ({ automation: { ...current, agent_name: 'other' } }),
        placeCursor: place,
      });
      expect(await claimIds(store, { caps: caps({ per_agent: { other: 0 } }) })).toEqual([]);
      const [claimed] = await claim(store, { caps: caps({ per_agent: { reviewer: 0 } }) });
      expect(claimed?.automation.agent_name).toBe('other');
    });

    test('a job that is switched off is not due, whatever was placed', async () => {
      await create(job('job_a'));
      await store.updateAutomation({
        now: T0,
        id: 'job_a',
        change: (current) => ({ automation: { ...current, enabled: false } }),
        placeCursor: place,
      });
      const record = await store.getJob({ id: 'job_a' });
      expect(record).toMatchObject({ enabled: false, cursor: { next_run_at: T0 + MINUTE } });
      expect(record?.cursor?.due_at).toBeUndefined();
      expect(await store.planFires({ now: T0 + MINUTE, limit: 10, daily_since: null, decide: decideOne() })).toEqual(
        [],
      );
    });

    test('switching on begins a new count of failures', async () => {
      await create(job('job_a'));
      await accept(store, 'job_a', [newRun()]);
      const [claimed] = await claim(store);
      await store.finishRun({
        placeCursor: placeAt(undefined),
        now: T0,
        run_id: claimed!.run.id,
        token: claimed!.token,
        result: FAILED,
        decideFollowUp: () => ({ consecutive_failures: 10 }),
      });
      const enable = (enabled: boolean): ReturnType<Store['updateAutomation']> =>
        store.updateAutomation({
          now: T0,
          id: 'job_a',
          change: (current) => ({ automation: { ...current, enabled } }),
          placeCursor: place,
        });
      await enable(false);
      expect((await store.getJob({ id: 'job_a' }))?.consecutive_failures).toBe(10);
      expect(await enable(true)).toMatchObject({ record: { consecutive_failures: 0 } });
    });
  });

  describe('deleting', () => {
    test('waiting runs are canceled, running ones go on, history stays', async () => {
      await create(job('job_a'));
      const [done] = await accept(store, 'job_a', [newRun()]);
      const [claimed] = await claim(store);
      await finish(store, claimed!);
      await accept(store, 'job_a', [newRun()]);
      const [running] = await claim(store);
      const waiting = await accept(store, 'job_a', [newRun(), newRun({ available_at: T0 + MINUTE })]);
      const answer = await store.deleteAutomation({ now: T0 + 1, id: 'job_a', actor: 'user:cli' });
      expect(answer).toEqual({
        outcome: 'deleted',
        canceled_run_ids: expect.arrayContaining(waiting.map((run) => run.id)),
      });
      expect(await store.getRun({ id: waiting[0]!.id })).toMatchObject({
        status: 'canceled',
        reason: 'user',
        actor: 'user:cli',
        ended_at: T0 + 1,
        error: expect.stringContaining('deleted'),
      });
      expect(await store.getRun({ id: done!.id })).toMatchObject({ status: 'completed', job_id: 'job_a' });
      expect(await finish(store, running!, COMPLETED)).toMatchObject({
        outcome: 'finished',
        run: { status: 'completed' },
      });
      expect(await store.getJob({ id: 'job_a' })).toBeUndefined();
      expect(await store.deleteAutomation({ now: T0, id: 'job_a', actor: 'user:cli' })).toEqual({
        outcome: 'not_found',
      });
    });

    test('afterwards nothing of it is planned, accepted, claimed or retried', async () => {
      await createJob(store, job('job_a'), T0);
      await accept(store, 'job_a', [newRun()]);
      const [running] = await claim(store);
      await accept(store, 'job_a', [newRun()]);
      await store.deleteAutomation({ now: T0, id: 'job_a', actor: 'user:cli' });
      expect(await store.planFires({ now: T0 + MINUTE, limit: 10, daily_since: null, decide: decideOne() })).toEqual(
        [],
      );
      const late = await store.acceptRuns({
        now: T0,
        automation_id: 'job_a',
        daily_since: null,
        decide: () => ({ runs: [newRun()], cancellations: [] }),
      });
      expect(late).toEqual({ outcome: 'not_found' });
      expect(await claimIds(store, { now: T0 + MINUTE })).toEqual([]);
      const ended = await store.finishRun({
        placeCursor: placeAt(undefined),
        now: T0,
        run_id: running!.run.id,
        token: running!.token,
        result: FAILED,
        decideFollowUp: ({ record, run }) => {
          expect(record).toBeUndefined();
          return { consecutive_failures: 1, retry: newRun({ fire_id: run.fire_id!, attempt: 2 }) };
        },
      });
      expect(ended).toMatchObject({ outcome: 'finished' });
      expect('retry' in ended).toBe(false);
      expect(await store.listWaiting({ limit: 10 })).toEqual([]);
      expect(await store.nextWakeAt({ after: 0 })).toBeUndefined();
    });

    test('a condition on the revision protects it', async () => {
      await create(job('job_a'));
      expect(await store.deleteAutomation({ now: T0, id: 'job_a', actor: 'user:x', ifRevision: 7 })).toEqual({
        outcome: 'revision_mismatch',
        revision: 1,
      });
      expect(await store.deleteAutomation({ now: T0, id: 'job_a', actor: 'user:x', ifRevision: 1 })).toMatchObject({
        outcome: 'deleted',
      });
    });

    test('the name is free again, and the new job shares nothing with the old one', async () => {
      await create(job('job_a', { name: 'same' }));
      await store.deleteAutomation({ now: T0, id: 'job_a', actor: 'user:x' });
      expect(await create(job('job_b', { name: 'same' }))).toMatchObject({
        outcome: 'created',
        record: { revision: 1 },
      });
    });
  });

  describe('the sync with files', () => {
    test('creates, changes and deletes, and leaves equal ones entirely alone', async () => {
      await sync([fromFile('job_a'), fromFile('job_b'), fromFile('job_c')]);
      await store.planFires({ now: T0 + MINUTE, limit: 10, daily_since: null, decide: decideOne() });
      const before = await store.getJob({ id: 'job_a' });
      const answer = await sync(
        [
          fromFile('job_a', { created_at: T0 + 9, updated_at: T0 + 9 }),
          fromFile('job_b', { prompt: 'other' }),
          fromFile('job_d'),
        ],
        [],
        T0 + 9,
      );
      expect(answer).toEqual({ created: ['job_d'], changed: ['job_b'], deleted: ['job_c'], unchanged: 1, taken: [] });
      expect(await store.getJob({ id: 'job_a' })).toEqual(before);
      expect(await store.getJob({ id: 'job_b' })).toMatchObject({
        revision: 2,
        automation: { prompt: 'other', created_at: T0, updated_at: T0 + 9 },
      });
      expect(await store.getJob({ id: 'job_c' })).toBeUndefined();
      const canceled = (await store.listRuns({ query: { job_id: 'job_c' } })).items;
      expect(canceled).toMatchObject([{ status: 'canceled', reason: 'user', actor: 'config' }]);
    });

    test('the order of fields does not matter', async () => {
      await sync([fromFile('job_a', { retry: { strategy: 'backoff', max_retries: 3, base_delay: '2s' } })]);
      const { id, name, ...rest } = fromFile('job_a', {
        retry: { base_delay: '2s', max_retries: 3, strategy: 'backoff' },
      });
      expect(await sync([{ ...rest, name, id }])).toMatchObject({ unchanged: 1, changed: [] });
    });

    test('entries that are broken right now are kept as they are', async () => {
      await sync([fromFile('job_a'), fromFile('job_b')]);
      const answer = await sync([fromFile('job_b', { prompt: 'not this one' })], ['job_a', 'job_b']);
      expect(answer).toEqual({ created: [], changed: [], deleted: [], unchanged: 0, taken: [] });
      expect((await store.getJob({ id: 'job_b' }))?.automation.prompt).toBe('Review the changes.');
    });

    test('definitions of other sources are neither changed nor deleted', async () => {
      await create(job('job_a', { name: 'held' }));
      await store.syncAutomations({
        now: T0,
        source: 'package',
        automations: [job('job_p', { source: 'package' })],
        keep_ids: [],
        placeCursor: place,
      });
      const answer = await sync([fromFile('job_b', { name: 'held' }), fromFile('job_p'), fromFile('job_c')]);
      expect(answer).toEqual({ created: ['job_c'], changed: [], deleted: [], unchanged: 0, taken: ['job_b', 'job_p'] });
      expect((await store.getJob({ id: 'job_p' }))?.automation.source).toBe('package');
      await sync([]);
      expect((await store.listJobs({ query: {} })).items.map((record) => record.automation.id)).toEqual([
        'job_a',
        'job_p',
      ]);
    });

    test('two entries with one id: the first counts, the second is reported', async () => {
      expect(await sync([fromFile('job_a'), fromFile('job_a', { prompt: 'other' })])).toMatchObject({
        created: ['job_a'],
        taken: ['job_a'],
      });
    });

    test('names and webhook ids may change hands, also in a circle', async () => {
      const hook = (id: string, webhookId: string) =>
        trigger(id, { source: 'config', event: 'webhook', webhook_id: webhookId });
      await sync([hook('trg_a', 'wbh_1'), hook('trg_b', 'wbh_2'), hook('trg_c', 'wbh_3')]);
      const answer = await sync([hook('trg_a', 'wbh_2'), hook('trg_b', 'wbh_1'), hook('trg_d', 'wbh_3')]);
      expect(answer).toMatchObject({ created: ['trg_d'], deleted: ['trg_c'], taken: [] });
      expect(answer.changed.toSorted()).toEqual(['trg_a', 'trg_b']);
      expect((await store.getTrigger({ id: 'trg_a' }))?.automation.webhook_id).toBe('wbh_2');
      await create(trigger('trg_dynamic', { webhook_id: 'wbh_9' }));
      const chained = await sync([hook('trg_a', 'wbh_9'), hook('trg_b', 'wbh_2'), hook('trg_d', 'wbh_3')]);
      expect(chained).toMatchObject({ changed: [], taken: expect.arrayContaining(['trg_a', 'trg_b']) });
      expect((await store.getTrigger({ id: 'trg_b' }))?.automation.webhook_id).toBe('wbh_1');
    });

    test('one entry that cannot be placed is parked and stops nobody', async () => {
      const answer = await store.syncAutomations({
        now: T0,
        source: 'config',
        automations: [fromFile('job_a'), fromFile('job_b')],
        keep_ids: [],
        placeCursor: (p) => {
          if (p.job.id === 'job_a') throw new Error('bad zone');
          return place(p);
        },
      });
      expect(answer.created).toEqual(['job_a', 'job_b']);
      expect((await store.getJob({ id: 'job_a' }))?.cursor?.parked_error).toBe('bad zone');
      expect((await store.getJob({ id: 'job_b' }))?.cursor?.due_at).toBe(T0 + MINUTE);
    });
  });

  describe('overlays', () => {
    const set = (id: string, enabled: boolean): ReturnType<Store['setOverlay']> =>
      store.setOverlay({ now: T0 + 3, id, enabled_override: enabled, placeCursor: place });
    const clear = (id: string): ReturnType<Store['clearOverlay']> =>
      store.clearOverlay({ now: T0 + 4, id, placeCursor: place });

    test('switch a job of a file off and on again without touching its definition', async () => {
      await sync([fromFile('job_a')]);
      expect(await set('job_a', false)).toMatchObject({
        outcome: 'set',
        record: {
          enabled: false,
          revision: 2,
          automation: { enabled: true },
          overlay: { enabled_override: false, updated_at: T0 + 3 },
        },
      });
      expect((await store.getJob({ id: 'job_a' }))?.cursor?.due_at).toBeUndefined();
      expect(await clear('job_a')).toMatchObject({ outcome: 'cleared', record: { enabled: true, revision: 3 } });
      const record = await store.getJob({ id: 'job_a' });
      expect(record?.overlay).toBeUndefined();
      expect(record?.cursor?.due_at).toBe(T0 + MINUTE);
    });

    test('setting the same value again changes nothing', async () => {
      await sync([fromFile('job_a')]);
      await set('job_a', false);
      expect(await set('job_a', false)).toMatchObject({ outcome: 'set', record: { revision: 2 } });
    });

    test('are refused for what is dynamic, unknown or not there', async () => {
      await create(job('job_a'));
      await sync([fromFile('job_b')]);
      expect(await set('job_a', false)).toEqual({ outcome: 'overlay_requires_config_source' });
      expect(await set('job_x', false)).toEqual({ outcome: 'not_found' });
      expect(await clear('job_x')).toEqual({ outcome: 'not_found' });
      expect(await clear('job_b')).toEqual({ outcome: 'overlay_not_found' });
    });

    test('are kept when the file changes and go when the entry goes', async () => {
      await sync([fromFile('job_a'), trigger('trg_a', { source: 'config' })]);
      await set('job_a', false);
      await set('trg_a', false);
      await sync([fromFile('job_a', { prompt: 'other' }), trigger('trg_a', { source: 'config' })]);
      expect(await store.getJob({ id: 'job_a' })).toMatchObject({ enabled: false, automation: { prompt: 'other' } });
      expect(await store.getTrigger({ id: 'trg_a' })).toMatchObject({ enabled: false });
      await sync([]);
      await sync([fromFile('job_a')]);
      const again = await store.getJob({ id: 'job_a' });
      expect(again).toMatchObject({ enabled: true, revision: 1 });
      expect(again?.overlay).toBeUndefined();
    });
  });
}
