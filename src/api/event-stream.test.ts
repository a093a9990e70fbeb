import { describe, expect, it, vi } from 'vitest';
import { ManualClock } from '../testing/manual-clock.ts';
import { AppError } from '../errors/app-error.ts';
import { Bell } from './bell.ts';
import { EventStreams, KEEP_ALIVE_MS, type Produce, STALL_MS } from './event-stream.ts';

function setUp() {
  const clock = new ManualClock(0);
  const streams = new EventStreams({ clock, describeFailure: () => ({ code: 'internal_error' }) });
  const client = new AbortController();
  const cut = vi.fn<() => void>();
  const open = (produce: Produce): Response => streams.reply(produce, { signal: client.signal, cut });
  return { clock, streams, client, cut, open };
}

async function* counting(): ReturnType<Produce> {
  for (let n = 1; ; n += 1) yield { event: 'n', id: String(n), data: { n } };
}

async function readText(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string> {
  return new TextDecoder().decode((await reader.read()).value);
}

describe('EventStreams', () => {
  it('writes events as the standard says', async () => {
    const { open } = setUp();
    const reply = open(async function* () {
      yield { event: 'a', id: '1', data: { text: 'line\nline' } };
      yield {};
      yield { event: 'b', data: null };
    });
    expect(reply.headers.get('content-type')).toBe('text/event-stream');
    expect(await reply.text()).toBe(
      'retry: 1000\nevent: a\nid: 1\ndata: {"text":"line\\nline"}\n\n: keep-alive\n\nevent: b\ndata: null\n\n',
    );
  });

  it('produces nothing before the client reads, and one event at a time', async () => {
    const { open, streams } = setUp();
    let produced = 0;
    const reader = open(async function* () {
      for await (const event of counting()) {
        produced += 1;
        yield event;
      }
    }).body!.getReader();
    expect([produced, streams.open]).toEqual([0, 0]);
    await reader.read();
    expect([produced, streams.open]).toEqual([1, 1]);
    await reader.cancel();
    expect(streams.open).toBe(0);
  });

  it('runs the cleaning up of the producer when the client goes', async () => {
    const { open, clock, client, streams } = setUp();
    const cleaned = vi.fn<() => void>();
    const bell = new Bell(clock);
    const reader = open(async function* (signal) {
      try {
        yield { event: 'a', data: 1 };
        await bell.wait({ quietMs: 1e6, signal });
      } finally {
        cleaned();
      }
    }).body!.getReader();
    await reader.read();
    const waiting = reader.read();
    client.abort();
    await reader.cancel();
    await waiting;
    await vi.waitFor(() => expect(cleaned).toHaveBeenCalledOnce());
    expect([streams.open, clock.timers]).toEqual([0, 0]);
  });

  it('cuts off a client that takes nothing', async () => {
    const { open, clock, cut, streams } = setUp();
    const reader = open(counting).body!.getReader();
    await reader.read();
    clock.advance(STALL_MS - 1);
    expect(cut).not.toHaveBeenCalled();
    clock.advance(1);
    expect(cut).toHaveBeenCalledOnce();
    expect(streams.open).toBe(0);
  });

  it('does not take a silent producer for a stuck client', async () => {
    const { open, clock, cut } = setUp();
    const bell = new Bell(clock);
    const reader = open(async function* (signal) {
      yield { event: 'a', data: 1 };
      for (;;) {
        await bell.wait({ quietMs: KEEP_ALIVE_MS, signal });
        yield {};
      }
    }).body!.getReader();
    await reader.read();
    for (let round = 0; round < 10; round += 1) {
      const next = readText(reader);
      await vi.waitFor(() => expect(clock.timers).toBe(1));
      clock.advance(KEEP_ALIVE_MS);
      expect(await next).toBe(': keep-alive\n\n');
    }
    expect(cut).not.toHaveBeenCalled();
  });

  it('says that the producer failed, and ends', async () => {
    const { open, streams } = setUp();
    const reply = open(async function* () {
      yield { event: 'a', data: 1 };
      throw new Error('secret path /root/x');
    });
    const text = await reply.text();
    expect(text).toMatch(/event: error\ndata: \{"code":"internal_error"\}\n\n$/);
    expect(text).not.toContain('secret');
    expect(streams.open).toBe(0);
  });

  it('refuses more streams than it can carry', async () => {
    const { open, streams } = setUp();
    const readers = Array.from({ length: 200 }, () => open(counting).body!.getReader());
    await Promise.all(readers.map((reader) => reader.read()));
    expect(streams.open).toBe(200);
    expect(() => open(counting)).toThrow(AppError);
    await readers[0]!.cancel();
    expect(() => open(counting)).not.toThrow();
  });
});
