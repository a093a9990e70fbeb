/** The verbs about instants: why something ran or did not, what was missed, what is to come. */
import { AppError } from '../../errors/app-error.ts';
import { backfillFireIdFor, runIdFor } from '../../model/identifiers.ts';
import { formatInstant } from '../../model/instant.ts';
import type { EpochMs } from '../../model/instant.ts';
import type { Job } from '../../model/job.ts';
import type { CompiledSchedule } from '../../model/schedule/next-fires.ts';
import type { AutomationRecord } from '../../store/definition-store.ts';
import type { AutomationCommands, BackfillInstant } from '../automation-commands.ts';
import { BACKFILL_MAX, decideBackfill } from '../decide-backfill.ts';
import { explainInstant } from '../explain-instant.ts';
import { scheduleOf } from '../place-cursor.ts';
import type { CommandContext } from './command-context.ts';
import { jobOf } from './job-of.ts';

type InstantCommands = Pick<AutomationCommands, 'backfillJob' | 'explainJob' | 'simulate'>;

/** Changes of one definition that an explanation looks back on. */
const CHANGES_MAX = 1000;
const DAYS_MAX = 31;

export function instantCommands(context: CommandContext): InstantCommands {
  return {
    async backfillJob(p) {
      const now = context.clock.now();
      const record = await jobOf(context, p.id);
      const schedule = scheduleOrNothing({ job: record.automation, record, now, timezone: context.timezone() });
      if (schedule === undefined) {
        const reason = record.cursor?.parked_error ?? 'its schedule cannot be read';
        throw invalid({ path: 'schedule', message: `The job has no instants: ${reason}. Mend its schedule first.` });
      }
      // The anchor of a grid is where it begins, not a time at which anything was due.
      const anchorAt = record.automation.schedule?.mode === 'every' ? record.cursor?.anchor_at : undefined;
      const all = instantsOf({ schedule, from: p.from, to: p.to, now }).filter((at) => at !== anchorAt);
      const instants: BackfillInstant[] = [];
      for (const at of all) instants.push({ at, state: await stateOf({ context, record, at }) });
      const wanted = instants.filter((instant) => instant.state === 'new').map((instant) => instant.at);
      if (p.dryRun || wanted.length === 0) return { instants, runs: [] };
      const answer = await context.store.acceptRuns<never>({
        now,
        automation_id: p.id,
        daily_since: null,
        decide: ({ record: current, facts }) => ({
          runs: decideBackfill({ automation: current.automation, instants: wanted, facts, actor: p.actor, now }),
          cancellations: [],
        }),
      });
      if (answer.outcome !== 'accepted') throw new AppError('job_not_found', { id: p.id });
      for (const run of answer.runs) context.bus.report({ type: 'run.created', at: now, run });
      context.poke();
      return { instants, runs: answer.runs };
    },

    async explainJob(p) {
      const now = context.clock.now();
      const record = await jobOf(context, p.id);
      const [changes, runs] = await Promise.all([
        context.store.listAutomationChanges({ automation_id: p.id, until: p.at, limit: CHANGES_MAX }),
        context.store.findInstantRuns({ job_id: p.id, scheduled_at: p.at }),
      ]);
      const pause = context.pauseSwitch.state();
      const explained = explainInstant({
        record,
        at: p.at,
        now,
        changes,
        runs,
        scheduleOf: (job) => scheduleOrNothing({ job, record, now, timezone: context.timezone() }),
      });
      if (!pause.paused || (explained.outcome !== 'upcoming' && explained.outcome !== 'pending')) return explained;
      const since = formatInstant(pause.since ?? now);
      const sentence = `Will not run at ${formatInstant(p.at)} while everything is paused (since ${since}, by ${pause.by ?? 'somebody'}).`;
      return { ...explained, outcome: 'paused', sentence };
    },

    async simulate(p) {
      if (!Number.isInteger(p.days) || p.days < 1 || p.days > DAYS_MAX) {
        throw invalid({ path: 'days', message: `Write a number of days from 1 to ${DAYS_MAX}.`, value: p.days });
      }
      return context.simulate(p);
    },
  };
}

function instantsOf(p: { schedule: CompiledSchedule; from: EpochMs; to: EpochMs; now: EpochMs }): EpochMs[] {
  if (p.from > p.to) throw invalid({ path: 'to', message: 'The range ends before it begins; swap the two.' });
  if (p.to > p.now) {
    throw invalid({
      path: 'to',
      message: `The range ends in the future (now is ${formatInstant(p.now)}); instants to come fire by themselves.`,
    });
  }
  const count = p.schedule.count(p.from - 1, p.to);
  if (count > BACKFILL_MAX) {
    throw invalid({
      path: 'from',
      message: `The range holds ${count} instants; ask for at most ${BACKFILL_MAX} at once.`,
    });
  }
  return p.schedule.between(p.from - 1, p.to, BACKFILL_MAX);
}

async function stateOf(p: {
  context: CommandContext;
  record: AutomationRecord<Job>;
  at: EpochMs;
}): Promise<BackfillInstant['state']> {
  const { store } = p.context;
  const fireId = backfillFireIdFor({ job_id: p.record.automation.id, scheduled_at: p.at });
  const backfilled = await store.getRun({ id: runIdFor({ fire_id: fireId, attempt: 1 }) });
  if (backfilled !== undefined) return 'exists';
  const runs = await store.findInstantRuns({ job_id: p.record.automation.id, scheduled_at: p.at });
  return runs.some((run) => run.status === 'completed') ? 'ran' : 'new';
}

function scheduleOrNothing(p: {
  job: Job;
  record: AutomationRecord<Job>;
  now: EpochMs;
  timezone: string;
}): CompiledSchedule | undefined {
  try {
    return scheduleOf({ job: p.job, anchorAt: p.record.cursor?.anchor_at ?? p.now, timezone: p.timezone });
  } catch {
    // A definition that cannot be scheduled has no instants; the explanation says why it is parked.
    return undefined;
  }
}

function invalid(p: { path: string; message: string; value?: unknown }): AppError {
  return new AppError(
    'validation_failed',
    { subject: 'request', problems: 1 },
    { problems: [{ code: 'out_of_range', ...p }] },
  );
}
