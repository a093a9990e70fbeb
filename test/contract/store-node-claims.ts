/** Contract: what a node may claim: nothing while it is drained, and only what asks for no label that it has not. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Store } from '../../src/store/store.ts';
import {
  MINUTE,
  NODE,
  type OpenStore,
  type StoreUnderTest,
  T0,
  accept,
  caps,
  claim,
  createJob,
  job,
  newRun,
  newTokens,
  placeAt,
} from './store-fixture.ts';

export function describeNodeClaims(openStore: OpenStore): void {
  let opened: StoreUnderTest;
  let store: Store;

  beforeEach(async () => {
    opened = await openStore();
    store = opened.store;
  });
  afterEach(() => opened.dispose());

  const announce = async (labels: string[], p: { name?: string; instance?: string } = {}): Promise<void> => {
    const node = {
      name: p.name ?? 'build-1',
      instance: p.instance ?? NODE,
      version: '1.0.0',
      labels,
      url: 'http://a',
      started_at: T0,
      running: 0,
      cap: 0,
    };
    const answer = await store.announceNode({ now: T0, alive_ms: 30_000, node });
    expect(answer.outcome).toBe('announced');
  };
  /** The jobs of what this node gets. */
  const claimed = async (p: Parameters<typeof claim>[1] = {}): Promise<string[]> =>
    (await claim(store, p)).map(({ run }) => run.job_id!).toSorted();
  const waiting = async (id: string, labels?: string[]): Promise<void> => {
    await createJob(store, job(id, labels === undefined ? {} : { node_labels: labels }));
    await accept(store, id, [newRun()]);
  };

  describe('labels of a job', () => {
    beforeEach(async () => {
      await waiting('job_any');
      await waiting('job_gpu', ['gpu']);
      await waiting('job_both', ['eu', 'gpu']);
    });

    test('a node gets what asks for labels that it has, all of them, and leaves the rest where it waits', async () => {
      await announce(['gpu']);
      expect(await claimed()).toEqual(['job_any', 'job_gpu']);
      expect((await store.listWaiting({ limit: 10 })).map((run) => run.job_id)).toEqual(['job_both']);
      await announce(['gpu', 'eu', 'more']);
      expect(await claimed()).toEqual(['job_both']);
    });

    test('a node that never announced itself has none', async () => {
      expect(await claimed()).toEqual(['job_any']);
    });

    test('another instance of the name has what it announced, not what the one before had', async () => {
      await announce(['gpu', 'eu']);
      await store.leaveNode({ name: 'build-1', instance: NODE });
      await announce([], { instance: 'build-1 again' });
      expect(await claimed()).toEqual(['job_any']);
    });

    test('what nobody here may start holds up nothing behind it, however much of it waits and whatever its priority', async () => {
      await accept(
        store,
        'job_gpu',
        Array.from({ length: 60 }, () => newRun({ priority: 9 })),
      );
      await announce([]);
      expect(await claimed({ tokens: newTokens(1) })).toEqual(['job_any']);
    });

    test('an edit moves the runs that wait already', async () => {
      await announce([]);
      await store.updateAutomation({
        now: T0,
        id: 'job_gpu',
        change: ({ node_labels: _labels, ...free }) => ({ automation: free }),
        placeCursor: placeAt(undefined),
      });
      expect(await claimed()).toEqual(['job_any', 'job_gpu']);
    });

    test('what waits for a node is given up when its time in the queue is over', async () => {
      await accept(store, 'job_gpu', [newRun({ expires_at: T0 + MINUTE })]);
      await announce([]);
      await claimed();
      const expired = await store.expireRuns({ now: T0 + MINUTE, limit: 10 });
      expect(expired).toMatchObject([{ job_id: 'job_gpu', status: 'canceled', reason: 'queue_timeout' }]);
    });
  });

  test('the name of a node counts as a label', async () => {
    await waiting('job_here', ['build-1']);
    await waiting('job_there', ['build-2']);
    await announce([]);
    expect(await claimed()).toEqual(['job_here']);
  });

  test('a workspace that lives on certain nodes keeps its runs there, also beside the labels of the job itself', async () => {
    const put = (id: string, labels?: string[]) =>
      store.putWorkspace({
        now: T0,
        workspace: {
          id,
          name: id,
          path: `/${id}`,
          trusted: false,
          created_at: T0,
          ...(labels === undefined ? {} : { node_labels: labels }),
        },
      });
    expect(await put('ws_here', ['build-1'])).toMatchObject({ workspace: { node_labels: ['build-1'] } });
    await put('ws_there', ['build-2']);
    await put('ws_anywhere');
    for (const [id, parts] of Object.entries({
      job_here: { workspace_id: 'ws_here' },
      job_there: { workspace_id: 'ws_there' },
      job_anywhere: { workspace_id: 'ws_anywhere' },
      job_here_gpu: { workspace_id: 'ws_here', node_labels: ['gpu'] },
    })) {
      await createJob(store, job(id, { scope: 'workspace', ...parts }));
      await accept(store, id, [newRun()]);
    }
    await announce([]);
    expect(await claimed()).toEqual(['job_anywhere', 'job_here']);
    // The folder moved.
    expect((await put('ws_there')) as object).not.toHaveProperty('workspace.node_labels');
    expect(await claimed()).toEqual(['job_there']);
  });

  describe('a drained node', () => {
    const drain = (draining: boolean) => store.setNodeDraining({ name: 'build-1', draining, by: 'user:x' });

    test('gets nothing until it is undrained', async () => {
      await announce([]);
      await waiting('job_a');
      await drain(true);
      expect(await claimed()).toEqual([]);
      await drain(false);
      expect(await claimed()).toEqual(['job_a']);
    });

    test('still hears of a claim that it made before, whose answer was lost', async () => {
      await announce([]);
      await waiting('job_a');
      await waiting('job_b');
      const tokens = newTokens(1);
      const [before] = await claim(store, { tokens });
      await drain(true);
      const again = await claim(store, { tokens: [...tokens, ...newTokens(5)] });
      expect(again.map(({ run }) => run.id)).toEqual([before!.run.id]);
    });

    test('lets a run of its own go on after a permission', async () => {
      await announce([]);
      await waiting('job_a');
      const [one] = await claim(store);
      const fence = { run_id: one!.run.id, token: one!.token };
      const permission = { title: 'x', tool: 'x', options: [], asked_at: T0, deadline_at: T0 + MINUTE };
      await store.openPermission({ now: T0, ...fence, permission });
      await drain(true);
      expect(await store.regainSlot({ now: T0, ...fence, caps: caps() })).toEqual({ outcome: 'regained' });
    });
  });
}
