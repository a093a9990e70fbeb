import { beforeEach, expect, test } from 'vitest';
import { AppError } from '../errors/app-error.ts';
import { HappeningBus } from '../events/happening.ts';
import type { ClusterNode } from '../model/node.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { NodeKeeper } from './node-keeper.ts';

const T0 = Date.UTC(2026, 10, 22, 12);
const SELF = {
  name: 'a',
  instance: 'a:1:x',
  version: '1',
  labels: [],
  url: 'http://a',
  started_at: T0,
  running: 0,
  cap: 0,
};

type Answer = { outcome: 'announced' | 'node_name_taken'; node: Partial<ClusterNode> } | Error;

let clock: ManualClock;
/** What the store answers next; the last one stays. */
let answers: Answer[];
let announced: { now: number; alive_ms: number }[];
let left: object[];
let told: string[];
let undrained: number;
let gone: string[];

beforeEach(() => {
  clock = new ManualClock(T0);
  answers = [{ outcome: 'announced', node: {} }];
  announced = [];
  left = [];
  told = [];
  undrained = 0;
  gone = [];
});

function open(): Promise<NodeKeeper> {
  const bus = new HappeningBus();
  bus.subscribe((happening) => told.push('error' in happening ? happening.error : happening.type));
  return NodeKeeper.open({
    clock,
    bus,
    self: () => SELF,
    onUndrained: () => (undrained += 1),
    isGone: (instance) => gone.includes(instance),
    store: {
      async announceNode({ now, alive_ms }) {
        announced.push({ now, alive_ms });
        const answer = answers.length > 1 ? answers.shift()! : answers[0]!;
        if (answer instanceof Error) throw answer;
        return answer as never;
      },
      async leaveNode(p) {
        left.push(p);
      },
      noteUptime: async () => undefined,
    },
  });
}

const turns = async (): Promise<void> => {
  for (let i = 0; i < 30; i += 1) await Promise.resolve();
};
const beat = async (): Promise<void> => {
  clock.advance(5_000);
  await turns();
};

test('a node gives a sign of life when it starts and every five seconds, and leaves in order', async () => {
  const keeper = await open();
  await beat();
  await beat();
  expect(announced.map(({ now }) => now - T0)).toEqual([0, 5_000, 10_000]);
  await keeper.close();
  expect(left).toEqual([{ name: 'a', instance: 'a:1:x' }]);
  await beat();
  expect(announced).toHaveLength(3);
});

test('a name that another living node has ends the start, with its address', async () => {
  answers = [{ outcome: 'node_name_taken', node: { instance: 'b:2:y', url: 'http://b' } }];
  await expect(open()).rejects.toMatchObject({ code: 'node_name_taken', data: { name: 'a', url: 'http://b' } });
});

test('a name of one that is certainly gone is taken over without waiting', async () => {
  gone = ['b:2:y'];
  answers = [
    { outcome: 'node_name_taken', node: { instance: 'b:2:y', url: 'http://b' } },
    { outcome: 'announced', node: {} },
  ];
  expect((await open()).standsBack).toBe(false);
  expect(announced.map((one) => one.alive_ms)).toEqual([30_000, 0]);
});

test('a node that was frozen and finds its name taken stands back, says so once, and goes on when it is free', async () => {
  const keeper = await open();
  answers = [{ outcome: 'node_name_taken', node: { instance: 'b:2:y', url: 'http://b' } }];
  await beat();
  await beat();
  expect(keeper.standsBack).toBe(true);
  expect(told).toEqual([expect.stringContaining('Another living node is called a (http://b)')]);
  answers = [{ outcome: 'announced', node: {} }];
  await beat();
  expect(keeper.standsBack).toBe(false);
  expect(told.at(-1)).toBe('service.recovered');
});

test('a drain is heard at the next sign of life, at once when asked to look, and its end wakes the engine', async () => {
  const keeper = await open();
  answers = [{ outcome: 'announced', node: { draining: true } }];
  await keeper.refresh();
  expect(keeper.standsBack).toBe(true);
  expect(undrained).toBe(0);
  answers = [{ outcome: 'announced', node: { draining: false } }];
  await beat();
  expect([keeper.standsBack, undrained]).toEqual([false, 1]);
});

test('a store that does not answer changes nothing, and is asked again', async () => {
  const keeper = await open();
  answers = [{ outcome: 'announced', node: { draining: true } }];
  await beat();
  answers = [new AppError('store_unavailable', { outcome: 'unchanged', reason: 'away' })];
  await beat();
  await beat();
  expect(keeper.standsBack).toBe(true);
  expect(announced).toHaveLength(4);
  expect(told).toEqual([]);
  await keeper.close();
});

test('a clock that is off by more than five seconds is trouble, either way, until it is right', async () => {
  answers = [{ outcome: 'announced', node: { clock_skew_ms: 5_000 } }];
  await open();
  expect(told).toEqual([]);
  answers = [{ outcome: 'announced', node: { clock_skew_ms: -5_001 } }];
  await beat();
  expect(told).toEqual(["the clock of this machine is -5001 ms ahead of the server's"]);
  answers = [{ outcome: 'announced', node: { clock_skew_ms: 0 } }];
  await beat();
  expect(told.at(-1)).toBe('service.recovered');
});
