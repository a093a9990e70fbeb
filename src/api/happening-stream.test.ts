import { describe, expect, it, vi } from 'vitest';
import { ManualClock } from '../testing/manual-clock.ts';
import { type Happening, HappeningBus } from '../events/happening.ts';
import { happening, type HappeningText } from './contract/happening.ts';
import { KEEP_ALIVE_MS } from './event-stream.ts';
import { LINE_LENGTH_MAX, listenToHappenings } from './happening-stream.ts';
import { RecentHappenings } from './recent-happenings.ts';
import { toWire, type Wire } from './wire.ts';

function setUp() {
  const clock = new ManualClock(Date.UTC(2026, 0, 1));
  const bus = new HappeningBus();
  const client = new AbortController();
  const recent = new RecentHappenings({ bus, epoch: 'n' });
  const listen = (after: string | null) => listenToHappenings({ recent, clock }, { after, signal: client.signal });
  const events = listen(null);
  const report = (service: string): void => bus.report({ type: 'service.recovered', at: clock.now(), service });
  return { clock, client, events, report, listen };
}

describe('listenToHappenings', () => {
  it('says hello when nothing is missed any more, then everything in order', async () => {
    const { events, report } = setUp();
    report('too early');
    expect((await events.next()).value).toEqual({
      event: 'hello',
      id: 'n-1',
      data: { at: '2026-01-01T00:00:00.000Z' },
    });
    report('one');
    report('two');
    const data = { type: 'service.recovered', at: '2026-01-01T00:00:00.000Z' };
    expect(happening.parse({ ...data, service: 'one' })).toEqual({ ...data, service: 'one' });
    expect((await events.next()).value).toEqual({
      event: 'service.recovered',
      id: 'n-2',
      data: { ...data, service: 'one' },
    });
    report('three');
    expect((await events.next()).value).toMatchObject({ data: { service: 'two' } });
    expect((await events.next()).value).toMatchObject({ data: { service: 'three' } });
  });

  it('goes on after the last event that a client has, each once, whenever it was cut off', async () => {
    const { report, listen } = setUp();
    for (const service of ['a', 'b', 'c']) report(service);
    for (const [after, hello] of [
      ['n-1', 'n-1'],
      ['n-3', 'n-3'],
    ] as const) {
      expect((await listen(after).next()).value).toMatchObject({ event: 'hello', id: hello });
    }
    const events = listen('n-1');
    await events.next();
    report('d');
    const seen = [await events.next(), await events.next(), await events.next()].map(({ value }) => value);
    expect(seen).toMatchObject([
      { id: 'n-2', data: { service: 'b' } },
      { id: 'n-3', data: { service: 'c' } },
      { id: 'n-4', data: { service: 'd' } },
    ]);
  });

  it('tells of a gap, and goes on from now', async () => {
    const { report, listen } = setUp();
    report('a');
    const events = listen('another-process-7');
    expect((await events.next()).value).toMatchObject({ event: 'gap', id: 'n-1', data: { code: 'events_lost' } });
    expect((await events.next()).value).toMatchObject({ event: 'hello', id: 'n-1' });
    report('b');
    expect((await events.next()).value).toMatchObject({ id: 'n-2', data: { service: 'b' } });
  });

  it('tells a slow client that it was too slow, and ends', async () => {
    const { events, report } = setUp();
    await events.next();
    for (let n = 0; n < LINE_LENGTH_MAX + 3; n += 1) report(String(n));
    for (let n = 0; n < LINE_LENGTH_MAX; n += 1) {
      expect((await events.next()).value).toMatchObject({ data: { service: String(n) } });
    }
    expect((await events.next()).value).toMatchObject({
      event: 'overflow',
      data: { code: 'slow_client', detail: expect.stringContaining('at least 3 events') },
    });
    expect((await events.next()).done).toBe(true);
  });

  it('bounds the line by size as well', async () => {
    const { events, report } = setUp();
    await events.next();
    for (let n = 0; n < 10; n += 1) report('x'.repeat(1024 * 1024));
    const seen: unknown[] = [];
    for await (const { event } of events) seen.push(event);
    expect(seen).toEqual([...Array.from({ length: 3 }, () => 'service.recovered'), 'overflow']);
  });

  it('keeps a quiet connection alive and stops listening when the client goes', async () => {
    const { events, clock, client } = setUp();
    await events.next();
    const quiet = events.next();
    await vi.waitFor(() => expect(clock.timers).toBe(1));
    clock.advance(KEEP_ALIVE_MS);
    expect((await quiet).value).toEqual({});
    const last = events.next();
    await vi.waitFor(() => expect(clock.timers).toBe(1));
    client.abort();
    expect((await last).done).toBe(true);
    expect(clock.timers).toBe(0);
  });
});

describe('the vocabulary of the stream', () => {
  it('is that of the happenings, as the compiler sees it', () => {
    const asText = (wire: Wire<Happening>): HappeningText => wire;
    const types: Record<HappeningText['type'], true> = {} as Record<Happening['type'], true>;
    expect(types).toEqual({});
    const stopping: Happening = { type: 'daemon.stopping', at: 0, reason: 'x' };
    expect(asText(toWire(stopping))).toEqual({ type: 'daemon.stopping', at: '1970-01-01T00:00:00.000Z', reason: 'x' });
  });
});
