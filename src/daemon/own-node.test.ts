import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { expect, test } from 'vitest';
import { isGoneHere, newInstance, nodeNameOf } from './own-node.ts';

const instanceOf = (pid: number): string => newInstance({ pid, randomBytes });

test('a process that lives is not gone, one that ended is', async () => {
  expect(isGoneHere(instanceOf(process.pid))).toBe(false);
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  const instance = instanceOf(child.pid!);
  expect(isGoneHere(instance)).toBe(false);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(isGoneHere(instance)).toBe(true);
});

test('of what this process cannot see nothing is said: other machines, other containers of that name, other words', async () => {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  const [, pid, life = ''] = instanceOf(child.pid!).split(':');
  expect(isGoneHere(`${hostname()}:${pid}:${life}`)).toBe(true);
  for (const instance of [
    `elsewhere:${pid}:${life}`,
    `${hostname()}:${pid}:00000000${life.slice(8)}`,
    '',
    'x:y:z',
    'a',
  ])
    expect(isGoneHere(instance)).toBe(false);
});

test('every life has a name of its own, and a node is called as its machine unless somebody says otherwise', () => {
  expect(instanceOf(1)).not.toBe(instanceOf(1));
  expect([nodeNameOf({ node: '' }), nodeNameOf({ node: 'build-1' })]).toEqual([hostname(), 'build-1']);
});
