/** What differs between jobs and triggers where they are written; the verbs themselves are the same. */
import { AppError } from '../../errors/app-error.ts';
import type { Happening } from '../../events/happening.ts';
import type { Automation } from '../../model/automation.ts';
import type { Completion, DefinitionContext } from '../../model/definition.ts';
import { completeJob, completeTrigger } from '../../model/definition.ts';
import type { EpochMs } from '../../model/instant.ts';
import { formatInstant, parseInstant } from '../../model/instant.ts';
import type { Job } from '../../model/job.ts';
import type { Trigger } from '../../model/trigger.ts';
import type { Store } from '../../store/store.ts';
import type { AutomationRecord } from '../../store/definition-store.ts';

export interface DefinitionKind<A extends Automation> {
  noun: 'job' | 'trigger';
  notFound: 'job_not_found' | 'trigger_not_found';
  overlayNotFound: 'job_overlay_not_found' | 'trigger_overlay_not_found';
  complete(written: unknown, context: DefinitionContext): Completion<A>;
  find(store: Store, id: string): Promise<AutomationRecord<A> | undefined>;
  /** Throws where writing it now makes no sense, although it is valid. */
  refuseNew(p: { automation: A; previous: A | undefined; now: EpochMs }): void;
  needsAgent(automation: A): boolean;
  happening(p: { what: 'created' | 'updated' | 'deleted'; id: string; now: EpochMs }): Happening;
}

export const jobKind: DefinitionKind<Job> = {
  noun: 'job',
  notFound: 'job_not_found',
  overlayNotFound: 'job_overlay_not_found',
  complete: completeJob,
  find: (store, id) => store.getJob({ id }),
  refuseNew({ automation, previous, now }) {
    const { schedule } = automation;
    if (schedule?.mode !== 'at' || schedule.time === previous?.schedule?.time) return;
    const read = parseInstant(schedule.time ?? '');
    if (read.ok && read.epochMs <= now) {
      throw new AppError('at_in_past', { time: formatInstant(read.epochMs), now: formatInstant(now) });
    }
  },
  // A job that hands its work over as a task prompts nobody.
  needsAgent: (job) => job.task === undefined,
  happening: ({ what, id, now }) => ({ type: `job.${what}`, at: now, job_id: id }),
};

export const triggerKind: DefinitionKind<Trigger> = {
  noun: 'trigger',
  notFound: 'trigger_not_found',
  overlayNotFound: 'trigger_overlay_not_found',
  complete: completeTrigger,
  find: (store, id) => store.getTrigger({ id }),
  refuseNew: () => {},
  needsAgent: () => true,
  happening: ({ what, id, now }) => ({ type: `trigger.${what}`, at: now, trigger_id: id }),
};
