import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parsePathText, pathText } from './config-path.ts';
import type { Segment } from './config-path.ts';

function check(segments: Segment[], text: string): void {
  test(`${JSON.stringify(segments)} is ${text}`, () => {
    expect(pathText(segments)).toBe(text);
    expect(parsePathText(text)).toEqual(segments);
  });
}

check([], '');
check(['daemon', 'port'], 'daemon.port');
check(['automation', 'jobs', 2, 'schedule', 'expr'], 'automation.jobs[2].schedule.expr');
check(['automation', 'triggers', 0, 'filter', 'data.x'], 'automation.triggers[0].filter["data.x"]');
check(['agents', 'a "b"]'], 'agents["a \\"b\\"]"]');

test('every path comes back as it was', () => {
  const segment = fc.oneof(fc.nat(), fc.string());
  fc.assert(
    fc.property(fc.array(segment), (segments) => {
      expect(parsePathText(pathText(segments))).toEqual(segments);
    }),
  );
});

test('text that is no path is one segment', () => {
  expect(parsePathText('a[')).toEqual(['a[']);
});
