/** A job as the API shows it: the record, and what follows from it at this instant. */
import type { z } from 'zod';
import { type AutomationViewFacts, standingOf } from './automation-view.ts';
import type { EpochMs } from '../model/instant.ts';
import type { Job } from '../model/job.ts';
import { describeSchedule, type FirePreview, previewFires } from '../model/schedule/describe.ts';
import { ScheduleError, zoneOf } from '../model/schedule/schedule-reading.ts';
import type { Spending } from '../store/account-store.ts';
import type { AutomationRecord } from '../store/definition-store.ts';
import type { job } from './contract/job.ts';
import { toWire } from './wire.ts';

export type JobView = z.output<typeof job>;

/** What a view depends on besides the record. */
export interface JobViewFacts extends AutomationViewFacts {
  now: EpochMs;
  /** The zone of schedules that name none. */
  timezone: string;
}

const NEXT_FIRES = 5;

export function jobView(record: AutomationRecord<Job>, facts: JobViewFacts, spent?: Spending): JobView {
  const { automation, cursor } = record;
  // What has its own place in the reply, and what is the engine's own book-keeping.
  const { parked_error: _parked, accounted_until: _accounted, covered: _covered, ...scheduler } = cursor ?? {};
  const text = scheduleText(record, facts);
  return {
    ...toWire(automation),
    ...standingOf(record, { facts, spent }),
    ...(text === undefined ? {} : { schedule_text: text }),
    ...(cursor === undefined
      ? {}
      : { scheduler: toWire(scheduler as Omit<typeof cursor, 'parked_error' | 'accounted_until' | 'covered'>) }),
    next_fires: toWire(comingFires(record, { ...facts, count: NEXT_FIRES })),
  };
}

/**
 * The next instants at which the job really fires: none while it is off, parked or spent. The cursor is the truth,
 * and it may stand beyond the schedule's next instant after a fire limit was reached.
 */
export function comingFires(
  record: AutomationRecord<Job>,
  p: { now: EpochMs; timezone: string; count: number },
): FirePreview[] {
  const { cursor, enabled } = record;
  if (!enabled || cursor?.next_run_at === undefined || cursor.parked_error !== undefined) return [];
  return calculatedFires(record, { ...p, from: Math.max(p.now, cursor.next_run_at - 1) });
}

/** What the schedule says, whatever the switch; nothing where it cannot be read. */
export function calculatedFires(
  record: AutomationRecord<Job>,
  p: { from: EpochMs; timezone: string; count: number },
): FirePreview[] {
  const { schedule } = record.automation;
  if (schedule === undefined) return [];
  const anchor = anchorOf(record);
  return unlessUnreadable(() => previewFires(schedule, { ...p, ...anchor })) ?? [];
}

function scheduleText(record: AutomationRecord<Job>, facts: JobViewFacts): string | undefined {
  const { schedule } = record.automation;
  if (schedule === undefined) return undefined;
  return unlessUnreadable(() => describeSchedule(schedule, { timezone: facts.timezone, ...anchorOf(record) }));
}

function anchorOf({ cursor }: AutomationRecord<Job>): { anchor?: EpochMs } {
  return cursor?.anchor_at === undefined ? {} : { anchor: cursor.anchor_at };
}

/** The zone that wall times of the job are meant in; the automation's where its schedule cannot be read. */
export function zoneNameOf({ automation }: AutomationRecord<Job>, timezone: string): string {
  const { schedule } = automation;
  return (schedule === undefined ? undefined : unlessUnreadable(() => zoneOf(schedule, timezone).id)) ?? timezone;
}

/** A stored schedule can go bad (a zone that vanished); the job is parked then, and showing it must still work. */
function unlessUnreadable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof ScheduleError) return undefined;
    throw error;
  }
}
