/**
 * The engine's verbs, implemented over the store port. Each validates what a person wrote, takes one durable step, and
 * pokes the loop; the steps themselves exclude one another, so nothing here needs a lock.
 */
import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { AgentRegistry } from '../../agents/agent-registry.ts';
import type { Clock } from '../../clock/clock.ts';
import { AppError } from '../../errors/app-error.ts';
import type { HappeningBus } from '../../events/happening.ts';
import { suggest } from '../../lib/suggest.ts';
import { automationToWire, completeJob } from '../../model/definition.ts';
import type { DefinitionDefaults } from '../../model/definition.ts';
import { overlapOf, priorityOf, queueTimeoutMsOf } from '../../model/effective.ts';
import { runIdFor, sortableId, workspaceIdFor } from '../../model/identifiers.ts';
import { formatInstant, parseInstant } from '../../model/instant.ts';
import type { EpochMs } from '../../model/instant.ts';
import { isTrigger } from '../../model/automation.ts';
import type { Automation } from '../../model/automation.ts';
import type { Job } from '../../model/job.ts';
import type { Run } from '../../model/run.ts';
import type { Workspace } from '../../model/workspace.ts';
import type {
  AcceptanceFacts,
  AutomationRecord,
  NewRun,
  PlaceCursor,
  RunCancellation,
  Store,
} from '../../store/store.ts';
import type { Actor, AutomationCommands } from '../automation-commands.ts';
import { earliestAcceptance } from '../fire-limit.ts';
import { isExclusive, resolveOverlap } from '../resolve-overlap.ts';
import { mergePatch } from './merge-patch.ts';

export interface CommandContext {
  store: Store;
  clock: Clock;
  bus: HappeningBus;
  agents: AgentRegistry;
  placeCursor: PlaceCursor;
  defaults(): DefinitionDefaults;
  randomBytes(count: number): Uint8Array;
  poke(): void;
}

export function createAutomationCommands(context: CommandContext): AutomationCommands {
  return new Commands(context);
}

class Commands implements AutomationCommands {
  readonly #context: CommandContext;

  constructor(context: CommandContext) {
    this.#context = context;
  }

  async createJob(p: { written: unknown; actor: Actor }): Promise<AutomationRecord<Job>> {
    const now = this.#context.clock.now();
    const job = await this.#complete({ written: p.written, id: this.#newId('job', now), now, createdAt: now });
    refusePastInstant({ job, now });
    const { store, placeCursor } = this.#context;
    const answer = await store.createAutomation({ now, automation: job, placeCursor });
    if (answer.outcome !== 'created') throw nameTaken(job);
    this.#changed({ type: 'job.created', id: job.id, now });
    return jobRecord(answer.record);
  }

