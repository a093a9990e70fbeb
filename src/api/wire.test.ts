import { describe, expect, it } from 'vitest';
import { toWire } from './wire.ts';

const at = Date.UTC(2026, 10, 22, 19, 0, 0, 5);
const text = '2026-11-22T19:00:00.005Z';

const check = (value: unknown, wire: unknown): void => expect(toWire(value)).toEqual(wire);

describe('toWire', () => {
  it('writes instants by their names', () => {
    check({ created_at: at, at }, { created_at: text, at: text });
    check({ scheduler: { due_at: at } }, { scheduler: { due_at: text } });
    check([{ at }], [{ at: text }]);
    check({ paused: true, since: at, until: at }, { paused: true, since: text, until: text });
    check({ epoch: at, count: 3, flat: 1 }, { epoch: at, count: 3, flat: 1 });
  });
  it('writes both ends of a missed range', () =>
    check({ missed: { count: 2, first: at, last: at } }, { missed: { count: 2, first: text, last: text } }));
  it('leaves texts under an instant name alone', () =>
    check(
      { schedule: { start_at: '2026-01-01T00:00:00+01:00' } },
      { schedule: { start_at: '2026-01-01T00:00:00+01:00' } },
    ));
  it('rewrites nothing that somebody else said', () => {
    check({ at, detail: { created_at: 5 } }, { at: text, detail: { created_at: 5 } });
    check({ data: { at: 1 } }, { data: { at: 1 } });
  });
  it('drops what is undefined and keeps what is null', () => check({ a: undefined, b: null }, { b: null }));
  it('leaves its argument alone', () => {
    const value = Object.freeze({ at, inner: Object.freeze({ at }) });
    check(value, { at: text, inner: { at: text } });
    expect(value.at).toBe(at);
  });
});
