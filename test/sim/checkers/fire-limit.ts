/** The rolling limit, at the moment of every acceptance. Later a window can only become emptier. */
import { durationMs } from '../../../src/model/duration.ts';
import type { Checker } from '../checker.ts';

export function fireLimit(): Checker {
  return {
    name: 'fire-limit',
    promise: 'no rolling window ever holds more accepted runs than the limit of the automation',
    onStep({ changes }, reality) {
      for (const change of changes) {
        if (change.table !== 'runs' || change.op !== 'insert') continue;
        const row = reality.findRun(change.runId);
        const limit = reality.jobs.get(change.automationId)?.job?.fire_limit;
        if (row === undefined || row.status === 'canceled' || limit === undefined) continue;
        const windowMs = durationMs(limit.window);
        const accepted = reality.all<{ id: string; accepted_at: number }>(
          `select id, accepted_at from runs where automation_id = ? and status <> 'canceled'
            and accepted_at > ? and accepted_at < ? order by accepted_at`,
          change.automationId,
          row.accepted_at - windowMs,
          row.accepted_at + windowMs,
        );
        for (const first of accepted) {
          if (first.accepted_at > row.accepted_at) break;
          const inside = accepted.filter(
            (other) => other.accepted_at >= first.accepted_at && other.accepted_at < first.accepted_at + windowMs,
          );
          if (inside.length <= limit.max) continue;
          reality.fail(
            `${inside.length} runs of ${change.automationId} are accepted within ${limit.window}, the limit is ${limit.max}`,
            inside.map((run) => run.id),
          );
          return;
        }
      }
    },
  };
}
