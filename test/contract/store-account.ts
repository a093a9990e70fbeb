/** Contract: the account of changes, instants and spending; held agents, pauses, and runs that wait for a person. */
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
  allRuns,
  caps,
  claim,
  claimIds,
  createJob,
  decideOne,
  finish,
  job,
  newRun,
  noFollowUp,
  placeAt,
} from './store-fixture.ts';

const HOUR = 60 * MINUTE;

export function describeAccount(openStore: OpenStore): void {
  let opened: StoreUnderTest;
  let store: Store;
  const place = placeAt(T0 + MINUTE);

  beforeEach(async () => {
    opened = await openStore();
    store = opened.store;
  });
  afterEach(() => opened.dispose());

  const update = (id: string, parts: object, now = T0): ReturnType<Store['updateAutomation']> =>
    store.updateAutomation({
      now,
      id,
      change: (current) => ({ automation: { ...current, ...parts } }),
      placeCursor: place,
    });
  const used = (tokens: number, cost?: number): RunResult => ({
    ...COMPLETED,
    usage: { input_tokens: tokens, output_tokens: tokens, ...(cost === undefined ? {} : { cost_usd: cost }) },
  });
  /** A run of the job that ended at the instant with that result. */
  const ran = async (jobId: string, result: RunResult, at: number): Promise<void> => {
    await accept(store, jobId, [newRun({ priority: 99 })], at);
    const [claimed] = await claim(store, { now: at, tokens: [`ran-${jobId}-${at}`] });
    await finish(store, claimed!, result, at);
  };

  describe('changes', () => {
    test('of a definition and its overlay are kept in order, with what held afterwards, also after it is gone', async () => {
      await createJob(store, job('job_a'));
      await update('job_a', { prompt: 'other', enabled: false }, T0 + 1);
      await store.deleteAutomation({ now: T0 + 2, id: 'job_a', actor: 'user:x' });
      const changes = await store.listAutomationChanges({ automation_id: 'job_a', until: T0 + 9, limit: 10 });
      expect(changes).toEqual([
        { automation_id: 'job_a', at: T0, kind: 'created', enabled: true, automation: job('job_a') },
        {
          automation_id: 'job_a',
          at: T0 + 1,
          kind: 'updated',
          enabled: false,
          automation: job('job_a', { prompt: 'other', enabled: false, updated_at: T0 + 1 }),
        },
        { automation_id: 'job_a', at: T0 + 2, kind: 'deleted', enabled: false },
      ]);
      const until = await store.listAutomationChanges({ automation_id: 'job_a', until: T0 + 1, limit: 1 });
      expect(until.map((change) => change.kind)).toEqual(['updated']);
      expect(await store.listAutomationChanges({ automation_id: 'job_x', until: T0, limit: 10 })).toEqual([]);
    });

    test('of files are noted only where something changed, and of overlays too', async () => {
      const sync = (now: number, parts: object = {}): ReturnType<Store['syncAutomations']> =>
        store.syncAutomations({
          now,
          source: 'config',
          automations: [job('job_a', { source: 'config', ...parts })],
          keep_ids: [],
          placeCursor: place,
        });
      await sync(T0);
      await sync(T0 + 1);
      await sync(T0 + 2, { prompt: 'other' });
      const overlay = { id: 'job_a', placeCursor: place };
      await store.setOverlay({ ...overlay, now: T0 + 3, enabled_override: false });
      await store.setOverlay({ ...overlay, now: T0 + 4, enabled_override: false });
      await store.clearOverlay({ ...overlay, now: T0 + 5 });
      const changes = await store.listAutomationChanges({ automation_id: 'job_a', until: T0 + 9, limit: 10 });
      expect(changes.map((change) => [change.kind, change.at - T0, change.enabled])).toEqual([
        ['created', 0, true],
        ['updated', 2, true],
        ['overlay_set', 3, false],
        ['overlay_cleared', 5, true],
      ]);
      expect(changes.every((change) => change.automation?.id === 'job_a')).toBe(true);
    });
  });

  describe('pauses', () => {
    const pauseByFailure = async (id: string): Promise<Awaited<ReturnType<Store['finishRun']>>> => {
      await accept(store, id, [newRun()]);
      const [claimed] = await claim(store);
      const end = (): ReturnType<Store['finishRun']> =>
        store.finishRun({
          now: T0 + 1,
          run_id: claimed!.run.id,
          token: claimed!.token,
          result: FAILED,
          decideFollowUp: (): FollowUp => ({ consecutive_failures: 10, pause: { error: '10 fires in a row failed' } }),
          placeCursor: place,
        });
      const answer = await end();
      if ('paused' in answer) expect(await end()).toEqual(answer);
      return answer;
    };

    test('switch a job off, with the reason, without touching definition or revision', async () => {
      await createJob(store, job('job_a'), T0 + MINUTE);
      expect(await pauseByFailure('job_a')).toMatchObject({ paused: { error: '10 fires in a row failed' } });
      expect(await store.getJob({ id: 'job_a' })).toMatchObject({
        enabled: false,
        revision: 1,
        automation: { enabled: true },
        consecutive_failures: 10,
        paused: { at: T0 + 1, error: '10 fires in a row failed' },
        cursor: { next_run_at: T0 + MINUTE },
      });
      expect(await store.planFires({ now: T0 + HOUR, limit: 9, daily_since: null, decide: decideOne() })).toEqual([]);
      const changes = await store.listAutomationChanges({ automation_id: 'job_a', until: T0 + 9, limit: 10 });
      expect(changes.at(-1)).toMatchObject({ kind: 'paused', enabled: false, detail: '10 fires in a row failed' });
      await store.replaceCursors({ now: T0, which: 'all', placeCursor: place });
      expect(await store.nextWakeAt({ after: 0 })).toBeUndefined();
    });

    test('end when somebody enables the job, and the count begins again', async () => {
      await createJob(store, job('job_a'), T0 + MINUTE);
      await pauseByFailure('job_a');
      await update('job_a', { enabled: false }, T0 + 2);
      expect((await store.getJob({ id: 'job_a' }))?.paused).toBeDefined();
      expect(await update('job_a', { enabled: true }, T0 + 3)).toMatchObject({
        record: { enabled: true, consecutive_failures: 0, cursor: { due_at: T0 + MINUTE } },
      });
      expect((await store.getJob({ id: 'job_a' }))?.paused).toBeUndefined();
      const changes = await store.listAutomationChanges({ automation_id: 'job_a', until: T0 + 9, limit: 10 });
      expect(changes.map((change) => change.kind)).toEqual(['created', 'paused', 'updated', 'updated', 'resumed']);
      expect(changes.at(-1)).toMatchObject({ enabled: true, at: T0 + 3 });
    });

    test('end when an overlay enables, also one that lies there already, and not when one is cleared', async () => {
      await store.syncAutomations({
        now: T0,
        source: 'config',
        automations: [job('job_a', { source: 'config' })],
        keep_ids: [],
        placeCursor: place,
      });
      const overlay = { now: T0 + 2, id: 'job_a', placeCursor: place };
      await store.setOverlay({ ...overlay, enabled_override: true });
      await pauseByFailure('job_a');
      expect((await store.getJob({ id: 'job_a' }))?.enabled).toBe(false);
      expect(await store.setOverlay({ ...overlay, enabled_override: true })).toMatchObject({
        outcome: 'set',
        record: { enabled: true, consecutive_failures: 0, cursor: { due_at: T0 + MINUTE } },
      });
      await pauseByFailure('job_a');
      expect(await store.clearOverlay(overlay)).toMatchObject({ record: { enabled: false, paused: { at: T0 + 1 } } });
    });

    test('of a paused job begin only once', async () => {
      await createJob(store, job('job_a'));
      await pauseByFailure('job_a');
      expect(await pauseByFailure('job_a')).not.toHaveProperty('paused');
      const changes = await store.listAutomationChanges({ automation_id: 'job_a', until: T0 + 9, limit: 10 });
      expect(changes.map((change) => change.kind)).toEqual(['created', 'paused']);
    });
  });

  describe('the rows of an instant', () => {
    test('are its attempts, or the one row whose range contains it', async () => {
      await createJob(store, job('job_a'), T0);
      await createJob(store, job('job_b'), T0);
      await store.planFires({
        now: T0 + 10 * MINUTE,
        limit: 9,
        daily_since: null,
        decide: (due) => {
          const range = { count: 5, first: T0, last: T0 + 4 * MINUTE };
          const missed = newRun({ status: 'canceled', reason: 'misfire', scheduled_at: T0, missed: range });
          const decision = decideOne({ scheduled_at: T0 + 5 * MINUTE, fire_id: `fire_${due.job.id}_late` })(due);
          return { ...decision, runs: [missed, ...decision.runs] };
        },
      });
      await accept(store, 'job_a', [newRun({ fire_id: 'fire_job_a_late', attempt: 2, scheduled_at: T0 + 5 * MINUTE })]);
      const at = async (minutes: number): Promise<(string | number)[][]> =>
        (await store.findInstantRuns({ job_id: 'job_a', scheduled_at: T0 + minutes * MINUTE })).map((run) => [
          run.status,
          run.attempt,
        ]);
      expect(await at(-1)).toEqual([]);
      expect(await at(0)).toEqual([['canceled', 1]]);
      expect(await at(4)).toEqual([['canceled', 1]]);
      expect(await at(5)).toEqual(
        expect.arrayContaining([
          ['scheduled', 1],
          ['scheduled', 2],
        ]),
      );
      expect(await at(5)).toHaveLength(2);
      expect(await at(6)).toEqual([]);
    });
  });

  describe('spending', () => {
    test('is what ended runs used since the instant, of one automation or of all, and what running ones report', async () => {
      await createJob(store, job('job_a'));
      await createJob(store, job('job_b'));
      await ran('job_a', used(5, 0.5), T0);
      await ran('job_a', used(10), T0 + 1);
      await ran('job_b', used(100, 1), T0 + 2);
      await ran('job_b', COMPLETED, T0 + 3);
      expect(await store.readSpending({ automation_id: 'job_a', since: T0 })).toEqual({ tokens: 30, cost_usd: 0.5 });
      expect(await store.readSpending({ automation_id: 'job_a', since: T0 + 1 })).toEqual({ tokens: 20, cost_usd: 0 });
      expect(await store.readSpending({ since: T0 })).toEqual({ tokens: 230, cost_usd: 1.5 });
      expect(await store.readSpending({ since: T0 + 3 })).toEqual({ tokens: 0, cost_usd: 0 });
      await accept(store, 'job_a', [newRun()]);
      const [running] = await claim(store);
      const usage = { input_tokens: 7, cost_usd: 2 };
      const report = { run_id: running!.run.id, token: running!.token, usage };
      expect(await store.reportUsage(report)).toEqual({ outcome: 'reported' });
      expect(await store.readSpending({ automation_id: 'job_a', since: T0 + 3 })).toEqual({ tokens: 7, cost_usd: 2 });
      await finish(store, running!, { status: 'failed', error: 'died without saying what it used' }, T0 + 5);
      expect(await store.getRun({ id: running!.run.id })).toMatchObject({ usage });
      expect(await store.readSpending({ since: T0 + 5 })).toEqual({ tokens: 7, cost_usd: 2 });
      expect(await store.reportUsage(report)).toEqual({ outcome: 'lost' });
    });

    test('that cannot be true neither stops a run from ending nor lowers the sum', async () => {
      await createJob(store, job('job_a'));
      await ran('job_a', used(10, 1), T0);
      const nonsense = { input_tokens: -50, output_tokens: 2.4, cost_usd: -7 };
      await ran('job_a', { ...COMPLETED, usage: nonsense }, T0 + 1);
      expect(await store.readSpending({ since: T0 })).toEqual({ tokens: 22, cost_usd: 1 });
      await ran('job_a', { ...COMPLETED, usage: { input_tokens: Number.NaN, cost_usd: Infinity } }, T0 + 2);
      const spent = await store.readSpending({ since: T0 });
      expect(spent.tokens).toBe(22);
      expect(Number.isFinite(spent.cost_usd)).toBe(true);
    });

    test('is let go of by the window, oldest first', async () => {
      await createJob(store, job('job_a'));
      await ran('job_a', used(5, 0.5), T0);
      await ran('job_a', used(10, 0.25), T0 + MINUTE);
      const free = (p: { tokens?: number; cost?: number; now?: number }): Promise<number | undefined> =>
        store.spendingFreeAt({
          automation_id: 'job_a',
          now: p.now ?? T0 + 2 * MINUTE,
          window_ms: HOUR,
          tokens: p.tokens ?? null,
          cost_usd: p.cost ?? null,
        });
      expect(await free({})).toBeUndefined();
      expect(await free({ tokens: 31 })).toBeUndefined();
      expect(await free({ tokens: 30 })).toBe(T0 + HOUR);
      expect(await free({ tokens: 20 })).toBe(T0 + MINUTE + HOUR);
      expect(await free({ tokens: 30, cost: 0.25 })).toBe(T0 + MINUTE + HOUR);
      expect(await free({ tokens: 30, now: T0 + HOUR })).toBeUndefined();
      expect(await free({ tokens: 20, now: T0 + HOUR - 1 })).toBe(T0 + MINUTE + HOUR);
    });

    test('is part of the facts where there is a budget', async () => {
      await createJob(store, job('job_a', { budget: { tokens: 20, window: '1h' } }), T0 + MINUTE);
      await createJob(store, job('job_b'), T0 + MINUTE);
      await ran('job_a', used(10), T0);
      await ran('job_b', used(50), T0 + 1);
      const facts = new Map<string, object>();
      await store.planFires({
        now: T0 + MINUTE,
        limit: 9,
        daily_since: T0 + 1,
        decide: (due) => {
          const { spent, spent_free_at, spent_today } = due.facts;
          facts.set(due.job.id, { spent, spent_free_at, spent_today });
          return decideOne()(due);
        },
      });
      const spentToday = { tokens: 100, cost_usd: 0 };
      expect(facts.get('job_a')).toEqual({
        spent: { tokens: 20, cost_usd: 0 },
        spent_free_at: T0 + HOUR,
        spent_today: spentToday,
      });
      expect(facts.get('job_b')).toEqual({
        spent: { tokens: 0, cost_usd: 0 },
        spent_free_at: undefined,
        spent_today: spentToday,
      });
      await store.acceptRuns({
        now: T0 + HOUR,
        automation_id: 'job_a',
        daily_since: null,
        decide: ({ facts: later }) => {
          expect(later).toMatchObject({ spent: { tokens: 0 }, spent_today: { tokens: 0 } });
          expect('spent_free_at' in later).toBe(false);
          return { refuse: 'seen' };
        },
      });
    });

    test('is kept per day, automation and agent, newest day first', async () => {
      await createJob(store, job('job_a'));
      await createJob(store, job('job_b'));
      await ran('job_a', used(1, 0.5), T0);
      await ran('job_a', used(2), T0 + 1);
      await ran('job_a', used(4), T0 + 24 * HOUR);
      await ran('job_b', COMPLETED, T0);
      const day = (date: string, id: string, runs: number, tokens: number, cost_usd: number): object => ({
        day: date,
        automation_id: id,
        agent_name: 'reviewer',
        runs,
        input_tokens: tokens,
        output_tokens: tokens,
        tokens: 2 * tokens,
        cost_usd,
      });
      expect(await store.listUsageDays({ since_day: '2026-11-22', limit: 10 })).toEqual([
        day('2026-11-23', 'job_a', 1, 4, 0),
        day('2026-11-22', 'job_a', 2, 3, 0.5),
        day('2026-11-22', 'job_b', 1, 0, 0),
      ]);
      expect(await store.listUsageDays({ since_day: '2026-11-23', automation_id: 'job_b', limit: 10 })).toEqual([]);
      expect(await store.listUsageDays({ since_day: '2026-01-01', automation_id: 'job_a', limit: 1 })).toHaveLength(1);
    });
  });

  describe('held agents', () => {
    test('are remembered until their time, which is never shortened, or until they are released', async () => {
      const hold = (until: number, reason = 'exhausted'): Promise<void> =>
        store.holdAgent({ now: T0, hold: { agent_name: 'reviewer', until, reason } });
      await hold(T0 + 10);
      await hold(T0 + 5, 'shorter');
      store = await opened.reopen();
      expect(await store.listAgentHolds({ now: T0 })).toEqual([
        { agent_name: 'reviewer', until: T0 + 10, reason: 'exhausted' },
      ]);
      expect(await store.listAgentHolds({ now: T0 + 10 })).toEqual([]);
      await hold(T0 + 20, 'longer');
      expect(await store.listAgentHolds({ now: T0 + 10 })).toMatchObject([{ until: T0 + 20, reason: 'longer' }]);
      expect(await store.releaseAgent({ agent_name: 'reviewer' })).toEqual({ outcome: 'released' });
      expect(await store.releaseAgent({ agent_name: 'reviewer' })).toEqual({ outcome: 'not_found' });
    });

    test('start nothing, their runs say why they wait, and go on in order when the hold ends', async () => {
      await createJob(store, job('job_a', { agent_name: 'held' }));
      await createJob(store, job('job_b', { agent_name: 'free' }));
      const runs = await accept(store, 'job_a', [
        newRun({ exclusive: true }),
        newRun({ exclusive: true }),
        newRun({ priority: 5 }),
      ]);
      const [free] = await accept(store, 'job_b', [newRun()]);
      const held = caps({ held: ['held'] });
      expect(await claimIds(store, { caps: held })).toEqual([free!.id]);
      const waiting = await allRuns(store, { job_id: 'job_a', reason: 'usage_limit' });
      expect(waiting.map((run) => run.id).toSorted()).toContain(runs[0]!.id);
      expect(waiting.every((run) => run.status === 'scheduled')).toBe(true);
      store = await opened.reopen();
      expect(await claimIds(store, { caps: held })).toEqual([]);
      const claimed = await claim(store);
      expect(claimed.map((one) => one.run.id)).toEqual([runs[2]!.id]);
      await finish(store, claimed[0]!);
      expect((await allRuns(store, { job_id: 'job_a', status: 'scheduled' })).map((run) => run.reason)).toEqual([
        undefined,
        undefined,
      ]);
      const next = await claim(store);
      expect(next.map((one) => [one.run.id, one.run.reason])).toEqual([[runs[0]!.id, undefined]]);
    });

    test('a held run can be canceled, expires, and lets the next one of its automation come forward', async () => {
      await createJob(store, job('job_a', { agent_name: 'held' }));
      const runs = await accept(store, 'job_a', [
        newRun({ exclusive: true }),
        newRun({ exclusive: true, expires_at: T0 + 5 }),
        newRun({ exclusive: true }),
      ]);
      const held = caps({ held: ['held'] });
      await claim(store, { caps: held });
      await store.cancelRun({ now: T0, run_id: runs[0]!.id, reason: 'user', error: 'no', actor: 'user:x' });
      await claim(store, { caps: held });
      expect(await store.expireRuns({ now: T0 + 5, limit: 9 })).toMatchObject([{ id: runs[1]!.id }]);
      expect(await claimIds(store, { now: T0 + 5 })).toEqual([runs[2]!.id]);
    });

    test('more than are moved at once are all held and all released', async () => {
      await createJob(store, job('job_a', { agent_name: 'held' }));
      await accept(
        store,
        'job_a',
        Array.from({ length: 2100 }, () => newRun()),
      );
      for (let i = 0; i < 3; i += 1) expect(await claimIds(store, { caps: caps({ held: ['held'] }) })).toEqual([]);
      const tokens = Array.from({ length: 2200 }, (_, i) => `t-${i}`);
      expect(await claim(store, { caps: caps({ total: 5000 }), tokens })).toHaveLength(2100);
    });
  });

  describe('waiting for a person', () => {
    const permission = {
      title: 'Remove a folder',
      tool: 'shell',
      options: [{ option_id: 'a', name: 'Allow', kind: 'allow_once' }],
      asked_at: T0,
      deadline_at: T0 + MINUTE,
    };
    const one = caps({ total: 1 });
    let asking: ClaimedRun;
    const fence = (): { run_id: string; token: string } => ({ run_id: asking.run.id, token: asking.token });
    const openIt = (parts: object = {}): ReturnType<Store['openPermission']> =>
      store.openPermission({ now: T0, ...fence(), permission, ...parts });
    const regain = (parts: object = {}): ReturnType<Store['regainSlot']> =>
      store.regainSlot({ now: T0, ...fence(), caps: one, ...parts });

    beforeEach(async () => {
      await createJob(store, job('job_a'));
      await accept(store, 'job_a', [newRun({ exclusive: true, priority: 9 })]);
      asking = (await claim(store, { caps: one }))[0]!;
    });

    test('is shown, gives the slot to others, and takes it again before they get another', async () => {
      await createJob(store, job('job_b'));
      await accept(store, 'job_b', [newRun(), newRun()]);
      expect(await claim(store, { caps: one })).toEqual([]);
      expect(await openIt()).toEqual({ outcome: 'opened' });
      expect(await store.getRun({ id: asking.run.id })).toMatchObject({ status: 'running', permission });
      const [other] = await claim(store, { caps: one });
      expect(other).toBeDefined();
      expect(await regain()).toEqual({ outcome: 'full' });
      expect((await store.getRun({ id: asking.run.id }))?.permission).toBeUndefined();
      await finish(store, other!);
      expect(await claim(store, { caps: one })).toEqual([]);
      expect(await regain()).toEqual({ outcome: 'regained' });
      expect(await regain()).toEqual({ outcome: 'regained' });
      expect(await claim(store, { caps: one })).toEqual([]);
      await finish(store, asking);
      expect(await claim(store, { caps: one })).toHaveLength(1);
    });

    test('still counts as running for overlap and for a restart', async () => {
      await accept(store, 'job_a', [newRun({ exclusive: true })]);
      await openIt();
      expect(await claim(store)).toEqual([]);
      store = await opened.reopen();
      expect(await store.listAbandoned({ now: T0 + HOUR, node: 'node-x', limit: 5 })).toMatchObject([
        { token: asking.token, run: { permission } },
      ]);
      const ended = await finish(store, asking, FAILED);
      expect(ended).toMatchObject({ outcome: 'finished', run: { status: 'failed' } });
      expect('run' in ended && ended.run.permission).toBeFalsy();
      expect(await claim(store)).toHaveLength(1);
    });

    test('respects the caps of agent and workspace when it comes back', async () => {
      await openIt();
      expect(await regain({ caps: caps({ per_agent: { reviewer: 0 } }) })).toEqual({ outcome: 'full' });
      expect(await regain({ caps: caps({ held: ['reviewer'], per_agent: { reviewer: 1 } }) })).toEqual({
        outcome: 'regained',
      });
    });

    test('several that want one slot get it one after the other', async () => {
      await createJob(store, job('job_b'));
      await openIt();
      await accept(store, 'job_b', [newRun()]);
      const [second] = await claim(store, { caps: one });
      await store.openPermission({ now: T0, run_id: second!.run.id, token: second!.token, permission });
      const answers = await Promise.all([
        regain(),
        store.regainSlot({ now: T0, run_id: second!.run.id, token: second!.token, caps: one }),
      ]);
      expect(answers.map((answer) => answer.outcome).toSorted()).toEqual(['full', 'regained']);
    });

    test('steps of somebody who lost the claim change nothing', async () => {
      const before = await store.getRun({ id: asking.run.id });
      const lost = { outcome: 'lost' };
      expect(await openIt({ token: 'other' })).toEqual(lost);
      expect(await regain({ token: 'other' })).toEqual(lost);
      expect(await store.reportUsage({ ...fence(), token: 'other', usage: { cost_usd: 1 } })).toEqual(lost);
      expect(await store.noteDeliveryError({ now: T0, ...fence(), token: 'other', error: 'x' })).toEqual(lost);
      expect(await store.getRun({ id: asking.run.id })).toEqual(before);
      await finish(store, asking);
      expect(await openIt()).toEqual(lost);
      expect(await regain()).toEqual(lost);
      expect(await store.noteDeliveryError({ now: T0, ...fence(), error: 'x' })).toEqual(lost);
    });
  });

  test('trouble with handing a run on is noted on it, and it stays running', async () => {
    await createJob(store, job('job_a'));
    await accept(store, 'job_a', [newRun()]);
    const [claimed] = await claim(store);
    const note = { now: T0 + 3, run_id: claimed!.run.id, token: claimed!.token, error: 'no process to be had' };
    expect(await store.noteDeliveryError(note)).toEqual({ outcome: 'noted' });
    expect(await store.getRun({ id: claimed!.run.id })).toMatchObject({
      status: 'running',
      delivery_error: 'no process to be had',
      delivery_error_at: T0 + 3,
      node: NODE,
    });
    const ended = await store.finishRun({
      placeCursor: placeAt(undefined),
      now: T0 + 4,
      run_id: claimed!.run.id,
      token: claimed!.token,
      result: COMPLETED,
      decideFollowUp: noFollowUp,
    });
    expect(ended).toMatchObject({ run: { status: 'completed', delivery_error: 'no process to be had' } });
  });
}
