/** The verbs about runs: now, once more, no more, and what their agents ask. */
import type { PermissionAnswer } from '../../agents/agent-driver.ts';
import { answerPermission as answerOf } from '../../agents/permission.ts';
import { AppError } from '../../errors/app-error.ts';
import type { Automation } from '../../model/automation.ts';
import { overlapOf, priorityOf, queueTimeoutMsOf } from '../../model/effective.ts';
import { runIdFor, sortableId } from '../../model/identifiers.ts';
import { formatInstant } from '../../model/instant.ts';
import type { EpochMs } from '../../model/instant.ts';
import type { Run } from '../../model/run.ts';
import { isFinished } from '../../model/run.ts';
import { isTaskOpen } from '../../model/task.ts';
import type { AcceptanceFacts, NewRun, RunCancellation } from '../../store/acceptance.ts';
import type { Actor, AutomationCommands } from '../automation-commands.ts';
import type { PendingPermission } from '../pending-permission.ts';
import { dailySince } from '../budget.ts';
import { earliestAcceptance } from '../fire-limit.ts';
import { isExclusive, resolveOverlap } from '../resolve-overlap.ts';
import type { CommandContext } from './command-context.ts';
import { jobOf } from './job-of.ts';
import { reportCanceled } from '../report-canceled.ts';

type RunCommands = Pick<AutomationCommands, 'runJobNow' | 'cancelRun' | 'retryRun' | 'answerPermission'>;

export function runCommands(context: CommandContext): RunCommands {
  return {
    async runJobNow(p) {
      await jobOf(context, p.id);
      return acceptManualRun(context, p);
    },

    async cancelRun(p) {
      const now = context.clock.now();
      const answer = await context.store.cancelRun({
        now,
        run_id: p.id,
        reason: 'user',
        error: `canceled by ${p.actor}`,
        actor: p.actor,
      });
      if (answer.outcome === 'not_found') throw new AppError('run_not_found', { id: p.id });
      if (answer.outcome === 'canceled') {
        context.bus.report({ type: 'run.finished', at: now, run: answer.run, will_retry: false });
      }
      if (answer.run.status === 'delegated') await cancelItsTask(context, { run: answer.run, actor: p.actor, now });
      context.poke();
      return answer.run;
    },

    async retryRun(p) {
      const run = await runOf(context, p.id);
      if (!isFinished(run.status) || (await hasOpenTask(context, run)))
        throw new AppError('run_not_finished', { id: p.id, status: run.status });
      const now = context.clock.now();
      const automationId = run.job_id ?? run.trigger_id ?? '';
      const fireId = run.fire_id ?? run.id;
      const attempts = await context.store.listRuns({ query: { fire_id: fireId, limit: 500 } });
      const last = attempts.items.reduce((newest, each) => (each.attempt > newest.attempt ? each : newest), run);
      if (!isFinished(last.status) || (await hasOpenTask(context, last)))
        throw new AppError('run_not_finished', { id: last.id, status: last.status });
      const answer = await context.store.acceptRuns({
        now,
        automation_id: automationId,
        daily_since: null,
        decide: ({ record, facts }) =>
          decideRetry({ last, fireId, automation: record.automation, facts, actor: p.actor, now }),
      });
      if (answer.outcome === 'not_found') throw new AppError('job_not_found', { id: automationId });
      if (answer.outcome === 'refused') throw new AppError('fire_limit_reached', answer.refusal);
      const [retry] = answer.runs;
      if (retry === undefined) throw new AppError('run_already_exists', { id: answer.existing[0]?.id ?? p.id });
      context.bus.report({ type: 'run.created', at: now, run: retry });
      context.poke();
      return retry;
    },

    async answerPermission(p) {
      const run = await runOf(context, p.id);
      const pending = context.permissionOf({ runId: p.id });
      const isAnswered = pending === undefined ? await answerElsewhere(context, { ...p, run }) : answerHere(pending, p);
      if (!isAnswered) throw new AppError('permission_not_pending', { id: p.id });
      context.bus.report({ type: 'permission.answered', at: context.clock.now(), run_id: p.id, by: p.actor });
      const { permission: _answered, ...rest } = run;
      return rest;
    },
  };
}

interface Answering {
  answer: { decision: 'allow' | 'deny' } | { option_id: string };
  actor: Actor;
}

function answerHere(pending: PendingPermission, p: Answering): boolean {
  if (!pending.isOpen) return false;
  return pending.answer({ answer: chosenAnswer({ ...p, offered: pending.options }), actor: p.actor });
}

/** The run executes on another node, which finds the answer in the store and is woken for it. */
async function answerElsewhere(context: CommandContext, p: Answering & { run: Run }): Promise<boolean> {
  const { id, permission } = p.run;
  if (permission === undefined) return false;
  const answer = chosenAnswer({ ...p, offered: permission.options });
  const option = answer.outcome === 'selected' ? { option_id: answer.option_id } : {};
  const reply = { asked_at: permission.asked_at, ...option, by: p.actor };
  const { outcome } = await context.store.answerPermission({ run_id: id, reply });
  context.poke();
  return outcome === 'kept';
}

