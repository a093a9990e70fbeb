/**
 * Contract: what was used, held against a slow oracle that adds up a list; days, midnight, restarts and repeated steps.
 */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EpochMs } from '../../src/model/instant.ts';
import type { RunUsage } from '../../src/model/run.ts';
import type { Store } from '../../src/store/store.ts';
import type { AcceptanceFacts } from '../../src/store/acceptance.ts';
import type { Spending } from '../../src/store/account-store.ts';
import type { ClaimedRun } from '../../src/store/run-store.ts';
import {
  COMPLETED,
  FAILED,
  MINUTE,
  type OpenStore,
  type StoreUnderTest,
  T0,
  accept,
  claim,
  createJob,
  finish,
  job,
  newRun,
  session,
} from './store-fixture.ts';

const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MIDNIGHT = Date.UTC(2026, 10, 23);
const OWN = 'job_own';
const OTHER = 'job_other';

/** What the oracle remembers of a run; without an end it still runs. */
interface Use extends RunUsage {
  automation: string;
  endedAt?: EpochMs;
}

/** In billionths, so that the oracle does not depend on the order of its sum either. */
function slowSum(uses: readonly Use[], counts: (use: Use) => boolean): Spending {
  let tokens = 0;
  let nano = 0n;
  for (const use of uses) {
    if (!counts(use)) continue;
    tokens += (use.input_tokens ?? 0) + (use.output_tokens ?? 0);
    nano += BigInt(Math.round((use.cost_usd ?? 0) * 1e9));
  }
  return { tokens, cost_usd: Number(nano) / 1e9 };
}

interface Limits {
  tokens: number | null;
  cost_usd: number | null;
}

function isBelow(spent: Spending, limits: Limits): boolean {
  return (
    (limits.tokens === null || spent.tokens < limits.tokens) &&
    (limits.cost_usd === null || spent.cost_usd < limits.cost_usd)
  );
}

/** Tries every instant at which the window lets go of something. What runs is taken to end now. */
function slowFreeAt(p: { uses: readonly Use[]; now: EpochMs; windowMs: number } & Limits): EpochMs | undefined {
  const ends = p.uses.map((use) => ({ ...use, endedAt: use.endedAt ?? p.now }));
  const below = (at: EpochMs): boolean =>
    isBelow(
      slowSum(ends, (use) => use.endedAt! > at - p.windowMs),
      p,
    );
  if (below(p.now)) return undefined;
  const leaving = ends.map((use) => use.endedAt + p.windowMs).toSorted((a, b) => a - b);
  return leaving.find((at) => at > p.now && below(at));
}

