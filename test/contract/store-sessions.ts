/** Contract: sessions as a list, and the conversation with which an automation goes on. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ContinuedSession, SessionQuery } from '../../src/store/session-list.ts';
import type { Store } from '../../src/store/store.ts';
import {
  accept,
  claim,
  createJob,
  finish,
  job,
  newRun,
  type OpenStore,
  session,
  type StoreUnderTest,
  T0,
} from './store-fixture.ts';

export function describeSessions(openStore: OpenStore): void {
  let opened: StoreUnderTest;
  let store: Store;

  beforeEach(async () => {
    opened = await openStore();
    store = opened.store;
  });
  afterEach(() => opened.dispose());

  /** A run of `job_<name>` with a session that began at `at`. */
  async function begin(name: string, p: { at: number; jobId: string; agent?: string; workspace?: string }) {
    await accept(store, p.jobId, [newRun({ fire_id: `fire_${name}` })], p.at);
    const [claimed] = await claim(store, { now: p.at });
    const run = claimed!.run;
    await store.startRun({
      now: p.at,
      run_id: run.id,
      token: claimed!.token,
      prompt: 'x',
      session: session(run.id, {
        id: `ses_${name}`,
        started_at: p.at,
        agent_name: p.agent ?? 'reviewer',
        automation_id: p.jobId,
        ...(p.workspace === undefined ? {} : { workspace_id: p.workspace }),
      }),
    });
    await finish(store, claimed!, undefined, p.at + 1);
    return run;
  }

  describe('listing sessions', () => {
    const ids = async (query: SessionQuery): Promise<string[]> =>
      (await store.listSessions({ query })).items.map(({ id }) => id.replace('ses_', ''));

    test('newest first, with every filter', async () => {
      await createJob(store, job('job_a'));
      await createJob(store, job('job_b'));
      await begin('1', { at: T0, jobId: 'job_a' });
      await begin('2', { at: T0 + 10, jobId: 'job_b', agent: 'fixer' });
      await begin('3', { at: T0 + 20, jobId: 'job_a', workspace: 'ws_1' });
      const cases: [SessionQuery, string[]][] = [
        [{}, ['3', '2', '1']],
        [{ automation_id: 'job_a' }, ['3', '1']],
        [{ agent_name: 'fixer' }, ['2']],
        [{ workspace_id: 'ws_1' }, ['3']],
        [{ since: T0 + 10 }, ['3', '2']],
        [{ until: T0 + 10 }, ['1']],
        [{ automation_id: 'job_a', agent_name: 'fixer' }, []],
      ];
      for (const [query, expected] of cases) expect([query, await ids(query)]).toEqual([query, expected]);
    });

    test('pages hold still while sessions are added, and a foreign cursor is refused', async () => {
      await createJob(store, job('job_a'));
      for (const name of ['1', '2', '3']) await begin(name, { at: T0, jobId: 'job_a' });
      const first = await store.listSessions({ query: { limit: 2 } });
      expect(first.items.map(({ id }) => id)).toEqual(['ses_3', 'ses_2']);
      await begin('4', { at: T0 + 1, jobId: 'job_a' });
      const second = await store.listSessions({ query: { limit: 2, cursor: first.next_cursor! } });
      expect(second).toEqual({ items: [expect.objectContaining({ id: 'ses_1', automation_id: 'job_a' })] });
      const runs = await store.listRuns({ query: { limit: 1 } });
      await expect(store.listSessions({ query: { cursor: runs.next_cursor! } })).rejects.toMatchObject({
        code: 'invalid_cursor',
      });
    });
  });

  describe('the conversation of an automation', () => {
    const kept = (parts: Partial<ContinuedSession> = {}): ContinuedSession => ({
      automation_id: 'job_a',
      agent_name: 'reviewer',
      cwd: '/tmp',
      agent_session_id: 'conversation-1',
      turns: 1,
      input_tokens: 100,
      output_tokens: 20,
      cost_usd: 0.25,
      begun_at: T0,
      last_run_id: 'run_1',
      ...parts,
    });

    test('is kept over a restart, replaced by the next run, and forgotten with the automation', async () => {
      await createJob(store, job('job_a'));
      expect(await store.findContinuedSession({ automation_id: 'job_a' })).toBeUndefined();
      await store.keepContinuedSession({ session: kept() });
      store = await opened.reopen();
      expect(await store.findContinuedSession({ automation_id: 'job_a' })).toEqual(kept());
      const next = kept({ last_run_id: 'run_2', turns: 2, input_tokens: 300 });
      await store.keepContinuedSession({ session: next });
      expect(await store.findContinuedSession({ automation_id: 'job_a' })).toEqual(next);
      await store.deleteAutomation({ now: T0, id: 'job_a', actor: 'user' });
      expect(await store.findContinuedSession({ automation_id: 'job_a' })).toBeUndefined();
    });

    test('is forgotten when asked, and when there is none', async () => {
      await createJob(store, job('job_a'));
      await store.keepContinuedSession({ session: kept() });
      await store.forgetContinuedSession({ automation_id: 'job_a' });
      await store.forgetContinuedSession({ automation_id: 'job_a' });
      expect(await store.findContinuedSession({ automation_id: 'job_a' })).toBeUndefined();
    });

    test('the same run counts once', async () => {
      await createJob(store, job('job_a'));
      await store.keepContinuedSession({ session: kept() });
      await store.keepContinuedSession({ session: kept({ turns: 2 }) });
      expect(await store.findContinuedSession({ automation_id: 'job_a' })).toEqual(kept());
    });

    test('is not kept for an automation that is gone', async () => {
      await store.keepContinuedSession({ session: kept({ automation_id: 'job_gone' }) });
      expect(await store.findContinuedSession({ automation_id: 'job_gone' })).toBeUndefined();
    });
  });
}
