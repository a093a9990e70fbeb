/** The verbs that change jobs: create, update, delete, and the switch over those from files. */
import { AppError } from '../../errors/app-error.ts';
import { suggest } from '../../lib/suggest.ts';
import { isTrigger } from '../../model/automation.ts';
import { automationToWire, completeJob } from '../../model/definition.ts';
import { sortableId } from '../../model/identifiers.ts';
import { formatInstant, parseInstant } from '../../model/instant.ts';
import type { EpochMs } from '../../model/instant.ts';
import type { Job } from '../../model/job.ts';
import type { AutomationRecord } from '../../store/store.ts';
import type { AutomationCommands } from '../automation-commands.ts';
import type { CommandContext } from './command-context.ts';
import { jobOf } from './job-of.ts';
import { mergePatch } from './merge-patch.ts';
import { reportCanceled } from '../report-canceled.ts';

type DefinitionCommands = Pick<
  AutomationCommands,
  'createJob' | 'updateJob' | 'deleteJob' | 'setJobOverlay' | 'clearJobOverlay'
>;

export function definitionCommands(context: CommandContext): DefinitionCommands {
  return {
    async createJob(p) {
      const now = context.clock.now();
      const job = await complete(context, {
        written: p.written,
        id: sortableId('job', { now, random: context.randomBytes(10) }),
        now,
        createdAt: now,
      });
      refusePastInstant({ job, now });
      const { store, placeCursor } = context;
      const answer = await store.createAutomation({ now, automation: job, placeCursor });
      if (answer.outcome !== 'created') throw nameTaken(job);
      changed(context, { type: 'job.created', id: job.id, now });
      return jobRecord(answer.record);
    },

    async updateJob(p) {
      const now = context.clock.now();
      // Completed before the step, because looking a workspace up is a read of its own; the revision that was read is
      // what the step insists on, so a change in between is noticed and the patch made again.
      for (;;) {
        const current = await jobOf(context, p.id);
        if (current.automation.source !== 'dynamic') {
          throw new AppError('read_only_definition', { id: p.id, source: current.automation.source });
        }
        const {
          id: _id,
          source: _source,
          created_at: _created,
          updated_at: _updated,
          ...written
        } = automationToWire(current.automation);
        const job = await complete(context, {
          written: mergePatch(written, p.patch),
          id: p.id,
          now,
          createdAt: current.automation.created_at,
        });
        if (job.schedule?.time !== current.automation.schedule?.time) refusePastInstant({ job, now });
        const answer = await context.store.updateAutomation<never>({
          now,
          id: p.id,
          ifRevision: p.ifRevision ?? current.revision,
          change: () => ({ automation: job }),
          placeCursor: context.placeCursor,
        });
        switch (answer.outcome) {
          case 'updated':
            changed(context, { type: 'job.updated', id: p.id, now });
            return jobRecord(answer.record);
          case 'revision_mismatch':
            if (p.ifRevision === undefined) continue;
            throw new AppError('precondition_failed', { id: p.id, expected: p.ifRevision, actual: answer.revision });
          case 'not_found':
          case 'refused':
            throw new AppError('job_not_found', { id: p.id });
          case 'read_only':
            throw new AppError('read_only_definition', { id: p.id, source: current.automation.source });
          default:
            throw nameTaken(job);
        }
      }
    },

    async deleteJob(p) {
      const record = await jobOf(context, p.id);
      const now = context.clock.now();
      const answer = await context.store.deleteAutomation({
        now,
        id: p.id,
        actor: p.actor,
        ...(p.ifRevision === undefined ? {} : { ifRevision: p.ifRevision }),
      });
      switch (answer.outcome) {
        case 'deleted':
          await reportCanceled(context, answer.canceled_run_ids, now);
          changed(context, { type: 'job.deleted', id: p.id, now });
          return;
        case 'not_found':
          throw new AppError('job_not_found', { id: p.id });
        case 'read_only':
          throw new AppError('read_only_definition', { id: p.id, source: record.automation.source });
        case 'revision_mismatch':
          throw new AppError('precondition_failed', { id: p.id, expected: p.ifRevision ?? 0, actual: answer.revision });
      }
    },

    async setJobOverlay(p) {
      const record = await jobOf(context, p.id);
      const now = context.clock.now();
      const { store, placeCursor } = context;
      const answer = await store.setOverlay({ now, id: p.id, enabled_override: p.enabled, placeCursor });
      if (answer.outcome !== 'set') {
        throw answer.outcome === 'not_found'
          ? new AppError('job_not_found', { id: p.id })
          : new AppError('overlay_requires_config_source', { id: p.id, source: record.automation.source });
      }
      changed(context, { type: 'job.updated', id: p.id, now });
      return jobRecord(answer.record);
    },

    async clearJobOverlay(p) {
      await jobOf(context, p.id);
      const now = context.clock.now();
      const { store, placeCursor } = context;
      const answer = await store.clearOverlay({ now, id: p.id, placeCursor });
      if (answer.outcome !== 'cleared') {
        throw new AppError(answer.outcome === 'not_found' ? 'job_not_found' : 'job_overlay_not_found', { id: p.id });
      }
      changed(context, { type: 'job.updated', id: p.id, now });
      return jobRecord(answer.record);
    },
  };
}

