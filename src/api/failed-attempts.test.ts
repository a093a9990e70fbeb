import { describe, expect, it } from 'vitest';
import { isAppError } from '../errors/app-error.ts';
import { FailedAttempts } from './failed-attempts.ts';

function refused(attempts: FailedAttempts, address: string, now: number): boolean {
  try {
    attempts.note(address, now);
    return false;
  } catch (error) {
    expect(isAppError(error, 'rate_limited')).toBe(true);
    return true;
  }
}

describe('failed attempts', () => {
  it('are thirty a minute for each address', () => {
    const attempts = new FailedAttempts();
    const outcomes = Array.from({ length: 32 }, (_, index) => refused(attempts, 'a', index));
    expect(outcomes.indexOf(true)).toBe(30);
    expect(refused(attempts, 'b', 40)).toBe(false);
    expect(refused(attempts, 'a', 59_999)).toBe(true);
    expect(refused(attempts, 'a', 60_000)).toBe(false);
  });

  it('of very many addresses are forgotten, the oldest first', () => {
    const attempts = new FailedAttempts();
    for (let index = 0; index < 31; index += 1) refused(attempts, 'first', 0);
    for (let index = 0; index < 999; index += 1) refused(attempts, `other ${index}`, 0);
    expect(refused(attempts, 'first', 0)).toBe(true);
    for (let index = 0; index < 1_000; index += 1) refused(attempts, `new ${index}`, 0);
    expect(refused(attempts, 'first', 0)).toBe(false);
  });
});
