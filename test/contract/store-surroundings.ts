/** Contract: sessions and transcripts, workspaces, facts, counts and closing. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TranscriptEntry } from '../../src/model/session.ts';
import type { Store } from '../../src/store/store.ts';
import {
  type OpenStore,
  type StoreUnderTest,
  T0,
  accept,
  claim,
  createJob,
  finish,
  job,
  newRun,
  placeAt,
  session,
  trigger,
} from './store-fixture.ts';

export function describeSurroundings(openStore: OpenStore): void {
  let opened: StoreUnderTest;
  let store: Store;

  beforeEach(async () => {
    opened = await openStore();
    store = opened.store;
  });
  afterEach(() => opened.dispose());

  describe('transcripts', () => {
    let sessionId: string;
    const entry = (seq: number, parts: Partial<TranscriptEntry> = {}): TranscriptEntry => ({
      seq,
      at: T0 + seq,
      kind: 'message',
      text: `entry ${seq}`,
      ...parts,
    });
    const append = (entries: TranscriptEntry[], bytes: number, truncated = false): Promise<void> =>
      store.appendTranscript({ session_id: sessionId, entries, bytes, truncated });
    const read = (after = 0, limit = 1000): Promise<TranscriptEntry[]> =>
      store.readTranscript({ session_id: sessionId, after_seq: after, limit });

    beforeEach(async () => {
      await createJob(store, job('job_a'));
      await accept(store, 'job_a', [newRun()]);
      const [claimed] = await claim(store);
      const begun = session(claimed!.run.id, { workspace_id: 'ws_1', agent_session_id: 'theirs' });
      sessionId = begun.id;
      await store.startRun({
        now: T0,
        run_id: claimed!.run.id,
        token: claimed!.token,
        prompt: 'hello',
        session: begun,
      });
    });

    test('come back in order as they were written, from any place, bounded', async () => {
      const entries = [
        entry(1, { kind: 'prompt' }),
        entry(2, { detail: { tool: 'x', deep: [1, { y: null }] } }),
        entry(3),
      ];
      await append(entries, 60);
      expect(await read()).toEqual(entries);
      expect((await read(1)).map((one) => one.seq)).toEqual([2, 3]);
      expect((await read(0, 2)).map((one) => one.seq)).toEqual([1, 2]);
      expect(await read(3)).toEqual([]);
      expect(await store.readTranscript({ session_id: 'ses_unknown', after_seq: 0, limit: 5 })).toEqual([]);
    });

    test('repeating an append changes neither entries nor size', async () => {
      await append([entry(1), entry(2)], 40);
      await append([entry(1, { text: 'other' }), entry(2)], 40);
      expect((await read()).map((one) => one.text)).toEqual(['entry 1', 'entry 2']);
      expect(await store.getSession({ id: sessionId })).toMatchObject({ transcript_bytes: 40, workspace_id: 'ws_1' });
      await append([entry(2), entry(3)], 40);
      expect(await read()).toHaveLength(3);
      const { transcript_bytes: bytes } = (await store.getSession({ id: sessionId }))!;
      expect(bytes).toBeGreaterThan(40);
      expect(bytes).toBeLessThanOrEqual(80);
    });

    test('once truncated, always truncated', async () => {
      await append([entry(1)], 1, true);
      await append([entry(2)], 1);
      expect(await store.getSession({ id: sessionId })).toMatchObject({
        transcript_truncated: true,
        transcript_bytes: 2,
      });
    });

    test('survive a restart, and an unknown session takes nothing', async () => {
      await append([entry(1)], 1);
      store = await opened.reopen();
      expect(await read()).toHaveLength(1);
      await store.appendTranscript({ session_id: 'ses_unknown', entries: [entry(1)], bytes: 1, truncated: false });
      expect(await store.getSession({ id: 'ses_unknown' })).toBeUndefined();
    });
  });

  describe('workspaces', () => {
    const workspace = (id: string, parts: object = {}) => ({
      id,
      name: id.replace('ws_', ''),
      path: `/src/${id}`,
      trusted: false,
      created_at: T0,
      ...parts,
    });

    test('are registered, changed by path, and found by id, name or path', async () => {
      expect(await store.putWorkspace({ now: T0, workspace: workspace('ws_a') })).toEqual({
        outcome: 'put',
        workspace: workspace('ws_a'),
      });
      const again = workspace('ws_other', { path: '/src/ws_a', name: 'new', trusted: true, created_at: T0 + 5 });
      const changed = { ...workspace('ws_a'), name: 'new', trusted: true };
      expect(await store.putWorkspace({ now: T0, workspace: again })).toEqual({ outcome: 'put', workspace: changed });
      for (const ref of ['ws_a', 'new', '/src/ws_a']) expect(await store.findWorkspace({ ref })).toEqual(changed);
      expect(await store.findWorkspace({ ref: 'a' })).toBeUndefined();
      expect(await store.listWorkspaces()).toEqual([changed]);
    });

    test('a name belongs to one of them', async () => {
      await store.putWorkspace({ now: T0, workspace: workspace('ws_a') });
      const taken = await store.putWorkspace({ now: T0, workspace: workspace('ws_b', { name: 'a' }) });
      expect(taken).toEqual({ outcome: 'workspace_name_taken' });
      expect(await store.listWorkspaces()).toHaveLength(1);
    });

    test('are not deleted while a definition is bound to them', async () => {
      await store.putWorkspace({ now: T0, workspace: workspace('ws_a') });
      await createJob(store, job('job_a', { scope: 'workspace', workspace_id: 'ws_a' }));
      expect(await store.deleteWorkspace({ id: 'ws_a' })).toEqual({ outcome: 'in_use' });
      await store.deleteAutomation({ now: T0, id: 'job_a', actor: 'user:x' });
      expect(await store.deleteWorkspace({ id: 'ws_a' })).toEqual({ outcome: 'deleted' });
      expect(await store.deleteWorkspace({ id: 'ws_a' })).toEqual({ outcome: 'not_found' });
    });
  });

  test('facts are remembered, replaced, and survive a restart', async () => {
    expect(await store.readFact({ name: 'zone' })).toBeUndefined();
    await store.writeFact({ now: T0, name: 'zone', value: 'UTC' });
    await store.writeFact({ now: T0, name: 'zone', value: 'Europe/Paris' });
    store = await opened.reopen();
    expect(await store.readFact({ name: 'zone' })).toBe('Europe/Paris');
  });

  test('counts follow what happens', async () => {
    const counts = async (): Promise<number[]> => {
      const { jobs, triggers, scheduled, running, bytes } = await store.readCounts();
      expect(bytes === undefined || bytes > 0).toBe(true);
      return [jobs, triggers, scheduled, running];
    };
    expect(await counts()).toEqual([0, 0, 0, 0]);
    await createJob(store, job('job_a'));
    await store.createAutomation({ now: T0, automation: trigger('trg_a'), placeCursor: placeAt(undefined) });
    await accept(store, 'job_a', [newRun(), newRun()]);
    expect(await counts()).toEqual([1, 1, 2, 0]);
    const [claimed] = await claim(store, { tokens: ['t-count'] });
    expect(await counts()).toEqual([1, 1, 1, 1]);
    await finish(store, claimed!);
    await store.deleteAutomation({ now: T0, id: 'job_a', actor: 'user:x' });
    expect(await counts()).toEqual([0, 1, 0, 0]);
    store = await opened.reopen();
    expect(await counts()).toEqual([0, 1, 0, 0]);
  });

  test('closing twice is harmless, and a step afterwards is refused', async () => {
    await store.close();
    await store.close();
    await expect(store.readCounts()).rejects.toMatchObject({ code: 'store_unavailable' });
    await expect(store.writeFact({ now: T0, name: 'x', value: 'y' })).rejects.toMatchObject({
      code: 'store_unavailable',
    });
  });
}
