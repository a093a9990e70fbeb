/** Contract: accepting runs and claiming them under caps, order and exclusivity. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Store } from '../../src/store/store.ts';
import {
  MINUTE,
  NODE,
  type OpenStore,
  type StoreUnderTest,
  T0,
  accept,
  allRuns,
  caps,
  claim,
  claimIds,
  createJob,
  finish,
  job,
  newRun,
  newTokens,
  placeAt,
  trigger,
} from './store-fixture.ts';

export function describeClaiming(openStore: OpenStore): void {
  let opened: StoreUnderTest;
  let store: Store;

  beforeEach(async () => {
    opened = await openStore();
    store = opened.store;
  });
  afterEach(() => opened.dispose());

  describe('accepting', () => {
    test('sees record and facts, creates the rows, and does not create them twice', async () => {
      await createJob(store, job('job_a'), T0 + MINUTE);
      const run = newRun({ prompt: 'rendered', actor: 'user:cli' });
      const acceptOnce = (): ReturnType<Store['acceptRuns']> =>
        store.acceptRuns({
          now: T0,
          automation_id: 'job_a',
          daily_since: null,
          decide: ({ record, facts }) => {
            expect(record).toMatchObject({ automation: { id: 'job_a' }, revision: 1, cursor: { due_at: T0 + MINUTE } });
            expect(facts.accepted.length).toBe(facts.unfinished.length);
            return { runs: [run], cancellations: [] };
          },
        });
      const first = await acceptOnce();
      expect(first).toMatchObject({ outcome: 'accepted', runs: [{ id: run.id, prompt: 'rendered' }], existing: [] });
      const created = await store.getRun({ id: run.id });
      expect(await acceptOnce()).toEqual({
        outcome: 'accepted',
        runs: [],
        existing: [created],
        canceled_run_ids: [],
        cancel_requested_run_ids: [],
      });
    });

    test('of a trigger carries the trigger and not a job', async () => {
      await store.createAutomation({ now: T0, automation: trigger('trg_a'), placeCursor: placeAt(undefined) });
      const [run] = await accept(store, 'trg_a', [newRun({ kind: 'trigger', event_id: 'evt_1' })]);
      expect(run).toMatchObject({ trigger_id: 'trg_a', event_id: 'evt_1' });
      expect(run?.job_id).toBeUndefined();
      expect(await store.getRun({ id: run!.id })).toEqual(run);
    });

    test('refusals and unknown automations create nothing', async () => {
      await createJob(store, job('job_a'));
      const decide = (): { refuse: string } => ({ refuse: 'over the limit' });
      expect(await store.acceptRuns({ now: T0, automation_id: 'job_a', daily_since: null, decide })).toEqual({
        outcome: 'refused',
        refusal: 'over the limit',
      });
      expect(await store.acceptRuns({ now: T0, automation_id: 'job_x', daily_since: null, decide })).toEqual({
        outcome: 'not_found',
      });
      expect(await allRuns(store)).toEqual([]);
    });

    test('a decision that throws creates nothing and the store goes on', async () => {
      await createJob(store, job('job_a'));
      const decide = (): never => {
        throw new Error('a defect');
      };
      await expect(store.acceptRuns({ now: T0, automation_id: 'job_a', daily_since: null, decide })).rejects.toThrow(
        'a defect',
      );
      expect(await accept(store, 'job_a', [newRun()])).toHaveLength(1);
    });

    test('concurrent acceptances each see what the others accepted: the limit is never exceeded', async () => {
      await createJob(store, job('job_a', { fire_limit: { max: 3, window: '1h' } }));
      const answers = await Promise.all(
        Array.from({ length: 12 }, () =>
          store.acceptRuns({
            now: T0,
            automation_id: 'job_a',
            daily_since: null,
            decide: ({ facts }) =>
              facts.accepted.length >= 3 ? { refuse: 'full' } : { runs: [newRun()], cancellations: [] },
          }),
        ),
      );
      expect(answers.filter((answer) => answer.outcome === 'accepted')).toHaveLength(3);
      expect(await allRuns(store)).toHaveLength(3);
    });

    test('cancellations replace waiting runs', async () => {
      await createJob(store, job('job_a'));
      const [old] = await accept(store, 'job_a', [newRun({ exclusive: true })]);
      const answer = await store.acceptRuns({
        now: T0 + 1,
        automation_id: 'job_a',
        daily_since: null,
        decide: ({ facts }) => ({
          runs: [newRun({ exclusive: true })],
          cancellations: facts.unfinished.map((run) => ({
            run_id: run.id,
            reason: 'overlap' as const,
            error: 'replaced by a newer one',
            actor: 'overlap:new',
          })),
        }),
      });
      expect(answer).toMatchObject({ outcome: 'accepted', canceled_run_ids: [old!.id] });
      expect((await store.listWaiting({ limit: 10 })).map((run) => run.id)).not.toContain(old!.id);
      expect(await claimIds(store)).toHaveLength(1);
    });
  });

  describe('claiming', () => {
    test('hands over run, definition and token, and the row says who has it', async () => {
      await createJob(store, job('job_a'));
      const [run] = await accept(store, 'job_a', [newRun({ prompt: 'rendered' })]);
      const claimed = await claim(store, { tokens: ['t-1'] });
      expect(claimed).toEqual([
        { run: { ...run, status: 'running', node: NODE }, automation: job('job_a'), token: 't-1' },
      ]);
      expect(await store.getRun({ id: run!.id })).toEqual(claimed[0]!.run);
      expect(await claimIds(store)).toEqual([]);
    });

    test('counts the lease of a repeated claim from the repetition, and gives back none whose lease has ended', async () => {
      await createJob(store, job('job_a'));
      await accept(store, 'job_a', [newRun()]);
      const tokens = newTokens(1);
      const [first] = await claim(store, { tokens });
      expect(await claim(store, { now: T0 + 20_000, tokens })).toHaveLength(1);
      const abandonedAt = (now: number) => store.listAbandoned({ now, node: NODE, limit: 5 });
      expect(await abandonedAt(T0 + 49_999)).toEqual([]);
      const late = await claim(store, { now: T0 + 50_000, tokens });
      if (store.capabilities.nodes === 'one') return expect(late).toHaveLength(1);
      expect(late).toEqual([]);
      expect(await abandonedAt(T0 + 50_000)).toMatchObject([{ token: first!.token }]);
    });

    test('claims at most one run per token, and answers a repeated step with the same claims', async () => {
      await createJob(store, job('job_a'));
      await accept(store, 'job_a', [newRun(), newRun(), newRun()]);
      const tokens = newTokens(2);
      const first = await claim(store, { tokens });
      expect(first.map((claimed) => claimed.token)).toEqual(tokens);
      const again = await claim(store, { tokens });
      expect(again.map((claimed) => [claimed.run.id, claimed.token]).toSorted()).toEqual(
        first.map((claimed) => [claimed.run.id, claimed.token]).toSorted(),
      );
      expect(await claim(store, { tokens: [] })).toEqual([]);
      expect((await store.readCounts()).running).toBe(2);
    });

    test('in order: priority, live before catching up, scheduled instant, creation', async () => {
      await createJob(store, job('job_a'));
      await createJob(store, job('job_b', { agent_name: 'other' }));
      const [low] = await accept(store, 'job_a', [newRun({ priority: -1, scheduled_at: T0 - 99 })]);
      const [late] = await accept(store, 'job_b', [newRun({ scheduled_at: T0 - 1 })]);
      const [catchUp] = await accept(store, 'job_a', [newRun({ scheduled_at: T0 - 50, catch_up: true })]);
      const [early] = await accept(store, 'job_a', [newRun({ scheduled_at: T0 - 5 })]);
      const [high] = await accept(store, 'job_b', [newRun({ priority: 5 })]);
      const twins = await accept(store, 'job_a', [newRun({ scheduled_at: T0 - 1 }), newRun({ scheduled_at: T0 - 1 })]);
      const expected = [high, early, late, ...twins, catchUp, low].map((run) => run!.id);
      expect((await store.listWaiting({ limit: 10 })).map((run) => run.id)).toEqual(expected);
      expect(await claimIds(store)).toEqual(expected);
    });

    test('not before it is available', async () => {
      await createJob(store, job('job_a'));
      const [run] = await accept(store, 'job_a', [newRun({ available_at: T0 + 10 })]);
      expect(await claimIds(store, { now: T0 + 9 })).toEqual([]);
      expect(await claimIds(store, { now: T0 + 10 })).toEqual([run!.id]);
    });

    test('a clock that goes back makes what was available wait again, and only that', async () => {
      await createJob(store, job('job_a'));
      await createJob(store, job('job_b'));
      const [first] = await accept(store, 'job_a', [newRun({ available_at: T0 + 10, exclusive: true })]);
      const [second] = await accept(store, 'job_a', [
        newRun({ available_at: T0 - 10, scheduled_at: T0 + 50, exclusive: true }),
      ]);
      const [other] = await accept(store, 'job_b', [newRun({ available_at: T0 + 10 })]);
      expect(await claimIds(store, { now: T0 + 10, caps: caps({ per_agent: { reviewer: 0 } }) })).toEqual([]);
      expect(await claimIds(store, { now: T0 })).toEqual([second!.id]);
      expect(await claimIds(store, { now: T0 + 10 })).toEqual([other!.id]);
      expect(await store.getRun({ id: first!.id })).toMatchObject({ status: 'scheduled' });
    });

    test('not after it expired', async () => {
      await createJob(store, job('job_a'));
      const [gone, stays] = await accept(store, 'job_a', [
        newRun({ expires_at: T0 + 5 }),
        newRun({ expires_at: T0 + 9 }),
      ]);
      expect(await claimIds(store, { now: T0 + 5 })).toEqual([stays!.id]);
      const expired = await store.expireRuns({ now: T0 + 5, limit: 10 });
      expect(expired).toMatchObject([{ id: gone!.id, status: 'canceled', reason: 'queue_timeout', ended_at: T0 + 5 }]);
      expect(await store.getRun({ id: gone!.id })).toEqual(expired[0]);
      expect(await store.expireRuns({ now: T0 + 99, limit: 10 })).toEqual([]);
    });

    test('expiry is bounded, and the next in line comes forward', async () => {
      await createJob(store, job('job_a'));
      const runs = await accept(store, 'job_a', [
        newRun({ exclusive: true, expires_at: T0 + 1 }),
        newRun({ exclusive: true, expires_at: T0 + 2 }),
        newRun({ exclusive: true }),
      ]);
      expect(await store.expireRuns({ now: T0 + 5, limit: 1 })).toMatchObject([{ id: runs[0]!.id }]);
      expect(await store.expireRuns({ now: T0 + 5, limit: 5 })).toMatchObject([{ id: runs[1]!.id }]);
      expect(await claimIds(store, { now: T0 + 5 })).toEqual([runs[2]!.id]);
    });

    test('never more than the total cap, however many ask at once', async () => {
      await createJob(store, job('job_a'));
      await accept(
        store,
        'job_a',
        Array.from({ length: 20 }, () => newRun()),
      );
      const batches = await Promise.all(Array.from({ length: 6 }, () => claim(store, { caps: caps({ total: 4 }) })));
      expect(batches.flat()).toHaveLength(4);
      await finish(store, batches.flat()[0]!);
      expect(await claim(store, { caps: caps({ total: 4 }) })).toHaveLength(1);
      expect(await claim(store, { caps: caps({ total: 0 }) })).toEqual([]);
    });

    test('an agent has its own cap, 0 holds it, and others go past it', async () => {
      await createJob(store, job('job_a', { agent_name: 'small' }));
      await createJob(store, job('job_b', { agent_name: 'big' }));
      const small = await accept(store, 'job_a', [newRun({ priority: 9 }), newRun({ priority: 9 })]);
      const big = await accept(store, 'job_b', [newRun(), newRun()]);
      expect(await claimIds(store, { caps: caps({ per_agent: { small: 0 } }) })).toEqual(big.map((run) => run.id));
      expect(await claimIds(store, { caps: caps({ per_agent: { small: 1 } }) })).toEqual([small[0]!.id]);
      expect(await claimIds(store, { caps: caps({ per_agent: { small: 1 } }) })).toEqual([]);
    });

    test('an agent whose name means something to JavaScript has no cap by accident', async () => {
      await createJob(store, job('job_a', { agent_name: 'constructor' }));
      await accept(store, 'job_a', [newRun()]);
      expect(await claimIds(store)).toHaveLength(1);
    });

    test('a workspace has its cap, and automations without one have none', async () => {
      const bound = { scope: 'workspace', workspace_id: 'ws_1' } as const;
      await createJob(store, job('job_a', bound));
      await createJob(store, job('job_b', { ...bound, agent_name: 'other' }));
      await createJob(store, job('job_c'));
      const [first] = await accept(store, 'job_a', [newRun({ priority: 2 })]);
      await accept(store, 'job_b', [newRun({ priority: 1 })]);
      const free = await accept(store, 'job_c', [newRun(), newRun()]);
      const ids = await claimIds(store, { caps: caps({ per_workspace: 1 }) });
      expect(ids).toEqual([first!.id, ...free.map((run) => run.id)]);
      expect(await claimIds(store, { caps: caps({ per_workspace: 1 }) })).toEqual([]);
      expect(await claimIds(store, { caps: caps() })).toHaveLength(1);
    });

    test('an exclusive run never runs beside another of its automation', async () => {
      await createJob(store, job('job_a'));
      const [first, second] = await accept(store, 'job_a', [newRun({ exclusive: true }), newRun({ exclusive: true })]);
      const [claimed] = await claim(store);
      expect(claimed?.run.id).toBe(first!.id);
      expect(await claimIds(store)).toEqual([]);
      await finish(store, claimed!);
      expect(await claimIds(store)).toEqual([second!.id]);
    });

    test('an exclusive run waits for every kind of run, others wait for none', async () => {
      await createJob(store, job('job_a'));
      const [free, exclusive, beside] = await accept(store, 'job_a', [
        newRun({ priority: 3 }),
        newRun({ priority: 2, exclusive: true }),
        newRun({ priority: 1 }),
      ]);
      const claimed = await claim(store);
      expect(claimed.map((one) => one.run.id)).toEqual([free!.id, beside!.id]);
      await finish(store, claimed[0]!);
      expect(await claimIds(store)).toEqual([]);
      await finish(store, claimed[1]!);
      expect(await claimIds(store)).toEqual([exclusive!.id]);
    });

    test('when the one in front is canceled, the next comes forward by priority', async () => {
      await createJob(store, job('job_a'));
      const [first, low, high] = await accept(store, 'job_a', [
        newRun({ exclusive: true, priority: 9 }),
        newRun({ exclusive: true, priority: 1 }),
        newRun({ exclusive: true, priority: 5 }),
      ]);
      await store.cancelRun({ now: T0, run_id: first!.id, reason: 'user', error: 'no', actor: 'user:x' });
      const [claimed] = await claim(store);
      expect(claimed?.run.id).toBe(high!.id);
      await finish(store, claimed!);
      expect(await claimIds(store)).toEqual([low!.id]);
    });

    test('a more urgent run that comes later goes first', async () => {
      await createJob(store, job('job_a'));
      await accept(store, 'job_a', [newRun({ exclusive: true })]);
      const [urgent] = await accept(store, 'job_a', [newRun({ exclusive: true, priority: 5 })]);
      expect(await claimIds(store)).toEqual([urgent!.id]);
    });

    test('two attempts of one fire never run together', async () => {
      await createJob(store, job('job_a'));
      const [first] = await accept(store, 'job_a', [newRun({ fire_id: 'fire_x' })]);
      const [claimed] = await claim(store);
      expect(claimed?.run.id).toBe(first!.id);
      const [second] = await accept(store, 'job_a', [newRun({ fire_id: 'fire_x', attempt: 2 })]);
      expect(await claimIds(store)).toEqual([]);
      await finish(store, claimed!);
      expect(await claimIds(store)).toEqual([second!.id]);
    });

    test('a blocked automation does not hold up the others', async () => {
      await createJob(store, job('job_a'));
      await createJob(store, job('job_b'));
      await accept(
        store,
        'job_a',
        Array.from({ length: 40 }, () => newRun({ exclusive: true, priority: 9 })),
      );
      const [other] = await accept(store, 'job_b', [newRun()]);
      expect((await claimIds(store)).slice(1)).toEqual([other!.id]);
    });

    test('many that become available at one instant are all claimed', async () => {
      await createJob(store, job('job_a'));
      await accept(
        store,
        'job_a',
        Array.from({ length: 1300 }, () => newRun({ available_at: T0 + 1 })),
      );
      expect(await claim(store, { now: T0 + 1, caps: caps({ total: 2000 }), tokens: newTokens(2000) })).toHaveLength(
        1300,
      );
    });

    test('everything that waits continues after a restart', async () => {
      await createJob(store, job('job_a'));
      const runs = await accept(store, 'job_a', [
        newRun({ exclusive: true }),
        newRun({ exclusive: true }),
        newRun({ available_at: T0 + MINUTE, scheduled_at: T0 + 1 }),
      ]);
      const [claimed] = await claim(store);
      store = await opened.reopen();
      await finish(store, claimed!);
      expect(await claimIds(store, { now: T0 + MINUTE })).toEqual([runs[1]!.id, runs[2]!.id]);
    });
  });
}
