// robfig/cron's parser and Next, with our Sunday, our refusals and our daylight saving rule.
import { test } from 'vitest';
import { formatInstant, parseInstant } from '../../src/model/instant.ts';
import { cronNeverFires, parseCron } from '../../src/model/schedule/cron-expression.ts';
import { nextFires } from '../../src/model/schedule/next-fires.ts';
import { ConformanceReport, loadVectors } from './report.ts';

interface CronRun {
  readonly tz: string;
  readonly start: string;
  readonly next: readonly string[];
  readonly ours_next?: readonly string[];
}

interface CronCase {
  readonly id: string;
  readonly expr: string;
  readonly ok: boolean;
  readonly runs?: readonly CronRun[];
  readonly ours?: { readonly reason: string; readonly skip?: true; readonly ok?: boolean; readonly runs?: CronRun[] };
}

/** A full run holds this many instants; a shorter one says that nothing follows. */
const instantsPerRun = 10;

function epochMsOf(text: string): number {
  const result = parseInstant(text);
  if (!result.ok) throw new Error(result.problem.message);
  return result.epochMs;
}

/** What is wrong with our answer to one run, null if nothing. */
function differenceIn(run: CronRun, expr: string): string | null {
  const want = (run.ours_next ?? run.next).map((instant) => formatInstant(epochMsOf(instant)));
  const fires = nextFires(
    { mode: 'cron', expr },
    { from: epochMsOf(run.start), count: instantsPerRun, timezone: run.tz },
  );
  const got = fires.map(formatInstant);
  if (got.join() === want.join()) return null;
  return `${JSON.stringify(expr)} in ${run.tz} from ${run.start}: want ${want.join()}, got ${got.join()}`;
}

/** The verdict is the validator's: what the parser takes and can never fire is refused. */
function accepts(expr: string): boolean {
  const result = parseCron(expr);
  return result.ok && !cronNeverFires(result.cron);
}

test('expressions are read and fire as robfig’s, but for the written differences', () => {
  const report = new ConformanceReport('cron');
  const runs = new ConformanceReport('cron runs');
  for (const { id, expr, ours, ...observed } of loadVectors<CronCase>('cron.json')) {
    if (ours?.skip) {
      report.skip(ours.reason);
      continue;
    }
    const expected = { ...observed, ...ours };
    const accepted = accepts(expr);
    if (accepted === expected.ok) report.pass();
    else report.fail(id, `${JSON.stringify(expr)}: want ${expected.ok}, got ${accepted}`);
    for (const run of expected.runs ?? []) {
      // The runs of an expression that only the parser takes are empty, and so must ours be.
      const difference = differenceIn(run, expr);
      if (difference === null) runs.pass();
      else runs.fail(id, difference);
    }
  }
  report.finish();
  runs.finish();
});
