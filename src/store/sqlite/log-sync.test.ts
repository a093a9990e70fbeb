import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LogSync } from './log-sync.ts';

let folder: string;
let log: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'rouse-log-sync-'));
  log = path.join(folder, 'test.db-wal');
  writeFileSync(log, 'frames');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Syncs that end when they are told to. */
function heldSyncs() {
  const begun: PromiseWithResolvers<void>[] = [];
  const sync = new LogSync({
    path: log,
    sync: () => {
      begun.push(Promise.withResolvers<void>());
      return begun.at(-1)!.promise;
    },
  });
  return { sync, begun };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('the file is really synced, also twice', async () => {
  const sync = new LogSync({ path: log });
  await sync.synced();
  await sync.synced();
  await sync.close();
});

test('who asks before a sync begins shares it; who asks while it runs gets the next one, all of them the same', async () => {
  const { sync, begun } = heldSyncs();
  const first = [sync.synced(), sync.synced()];
  await turn();
  expect(begun).toHaveLength(1);
  const done: string[] = [];
  const later = [sync.synced(), sync.synced()].map((one) => one.then(() => done.push('later')));
  await turn();
  expect(begun).toHaveLength(1);
  begun[0]!.resolve();
  await Promise.all(first);
  await turn();
  expect(begun).toHaveLength(2);
  expect(done).toEqual([]);
  begun[1]!.resolve();
  await Promise.all(later);
  expect(begun).toHaveLength(2);
});

test('one that fails is told to those who relied on it, and the next one is tried all the same', async () => {
  const { sync, begun } = heldSyncs();
  const failed = sync.synced();
  await turn();
  const next = sync.synced();
  begun[0]!.reject(new Error('EIO'));
  await expect(failed).rejects.toThrow('EIO');
  await turn();
  begun[1]!.resolve();
  await next;
});

test('closing waits for what runs', async () => {
  const { sync, begun } = heldSyncs();
  const asked = sync.synced();
  await turn();
  let closed = false;
  const closing = sync.close().then(() => (closed = true));
  await turn();
  expect(closed).toBe(false);
  begun[0]!.resolve();
  await Promise.all([asked, closing]);
});
