/** What a schedule means, and what fires next over all jobs. Nothing here changes anything. */
import { z } from 'zod';
import { dayMs, minuteMs } from '../../lib/calendar.ts';
import type { EpochMs } from '../../model/instant.ts';
import type { Problem } from '../../model/problem.ts';
import { describeSchedule, previewFires } from '../../model/schedule/describe.ts';
import { ScheduleError } from '../../model/schedule/schedule-reading.ts';
import type { ScheduleSpec } from '../../model/schedule/schedule-spec.ts';
import { isKnownTimeZone, timeZoneAdvice } from '../../model/schedule/time-zone.ts';
import { validateScheduleSpec } from '../../model/validation/schedule.ts';
import type { ApiDeps } from '../api-deps.ts';
import { checkContract, validationFailed } from '../contract-check.ts';
import { operations } from '../contract/operations.ts';
import { SIMULATION_DAYS_DEFAULT } from '../contract/simulation.ts';
import { LIST_LIMIT_DEFAULT } from '../contract/wire-text.ts';
import type { Handlers } from '../endpoint.ts';
import { nextFiresOf } from '../next-fires.ts';
import { readSpan, readWhen } from '../query.ts';
import { simulationView } from '../simulation-view.ts';
import { readTimeline } from '../timeline.ts';
import { toWire } from '../wire.ts';

const FIRES_DEFAULT = 5;
const hourMs = 3_600_000;
const WITHIN_MS_DEFAULT = 24 * hourMs;
const TIMELINE_MS_MAX = 7 * dayMs;
const STEP_MS_DEFAULT = 10 * minuteMs;
const WITHIN_MS_MAX = 366 * 24 * hourMs;

/** The frame is the contract's, the spec inside is the model's to judge. */
const previewFrame = operations.previewSchedule.body.schema.extend({ spec: z.unknown() });

export function scheduleRoutes(
  deps: ApiDeps,
): Handlers<'previewSchedule' | 'listNextFires' | 'simulateJobs' | 'readTimeline'> {
  return {
    async previewSchedule({ body }) {
      const asked = checkContract(previewFrame, body, { subject: 'preview', path: 'preview' });
      const problems = [...validateScheduleSpec(asked.spec ?? null, 'preview.spec'), ...zoneProblems(asked.timezone)];
      if (problems.length > 0) throw validationFailed('preview', problems);
      const spec = asked.spec as ScheduleSpec;
      const timezone = asked.timezone ?? deps.automationTimezone();
      const now = deps.clock.now();
      const from = asked.from === undefined ? now : readWhen(asked.from, { now, path: 'preview.from' });
      const fires = readable(() => previewFires(spec, { from, count: asked.count ?? FIRES_DEFAULT, timezone }));
      const text = readable(() => describeSchedule(spec, { timezone, anchor: from }));
      return {
        body: { preview: { text, timezone: fires[0]?.zone ?? spec.timezone ?? timezone, fires: toWire(fires) } },
      };
    },

    async listNextFires({ query }) {
      const within =
        query.within === undefined
          ? WITHIN_MS_DEFAULT
          : readSpan(query.within, { path: 'query.within', max: WITHIN_MS_MAX });
      const now: EpochMs = deps.clock.now();
      const next = await nextFiresOf(deps, { now, until: now + within, limit: query.limit ?? LIST_LIMIT_DEFAULT });
      return { body: toWire(next) };
    },

    async readTimeline({ query }) {
      const span = (text: string | undefined, path: string): number =>
        text === undefined ? WITHIN_MS_DEFAULT : readSpan(text, { path, max: TIMELINE_MS_MAX });
      const { resolution } = query;
      const step =
        resolution === undefined ? STEP_MS_DEFAULT : readSpan(resolution, { path: 'query.resolution', max: dayMs });
      const [backMs, aheadMs] = [span(query.back, 'query.back'), span(query.ahead, 'query.ahead')];
      return { body: { timeline: await readTimeline(deps, { backMs, aheadMs, stepMs: Math.max(step, minuteMs) }) } };
    },

    async simulateJobs({ query }) {
      const report = await deps.commands.simulate({ days: query.days ?? SIMULATION_DAYS_DEFAULT });
      return { body: { simulation: simulationView(report) } };
    },
  };
}

function zoneProblems(timezone: string | undefined): Problem[] {
  if (timezone === undefined || isKnownTimeZone(timezone)) return [];
  const message = `${JSON.stringify(timezone.slice(0, 60))} is not a time zone: ${timeZoneAdvice(timezone)}.`;
  return [{ path: 'preview.timezone', code: 'unknown_timezone', message, value: timezone.slice(0, 200) }];
}

/** Validation came first; what it could not see (the default zone vanished) is still the caller's to know. */
function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof ScheduleError) throw validationFailed('preview', [error.problem]);
    throw error;
  }
}
