/** Contract: what an executor does with a claim, how it ends, and what becomes of it when the executor is gone. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Store } from '../../src/store/store.ts';
import type { ClaimedRun, FollowUp, RunResult } from '../../src/store/run-store.ts';
import {
  COMPLETED,
  FAILED,
  MINUTE,
  NODE,
  type OpenStore,
  type StoreUnderTest,
  T0,
  accept,
  claim,
  createJob,
  finish,
  job,
  newRun,
  noFollowUp,
  session,
  placeAt,
} from './store-fixture.ts';

export function describeExecution(openStore: OpenStore): void {
  let opened: StoreUnderTest;
  let store: Store;
  let claimed: ClaimedRun;

  const start = (p: { token?: string; now?: number; prompt?: string } = {}): ReturnType<Store['startRun']> =>
    store.startRun({
      now: p.now ?? T0 + 1,
      run_id: claimed.run.id,
      token: p.token ?? claimed.token,
      prompt: p.prompt ?? 'as sent',
      session: session(claimed.run.id),
    });
  const end = (
    result: RunResult,
    decideFollowUp: Parameters<Store['finishRun']>[0]['decideFollowUp'],
  ): ReturnType<Store['finishRun']> =>
    store.finishRun({
      placeCursor: placeAt(undefined),
      now: T0 + 2,
      run_id: claimed.run.id,
      token: claimed.token,
      result,
      decideFollowUp,
    });
  const never = (): FollowUp => {
    throw new Error('nobody may be asked');
  };

  beforeEach(async () => {
    opened = await openStore();
    store = opened.store;
    await createJob(store, job('job_a'));
    await accept(store, 'job_a', [newRun({ fire_id: 'fire_main', prompt: 'rendered', actor: 'user:cli' })]);
    claimed = (await claim(store))[0]!;
  });
  afterEach(() => opened.dispose());

  describe('starting', () => {
    test('records when, with which prompt, and the session', async () => {
      expect(await start()).toEqual({ outcome: 'started' });
      const run = await store.getRun({ id: claimed.run.id });
      expect(run).toMatchObject({ status: 'running', started_at: T0 + 1, prompt: 'as sent', actor: 'user:cli' });
      expect(await store.getSession({ id: run!.session_id! })).toEqual(session(claimed.run.id));
    });

    test('repeated, it changes nothing', async () => {
      await start();
      expect(await start({ now: T0 + 9, prompt: 'again' })).toEqual({ outcome: 'started' });
      expect(await store.getRun({ id: claimed.run.id })).toMatchObject({ started_at: T0 + 1, prompt: 'as sent' });
    });

    test('is lost with another token, after the end, and for an unknown run', async () => {
      expect(await start({ token: 'other' })).toEqual({ outcome: 'lost' });
      expect((await store.getRun({ id: claimed.run.id }))?.started_at).toBeUndefined();
      await finish(store, claimed);
      expect(await start()).toEqual({ outcome: 'lost' });
      expect(await store.getSession({ id: session(claimed.run.id).id })).toBeUndefined();
      claimed = { ...claimed, run: { ...claimed.run, id: 'run_unknown' } };
      expect(await start()).toEqual({ outcome: 'lost' });
    });
  });

  describe('finishing', () => {
    test('writes the whole result and ends the session', async () => {
      await start();
      const answer = await end(
        {
          status: 'completed',
          exit_code: 0,
          output: 'the answer',
          usage: { input_tokens: 5, output_tokens: 7, cost_usd: 0.25 },
          stop_reason: 'end_turn',
          stop_detail: 'said so',
          agent_session_id: 'theirs',
        },
        noFollowUp,
      );
      expect(answer).toEqual({
        outcome: 'finished',
        run: {
          ...claimed.run,
          status: 'completed',
          started_at: T0 + 1,
          ended_at: T0 + 2,
          session_id: session(claimed.run.id).id,
          prompt: 'as sent',
          output: 'the answer',
          exit_code: 0,
          usage: { input_tokens: 5, output_tokens: 7, cost_usd: 0.25 },
        },
      });
      expect(await store.getRun({ id: claimed.run.id })).toEqual('run' in answer ? answer.run : undefined);
      expect(await store.getSession({ id: session(claimed.run.id).id })).toMatchObject({
        ended_at: T0 + 2,
        stop_reason: 'end_turn',
        stop_detail: 'said so',
        agent_session_id: 'theirs',
        usage: { input_tokens: 5, output_tokens: 7, cost_usd: 0.25 },
      });
      expect((await store.readCounts()).running).toBe(0);
    });

    test('repeated with the same token, it answers the same, asks nobody and changes nothing', async () => {
      const retry = newRun({ fire_id: 'fire_main', attempt: 2, available_at: T0 + MINUTE });
      const first = await end(FAILED, () => ({ consecutive_failures: 0, retry }));
      expect(first).toMatchObject({
        outcome: 'finished',
        run: { status: 'failed' },
        retry: { id: retry.id, attempt: 2 },
      });
      const again = await end(COMPLETED, never);
      expect(again).toEqual(first);
      expect(await store.getRun({ id: claimed.run.id })).toMatchObject({ status: 'failed', error: 'it broke' });
    });

    test('of the same end twice at once one decides', async () => {
      let asked = 0;
      const decide = (): FollowUp => {
        asked += 1;
        return { consecutive_failures: 1 };
      };
      const answers = await Promise.all([end(FAILED, decide), end(COMPLETED, decide), end(FAILED, decide)]);
      expect(asked).toBe(1);
      // Whichever came first is what all of them hear.
      const statuses = answers.map((answer) => ('run' in answer ? answer.run.status : answer.outcome));
      expect([['failed'], ['completed']]).toContainEqual([...new Set(statuses)]);
    });

    test('is lost with another token and for an unknown run', async () => {
      const lost = (parts: { run_id?: string; token?: string }): ReturnType<Store['finishRun']> =>
        store.finishRun({
          placeCursor: placeAt(undefined),
          now: T0,
          run_id: claimed.run.id,
          token: claimed.token,
          result: COMPLETED,
          decideFollowUp: never,
          ...parts,
        });
      expect(await lost({ token: 'other' })).toEqual({ outcome: 'lost' });
      expect(await lost({ run_id: 'run_unknown' })).toEqual({ outcome: 'lost' });
      const [waiting] = await accept(store, 'job_a', [newRun()]);
      expect(await lost({ run_id: waiting!.id })).toEqual({ outcome: 'lost' });
      expect(await store.getRun({ id: claimed.run.id })).toMatchObject({ status: 'running' });
    });

    test('the decision sees the finished run, the record, and facts without it', async () => {
      await accept(store, 'job_a', [newRun({ accepted_at: T0 + 1 })]);
      await end(FAILED, ({ run, record, facts }) => {
        expect(run).toMatchObject({ status: 'failed', ended_at: T0 + 2 });
        expect(record).toMatchObject({ automation: { id: 'job_a' }, consecutive_failures: 0 });
        expect(facts.unfinished.map((one) => one.id)).not.toContain(claimed.run.id);
        expect(facts.unfinished).toHaveLength(1);
        expect(facts.accepted).toEqual([T0, T0 + 1]);
        return { consecutive_failures: 4 };
      });
      expect((await store.getJob({ id: 'job_a' }))?.consecutive_failures).toBe(4);
    });

    test('a canceled run no longer counts against the fire limit', async () => {
      await end({ status: 'canceled', reason: 'user', error: 'stop', actor: 'user:x' }, ({ facts }) => {
        expect(facts.accepted).toEqual([]);
        return { consecutive_failures: 0 };
      });
      expect(await store.getRun({ id: claimed.run.id })).toMatchObject({ actor: 'user:x', reason: 'user' });
    });

    test('a retry is a row of its own under the same fire that waits for its time, also over a restart', async () => {
      const retry = newRun({ fire_id: 'fire_main', attempt: 2, available_at: T0 + MINUTE, accepted_at: T0 + MINUTE });
      await end(FAILED, () => ({ consecutive_failures: 0, retry }));
      store = await opened.reopen();
      expect(await claim(store, { now: T0 + MINUTE - 1 })).toEqual([]);
      const [second] = await claim(store, { now: T0 + MINUTE });
      expect(second?.run).toMatchObject({ id: retry.id, fire_id: 'fire_main', attempt: 2 });
      const attempts = await store.listRuns({ query: { fire_id: 'fire_main' } });
      expect(attempts.items.map((run) => run.attempt).toSorted()).toEqual([1, 2]);
    });

    test('a decision that throws leaves the run running', async () => {
      await expect(end(FAILED, never)).rejects.toThrow('nobody may be asked');
      expect(await store.getRun({ id: claimed.run.id })).toMatchObject({ status: 'running' });
      expect(await finish(store, claimed)).toMatchObject({ outcome: 'finished' });
    });
  });

  describe('canceling', () => {
    const cancel = (runId: string, actor = 'user:x'): ReturnType<Store['cancelRun']> =>
      store.cancelRun({ now: T0 + 3, run_id: runId, reason: 'user', error: 'not needed', actor });

    test('a waiting run ends at once', async () => {
      const [waiting] = await accept(store, 'job_a', [newRun({ available_at: T0 + MINUTE })]);
      const answer = await cancel(waiting!.id);
      expect(answer).toMatchObject({
        outcome: 'canceled',
        run: { status: 'canceled', reason: 'user', error: 'not needed', actor: 'user:x', ended_at: T0 + 3 },
      });
      expect(await store.getRun({ id: waiting!.id })).toEqual('run' in answer ? answer.run : undefined);
      expect(await store.nextWakeAt({ after: T0 })).toBeUndefined();
    });

    test('a running one is asked, once, and its executor hears of it', async () => {
      expect(await store.listCancelRequests({ node: NODE })).toEqual([]);
      expect(await cancel(claimed.run.id)).toMatchObject({ outcome: 'requested', run: { status: 'running' } });
      expect(await cancel(claimed.run.id, 'user:second')).toMatchObject({ outcome: 'requested' });
      const expected = { run_id: claimed.run.id, reason: 'user', error: 'not needed', actor: 'user:x' };
      expect(await store.listCancelRequests({ node: NODE })).toEqual([
        { run_id: claimed.run.id, token: claimed.token, cancellation: expected },
      ]);
      expect(await store.listCancelRequests({ node: 'other' })).toEqual([]);
      await finish(store, claimed, { status: 'canceled', reason: 'user', error: 'not needed', actor: 'user:x' });
      expect(await store.listCancelRequests({ node: NODE })).toEqual([]);
    });

    test('a finished one stays as it is, an unknown one is not found', async () => {
      await finish(store, claimed);
      const before = await store.getRun({ id: claimed.run.id });
      expect(await cancel(claimed.run.id)).toEqual({ outcome: 'finished', run: before });
      expect(await store.getRun({ id: claimed.run.id })).toEqual(before);
      expect(await cancel('run_unknown')).toEqual({ outcome: 'not_found' });
    });

    test('cancel and claim at once: either it runs and is asked, or it never runs', async () => {
      await finish(store, claimed);
      const [waiting] = await accept(store, 'job_a', [newRun()]);
      const [claims, canceled] = await Promise.all([claim(store), cancel(waiting!.id)]);
      const status = (await store.getRun({ id: waiting!.id }))?.status;
      expect([canceled.outcome, claims.length, status]).toEqual(
        claims.length === 1 ? ['requested', 1, 'running'] : ['canceled', 0, 'canceled'],
      );
    });
  });

  describe('leases and what is abandoned', () => {
    test('renewing names the tokens that are no longer held', async () => {
      const renew = (node: string, tokens: string[]): Promise<string[]> =>
        store.renewLeases({ now: T0, node, lease_ms: 30_000, tokens });
      expect(await renew(NODE, [claimed.token, 'unknown'])).toEqual(['unknown']);
      expect(await renew('other', [claimed.token])).toEqual([claimed.token]);
      expect(await renew(NODE, [])).toEqual([]);
      await finish(store, claimed);
      expect(await renew(NODE, [claimed.token])).toEqual([claimed.token]);
    });

    test('a lease is prolonged until the instant at which it ends; from then on only where nobody else takes over', async () => {
      const { token } = claimed;
      const renew = (now: number): Promise<string[]> =>
        store.renewLeases({ now, node: NODE, lease_ms: MINUTE, tokens: [token] });
      const isAbandoned = async (now: number): Promise<boolean> =>
        (await store.listAbandoned({ now, node: NODE, limit: 10 })).some((claim) => claim.token === token);
      expect(await renew(T0)).toEqual([]);
      expect(await renew(T0 + MINUTE - 1)).toEqual([]);
      const end = T0 + 2 * MINUTE - 1;
      const isShared = store.capabilities.nodes === 'many';
      expect(await renew(end)).toEqual(isShared ? [token] : []);
      // What was refused has changed nothing: whoever takes over still finds it.
      expect(await isAbandoned(end)).toBe(isShared);
      expect(await renew(end - 1)).toEqual([]);
      expect(await isAbandoned(end)).toBe(false);
    });

    test('after a restart, or when the lease has ended, another instance finds the run with its token and ends it', async () => {
      await start();
      store = await opened.reopen();
      const later = T0 + 2 * MINUTE;
      const [abandoned] = await store.listAbandoned({ now: later, node: 'node-b', limit: 10 });
      expect(abandoned).toMatchObject({
        token: claimed.token,
        run: { id: claimed.run.id },
        automation: { id: 'job_a' },
      });
      const retry = newRun({ fire_id: 'fire_main', attempt: 2 });
      const answer = await store.finishRun({
        placeCursor: placeAt(undefined),
        now: later,
        run_id: abandoned!.run.id,
        token: abandoned!.token,
        result: { status: 'failed', reason: 'interrupted', error: 'the daemon ended' },
        decideFollowUp: () => ({ consecutive_failures: 0, retry }),
      });
      expect(answer).toMatchObject({ outcome: 'finished', run: { reason: 'interrupted' }, retry: { attempt: 2 } });
      expect(await store.listAbandoned({ now: later, node: 'node-b', limit: 10 })).toEqual([]);
      expect(await start()).toEqual({ outcome: 'lost' });
    });

    test('a live instance is not abandoned, and the list is bounded and oldest first', async () => {
      expect(await store.listAbandoned({ now: T0, node: NODE, limit: 10 })).toEqual([]);
      await accept(store, 'job_a', [newRun(), newRun()], T0 + 5);
      await claim(store, { now: T0 + 5 });
      const found = await store.listAbandoned({ now: T0 + 5 * MINUTE, node: 'node-b', limit: 2 });
      expect(found).toHaveLength(2);
      expect(found[0]?.run.id).toBe(claimed.run.id);
    });

    test('of an instance that is known to be gone nobody waits for the lease; of a living one everybody does', async () => {
      const isShared = store.capabilities.nodes === 'many';
      const tokens = async (isGone: (instance: string) => boolean, node = 'node-b'): Promise<string[]> =>
        (await store.listAbandoned({ now: T0, node, limit: 10, isGone })).map(({ token }) => token);
      expect(await tokens((instance) => instance === NODE)).toEqual([claimed.token]);
      // On a file one process owns all of it, so whoever else had a run is gone.
      expect(await tokens(() => false)).toEqual(isShared ? [] : [claimed.token]);
      expect(await tokens(() => true, NODE)).toEqual([]);
    });

    test('a run whose automation was deleted meanwhile is found and can be finished', async () => {
      await store.deleteAutomation({ now: T0, id: 'job_a', actor: 'user:x' });
      const [abandoned] = await store.listAbandoned({ now: T0 + 5 * MINUTE, node: 'node-b', limit: 10 });
      expect(abandoned).toMatchObject({
        run: { id: claimed.run.id },
        automation: { id: 'job_a', agent_name: 'reviewer', enabled: false, prompt: '' },
      });
      expect(await finish(store, abandoned!, FAILED)).toMatchObject({ outcome: 'finished' });
    });
  });
}
