import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from './clock.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('the timer of the system', () => {
  it('waits for as long as it was told to, also for more than the 24 days that Node can count', () => {
    const rung = vi.fn();
    systemClock().after(60 * DAY_MS, rung);
    vi.advanceTimersByTime(60 * DAY_MS - 1);
    expect(rung).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(rung).toHaveBeenCalledTimes(1);
  });

  it('is canceled in whatever stage it is', () => {
    const rung = vi.fn();
    const cancel = systemClock().after(60 * DAY_MS, rung);
    vi.advanceTimersByTime(30 * DAY_MS);
    cancel();
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(60 * DAY_MS);
    expect(rung).not.toHaveBeenCalled();
  });
});
