import { describe, expect, it } from 'vitest';
import { VirtualTime } from './virtual-time.ts';

describe('virtual time', () => {
  it('moves from timer to timer, equal instants in the order of setting', async () => {
    const time = new VirtualTime();
    const rung: string[] = [];
    const ring = (name: string) => () => void rung.push(`${name} at ${time.now}`);
    time.after(20, ring('late'));
    time.after(10, ring('first'));
    time.after(10, ring('second'));
    expect(await time.runUntil(() => rung.length === 3)).toBe(true);
    expect(rung).toEqual(['first at 10', 'second at 10', 'late at 20']);
  });

  it('waits for everything that a timer sets going before it moves on', async () => {
    const time = new VirtualTime();
    const instants: number[] = [];
    const work = async (): Promise<void> => {
      for (let step = 0; step < 50; step += 1) await Promise.resolve();
      instants.push(time.now);
      await time.sleep(5);
      instants.push(time.now);
    };
    time.after(1, () => void work());
    time.after(3, () => instants.push(time.now));
    await time.runUntil(() => instants.length === 3);
    expect(instants).toEqual([1, 3, 6]);
  });

  it('a canceled timer neither rings nor moves time', async () => {
    const time = new VirtualTime();
    const cancel = time.after(10, () => expect.unreachable());
    cancel();
    expect(await time.runUntil(() => false)).toBe(false);
    expect(time.now).toBe(0);
  });

  it('says when nothing is left that could happen', async () => {
    const time = new VirtualTime();
    time.after(5, () => {});
    expect(await time.runUntil(() => false)).toBe(false);
    expect(time.now).toBe(5);
  });

  it('asks whoever gives turns to others whether everything has gone on', async () => {
    let asked = 0;
    const time = new VirtualTime({
      settled: () => {
        asked += 1;
        return Promise.resolve();
      },
    });
    let isOver = false;
    time.after(5, () => {
      isOver = true;
    });
    await time.runUntil(() => isOver);
    expect(asked).toBe(2);
  });
});
