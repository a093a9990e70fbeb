import { describe, expect, it } from 'vitest';
import { HappeningBus } from '../events/happening.ts';
import { RecentHappenings } from './recent-happenings.ts';

function setUp() {
  const bus = new HappeningBus();
  const recent = new RecentHappenings({ bus, epoch: 'node:1' });
  const report = (service: string): void => bus.report({ type: 'service.recovered', at: 0, service });
  const since = (id: string): string[] | undefined =>
    recent.since(id)?.map(({ text }) => (JSON.parse(text) as { service: string }).service);
  return { recent, report, since };
}

describe('what happened lately', () => {
  it('is known from any number on', () => {
    const { recent, report, since } = setUp();
    expect([recent.lastId, since('node:1-0')]).toEqual(['node:1-0', []]);
    for (const service of ['a', 'b', 'c']) report(service);
    expect(recent.lastId).toBe('node:1-3');
    expect(since('node:1-0')).toEqual(['a', 'b', 'c']);
    expect(since('node:1-2')).toEqual(['c']);
    expect(since('node:1-3')).toEqual([]);
  });

  it.each(['node:1-4', 'node:2-1', '1', '', 'node:1-x', 'node:1--1'])('is not known from %j on', (id) => {
    const { report, since } = setUp();
    for (const service of ['a', 'b', 'c']) report(service);
    expect(since(id)).toBeUndefined();
  });

  it('is forgotten by number and by size, and says so', () => {
    const { recent, report, since } = setUp();
    for (let n = 1; n <= 3_000; n += 1) report(String(n));
    expect(since('node:1-1')).toBeUndefined();
    expect(since('node:1-2990')).toHaveLength(10);
    for (let n = 0; n < 10; n += 1) report('x'.repeat(1024 * 1024));
    expect(since('node:1-3000')).toBeUndefined();
    expect(since('node:1-3008')).toHaveLength(2);
    report('y'.repeat(9 * 1024 * 1024));
    expect(since(recent.lastId)).toEqual([]);
    report('z');
    expect(since('node:1-3011')).toEqual(['z']);
  });
});