  async updateJob(p: {
    id: string;
    patch: unknown;
    ifRevision?: number;
    actor: Actor;
  }): Promise<AutomationRecord<Job>> {
    const now = this.#context.clock.now();
    // Completed before the step, because looking a workspace up is a read of its own; the revision that was read is
    // what the step insists on, so a change in between is noticed and the patch made again.
    for (;;) {
      const current = await this.#job(p.id);
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
      const job = await this.#complete({
        written: mergePatch(written, p.patch),
        id: p.id,
        now,
        createdAt: current.automation.created_at,
      });
      if (job.schedule?.time !== current.automation.schedule?.time) refusePastInstant({ job, now });
      const answer = await this.#context.store.updateAutomation<never>({
        now,
        id: p.id,
        ifRevision: p.ifRevision ?? current.revision,
        change: () => ({ automation: job }),
        placeCursor: this.#context.placeCursor,
      });
      switch (answer.outcome) {
        case 'updated':
          this.#changed({ type: 'job.updated', id: p.id, now });
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
  }

  async deleteJob(p: { id: string; ifRevision?: number; actor: Actor }): Promise<void> {
    const record = await this.#job(p.id);
    const now = this.#context.clock.now();
    const answer = await this.#context.store.deleteAutomation({
      now,
      id: p.id,
      actor: p.actor,
      ...(p.ifRevision === undefined ? {} : { ifRevision: p.ifRevision }),
    });
    switch (answer.outcome) {
      case 'deleted':
        await this.#reportCanceled(answer.canceled_run_ids, now);
        this.#changed({ type: 'job.deleted', id: p.id, now });
        return;
      case 'not_found':
        throw new AppError('job_not_found', { id: p.id });
      case 'read_only':
        throw new AppError('read_only_definition', { id: p.id, source: record.automation.source });
      case 'revision_mismatch':
        throw new AppError('precondition_failed', { id: p.id, expected: p.ifRevision ?? 0, actual: answer.revision });
    }
  }

  async setJobOverlay(p: { id: string; enabled: boolean; actor: Actor }): Promise<AutomationRecord<Job>> {
    const record = await this.#job(p.id);
    const now = this.#context.clock.now();
    const { store, placeCursor } = this.#context;
    const answer = await store.setOverlay({ now, id: p.id, enabled_override: p.enabled, placeCursor });
    if (answer.outcome !== 'set') {
      throw answer.outcome === 'not_found'
        ? new AppError('job_not_found', { id: p.id })
        : new AppError('overlay_requires_config_source', { id: p.id, source: record.automation.source });
    }
    this.#changed({ type: 'job.updated', id: p.id, now });
    return jobRecord(answer.record);
  }

  async clearJobOverlay(p: { id: string; actor: Actor }): Promise<AutomationRecord<Job>> {
    await this.#job(p.id);
    const now = this.#context.clock.now();
    const { store, placeCursor } = this.#context;
    const answer = await store.clearOverlay({ now, id: p.id, placeCursor });
    if (answer.outcome !== 'cleared') {
      throw new AppError(answer.outcome === 'not_found' ? 'job_not_found' : 'job_overlay_not_found', { id: p.id });
    }
    this.#changed({ type: 'job.updated', id: p.id, now });
    return jobRecord(answer.record);
  }

  async runJobNow(p: { id: string; prompt?: string; actor: Actor }): Promise<Run> {
    await this.#job(p.id);
    const now = this.#context.clock.now();
    const fireId = this.#newId('fire', now);
    const answer = await this.#context.store.acceptRuns({
      now,
      automation_id: p.id,
      decide: ({ record, facts }) => decideManualRun({ ...p, automation: record.automation, facts, fireId, now }),
    });
    if (answer.outcome === 'not_found') throw new AppError('job_not_found', { id: p.id });
    if (answer.outcome === 'refused') throw new AppError('fire_limit_reached', answer.refusal);
    await this.#reportCanceled(answer.canceled_run_ids, now);
    for (const run of answer.runs) this.#context.bus.report({ type: 'run.created', at: now, run });
    this.#context.poke();
    const [run] = answer.runs;
    if (run === undefined) throw new AppError('run_already_exists', { id: runIdFor({ fire_id: fireId, attempt: 1 }) });
    return run;
  }

  async cancelRun(p: { id: string; actor: Actor }): Promise<Run> {
    const now = this.#context.clock.now();
    const answer = await this.#context.store.cancelRun({
      now,
      run_id: p.id,
      reason: 'user',
      error: `canceled by ${p.actor}`,
      actor: p.actor,
    });
    if (answer.outcome === 'not_found') throw new AppError('run_not_found', { id: p.id });
    if (answer.outcome === 'canceled') {
      this.#context.bus.report({ type: 'run.finished', at: now, run: answer.run, will_retry: false });
    }
    this.#context.poke();
    return answer.run;
  }

  async registerWorkspace(p: { path: string; name?: string; trusted?: boolean; actor: Actor }): Promise<Workspace> {
    const folder = await realpath(path.resolve(p.path)).catch(() => undefined);
    if (folder === undefined || !(await stat(folder)).isDirectory())
      throw new AppError('folder_not_found', { path: p.path });
    const now = this.#context.clock.now();
    const name = p.name ?? path.basename(folder);
    const answer = await this.#context.store.putWorkspace({
      now,
      workspace: {
        id: workspaceIdFor({ path: folder }),
        name,
        path: folder,
        trusted: p.trusted ?? false,
        created_at: now,
      },
    });
    if (answer.outcome === 'workspace_name_taken') throw new AppError('workspace_name_taken', { name, path: folder });
    return answer.workspace;
  }

  async #job(id: string): Promise<AutomationRecord<Job>> {
    const record = await this.#context.store.getJob({ id });
    if (record === undefined) throw new AppError('job_not_found', { id });
    return record;
  }

  async #complete(p: { written: unknown; id: string; now: EpochMs; createdAt: EpochMs }): Promise<Job> {
    const completed = completeJob(await this.#withWorkspaceId(p.written), {
      id: p.id,
      source: 'dynamic',
      now: p.now,
      createdAt: p.createdAt,
      defaults: this.#context.defaults(),
    });
    if (!completed.ok) {
      throw new AppError(
        'validation_failed',
        { subject: 'job', problems: completed.problems.length },
        { problems: completed.problems },
      );
    }
    const job = completed.automation;
    if (job.task === undefined && this.#context.agents.get(job.agent_name) === undefined) {
      const known = this.#context.agents.list().map((agent) => agent.name);
      const suggestion = suggest(job.agent_name, known);
      throw new AppError('agent_unknown', {
        agent: job.agent_name,
        ...(suggestion === undefined ? {} : { suggestion }),
      });
    }
    return job;
  }

  /** People name a workspace by its name or folder; definitions hold its id. */
  async #withWorkspaceId(written: unknown): Promise<unknown> {
    if (typeof written !== 'object' || written === null || !('workspace_id' in written)) return written;
    const ref = written.workspace_id;
    if (typeof ref !== 'string' || ref.trim() === '') return written;
    const workspace = await this.#context.store.findWorkspace({ ref });
    if (workspace === undefined) throw new AppError('workspace_not_found', { workspace: ref });
    return { ...written, workspace_id: workspace.id };
  }

  #newId(kind: 'job' | 'fire', now: EpochMs): string {
    return sortableId(kind, { now, random: this.#context.randomBytes(10) });
  }

  #changed(p: { type: 'job.created' | 'job.updated' | 'job.deleted'; id: string; now: EpochMs }): void {
    this.#context.bus.report({ type: p.type, at: p.now, job_id: p.id });
    this.#context.poke();
  }

  async #reportCanceled(ids: readonly string[], now: EpochMs): Promise<void> {
    for (const id of ids) {
      const run = await this.#context.store.getRun({ id });
      if (run !== undefined) this.#context.bus.report({ type: 'run.finished', at: now, run, will_retry: false });
    }
  }
}

