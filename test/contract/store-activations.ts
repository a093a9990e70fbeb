/** The store contract, chapter activations: taken in and matched in one step, found by index, never twice. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CANDIDATES_PER_STEP } from '../../src/store/activation-store.ts';
import type { Store } from '../../src/store/store.ts';
import {
  createTrigger,
  newActivation,
  plainDecider,
  settle,
  settleAll,
  take,
  verdictsOf,
} from './activation-fixture.ts';
import { allRuns, placeAt, T0 } from './store-fixture.ts';
import type { OpenStore, StoreUnderTest } from './store-fixture.ts';

export function describeActivations(openStore: OpenStore): void {
  describe('activations', () => {
    let opened: StoreUnderTest;
    let store: Store;
    beforeEach(async () => {
      opened = await openStore();
      store = opened.store;
    });
    afterEach(() => opened.dispose());

    describe('taking in', () => {
      it('stores it, its verdicts and its runs in one step, and finds them after a restart', async () => {
        await createTrigger(store, 'trg_deploy', { filter: { 'data.action': 'deploy' } });
        const accepted = await take(store, {
          id: 'evt_a',
          data: { action: 'deploy', nested: { list: [1, null] } },
          depth: 2,
          cause: { run_id: 'run_x', automation_id: 'job_x' },
          actor: 'user:api',
        });
        expect(accepted).toMatchObject({
          outcome: 'stored',
          runs: [{ trigger_id: 'trg_deploy', event_id: 'evt_a', depth: 2 }],
        });
        store = await opened.reopen();
        expect(await store.getActivation({ id: 'evt_a' })).toEqual({
          id: 'evt_a',
          kind: 'ext.test',
          scope: 'global',
          source: 'extension',
          data: { action: 'deploy', nested: { list: [1, null] } },
          occurred_at: T0,
          accepted_at: T0,
          depth: 2,
          cause: { run_id: 'run_x', automation_id: 'job_x' },
          actor: 'user:api',
          matching: false,
          considered: 1,
          matched: 1,
        });
        expect(await store.listVerdicts({ activation_id: 'evt_a' })).toEqual(accepted.verdicts);
        expect(await store.listActivationRuns({ activation_id: 'evt_a', limit: 10 })).toEqual(accepted.runs);
      });

      it('takes the same id or the same dedupe key in once, and answers with what came of it', async () => {
        await createTrigger(store, 'trg_a');
        const first = await take(store, { id: 'evt_a', dedupe_key: 'k' });
        expect(await take(store, { id: 'evt_a', data: { other: 1 } })).toEqual({ ...first, outcome: 'duplicate' });
        expect(await take(store, { id: 'evt_b', dedupe_key: 'k' })).toEqual({ ...first, outcome: 'duplicate' });
        expect(await allRuns(store)).toHaveLength(1);
      });

      it('takes several in with one step, a repetition within it included', async () => {
        await createTrigger(store, 'trg_a');
        const activations = ['evt_a', 'evt_b', 'evt_a'].map((id) => newActivation({ id }));
        const answers = await store.acceptActivations({
          now: T0,
          activations,
          daily_since: null,
          decider: plainDecider,
        });
        expect(answers.map((answer) => answer.outcome)).toEqual(['stored', 'stored', 'duplicate']);
        expect(await allRuns(store)).toHaveLength(2);
      });

      it('keeps keys such as __proto__ as data', async () => {
        const data = JSON.parse('{"__proto__": {"polluted": true}, "constructor": "c"}') as Record<string, unknown>;
        await take(store, { id: 'evt_a', data });
        const stored = await store.getActivation({ id: 'evt_a' });
        expect(JSON.stringify(stored?.data)).toBe(JSON.stringify(data));
      });

      it('lets a decision that throws cost its own trigger the fire', async () => {
        await createTrigger(store, 'trg_bad');
        await createTrigger(store, 'trg_good');
        const accepted = await take(
          store,
          {},
          {
            decider: {
              accept: (p) => {
                if (p.candidate.trigger.id === 'trg_bad') throw new Error('broken');
                return plainDecider.accept(p);
              },
            },
          },
        );
        expect(verdictsOf(accepted)).toEqual(['bad error', 'good fired']);
        expect(accepted.activation).toMatchObject({ considered: 2, matched: 1 });
      });
    });

    describe('candidates', () => {
      it('are those whose event, scope and workspace are the envelope’s', async () => {
        await store.putWorkspace({
          now: T0,
          workspace: { id: 'ws_1', name: 'one', path: '/one', trusted: true, created_at: T0 },
        });
        await createTrigger(store, 'trg_global');
        await createTrigger(store, 'trg_other', { event: 'ext.other' });
        await createTrigger(store, 'trg_ws', { scope: 'workspace', workspace_id: 'ws_1' });
        expect(verdictsOf(await take(store))).toEqual(['global fired']);
        expect(verdictsOf(await take(store, { scope: 'workspace', workspace_id: 'ws_1' }))).toEqual(['ws fired']);
        expect(verdictsOf(await take(store, { scope: 'workspace', workspace_id: 'ws_2' }))).toEqual([]);
        expect(verdictsOf(await take(store, { kind: 'ext.third' }))).toEqual([]);
      });

      it('are not those whose filter says no at the path they stand under', async () => {
        for (const n of [1, 2, 3]) await createTrigger(store, `trg_${n}`, { filter: { 'data.n': String(n) } });
        await createTrigger(store, 'trg_all');
        expect(verdictsOf(await take(store, { data: { n: 2 } }))).toEqual(['2 fired', 'all fired']);
        expect(verdictsOf(await take(store, { data: { n: 9 } }))).toEqual(['all fired']);
        expect(verdictsOf(await take(store, { data: {} }))).toEqual(['all fired']);
      });

      it('are found wherever their filter looks: nested data, numbers, true and false, the envelope itself', async () => {
        const filters: Record<string, Record<string, string>> = {
          nested: { 'data.pull_request.head.ref': 'main' },
          number: { 'data.size': '1.5' },
          truth: { 'data.draft': 'false' },
          source: { source: 'extension' },
          both: { 'data.draft': 'false', 'data.size': '1.5' },
          never: { 'data.draft': 'false', 'data.size': '2' },
        };
        for (const [name, filter] of Object.entries(filters)) await createTrigger(store, `trg_${name}`, { filter });
        const data = { pull_request: { head: { ref: 'main' } }, size: 1.5, draft: false };
        const fired = (await take(store, { data })).runs.map((run) => run.trigger_id);
        expect(fired.toSorted()).toEqual(['trg_both', 'trg_nested', 'trg_number', 'trg_source', 'trg_truth']);
      });

      it('are found when hundreds of triggers each look at a path of their own', async () => {
        for (let n = 0; n < 200; n += 1) await createTrigger(store, `trg_${n}`, { filter: { [`data.k${n}`]: 'yes' } });
        await createTrigger(store, 'trg_all');
        expect(verdictsOf(await take(store, { data: { k7: 'yes', k8: 'no', k150: 'yes' } }))).toEqual([
          '7 fired',
          '150 fired',
          'all fired',
        ]);
        // So many paths in the event that those of the triggers are walked instead.
        const many = Object.fromEntries(Array.from({ length: 5000 }, (_, n) => [`p${n}`, n]));
        expect(verdictsOf(await take(store, { data: { ...many, k9: 'yes' } }))).toEqual(['9 fired', 'all fired']);
      });

      it('follow their definition when it changes, and go with it', async () => {
        const created = await createTrigger(store, 'trg_a', { filter: { 'data.n': '1' } });
        const change = (parts: Partial<typeof created>) =>
          store.updateAutomation({
            now: T0,
            id: 'trg_a',
            change: (current) => ({ automation: { ...current, ...parts } }),
            placeCursor: placeAt(undefined),
          });
        await change({ filter: { 'data.n': '2' } });
        expect(verdictsOf(await take(store, { data: { n: 1 } }))).toEqual([]);
        expect(verdictsOf(await take(store, { data: { n: 2 } }))).toEqual(['a fired']);
        await change({ event: 'ext.other' });
        expect(verdictsOf(await take(store, { data: { n: 2 } }))).toEqual([]);
        expect(verdictsOf(await take(store, { kind: 'ext.other', data: { n: 2 } }))).toEqual(['a fired']);
        await store.deleteAutomation({ now: T0, id: 'trg_a', actor: 'user' });
        expect(verdictsOf(await take(store, { kind: 'ext.other', data: { n: 2 } }))).toEqual([]);
      });

      it('include those that are switched off, so that this can be said', async () => {
        await createTrigger(store, 'trg_off', { enabled: false });
        expect(verdictsOf(await take(store))).toEqual(['off disabled']);
      });

      it('is only the addressed one, or none where nobody is addressed', async () => {
        await createTrigger(store, 'trg_a');
        await createTrigger(store, 'trg_hook', { event: 'webhook', webhook_id: 'wbh_1', endpoint_slug: 'x' });
        expect(verdictsOf(await take(store, { kind: 'webhook' }))).toEqual([]);
        expect(verdictsOf(await take(store, { kind: 'webhook', addressed_to: 'trg_hook' }))).toEqual(['hook fired']);
        expect(verdictsOf(await take(store, { addressed_to: '' }))).toEqual([]);
        expect(verdictsOf(await take(store, { addressed_to: 'trg_gone' }))).toEqual([]);
      });

      it('beyond those of one step are considered by the next ones, each once', async () => {
        const automations = Array.from({ length: CANDIDATES_PER_STEP + 20 }, (_, n) => `trg_${n}`);
        for (const id of automations) await createTrigger(store, id);
        const accepted = await take(store, { id: 'evt_a' });
        expect(accepted.activation).toMatchObject({ matching: true, considered: CANDIDATES_PER_STEP });
        store = await opened.reopen();
        await settleAll(store);
        expect(await store.getActivation({ id: 'evt_a' })).toMatchObject({
          matching: false,
          considered: automations.length,
          matched: automations.length,
        });
        const runs = await allRuns(store);
        expect(new Set(runs.map((run) => run.trigger_id)).size).toBe(automations.length);
        expect(runs).toHaveLength(automations.length);
      });
    });

    describe('lists', () => {
      it('are newest first, filtered, and paged', async () => {
        for (let n = 0; n < 5; n += 1) {
          await take(store, { id: `evt_${n}`, kind: n % 2 === 0 ? 'ext.even' : 'ext.odd' }, { now: T0 + n });
        }
        const page = await store.listActivations({ query: { limit: 2 } });
        expect(page.items.map((item) => item.id)).toEqual(['evt_4', 'evt_3']);
        const rest = await store.listActivations({ query: { limit: 10, cursor: page.next_cursor! } });
        expect(rest.items.map((item) => item.id)).toEqual(['evt_2', 'evt_1', 'evt_0']);
        expect(rest.next_cursor).toBeUndefined();
        const even = await store.listActivations({ query: { kind: 'ext.even', since: T0 + 1, until: T0 + 4 } });
        expect(even.items.map((item) => item.id)).toEqual(['evt_2']);
        expect((await store.listActivations({ query: { source: 'webhook' } })).items).toEqual([]);
      });

      it('say what a trigger made of what it was considered for', async () => {
        await createTrigger(store, 'trg_a', { filter: { 'data.n': '1' } });
        await take(store, { id: 'evt_a', data: { n: 1 } });
        await take(store, { id: 'evt_b', data: { n: 2 } });
        await take(store, { id: 'evt_c', data: { n: 1 } });
        const verdicts = await store.listTriggerVerdicts({ trigger_id: 'trg_a', limit: 10 });
        expect(verdicts.map(({ activation }) => activation.id)).toEqual(['evt_c', 'evt_a']);
      });

      it('say which a run caused', async () => {
        await take(store, { id: 'evt_a', cause: { run_id: 'run_1', automation_id: 'job_1' } });
        await take(store, { id: 'evt_b' });
        const caused = await store.listActivations({ query: { cause_run_id: 'run_1' } });
        expect(caused.items.map((item) => item.id)).toEqual(['evt_a']);
      });
    });

    it('forgets old activations, but none that an unfinished run needs', async () => {
      await createTrigger(store, 'trg_a', { filter: { 'data.n': '1' } });
      await take(store, { id: 'evt_needed', data: { n: 1 } });
      await take(store, { id: 'evt_old' });
      await take(store, { id: 'evt_new' }, { now: T0 + 10 });
      expect(await store.pruneActivations({ before: T0 + 10, limit: 10 })).toEqual({ deleted: 1 });
      const left = await store.listActivations({ query: {} });
      expect(left.items.map((item) => item.id)).toEqual(['evt_new', 'evt_needed']);
      expect(await settle(store)).toEqual({ settled: [], more: false });
    });
  });
}
