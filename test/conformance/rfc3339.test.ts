// Go's time.Parse(time.RFC3339, …), cut down to milliseconds; lower-case t and z are ours.
import { test } from 'vitest';
import { parseInstant } from '../../src/model/instant.ts';
import { ConformanceReport, loadVectors } from './report.ts';

interface InstantCase {
  readonly id: string;
  readonly input: string;
  readonly ok: boolean;
  readonly unix_nanos?: string;
  readonly ours?: {
    readonly reason: string;
    readonly skip?: true;
    readonly ok?: boolean;
    readonly unix_nanos?: string;
  };
}

/** Floor, also below zero, where bigint division would round towards zero. */
function flooredMs(nanoseconds: string): string {
  return String((BigInt(nanoseconds) - (((BigInt(nanoseconds) % 1_000_000n) + 1_000_000n) % 1_000_000n)) / 1_000_000n);
}

test('instants are read as Go does, but for the written differences', () => {
  const report = new ConformanceReport('rfc3339');
  for (const { id, input, ok, unix_nanos, ours } of loadVectors<InstantCase>('rfc3339.json')) {
    if (ours?.skip) {
      report.skip(ours.reason);
      continue;
    }
    const expected = { ok, unix_nanos, ...ours };
    const result = parseInstant(input);
    const want = expected.ok ? flooredMs(expected.unix_nanos ?? '') : 'refused';
    const got = result.ok ? String(result.epochMs) : 'refused';
    if (got === want) report.pass();
    else report.fail(id, `${JSON.stringify(input)}: want ${want}, got ${got}`);
  }
  report.finish();
});
