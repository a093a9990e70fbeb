/**
 * Daylight saving, seen with other eyes than the scheduler's: the wall time of every outcome is asked of `Intl`. A job
 * with a fixed hour never has two outcomes for one wall time, unless its rule says "both".
 */
import { dstRuleOf } from '../../../src/model/effective.ts';
import type { Job } from '../../../src/model/job.ts';
import type { Checker } from '../checker.ts';

const formats = new Map<string, Intl.DateTimeFormat>();

function wallTime(at: number, zone: string): string {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
    formats.set(zone, format);
  }
  return format.format(at);
}

export function wallTimeOnce(): Checker {
  const seen = new Map<string, { at: number; runId: string }>();
  return {
    name: 'wall-time-once',
    promise: 'a wall time that happens twice on the day the clocks go back fires as its rule says, not twice',
    onStep({ step, changes }, reality) {
      if (step.name !== 'planFires') return;
      for (const change of changes) {
        if (change.table !== 'runs' || change.op !== 'insert') continue;
        const history = reality.jobs.get(change.automationId);
        const row = reality.findRun(change.runId);
        const zone = history?.job === undefined ? undefined : zoneWithFixedHour(history.job, reality.timezone);
        if (row?.scheduled_at == null || row.missed_count !== null || zone === undefined) continue;
        const wall = wallTime(row.scheduled_at, zone);
        const key = `${change.automationId} ${history?.hash} ${wall}`;
        const before = seen.get(key);
        if (before !== undefined && before.at !== row.scheduled_at) {
          reality.fail(`${change.automationId} fired twice at ${wall} in ${zone}: ${before.runId} and ${row.id}`, [
            before.runId,
            row.id,
            change.automationId,
          ]);
        }
        seen.set(key, { at: row.scheduled_at, runId: row.id });
      }
    },
  };
}

/** The zone of a schedule that the rule applies to; undefined for all others. */
function zoneWithFixedHour(job: Job, timezone: string): string | undefined {
  const { schedule } = job;
  if (schedule?.mode !== 'cron' || schedule.expr === undefined || dstRuleOf(job).overlap === 'both') return undefined;
  const [, hour] = schedule.expr.trim().split(/\s+/);
  return hour === undefined || hour.startsWith('*') ? undefined : (schedule.timezone ?? timezone);
}
