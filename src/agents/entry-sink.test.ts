import { describe, expect, test } from 'vitest';
import type { Clock } from '../clock/clock.ts';
import type { AgentEntry } from './agent-driver.ts';
import { EntrySink, GATHER_MS } from './entry-sink.ts';

/** A clock that a test moves; timers fire in order. */
function movedClock(): Clock & { move(ms: number): void } {
  let now = 0;
  let timers: { at: number; call: () => void }[] = [];
  return {
    now: () => now,
    monotonicMs: () => now,
    after(delayMs, call) {
      const timer = { at: now + delayMs, call };
      timers.push(timer);
      return () => {
        timers = timers.filter((each) => each !== timer);
      };
    },
    move(ms) {
      now += ms;
      const due = timers.filter(({ at }) => at <= now);
      timers = timers.filter(({ at }) => at > now);
      for (const { call } of due) call();
    },
  };
}

function sinkOf(bytesMax?: number) {
  const clock = movedClock();
  const entries: AgentEntry[] = [];
  return { clock, entries, sink: new EntrySink({ clock, onEntry: (entry) => entries.push(entry), bytesMax }) };
}
const texts = (entries: AgentEntry[]): string[] => entries.map(({ text }) => text);

describe('streamed text', () => {
  test('is gathered until its time is up', () => {
    const { clock, entries, sink } = sinkOf();
    for (const word of ['one ', 'two ', 'three']) sink.stream('message', word);
    expect(entries).toEqual([]);
    clock.move(GATHER_MS);
    expect(entries).toEqual([{ kind: 'message', text: 'one two three' }]);
  });
  test('shows whole lines first, and the rest one moment later', () => {
    const { clock, entries, sink } = sinkOf();
    sink.stream('output', 'line one\nline t');
    clock.move(GATHER_MS);
    sink.stream('output', 'wo');
    clock.move(GATHER_MS);
    expect(texts(entries)).toEqual(['line one\n', 'line two']);
  });
  test('of another kind, or another message, is another entry', () => {
    const { entries, sink } = sinkOf();
    sink.stream('message', 'a', { message_id: '1' });
    sink.stream('message', 'b', { message_id: '2' });
    sink.stream('thought', 'c');
    sink.report({ kind: 'tool_call', text: 'd' });
    expect(entries.map(({ kind, text }) => `${kind} ${text}`)).toEqual([
      'message a',
      'message b',
      'thought c',
      'tool_call d',
    ]);
  });
  test('much at once is cut into pieces that give it back', () => {
    const { entries, sink } = sinkOf();
    const text = `${'🙂'.repeat(30_000)}\n${'line\n'.repeat(10_000)}`;
    sink.stream('output', text);
    sink.close();
    expect(texts(entries).join('')).toBe(text);
    expect(entries.length).toBeGreaterThan(5);
  });
});

describe('the bound', () => {
  test('is visible once, counts what it leaves out, and lets few notices pass', () => {
    const { entries, sink } = sinkOf(1_000);
    for (let i = 0; i < 10; i++) sink.report({ kind: 'message', text: 'x'.repeat(400) });
    sink.report({ kind: 'notice', text: 'still here' });
    sink.close();
    expect(entries.map(({ kind }) => kind)).toEqual(['message', 'message', 'truncated', 'notice', 'notice']);
    expect(entries.at(-1)?.detail).toEqual({ left_out_entries: 8, left_out_bytes: 3_200 });
  });
  test('holds for notices too, in the end', () => {
    const { entries, sink } = sinkOf(10);
    for (let i = 0; i < 1_000; i++) sink.report({ kind: 'notice', text: 'a flood of notices' });
    sink.close();
    expect(entries.length).toBeLessThan(110);
  });
});

describe('the end', () => {
  test('nothing is reported after it, and no timer is left', () => {
    const { clock, entries, sink } = sinkOf();
    sink.stream('message', 'last');
    sink.close();
    sink.stream('message', 'late');
    sink.report({ kind: 'notice', text: 'late' });
    clock.move(10_000);
    expect(texts(entries)).toEqual(['last']);
  });
  test('a dispatcher that throws is asked no more', async () => {
    let calls = 0;
    const sink = new EntrySink({
      clock: movedClock(),
      onEntry: () => {
        calls++;
        throw new Error('full');
      },
    });
    sink.report({ kind: 'notice', text: 'a' });
    sink.report({ kind: 'notice', text: 'b' });
    expect(calls).toBe(1);
    expect((await sink.failure).message).toBe('full');
  });
});