interface LimitReached {
  id: string;
  max: number;
  window: string;
  possible_at: string;
}

/** A run by hand keeps the overlap policy and the fire limit; over the limit it is refused, because somebody waits. */
function decideManualRun(p: {
  automation: Automation;
  facts: AcceptanceFacts;
  fireId: string;
  prompt?: string;
  actor: Actor;
  now: EpochMs;
}): { runs: NewRun[]; cancellations: RunCancellation[] } | { refuse: LimitReached } {
  const { automation, facts, fireId, now } = p;
  const policy = overlapOf(automation);
  const queueTimeoutMs = queueTimeoutMsOf(automation);
  const row: NewRun = {
    id: runIdFor({ fire_id: fireId, attempt: 1 }),
    fire_id: fireId,
    attempt: 1,
    kind: 'manual',
    status: 'scheduled',
    available_at: now,
    accepted_at: now,
    priority: priorityOf(automation),
    exclusive: isExclusive(policy),
    catch_up: false,
    actor: p.actor,
    ...(p.prompt === undefined ? {} : { prompt: p.prompt }),
  };
  const verdict = resolveOverlap({ policy, unfinished: facts.unfinished, newRunId: row.id });
  if (!verdict.accept) {
    return { runs: [{ ...row, status: 'canceled', reason: 'overlap', error: verdict.error }], cancellations: [] };
  }
  const possibleAt = earliestAcceptance({ limit: automation.fire_limit, accepted: facts.accepted, at: now });
  if (possibleAt > now) {
    const { max, window } = automation.fire_limit;
    return { refuse: { id: automation.id, max, window, possible_at: formatInstant(possibleAt) } };
  }
  const expiry = queueTimeoutMs === null ? {} : { expires_at: now + queueTimeoutMs };
  return { runs: [{ ...row, ...expiry }], cancellations: verdict.cancellations };
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
