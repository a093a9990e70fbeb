import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Store } from '../store.ts';
import { Connection } from './connection.ts';
import { durableSteps } from './durable-steps.ts';

let folder: string;
let connection: Connection;
let synced: number;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'rouse-durable-'));
  connection = new Connection(path.join(folder, 'test.db'));
  connection.execute('create table notes (text text not null) strict');
  synced = 0;
  connection.synced = async () => {
    synced += 1;
  };
});
afterEach(() => {
  connection.close();
  rmSync(folder, { recursive: true, force: true });
});

const add = (): number => connection.write(() => connection.run(`insert into notes (text) values ('x')`));

/** One step under the name of a real one. */
const stepOf = (body: () => Promise<unknown>): (() => Promise<unknown>) => {
  const store = durableSteps({ readFact: body } as unknown as Store, connection);
  return () => store.readFact({ name: 'any' });
};

test('a step that wrote waits for the disk before it answers', async () => {
  expect(await stepOf(async () => add())()).toBe(1);
  expect(synced).toBe(1);
});

test('one that only read does not', async () => {
  await stepOf(async () => connection.one('select count(*) from notes'))();
  expect(synced).toBe(0);
});

test('one that writes in a later turn does', async () => {
  const step = stepOf(async () => {
    await new Promise((resolve) => setImmediate(resolve));
    return add();
  });
  await step();
  expect(synced).toBe(1);
});

test('one that fails says so, and nothing is waited for', async () => {
  const step = stepOf(async () => {
    throw new Error('no');
  });
  await expect(step()).rejects.toThrow('no');
  expect(synced).toBe(0);
});

test('one that found its work done waits for whoever did it', async () => {
  await stepOf(async () => connection.write(() => 'there already'))();
  expect(synced).toBe(1);
});
