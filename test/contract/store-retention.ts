/** Contract: forgetting, in bounded steps, without taking from limits, retries and accounts what they still count. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TranscriptEntry } from '../../src/model/session.ts';
import type { Store } from '../../src/store/store.ts';
import {
  accept,
  allRuns,
  claim,
  COMPLETED,
  createJob,
  finish,
  job,
  newRun,
  type OpenStore,
  session,
  type StoreUnderTest,
  T0,
} from './store-fixture.ts';

/** Its own, so that what is left of another chapter is not taken for it. */
const JOB = 'job_retained';

export function describeRetention(openStore: OpenStore): void {
  let opened: StoreUnderTest;
  let store: Store;

  beforeEach(async () => {
    opened = await openStore();
    store = opened.store;
    await createJob(store, job(JOB));
  });
  afterEach(() => opened.dispose());

  /** A finished run created at `at`, with so many entries of ten bytes each. */
  async function past(name: string, at: number, entries = 0): Promise<void> {
    await accept(store, JOB, [newRun({ fire_id: `fire_${name}` })], at);
    const [claimed] = await claim(store, { now: at });
    const { run, token } = claimed!;
    const begun = session(run.id, { id: `ses_${name}`, started_at: at });
    await store.startRun({ now: at, run_id: run.id, token, prompt: 'x', session: begun });
    const written = Array.from({ length: entries }, (_, i): TranscriptEntry => ({
      seq: i + 1,
      at,
      kind: 'message',
      text: '0123456789',
    }));
    await store.appendTranscript({
      session_id: begun.id,
      entries: written,
      bytes: entries * 10,
      truncated: false,
    });
    await finish(store, claimed!, { ...COMPLETED, usage: { input_tokens: 5 } }, at);
  }

  const runNames = async (): Promise<string[]> =>
    (await allRuns(store, { job_id: JOB })).map(({ fire_id: id }) => id!.replace('fire_', '')).toSorted();
  const entriesOf = async (name: string): Promise<number> =>
    (await store.readTranscript({ session_id: `ses_${name}`, after_seq: 0, limit: 1000 })).length;

  describe('transcripts', () => {
    const prune = (p: { before?: number; bytes_max?: number; limit?: number }) =>
      store.pruneTranscripts({
        now: T0 + 1000,
        before: p.before ?? null,
        bytes_max: p.bytes_max ?? null,
        limit: p.limit ?? 100,
      });

    test('go by age, and their sessions say so and stay', async () => {
      await past('old', T0, 3);
      await past('new', T0 + 100, 3);
      expect(await prune({ before: T0 + 50 })).toEqual({ entries: 3, sessions: 1, more: false });
      expect([await entriesOf('old'), await entriesOf('new')]).toEqual([0, 3]);
      expect(await store.getSession({ id: 'ses_old' })).toMatchObject({
        transcript_removed_at: T0 + 1000,
        transcript_bytes: 30,
        usage: { input_tokens: 5 },
      });
      expect(await store.getSession({ id: 'ses_new' })).not.toHaveProperty('transcript_removed_at');
      expect((await allRuns(store, { job_id: JOB })).map(({ output }) => output)).toEqual(['all well', 'all well']);
    });

    test('go by weight, the oldest first, until the rest fits', async () => {
      for (const [i, name] of ['a', 'b', 'c'].entries()) await past(name, T0 + i, 10);
      expect(await prune({ bytes_max: 200 })).toMatchObject({ sessions: 1, more: false });
      expect(await Promise.all(['a', 'b', 'c'].map(entriesOf))).toEqual([0, 10, 10]);
      expect(await prune({ bytes_max: 199 })).toMatchObject({ sessions: 1, more: false });
      expect(await prune({ bytes_max: 100 })).toEqual({ entries: 0, sessions: 0, more: false });
    });

    test('go in steps of so many entries', async () => {
      await past('long', T0, 10);
      const steps = [];
      for (let step = await prune({ before: T0 + 1, limit: 4 }); ; step = await prune({ before: T0 + 1, limit: 4 })) {
        steps.push(step);
        if (!step.more) break;
      }
      expect(steps.length).toBeGreaterThanOrEqual(3);
      expect(Math.max(...steps.map(({ entries }) => entries))).toBeLessThanOrEqual(4);
      expect(await entriesOf('long')).toBe(0);
    });

    test('of sessions that go on stay', async () => {
      await accept(store, JOB, [newRun({ fire_id: 'fire_runs' })], T0);
      const [claimed] = await claim(store);
      const { run, token } = claimed!;
      await store.startRun({
        now: T0,
        run_id: run.id,
        token,
        prompt: 'x',
        session: session(run.id, { id: 'ses_runs' }),
      });
      const entry: TranscriptEntry = { seq: 1, at: T0, kind: 'message', text: 'x' };
      await store.appendTranscript({ session_id: 'ses_runs', entries: [entry], bytes: 1, truncated: false });
      expect(await prune({ before: T0 + 999, bytes_max: 0 })).toEqual({ entries: 0, sessions: 0, more: false });
    });

    test('are counted right also after their runs have gone', async () => {
      await past('a', T0, 10);
      await past('b', T0 + 1, 10);
      await store.pruneRuns({ before: T0 + 1, count_max: null, keep_since: T0 + 999, limit: 100 });
      // Ten entries of ten bytes are left, so a bound of a hundred holds.
      expect(await prune({ bytes_max: 100 })).toMatchObject({ sessions: 0 });
      expect(await prune({ bytes_max: 99 })).toMatchObject({ sessions: 1 });
    });
  });

  describe('runs', () => {
    const prune = (p: { before?: number; count_max?: number; keep_since?: number; limit?: number }) =>
      store.pruneRuns({
        before: p.before ?? null,
        count_max: p.count_max ?? null,
        keep_since: p.keep_since ?? T0 + 1000,
        limit: p.limit ?? 100,
      });

    test('go by age with their sessions, and what they used stays on the account', async () => {
      await past('old', T0, 3);
      await past('new', T0 + 100);
      expect(await prune({ before: T0 + 100 })).toEqual({ runs: 1, more: false });
      expect(await runNames()).toEqual(['new']);
      expect(await store.getSession({ id: 'ses_old' })).toBeUndefined();
      const [day] = await store.listUsageDays({ since_day: '2026-01-01', automation_id: JOB, limit: 10 });
      expect(day).toMatchObject({ runs: 2, input_tokens: 10 });
    });

    test('go by number, the newest stay', async () => {
      for (let i = 0; i < 5; i += 1) await past(String(i), T0 + i);
      expect(await prune({ count_max: 2 })).toMatchObject({ runs: 3 });
      expect(await runNames()).toEqual(['3', '4']);
    });

    test('that limits still count stay', async () => {
      await past('counted', T0);
      expect(await prune({ before: T0 + 999, count_max: 0, keep_since: T0 })).toEqual({ runs: 0, more: false });
      expect(await prune({ before: T0 + 999, keep_since: T0 + 1 })).toMatchObject({ runs: 1 });
    });

    test('that are unfinished stay, and so do the earlier attempts of their fires', async () => {
      await past('done', T0);
      await accept(store, JOB, [newRun({ fire_id: 'fire_waits' })], T0);
      const [claimed] = await claim(store);
      const retry = newRun({ fire_id: 'fire_waits', attempt: 2, available_at: T0 + 500 });
      await store.finishRun({
        now: T0,
        run_id: claimed!.run.id,
        token: claimed!.token,
        result: { status: 'failed', reason: 'agent_error', error: 'x' },
        decideFollowUp: () => ({ retry, consecutive_failures: 0 }),
        placeCursor: () => {
          throw new Error('nothing is paused');
        },
      });
      expect(await prune({ before: T0 + 999 })).toEqual({ runs: 1, more: false });
      expect(await runNames()).toEqual(['waits', 'waits']);
    });

    test('go in steps, a long transcript before its run', async () => {
      await past('long', T0, 10);
      await past('short', T0 + 1);
      const step = await prune({ before: T0 + 999, limit: 4 });
      expect(step).toEqual({ runs: 0, more: true });
      for (let more = true; more;) more = (await prune({ before: T0 + 999, limit: 4 })).more;
      expect(await runNames()).toEqual([]);
    });
  });
}