async function complete(
  context: CommandContext,
  p: { written: unknown; id: string; now: EpochMs; createdAt: EpochMs },
): Promise<Job> {
  const completed = completeJob(await withWorkspaceId(context, p.written), {
    id: p.id,
    source: 'dynamic',
    now: p.now,
    createdAt: p.createdAt,
    defaults: context.defaults(),
  });
  if (!completed.ok) {
    throw new AppError(
      'validation_failed',
      { subject: 'job', problems: completed.problems.length },
      { problems: completed.problems },
    );
  }
  const job = completed.automation;
  if (job.task === undefined && context.agents.get(job.agent_name) === undefined) {
    const known = context.agents.list().map((agent) => agent.name);
    const suggestion = suggest(job.agent_name, known);
    throw new AppError('agent_unknown', {
      agent: job.agent_name,
      ...(suggestion === undefined ? {} : { suggestion }),
    });
  }
  return job;
}

/** People name a workspace by its name or folder; definitions hold its id. */
async function withWorkspaceId(context: CommandContext, written: unknown): Promise<unknown> {
  if (typeof written !== 'object' || written === null || !('workspace_id' in written)) return written;
  const ref = written.workspace_id;
  if (typeof ref !== 'string' || ref.trim() === '') return written;
  const workspace = await context.store.findWorkspace({ ref });
  if (workspace === undefined) throw new AppError('workspace_not_found', { workspace: ref });
  return { ...written, workspace_id: workspace.id };
}

function changed(
  context: CommandContext,
  p: { type: 'job.created' | 'job.updated' | 'job.deleted'; id: string; now: EpochMs },
): void {
  context.bus.report({ type: p.type, at: p.now, job_id: p.id });
  context.poke();
}

function refusePastInstant(p: { job: Job; now: EpochMs }): void {
  if (p.job.schedule?.mode !== 'at') return;
  const read = parseInstant(p.job.schedule.time ?? '');
  if (read.ok && read.epochMs <= p.now) {
    throw new AppError('at_in_past', { time: formatInstant(read.epochMs), now: formatInstant(p.now) });
  }
}

function nameTaken(job: Job): AppError {
  return new AppError('job_name_taken', {
    name: job.name,
    scope: job.scope,
    ...(job.workspace_id === undefined ? {} : { workspace_id: job.workspace_id }),
  });
}

function jobRecord(record: AutomationRecord): AutomationRecord<Job> {
  const { automation } = record;
  if (isTrigger(automation)) throw new AppError('job_not_found', { id: automation.id });
  return { ...record, automation };
}
