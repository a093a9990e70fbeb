/** Contract: answers to permission requests that wait for whoever executes the run. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ClaimedRun } from '../../src/store/run-store.ts';
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
  finish,
  job,
  newRun,
} from './store-fixture.ts';

export function describePermissionReplies(openStore: OpenStore): void {
  let opened: StoreUnderTest;
  let store: Store;
  let claimed: ClaimedRun;

  beforeEach(async () => {
    opened = await openStore();
    store = opened.store;
    await createJob(store, job('job_a'));
    await accept(store, 'job_a', [newRun()]);
    [claimed] = (await claim(store)) as [ClaimedRun];
  });
  afterEach(() => opened.dispose());

  const fence = () => ({ run_id: claimed.run.id, token: claimed.token });
  const ask = (askedAt = T0): ReturnType<Store['openPermission']> =>
    store.openPermission({
      now: askedAt,
      ...fence(),
      permission: {
        title: 'Push',
        tool: 'shell',
        options: [{ option_id: 'yes', name: 'Yes', kind: 'allow_once' }],
        asked_at: askedAt,
        deadline_at: askedAt + MINUTE,
      },
    });
  const reply = async (option: string | undefined, askedAt = T0): Promise<string> => {
    const answer = { asked_at: askedAt, by: 'user:x', ...(option === undefined ? {} : { option_id: option }) };
    return (await store.answerPermission({ run_id: claimed.run.id, reply: answer })).outcome;
  };
  const replies = (node = NODE): ReturnType<Store['listPermissionReplies']> => store.listPermissionReplies({ node });

  describe('an answer', () => {
    test('is found by the node that executes the run, and by no other', async () => {
      await ask();
      expect(await replies()).toEqual([]);
      expect(await reply('yes')).toBe('kept');
      expect(await replies()).toEqual([
        { token: claimed.token, reply: { asked_at: T0, option_id: 'yes', by: 'user:x' } },
      ]);
      expect(await replies('another')).toEqual([]);
    });

    test('may be none of the options', async () => {
      await ask();
      expect(await reply(undefined)).toBe('kept');
      expect(await replies()).toMatchObject([{ reply: { by: 'user:x' } }]);
    });

    test('is kept once: the second person comes too late', async () => {
      await ask();
      const outcomes = await Promise.all([reply('yes'), reply(undefined)]);
      expect(outcomes.toSorted()).toEqual(['kept', 'not_open']);
      expect(await replies()).toHaveLength(1);
    });

    test('is for the request that is open, not for one before or after it', async () => {
      expect(await reply('yes')).toBe('not_open');
      await ask();
      expect(await reply('yes', T0 - 1)).toBe('not_open');
      expect(await reply('yes')).toBe('kept');
      await store.regainSlot({ now: T0, ...fence(), caps: caps() });
      expect(await replies()).toEqual([]);
      await ask(T0 + 5);
      expect(await replies()).toEqual([]);
      expect(await reply('yes', T0)).toBe('not_open');
      expect(await reply('yes', T0 + 5)).toBe('kept');
    });

    test('to a run that has ended, or that nobody knows, is not kept', async () => {
      await ask();
      await finish(store, claimed);
      expect(await reply('yes')).toBe('not_open');
      const unknown = { run_id: 'run_unknown', reply: { asked_at: T0, by: 'user:x' } };
      expect(await store.answerPermission(unknown)).toEqual({ outcome: 'not_open' });
    });
  });
}
