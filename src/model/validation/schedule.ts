/** What a schedule must be: one of three modes with exactly the field of that mode, and the policies around it. */
import { isBlank, trimSpace } from '../../lib/go-text.ts';
import { cronNeverFires, parseCron } from '../schedule/cron-expression.ts';
import {
  CATCH_UP_POLICIES,
  DST_GAPS,
  DST_OVERLAPS,
  type DstRule,
  SCHEDULE_MODES,
  type ScheduleMode,
  type ScheduleSpec,
} from '../schedule/schedule-spec.ts';
import { isKnownTimeZone, timeZoneAdvice } from '../schedule/time-zone.ts';
import { type ExactInstant, isBefore, parseExactInstant } from './exact-instant.ts';
import type { Fields } from './fields.ts';
import { validator } from './validator.ts';

const scheduleFields = Object.keys({
  mode: true,
  expr: true,
  interval: true,
  time: true,
  timezone: true,
  jitter: true,
  catch_up_policy: true,
  misfire_grace_seconds: true,
  catch_up_max: true,
  catch_up_window: true,
  start_at: true,
  end_at: true,
  dst: true,
} satisfies Record<keyof ScheduleSpec, true>);

const dstFields = Object.keys({ gap: true, overlap: true } satisfies Record<keyof DstRule, true>);

/** `replay` over more than this many instants is a mistake, and would fill every queue at once. */
const CATCH_UP_MAX_LIMIT = 10_000;

const fieldOfMode = { cron: 'expr', every: 'interval', at: 'time' } as const satisfies Record<ScheduleMode, string>;
const exampleOfMode: Readonly<Record<ScheduleMode, string>> = {
  cron: 'five fields such as "0 9 * * 1-5"',
  every: 'a duration such as "30m"',
  at: 'an instant such as "2026-12-01T09:00:00Z"',
};

function checkCron(fields: Fields, text: string): void {
  const result = parseCron(text, fields.at('expr'));
  if (!result.ok) return fields.report('expr', result.problem);
  if (!cronNeverFires(result.cron)) return;
  const message = 'This expression can never fire: no date has such a day, month and weekday.';
  fields.report('expr', { code: 'never_fires', message, value: text });
}

/** RFC 3339 with surrounding space allowed, as in everything a person writes. */
function writtenInstant(fields: Fields, field: string): ExactInstant | undefined {
  const text = fields.text(field);
  if (text === undefined || isBlank(text)) return undefined;
  const result = parseExactInstant(trimSpace(text), fields.at(field));
  if (result.ok) return result.instant;
  fields.report(field, result.problem);
  return undefined;
}

function checkMode(fields: Fields, mode: ScheduleMode): void {
  const own = fieldOfMode[mode];
  const text = fields.required(own, `A schedule of mode "${mode}" needs ${own}: ${exampleOfMode[mode]}.`);
  for (const other of Object.values(fieldOfMode)) {
    if (other === own) continue;
    fields.mustBeEmpty(other, `A schedule of mode "${mode}" takes ${own} and no ${other}; remove it.`);
  }
  if (text === undefined) return;
  if (mode === 'cron') checkCron(fields, text);
  if (mode === 'every') fields.duration('interval', { least: 'positive' });
  if (mode === 'at') writtenInstant(fields, 'time');
}

function checkTimezone(fields: Fields): void {
  const text = fields.text('timezone');
  if (text === undefined || isBlank(text)) return;
  const name = trimSpace(text);
  if (isKnownTimeZone(name)) return;
  const message = `This is not a time zone: ${timeZoneAdvice(name)}.`;
  fields.report('timezone', { code: 'unknown_timezone', message, value: text });
}

function checkBounds(fields: Fields): void {
  const start = writtenInstant(fields, 'start_at');
  const end = writtenInstant(fields, 'end_at');
  if (start === undefined || end === undefined || !isBefore({ instant: end, other: start })) return;
  fields.report('end_at', {
    code: 'conflict',
    message: 'end_at must not be before start_at.',
    value: fields.raw('end_at'),
  });
}

function checkAdditions(fields: Fields): void {
  checkTimezone(fields);
  fields.optionalDuration('jitter', { least: 'zero', zeroMeans: '0 means that every start is on time' });
  fields.optionalOneOf('catch_up_policy', { known: CATCH_UP_POLICIES, noun: 'catch-up policy' });
  fields.integerWithin('misfire_grace_seconds', { min: 0 });
  fields.integerWithin('catch_up_max', { min: 1, max: CATCH_UP_MAX_LIMIT });
  fields.optionalDuration('catch_up_window', { least: 'positive' });
  checkBounds(fields);
  const dst = fields.object('dst');
  if (dst === undefined) return;
  dst.optionalOneOf('gap', { known: DST_GAPS, noun: 'rule for a wall time that does not exist' });
  dst.optionalOneOf('overlap', { known: DST_OVERLAPS, noun: 'rule for a wall time that occurs twice' });
  dst.refuseUnknown(dstFields);
}

export function checkSchedule(fields: Fields): void {
  const mode = fields.oneOf('mode', { known: SCHEDULE_MODES, noun: 'schedule mode' });
  if (mode !== undefined) checkMode(fields, mode);
  checkAdditions(fields.additions());
  fields.refuseUnknown(scheduleFields);
}

export const validateScheduleSpec = validator(checkSchedule);
