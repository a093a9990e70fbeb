/** Contract: slots that are given away and taken back, and agents that are held, under every cap and in every order. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Store } from '../../src/store/store.ts';
import type { NewRun } from '../../src/store/acceptance.ts';
import type { ClaimCaps, ClaimedRun } from '../../src/store/run-store.ts';
import {
  MINUTE,
  type OpenStore,
  type StoreUnderTest,
  T0,
  accept,
  caps,
  claim,
  claimIds,
  createJob,
  finish,
  job,
  newRun,
  placeAt,
} from './store-fixture.ts';

const PERMISSION = {
  title: 'Push to the main branch',
  tool: 'shell',
  options: [{ option_id: 'yes', name: 'Allow once', kind: 'allow_once' }],
  asked_at: T0,
  deadline_at: T0 + 10 * MINUTE,
};
const REGAINED = { outcome: 'regained' };
const FULL = { outcome: 'full' };

export function describeAccountSlots(openStore: OpenStore): void {
  let opened: StoreUnderTest;
  let store: Store;

  beforeEach(async () => {
    opened = await openStore();
    store = opened.store;
    await createJob(store, job('job_a', { workspace_id: 'ws_one', scope: 'workspace' }));
    await createJob(store, job('job_b', { workspace_id: 'ws_one', scope: 'workspace', agent_name: 'writer' }));
    await createJob(store, job('job_c', { agent_name: 'writer' }));
  });
  afterEach(() => opened.dispose());

  const start = async (automationId: string, limits: ClaimCaps = caps()): Promise<ClaimedRun> => {
    const [run] = await accept(store, automationId, [newRun({ priority: 50 })]);
    const claimed = (await claim(store, { caps: limits })).find((one) => one.run.id === run!.id);
    if (claimed === undefined) throw new Error(`the run of ${automationId} found no room`);
    return claimed;
  };
  const fence = (claimed: ClaimedRun): { run_id: string; token: string } => ({
    run_id: claimed.run.id,
    token: claimed.token,
  });
  const open = (claimed: ClaimedRun, title = PERMISSION.title): ReturnType<Store['openPermission']> =>
    store.openPermission({ now: T0, ...fence(claimed), permission: { ...PERMISSION, title } });
  const regain = (claimed: ClaimedRun, limits: ClaimCaps): ReturnType<Store['regainSlot']> =>
    store.regainSlot({ now: T0, ...fence(claimed), caps: limits });
  const titleOf = async (claimed: ClaimedRun): Promise<string | undefined> =>
    (await store.getRun({ id: claimed.run.id }))?.permission?.title;

  describe('a slot that was given away', () => {
    const limited: [string, ClaimCaps][] = [
      ['over all', caps({ total: 1 })],
      ['of the agent', caps({ per_agent: { reviewer: 1 } })],
      ['of the workspace', caps({ per_workspace: 1 })],
    ];
    for (const [what, limits] of limited) {
      test(`makes room under the cap ${what}, and is taken back under it before anybody waiting`, async () => {
        const asking = await start('job_a', limits);
        const waiting = await accept(store, 'job_a', [newRun(), newRun()]);
        expect(await claimIds(store, { caps: limits })).toEqual([]);
        await open(asking);
        const [other] = await claim(store, { caps: limits });
        expect(other?.run.id).toBe(waiting[0]!.id);
        expect(await claimIds(store, { caps: limits })).toEqual([]);
        expect(await regain(asking, limits)).toEqual(FULL);
        expect(await regain(asking, limits)).toEqual(FULL);
        await finish(store, other!);
        expect(await claimIds(store, { caps: limits })).toEqual([]);
        expect(await regain(asking, limits)).toEqual(REGAINED);
        expect(await claimIds(store, { caps: limits })).toEqual([]);
        await finish(store, asking);
        expect(await claimIds(store, { caps: limits })).toEqual([waiting[1]!.id]);
      });
    }

    test('is waited for across a restart, and what waits for it stays behind', async () => {
      const one = caps({ total: 1 });
      const asking = await start('job_a', one);
      await open(asking);
      const other = await start('job_c', one);
      await accept(store, 'job_c', [newRun()]);
      await regain(asking, one);
      store = await opened.reopen();
      await finish(store, other);
      expect(await claimIds(store, { caps: one })).toEqual([]);
      expect(await regain(asking, one)).toEqual(REGAINED);
    });

    test('that is wanted back is nobody’s any more once the run has ended', async () => {
      const one = caps({ total: 1 });
      const asking = await start('job_a', one);
      await open(asking);
      const other = await start('job_c', one);
      const [waiting] = await accept(store, 'job_c', [newRun()]);
      await regain(asking, one);
      await finish(store, other);
      expect(await claimIds(store, { caps: one })).toEqual([]);
      await finish(store, asking);
      expect(await claimIds(store, { caps: one })).toEqual([waiting!.id]);
    });

    test('can be given away again, while the answer to the first question still waits for room', async () => {
      const one = caps({ total: 1 });
      const asking = await start('job_a', one);
      await open(asking);
      const other = await start('job_c', one);
      expect(await regain(asking, one)).toEqual(FULL);
      expect(await titleOf(asking)).toBeUndefined();
      expect(await open(asking, 'And once more?')).toEqual({ outcome: 'opened' });
      expect(await open(asking, 'And once more?')).toEqual({ outcome: 'opened' });
      expect(await titleOf(asking)).toBe('And once more?');
      await finish(store, other);
      await start('job_c', one);
      expect(await regain(asking, one)).toEqual(FULL);
    });

    test('is not needed by a run that asked nothing', async () => {
      const one = caps({ total: 1 });
      const claimed = await start('job_a', one);
      expect(await regain(claimed, one)).toEqual(REGAINED);
      expect(await regain(claimed, caps({ total: 0 }))).toEqual(REGAINED);
    });

    test('of an agent that is held is taken back all the same: it goes on, it does not start', async () => {
      const asking = await start('job_a');
      await open(asking);
      expect(await regain(asking, caps({ held: ['reviewer'] }))).toEqual(REGAINED);
    });

    test('leaves its run to be canceled, to keep its lease, and to be reported on', async () => {
      const asking = await start('job_a');
      await open(asking);
      await store.cancelRun({ now: T0, run_id: asking.run.id, reason: 'user', error: 'enough', actor: 'user:x' });
      expect(await store.listCancelRequests({ node: 'node-a' })).toMatchObject([fence(asking)]);
      expect(await store.renewLeases({ now: T0, node: 'node-a', lease_ms: 1, tokens: [asking.token] })).toEqual([]);
      const report = { ...fence(asking), usage: { input_tokens: 5 } };
      expect(await store.reportUsage(report)).toEqual({ outcome: 'reported' });
      expect(await titleOf(asking)).toBe(PERMISSION.title);
      expect(await store.listRuns({ query: { status: 'running' } })).toMatchObject({
        items: [{ permission: PERMISSION, usage: { input_tokens: 5 } }],
      });
    });
  });

  describe('an agent that is held', () => {
    const held = caps({ held: ['writer'] });
    const reasons = async (runs: { id: string }[]): Promise<(string | undefined)[]> =>
      Promise.all(runs.map(async ({ id }) => (await store.getRun({ id }))?.reason));
    const free = (parts: Partial<NewRun> = {}): NewRun => newRun(parts);

    test('gives its reason to a run whose time comes in that very claim', async () => {
      const runs = await accept(store, 'job_c', [free({ available_at: T0 + 5 }), free()]);
      await claim(store, { caps: held });
      expect(await reasons(runs)).toEqual([undefined, 'usage_limit']);
      expect(await claimIds(store, { now: T0 + 5, caps: held })).toEqual([]);
      expect(await reasons(runs)).toEqual(['usage_limit', 'usage_limit']);
    });

    test('keeps the order of its runs over the hold, and their reason until they are claimable again', async () => {
      const runs = await accept(store, 'job_c', [free(), free({ priority: 3 }), free({ priority: 9 })]);
      await claim(store, { caps: held });
      await claim(store, { caps: held });
      store = await opened.reopen();
      expect(await reasons(runs)).toEqual(['usage_limit', 'usage_limit', 'usage_limit']);
      expect((await store.listWaiting({ limit: 9 })).map((run) => run.id)).toEqual(
        [runs[2]!, runs[1]!, runs[0]!].map((run) => run.id),
      );
      expect(await claimIds(store, { caps: caps({ total: 0 }) })).toEqual([]);
      expect(await reasons(runs)).toEqual([undefined, undefined, undefined]);
      expect(await claimIds(store)).toEqual([runs[2]!.id, runs[1]!.id, runs[0]!.id]);
    });

    test('lets runs go whose job is given to another agent', async () => {
      const runs = await accept(store, 'job_c', [free()]);
      await claim(store, { caps: held });
      await store.updateAutomation({
        now: T0,
        id: 'job_c',
        change: (current) => ({ automation: { ...current, agent_name: 'reviewer' } }),
        placeCursor: placeAt(undefined),
      });
      expect(await claimIds(store, { caps: held })).toEqual([runs[0]!.id]);
      expect(await reasons(runs)).toEqual([undefined]);
    });

    test('is what the caps say; on several nodes also what another one has put on record meanwhile', async () => {
      await store.holdAgent({ now: T0, hold: { agent_name: 'writer', until: T0 + MINUTE, reason: 'exhausted' } });
      const [run] = await accept(store, 'job_c', [free()]);
      const isHeld = store.capabilities.nodes === 'many';
      expect(await claimIds(store)).toEqual(isHeld ? [] : [run!.id]);
      expect(await reasons([run!])).toEqual([isHeld ? 'usage_limit' : undefined]);
    });

    test('lets the runs go on that it has', async () => {
      const claimed = await start('job_c');
      expect(await claimIds(store, { caps: held })).toEqual([]);
      expect(await claim(store, { caps: held, tokens: [claimed.token] })).toMatchObject([fenceOf(claimed)]);
      expect(await finish(store, claimed)).toMatchObject({ outcome: 'finished' });
    });
  });
}

function fenceOf(claimed: ClaimedRun): { token: string; run: { id: string } } {
  return { token: claimed.token, run: { id: claimed.run.id } };
}
