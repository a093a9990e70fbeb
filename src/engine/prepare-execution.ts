/**
 * What stands between a claim and the start of an agent: is there such an agent, a folder to work in, a prompt, an
 * environment, and money left. Whatever is missing becomes the run's result; nothing has been started by then.
 */
import { PROCESS_TOKEN_VARIABLE } from '../agents/agent-driver.ts';
import { AppError } from '../errors/app-error.ts';
import type { AgentDefinition } from '../model/agent.ts';
import { isTrigger } from '../model/automation.ts';
import type { Automation } from '../model/automation.ts';
import { budgetOf, sessionOf } from '../model/effective.ts';
import { formatInstant } from '../model/instant.ts';
import type { ContinuedSession } from '../store/session-list.ts';
import type { ClaimedRun, RunResult } from '../store/run-store.ts';
import { dailySince, exhaustedBudget, NO_SPENDING } from './budget.ts';
import { decideContinuation } from './decide-continuation.ts';
import type { EngineContext } from './engine-context.ts';
import type { ExecutionContext } from './execution-context.ts';
import { runPrompt } from './run-prompt.ts';
import type { RunPrompt } from './run-prompt.ts';
import { enterWorkplace } from './workplace.ts';

export interface Prepared extends RunPrompt {
  agent: AgentDefinition;
  cwd: string;
  env: Record<string, string>;
  /** The conversation that this run goes on with. */
  resumed?: ContinuedSession;
  /** For the transcript, before anything is said. */
  notices: string[];
  /** Gives the working folder back; a sentence where something is left in it. */
  leave(): Promise<string | undefined>;
}

/** Trouble of the store, which passes: the run waits for it instead of failing by it. */
const PASSING: ReadonlySet<unknown> = new Set(['disk_full', 'store_unavailable']);

/** Rejects while the store cannot be read; whatever else is wrong is a result. */
export async function prepareExecution(context: ExecutionContext, claimed: ClaimedRun): Promise<Prepared | RunResult> {
  try {
    return await prepare(context, claimed);
  } catch (error) {
    if (error instanceof AppError && PASSING.has(error.code)) throw error;
    return unavailable(error);
  }
}

async function prepare(context: ExecutionContext, claimed: ClaimedRun): Promise<Prepared | RunResult> {
  const { automation, run } = claimed;
  const agent = context.agents.get(automation.agent_name);
  if (agent === undefined) return unavailable(new AppError('agent_unknown', { agent: automation.agent_name }));
  if (context.drivers[agent.type] === undefined) {
    return unavailable(`agents of type ${agent.type} cannot be started by this version of Rouse`);
  }
  const told = await runPrompt(context.store, claimed);
  if ('status' in told) return told;
  // Looked at again: a run may have waited for hours since it was accepted.
  const exhausted = await exhaustedNow(context, automation);
  if (exhausted !== undefined) return { status: 'canceled', reason: 'budget', error: exhausted };
  const own = await context.environmentOf({ agent, runId: run.id });
  const workplace = await enterWorkplace(context, { automation, agent, runId: run.id });
  const { cwd } = workplace;
  const continuation = decideContinuation({
    automation,
    kept:
      sessionOf(automation).mode === 'new'
        ? undefined
        : await context.store.findContinuedSession({ automation_id: automation.id }),
    agentName: agent.name,
    cwd,
    now: context.clock.now(),
  });
  return {
    agent,
    cwd,
    ...told,
    env: { ...own, ...variables(claimed, cwd) },
    notices: continuation.resume === undefined && continuation.notice !== undefined ? [continuation.notice] : [],
    ...(continuation.resume === undefined ? {} : { resumed: continuation.resume }),
    leave: () => workplace.leave(),
  };
}

/**
 * Which budget of the automation or the day is used up right now, in a sentence. The window is half open, as everywhere:
 * what ended exactly a window ago is out of it.
 */
export async function exhaustedNow(context: EngineContext, automation: Automation): Promise<string | undefined> {
  const now = context.clock.now();
  const { daily } = context.settings();
  const budget = budgetOf(automation);
  const since = dailySince({ daily, now });
  const hasOwn = budget.tokens !== null || budget.costUsd !== null;
  if (!hasOwn && since === null) return undefined;
  const exhausted = exhaustedBudget({
    automation,
    daily,
    spent: hasOwn
      ? await context.store.readSpending({ automation_id: automation.id, since: now - budget.windowMs + 1 })
      : NO_SPENDING,
    spentToday: since === null ? NO_SPENDING : await context.store.readSpending({ since }),
  });
  return exhausted?.sentence;
}

/** What an agent finds in its environment besides its own; the names are listed in the configuration reference. */
function variables(claimed: ClaimedRun, cwd: string): Record<string, string> {
  const { run, automation, token } = claimed;
  return {
    ROUSE_RUN_ID: run.id,
    [isTrigger(automation) ? 'ROUSE_TRIGGER_ID' : 'ROUSE_JOB_ID']: automation.id,
    ROUSE_AUTOMATION: automation.name,
    ROUSE_ATTEMPT: String(run.attempt),
    ...(run.fire_id === undefined ? {} : { ROUSE_FIRE_ID: run.fire_id }),
    ...(run.scheduled_at === undefined ? {} : { ROUSE_SCHEDULED_AT: formatInstant(run.scheduled_at) }),
    ...(automation.workspace_id === undefined ? {} : { ROUSE_WORKSPACE: cwd }),
    ...(run.event_id === undefined ? {} : { ROUSE_EVENT_ID: run.event_id }),
    [PROCESS_TOKEN_VARIABLE]: token,
  };
}

function unavailable(cause: unknown): RunResult {
  return { status: 'failed', reason: 'agent_unavailable', error: textOf(cause) };
}

function textOf(cause: unknown): string {
  if (cause instanceof AppError) return `${cause.detail} ${cause.hint}`;
  return cause instanceof Error ? cause.message : String(cause);
}
