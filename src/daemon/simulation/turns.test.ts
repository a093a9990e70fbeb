import { describe, expect, it } from 'vitest';
import { Turns } from './turns.ts';

const PASSES = 1000;

/** What passes, in order, with the number of the event loop's turn in which it did. */
async function passAll(turns: Turns): Promise<{ order: number[]; turnOf: number[] }> {
  const order: number[] = [];
  const turnOf: number[] = [];
  let turn = 0;
  let isOver = false;
  const count = (): void => {
    turn += 1;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  const passing = Array.from({ length: PASSES }, async (_, index) => {
    await turns.pass();
    order.push(index);
    turnOf.push(turn);
  });
  await Promise.all(passing);
  isOver = true;
  return { order, turnOf };
}

describe('turns', () => {
  it('come first come first served, a few in each turn of the event loop', async () => {
    const { order, turnOf } = await passAll(new Turns());
    expect(order).toEqual(Array.from({ length: PASSES }, (_, index) => index));
    const perTurn = Map.groupBy(turnOf, (turn) => turn);
    expect(Math.max(...[...perTurn.values()].map((passes) => passes.length))).toBeLessThanOrEqual(24);
  });

  it('a heavy step leaves less for the others', async () => {
    const turns = new Turns();
    await turns.pass(1000);
    let hasPassed = false;
    const passing = turns.pass().then(() => (hasPassed = true));
    await Promise.resolve();
    expect(hasPassed).toBe(false);
    await passing;
  });

  it('are settled when nobody waits for one', async () => {
    const turns = new Turns();
    let passed = 0;
    for (let index = 0; index < 100; index += 1) void turns.pass().then(() => (passed += 1));
    await turns.settled();
    expect(passed).toBe(100);
  });

  it('never come again once halted, and that is settled too', async () => {
    const turns = new Turns();
    let passed = 0;
    for (let index = 0; index < 100; index += 1) void turns.pass().then(() => (passed += 1));
    turns.halt();
    await turns.settled();
    const before = passed;
    void turns.pass().then(() => (passed += 1));
    await turns.settled();
    expect(passed).toBe(before);
    expect(before).toBeLessThan(100);
  });
});
