/** The store contract, chapter activations: what its own steps tell, and gatherings. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NewActivation } from '../../src/store/activation-store.ts';
import { GATHERED_MAX } from '../../src/store/activation-store.ts';
import type { Store } from '../../src/store/store.ts';
import {
  createTrigger,
  kindsOf,
  newActivation,
  plainDecider,
  settleAll,
  take,
  verdictsOf,
} from './activation-fixture.ts';
import {
  accept,
  allRuns,
  claim,
  createJob,
  FAILED,
  finish,
  job,
  newRun,
  placeAt,
  session,
  T0,
} from './store-fixture.ts';
import type { OpenStore, StoreUnderTest } from './store-fixture.ts';

export function describeOccurrences(openStore: OpenStore): void {
  describe('occurrences and gatherings', () => {
    let opened: StoreUnderTest;
    let store: Store;
    beforeEach(async () => {
      opened = await openStore();
      store = opened.store;
    });
    afterEach(() => opened.dispose());

    async function runningRun(id = 'job_a') {
      await createJob(store, job(id));
      await accept(store, id, [newRun()]);
      const [claimed] = await claim(store);
      return claimed!;
    }

    describe('occurrences', () => {
      it('of a run that began and ended are told in order, also when the process dies in between', async () => {
        const claimed = await runningRun();
        const { run, token } = claimed;
        await store.startRun({ now: T0, run_id: run.id, token, prompt: 'p', session: session(run.id) });
        await finish(store, claimed);
        store = await opened.reopen();
        const told = await settleAll(store);
        expect(kindsOf(told)).toEqual(['session.created', 'run.completed', 'session.stopped']);
        expect(told.map(({ activation }) => activation.data)).toEqual(told.map(() => ({ automation: 'a' })));
        store = await opened.reopen();
        expect(await settleAll(store)).toEqual([]);
      });

      it('wake the triggers that wait for them, once', async () => {
        await createTrigger(store, 'trg_failed', { event: 'run.failed' });
        const claimed = await runningRun();
        await finish(store, claimed, FAILED);
        const [told] = await settleAll(store);
        expect(verdictsOf(told!)).toEqual(['failed fired']);
        expect(await settleAll(store)).toEqual([]);
        expect(await allRuns(store, { trigger_id: 'trg_failed' })).toHaveLength(1);
      });

      it('of every way a run is canceled are told', async () => {
        await createJob(store, job('job_a'));
        const [canceled] = await accept(store, 'job_a', [newRun()]);
        await store.cancelRun({ now: T0, run_id: canceled!.id, reason: 'user', error: 'e', actor: 'a' });
        await accept(store, 'job_a', [newRun({ expires_at: T0 })]);
        await store.expireRuns({ now: T0, limit: 10 });
        await accept(store, 'job_a', [newRun({ status: 'canceled', reason: 'overlap' })]);
        await accept(store, 'job_a', [newRun()]);
        await store.deleteAutomation({ now: T0, id: 'job_a', actor: 'a' });
        expect(kindsOf(await settleAll(store))).toEqual(Array.from({ length: 4 }, () => 'run.canceled'));
      });

      it('are not told of what the loop guard stopped: that could go on for ever', async () => {
        await createJob(store, job('job_a'));
        await accept(store, 'job_a', [newRun({ status: 'canceled', reason: 'loop_guard' })]);
        expect(await settleAll(store)).toEqual([]);
      });

      it('of a pause name the automation and why', async () => {
        const claimed = await runningRun();
        await store.finishRun({
          now: T0,
          run_id: claimed.run.id,
          token: claimed.token,
          result: FAILED,
          decideFollowUp: () => ({ consecutive_failures: 3, pause: { error: 'three in a row' } }),
          placeCursor: placeAt(undefined),
        });
        const occurrences: unknown[] = [];
        await store.settleActivations({
          now: T0,
          limit: 10,
          daily_since: null,
          decider: {
            ...plainDecider,
            envelopeOf(occurrence): NewActivation {
              occurrences.push(occurrence);
              return newActivation({ kind: occurrence.kind });
            },
          },
        });
        expect(occurrences).toMatchObject([
          { kind: 'run.failed', run: { id: claimed.run.id }, agent_name: 'reviewer', will_retry: false },
          {
            kind: 'job.paused',
            at: T0,
            automation: { id: 'job_a', kind: 'job', name: 'a' },
            error: 'three in a row',
            consecutive_failures: 3,
          },
        ]);
      });

      it('say whether another attempt follows', async () => {
        const claimed = await runningRun();
        const { run, token } = claimed;
        const retry = newRun({ fire_id: run.fire_id!, attempt: 2, id: 'run_second' });
        await store.finishRun({
          now: T0,
          run_id: run.id,
          token,
          result: FAILED,
          decideFollowUp: () => ({ consecutive_failures: 0, retry }),
          placeCursor: placeAt(undefined),
        });
        let willRetry: boolean | undefined;
        await store.settleActivations({
          now: T0,
          limit: 10,
          daily_since: null,
          decider: {
            ...plainDecider,
            envelopeOf(occurrence) {
              if ('will_retry' in occurrence) willRetry = occurrence.will_retry;
              return plainDecider.envelopeOf(occurrence);
            },
          },
        });
        expect(willRetry).toBe(true);
      });
    });

    describe('gatherings', () => {
      const coalescing = { coalesce: { key: 'data.key', window: '1s' } };

      it('make one fire of the activations of one key, in order, when the window has passed', async () => {
        await createTrigger(store, 'trg_g', coalescing);
        const first = await take(store, { id: 'evt_1', data: { key: 'a', n: 1 } });
        expect(verdictsOf(first)).toEqual(['g gathered']);
        await take(store, { data: { key: 'b', n: 2 } }, { now: T0 + 100 });
        await take(store, { data: { key: 'a', n: 3 } }, { now: T0 + 900 });
        expect(await store.nextWakeAt({ after: T0 + 900 })).toBe(T0 + 1100);
        store = await opened.reopen();
        expect((await settleAll(store, T0 + 1899)).map(({ activation }) => activation.data['key'])).toEqual(['b']);
        const [fired] = await settleAll(store, T0 + 1900);
        expect(fired).toMatchObject({
          activation: {
            id: first.verdicts[0]!.gathered_into,
            gathered: { trigger_id: 'trg_g', key: 'a', count: 2 },
            addressed_to: 'trg_g',
            data: {
              key: 'a',
              events: [
                { key: 'a', n: 1 },
                { key: 'a', n: 3 },
              ],
            },
          },
          runs: [{ trigger_id: 'trg_g', event_id: first.verdicts[0]!.gathered_into }],
        });
        expect(await settleAll(store, T0 + 99_999)).toEqual([]);
        expect(await allRuns(store)).toHaveLength(2);
      });

      it('fire at the latest when the longest wait is over', async () => {
        await createTrigger(store, 'trg_g', coalescing);
        for (let at = 0; at <= 2400; at += 400) await take(store, { data: { key: 'a' } }, { now: T0 + at });
        expect(await settleAll(store, T0 + 2499)).toEqual([]);
        const [fired] = await settleAll(store, T0 + 2500);
        expect(fired!.activation.gathered?.count).toBe(7);
      });

      it('close when they are full, and nothing is dropped', async () => {
        await createTrigger(store, 'trg_g', coalescing);
        const activations = Array.from({ length: GATHERED_MAX + 1 }, (_, n) =>
          newActivation({ data: { key: 'a', n } }),
        );
        await store.acceptActivations({ now: T0, activations, daily_since: null, decider: plainDecider });
        const fired = await settleAll(store, T0 + 5000);
        expect(fired.map(({ activation }) => activation.gathered?.count)).toEqual([GATHERED_MAX, 1]);
      });

      it('are shown while they are open, and keep their members from being forgotten', async () => {
        await createTrigger(store, 'trg_g', coalescing);
        const { verdicts } = await take(store, { id: 'evt_1', data: { key: 'a' } });
        const id = verdicts[0]!.gathered_into!;
        expect(await store.readGathering({ id })).toEqual({ due_at: T0 + 1000, activation_ids: ['evt_1'] });
        expect(await store.pruneActivations({ before: T0 + 1, limit: 10 })).toEqual({ deleted: 0 });
        await settleAll(store, T0 + 1000);
        expect(await store.readGathering({ id })).toBeUndefined();
      });

      it('of a trigger that was deleted meanwhile are recorded without a run', async () => {
        await createTrigger(store, 'trg_g', coalescing);
        await take(store, { data: { key: 'a' } });
        await store.deleteAutomation({ now: T0, id: 'trg_g', actor: 'a' });
        const [fired] = await settleAll(store, T0 + 1000);
        expect(verdictsOf(fired!)).toEqual(['trg_g deleted']);
        expect(fired!.runs).toEqual([]);
      });
    });
  });
}
