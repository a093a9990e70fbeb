// Go's time.ParseDuration and Duration.String, case by case.
import { test } from 'vitest';
import { formatDuration, parseDuration } from '../../src/model/duration.ts';
import { ConformanceReport, loadVectors } from './report.ts';

interface DurationCase {
  readonly id: string;
  readonly input: string;
  readonly ok: boolean;
  readonly nanoseconds?: string;
  readonly string?: string;
}

test('durations are read and written as Go does', () => {
  const report = new ConformanceReport('durations');
  for (const { id, input, ok, nanoseconds, string } of loadVectors<DurationCase>('durations.json')) {
    const result = parseDuration(input);
    const want = ok ? `${nanoseconds} ${string}` : 'refused';
    const got = result.ok ? `${result.nanoseconds} ${formatDuration(result.nanoseconds)}` : 'refused';
    if (got === want) report.pass();
    else report.fail(id, `${JSON.stringify(input)}: want ${want}, got ${got}`);
  }
  report.finish();
});
