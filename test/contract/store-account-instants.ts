/** Contract: which rows answer for an instant, among ranges of a hundred thousand instants and many of them. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EpochMs } from '../../src/model/instant.ts';
import type { Store } from '../../src/store/store.ts';
import type { NewRun } from '../../src/store/acceptance.ts';
import {
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
  trigger,
} from './store-fixture.ts';

const JOB = 'job_a';
/** Instants of one range: seventy days of a job that fires every minute. */
const RANGE = 100_000;

export function describeAccountInstants(openStore: OpenStore): void {
  let opened: StoreUnderTest;
  let store: Store;

  beforeEach(async () => {
    opened = await openStore();
    store = opened.store;
    await createJob(store, job(JOB));
  });
  afterEach(() => opened.dispose());

  const at = (minute: number): EpochMs => T0 + minute * MINUTE;
  /** `canceled`, for the instants of these minutes. */
  const missed = (firstMinute: number, lastMinute: number, parts: Partial<NewRun> = {}): NewRun =>
    newRun({
      kind: 'schedule',
      status: 'canceled',
      reason: 'misfire',
      scheduled_at: at(firstMinute),
      missed: { count: lastMinute - firstMinute + 1, first: at(firstMinute), last: at(lastMinute) },
      ...parts,
    });
  const scheduled = (minute: number, parts: Partial<NewRun> = {}): NewRun =>
    newRun({ kind: 'schedule', scheduled_at: at(minute), ...parts });
  const idsAt = async (instant: EpochMs, jobId = JOB): Promise<string[]> =>
    (await store.findInstantRuns({ job_id: jobId, scheduled_at: instant })).map((run) => run.id);

  describe('the answer for an instant', () => {
    test('is the one range that contains it, at both of its ends and anywhere in between', async () => {
      const ranges = Array.from({ length: 40 }, (_, i) => missed(i * (RANGE + 1), i * (RANGE + 1) + RANGE - 1));
      // The minute between two ranges has its own row.
      const between = Array.from({ length: 40 }, (_, i) => scheduled(i * (RANGE + 1) + RANGE));
      await accept(store, JOB, [...ranges, ...between]);
      store = await opened.reopen();
      for (const [i, range] of ranges.entries()) {
        const first = i * (RANGE + 1);
        for (const minute of [first, first + 1, first + 54_321, first + RANGE - 1]) {
          expect([minute, await idsAt(at(minute))]).toEqual([minute, [range.id]]);
        }
        expect(await idsAt(at(first + RANGE))).toEqual([between[i]!.id]);
      }
      expect(await idsAt(at(-1))).toEqual([]);
      expect(await idsAt(at(40 * (RANGE + 1)))).toEqual([]);
      const [whole] = await store.findInstantRuns({ job_id: JOB, scheduled_at: at(RANGE - 1) });
      expect(whole?.missed).toEqual({ count: RANGE, first: at(0), last: at(RANGE - 1) });
    });

    test('is every attempt of its fire, oldest first', async () => {
      const first = scheduled(5, { fire_id: 'fire_five' });
      await accept(store, JOB, [first], T0);
      const [claimed] = await claim(store);
      await finish(store, claimed!);
      const second = scheduled(5, { fire_id: 'fire_five', attempt: 2 });
      await accept(store, JOB, [second, scheduled(6)], T0 + 1);
      expect(await idsAt(at(5))).toEqual([first.id, second.id]);
      const rows = await store.findInstantRuns({ job_id: JOB, scheduled_at: at(5) });
      expect(rows.map((run) => [run.status, run.attempt, run.output])).toEqual([
        ['completed', 1, 'all well'],
        ['scheduled', 2, undefined],
      ]);
    });

    test('shows a backfill beside the range that it makes up for', async () => {
      const range = missed(0, RANGE);
      const backfill = newRun({ kind: 'backfill', scheduled_at: at(700), catch_up: true });
      await accept(store, JOB, [range], T0);
      await accept(store, JOB, [backfill], T0 + 1);
      expect(await idsAt(at(700))).toEqual([range.id, backfill.id]);
      expect(await idsAt(at(701))).toEqual([range.id]);
    });

    test('is its own row where a range of an earlier schedule reaches over it', async () => {
      // A fire limit gave up the whole hour ahead; then the schedule was edited, and the new one fires within it.
      const ahead = missed(0, 60, { reason: 'fire_limit' });
      const own = scheduled(10);
      const later = missed(20, 25);
      await accept(store, JOB, [ahead, own, later]);
      expect(await idsAt(at(10))).toEqual([own.id]);
      expect(await idsAt(at(22))).toEqual([later.id]);
      expect(await idsAt(at(50))).toEqual([ahead.id]);
    });

    test("never is another automation's, nor a run that belongs to no instant", async () => {
      await createJob(store, job('job_b'));
      await store.createAutomation({
        now: T0,
        automation: trigger('trg_a'),
        placeCursor: () => {
          throw new Error('a trigger has no cursor');
        },
      });
      await accept(store, 'job_b', [scheduled(1), missed(2, 9)]);
      await accept(store, 'trg_a', [newRun({ kind: 'trigger' })]);
      await accept(store, JOB, [newRun()]);
      expect(await idsAt(at(1))).toEqual([]);
      expect(await idsAt(at(5))).toEqual([]);
      expect(await idsAt(T0)).toEqual([]);
      expect(await idsAt(T0, 'trg_a')).toEqual([]);
      expect(await idsAt(at(5), 'job_b')).toHaveLength(1);
    });
  });
}