export function describeAccountMoney(openStore: OpenStore): void {
  let opened: StoreUnderTest;
  let store: Store;
  let tokens = 0;

  beforeEach(async () => {
    opened = await openStore();
    store = opened.store;
  });
  afterEach(() => opened.dispose());

  const start = async (automationId: string, now = T0): Promise<ClaimedRun> => {
    await accept(store, automationId, [newRun({ available_at: now })], now);
    const [claimed] = await claim(store, { now, tokens: [`money-${(tokens += 1)}`] });
    return claimed!;
  };
  /** Accepted and claimed together, ended one by one: each step is synced to the disk. */
  const runAll = async (uses: readonly Use[]): Promise<void> => {
    const useOf = new Map<string, Use>();
    for (const id of new Set(uses.map((use) => use.automation))) {
      const own = uses.filter((use) => use.automation === id);
      const created = await accept(
        store,
        id,
        own.map(() => newRun()),
      );
      for (const [i, { id: runId }] of created.entries()) useOf.set(runId, own[i]!);
    }
    const free = uses.map(() => `money-${(tokens += 1)}`);
    for (const claimed of await claim(store, { tokens: free })) {
      const { automation: _automation, endedAt, ...usage } = useOf.get(claimed.run.id)!;
      if (endedAt !== undefined) await finish(store, claimed, { ...COMPLETED, usage }, endedAt);
      else await store.reportUsage({ run_id: claimed.run.id, token: claimed.token, usage });
      useOf.delete(claimed.run.id);
    }
    expect(useOf.size).toBe(0);
  };
  const day = (automationId: string): ReturnType<Store['listUsageDays']> =>
    store.listUsageDays({ since_day: '2026-01-01', automation_id: automationId, limit: 100 });

  describe('money', () => {
    test('agrees with a slow sum over random histories, whatever the window, and is free exactly when that says', async () => {
      const usage = fc.record(
        {
          input_tokens: fc.nat(20),
          output_tokens: fc.nat(20),
          // Tenths and odd fractions: sums of these depend on their order unless somebody takes care.
          cost_usd: fc.oneof(
            fc.nat(30).map((tenths) => tenths / 10),
            fc.double({ min: 0, max: 3, noNaN: true }),
          ),
        },
        { requiredKeys: [] },
      );
      const use = fc
        .tuple(usage, fc.constantFrom(OWN, OWN, OTHER), fc.option(fc.integer({ min: -90, max: 90 }), { freq: 8 }))
        .map(([used, automation, minute]): Use => ({
          ...used,
          automation,
          // Around midnight, on both sides, and often at the same instant.
          ...(minute === null ? {} : { endedAt: MIDNIGHT + minute * MINUTE }),
        }));
      const question = fc.record({
        now: fc.integer({ min: -60, max: 120 }).map((minute) => MIDNIGHT + minute * MINUTE),
        windowMs: fc.integer({ min: 1, max: 180 }).map((minutes) => minutes * MINUTE),
        tokens: fc.option(fc.integer({ min: 1, max: 120 })),
        cost_usd: fc.option(fc.integer({ min: 1, max: 60 }).map((tenths) => tenths / 10)),
      });
      // One store for all histories, as in life: each has its own two automations, and the sum over all goes on growing.
      const all: Use[] = [];
      let histories = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.array(use, { maxLength: 14 }),
          fc.array(question, { minLength: 1, maxLength: 6 }),
          async (drawn, questions) => {
            histories += 1;
            const [own, other] = [`job_own_${histories}`, `job_other_${histories}`];
            await createJob(store, job(own));
            await createJob(store, job(other));
            const uses = drawn.map((one) => ({ ...one, automation: one.automation === OWN ? own : other }));
            await runAll(uses);
            all.push(...uses);
            for (const { now, windowMs, ...limits } of questions) {
              for (const since of [now, now - windowMs, MIDNIGHT]) {
                const counts = (one: Use): boolean => one.endedAt === undefined || one.endedAt >= since;
                expect(await store.readSpending({ since })).toEqual(slowSum(all, counts));
                expect(await store.readSpending({ since, automation_id: own })).toEqual(
                  slowSum(uses, (one) => one.automation === own && counts(one)),
                );
              }
              const ofOwn = uses.filter((one) => one.automation === own);
              const free = { automation_id: own, now, window_ms: windowMs, ...limits };
              expect(await store.spendingFreeAt(free)).toBe(slowFreeAt({ uses: ofOwn, now, windowMs, ...limits }));
            }
          },
        ),
        { numRuns: 40 },
      );
    });

    test('is below its limit at the very instant at which it is said to be free, and not a millisecond before', async () => {
      await createJob(store, job(OWN, { budget: { cost_usd: 0.3, window: '1h' } }));
      await runAll([0, 1, 2].map((minute) => ({ automation: OWN, cost_usd: 0.1, endedAt: T0 + minute * MINUTE })));
      const factsAt = async (now: EpochMs): Promise<AcceptanceFacts> => {
        let seen: AcceptanceFacts | undefined;
        await store.acceptRuns({
          now,
          automation_id: OWN,
          daily_since: null,
          decide: ({ facts }) => {
            seen = facts;
            return { refuse: 'only looking' };
          },
        });
        return seen!;
      };
      expect(await factsAt(T0 + 3 * MINUTE)).toMatchObject({ spent: { cost_usd: 0.3 }, spent_free_at: T0 + HOUR });
      expect(await factsAt(T0 + HOUR - 1)).toMatchObject({ spent: { cost_usd: 0.3 }, spent_free_at: T0 + HOUR });
      const free = await factsAt(T0 + HOUR);
      expect(free.spent).toEqual({ tokens: 0, cost_usd: 0.2 });
      expect(free).not.toHaveProperty('spent_free_at');
    });

    test('of a running run counts once: as reported, then as ended, and the last word replaces what was reported', async () => {
      await createJob(store, job(OWN));
      const claimed = await start(OWN);
      const spent = (): Promise<Spending> => store.readSpending({ automation_id: OWN, since: T0 });
      const report = (usage: RunUsage): ReturnType<Store['reportUsage']> =>
        store.reportUsage({ run_id: claimed.run.id, token: claimed.token, usage });
      await report({ input_tokens: 10, cost_usd: 1 });
      await report({ input_tokens: 10, cost_usd: 1 });
      expect(await spent()).toEqual({ tokens: 10, cost_usd: 1 });
      await report({ output_tokens: 5 });
      expect(await spent()).toEqual({ tokens: 15, cost_usd: 1 });
      expect(await day(OWN)).toEqual([]);
      await finish(store, claimed, { ...COMPLETED, usage: { input_tokens: 12, cost_usd: 0.5 } });
      expect(await spent()).toEqual({ tokens: 17, cost_usd: 0.5 });
      expect(await store.readSpending({ since: T0 })).toEqual({ tokens: 17, cost_usd: 0.5 });
      expect(await day(OWN)).toMatchObject([{ runs: 1, tokens: 17, cost_usd: 0.5 }]);
    });

    test('of a run that died is on its session too, because it was spent', async () => {
      await createJob(store, job(OWN));
      const claimed = await start(OWN);
      const opening = session(claimed.run.id);
      const fence = { run_id: claimed.run.id, token: claimed.token };
      await store.startRun({ now: T0, ...fence, prompt: 'go', session: opening });
      await store.reportUsage({ ...fence, usage: { input_tokens: 3, cost_usd: 0.25 } });
      await finish(store, claimed, { ...FAILED, usage: { output_tokens: 4 } }, T0 + 1);
      const usage = { input_tokens: 3, output_tokens: 4, cost_usd: 0.25 };
      expect(await store.getRun({ id: claimed.run.id })).toMatchObject({ usage });
      expect(await store.getSession({ id: opening.id })).toMatchObject({ usage });
    });

    test('belongs to the UTC day on which the run ended, however long it ran', async () => {
      await createJob(store, job(OWN));
      const before = await start(OWN, MIDNIGHT - HOUR);
      const after = await start(OWN, MIDNIGHT - HOUR);
      await finish(store, before, { ...COMPLETED, usage: { input_tokens: 1, cost_usd: 0.1 } }, MIDNIGHT - 1);
      await store.reportUsage({ run_id: after.run.id, token: after.token, usage: { input_tokens: 2 } });
      expect(await store.readSpending({ since: MIDNIGHT })).toEqual({ tokens: 2, cost_usd: 0 });
      await finish(store, after, { ...COMPLETED, usage: { input_tokens: 4, cost_usd: 0.2 } }, MIDNIGHT);
      expect((await day(OWN)).map(({ day: date, runs, tokens: used }) => [date, runs, used])).toEqual([
        ['2026-11-23', 1, 4],
        ['2026-11-22', 1, 1],
      ]);
      expect(await store.readSpending({ since: MIDNIGHT })).toEqual({ tokens: 4, cost_usd: 0.2 });
      expect(await store.readSpending({ since: MIDNIGHT - 1 })).toEqual({ tokens: 5, cost_usd: 0.3 });
      expect(await store.readSpending({ since: MIDNIGHT + 1 })).toEqual({ tokens: 0, cost_usd: 0 });
      expect(await store.readSpending({ since: MIDNIGHT + DAY })).toEqual({ tokens: 0, cost_usd: 0 });
    });

    test('is entered once, however often the end is said, and survives a restart and the deletion of its automation', async () => {
      await createJob(store, job(OWN));
      const claimed = await start(OWN);
      const result = { ...COMPLETED, usage: { input_tokens: 7, cost_usd: 0.7 } };
      const first = await finish(store, claimed, result, T0 + 1);
      expect(await finish(store, claimed, result, T0 + DAY)).toEqual(first);
      expect(await finish(store, claimed, { ...FAILED, usage: { input_tokens: 900 } }, T0 + 2)).toEqual(first);
      expect(await finish(store, { ...claimed, token: 'somebody-else' }, result)).toEqual({ outcome: 'lost' });
      store = await opened.reopen();
      expect(await finish(store, claimed, result, T0 + 3)).toEqual(first);
      await store.deleteAutomation({ now: T0 + 4, id: OWN, actor: 'user:x' });
      expect(await day(OWN)).toMatchObject([{ day: '2026-11-22', runs: 1, tokens: 7, cost_usd: 0.7 }]);
      expect(await store.readSpending({ since: MIDNIGHT - DAY })).toEqual({ tokens: 7, cost_usd: 0.7 });
    });

    test('is kept apart by the agent that used it', async () => {
      await createJob(store, job(OWN));
      await runAll([{ automation: OWN, input_tokens: 1, endedAt: T0 }]);
      await store.updateAutomation({
        now: T0,
        id: OWN,
        change: (current) => ({ automation: { ...current, agent_name: 'writer' } }),
        placeCursor: ({ job: placed }) => ({
          cursor: {
            job_id: placed.id,
            catch_up_policy: 'skip_missed',
            misfire_grace_seconds: 60,
            consecutive_resume_failures: 0,
            misfire_count: 0,
            updated_at: T0,
          },
          runs: [],
        }),
      });
      await runAll([{ automation: OWN, input_tokens: 2, endedAt: T0 }]);
      expect((await day(OWN)).map((one) => [one.agent_name, one.tokens])).toEqual([
        ['reviewer', 1],
        ['writer', 2],
      ]);
    });
  });
}