/** Accepts a run that somebody asked for by hand, of a job or of a trigger, and says so. */
export async function acceptManualRun(
  context: CommandContext,
  p: { id: string; prompt?: string; event?: { id: string; depth: number }; actor: Actor },
): Promise<Run> {
  const now = context.clock.now();
  const fireId = sortableId('fire', { now, random: context.randomBytes(10) });
  const answer = await context.store.acceptRuns({
    now,
    automation_id: p.id,
    daily_since: dailySince({ daily: context.daily(), now }),
    decide: ({ record, facts }) => decideManualRun({ ...p, automation: record.automation, facts, fireId, now }),
  });
  if (answer.outcome === 'not_found') {
    throw new AppError(p.event === undefined ? 'job_not_found' : 'trigger_not_found', { id: p.id });
  }
  if (answer.outcome === 'refused') throw new AppError('fire_limit_reached', answer.refusal);
  await reportCanceled(context, answer.canceled_run_ids, now);
  for (const run of answer.runs) context.bus.report({ type: 'run.created', at: now, run });
  context.poke();
  const [run] = answer.runs;
  if (run === undefined) throw new AppError('run_already_exists', { id: runIdFor({ fire_id: fireId, attempt: 1 }) });
  return run;
}

async function runOf(context: CommandContext, id: string): Promise<Run> {
  const run = await context.store.getRun({ id });
  if (run === undefined) throw new AppError('run_not_found', { id });
  return run;
}

/** The row of a delegated run says no more; what there is to end is its task. */
async function cancelItsTask(context: CommandContext, p: { run: Run; actor: Actor; now: EpochMs }): Promise<void> {
  const { run, actor: by, now } = p;
  if (run.task_id === undefined) return;
  const answer = await context.store.cancelTask({ now, id: run.task_id, error: `canceled by ${by}`, by });
  if (answer.outcome === 'canceled') context.bus.report({ type: 'task.finished', at: now, task: answer.task });
}

async function hasOpenTask(context: CommandContext, run: Run): Promise<boolean> {
  const task = run.task_id === undefined ? undefined : await context.store.getTask({ id: run.task_id });
  return task !== undefined && isTaskOpen(task.status);
}

function chosenAnswer(p: {
  answer: { decision: 'allow' | 'deny' } | { option_id: string };
  offered: Parameters<typeof answerOf>[0]['options'];
}): PermissionAnswer {
  if ('decision' in p.answer) return answerOf({ decision: p.answer.decision, options: p.offered });
  const { option_id } = p.answer;
  if (p.offered.some((option) => option.option_id === option_id)) return { outcome: 'selected', option_id };
  const known = p.offered.map((option) => option.option_id).join(', ');
  throw new AppError(
    'validation_failed',
    { subject: 'answer', problems: 1 },
    {
      problems: [
        {
          path: 'option_id',
          code: 'unknown_value',
          message: `The agent offers ${known}; choose one of these.`,
          value: option_id,
        },
      ],
    },
  );
}

/** A person asks for one more attempt: at once, and over the limit refused rather than deferred, because somebody waits. */
function decideRetry(p: {
  last: Run;
  fireId: string;
  automation: Automation;
  facts: AcceptanceFacts;
  actor: Actor;
  now: EpochMs;
}): { runs: NewRun[]; cancellations: RunCancellation[] } | { refuse: LimitReached } {
  const { last, automation, now } = p;
  const refused = limitReached(p);
  if (refused !== undefined) return { refuse: refused };
  const attempt = last.attempt + 1;
  const row: NewRun = {
    id: runIdFor({ fire_id: p.fireId, attempt }),
    fire_id: p.fireId,
    attempt,
    kind: last.kind,
    status: 'scheduled',
    available_at: now,
    accepted_at: now,
    priority: priorityOf(automation),
    exclusive: isExclusive(overlapOf(automation)),
    catch_up: false,
    actor: p.actor,
    ...(last.scheduled_at === undefined ? {} : { scheduled_at: last.scheduled_at }),
    ...(last.event_id === undefined ? {} : { event_id: last.event_id }),
    ...(last.depth === undefined ? {} : { depth: last.depth }),
    ...(last.kind === 'schedule' || last.event_id !== undefined || last.prompt === undefined
      ? {}
      : { prompt: last.prompt }),
  };
  return { runs: [row], cancellations: [] };
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
  event?: { id: string; depth: number };
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
    ...(p.event === undefined ? {} : { event_id: p.event.id, depth: p.event.depth }),
  };
  const verdict = resolveOverlap({ policy, unfinished: facts.unfinished, newRunId: row.id });
  if (!verdict.accept) {
    return { runs: [{ ...row, status: 'canceled', reason: 'overlap', error: verdict.error }], cancellations: [] };
  }
  const refused = limitReached(p);
  if (refused !== undefined) return { refuse: refused };
  const expiry = queueTimeoutMs === null ? {} : { expires_at: now + queueTimeoutMs };
  return { runs: [{ ...row, ...expiry }], cancellations: verdict.cancellations };
}

function limitReached(p: { automation: Automation; facts: AcceptanceFacts; now: EpochMs }): LimitReached | undefined {
  const { fire_limit: limit, id } = p.automation;
  const possibleAt = earliestAcceptance({ limit, accepted: p.facts.accepted, at: p.now });
  return possibleAt > p.now
    ? { id, max: limit.max, window: limit.window, possible_at: formatInstant(possibleAt) }
    : undefined;
}
