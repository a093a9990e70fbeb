/**
 * The hooks that a run waits for. They run one after the other, in the order of the files; each sees the prompt that the
 * one before it left. The first that cancels ends it: the run is `canceled` with reason `hook`, and no agent was started.
 *
 * A gate that fails (it cannot be run, takes too long, says what is no answer) fails the run with reason `hook`: whoever
 * put a gate there does not want to find out that it stood open. Its retry policy decides what follows.
 */
import type { HookDefinition } from '../config/hook-entry.ts';
import type { PreFire, PreFireAnswer } from '../engine/pre-fire-gate.ts';
import type { HappeningBus } from '../events/happening.ts';
import type { HookCall, HookEvent } from '../model/hook.ts';
import { hookCallIdFor } from '../model/identifiers.ts';
import type { HookStore } from '../store/hook-store.ts';
import { matchesHook } from './decide-hook-calls.ts';
import { hookCalled } from './hook-called.ts';
import { readHookAnswer } from './hook-answer.ts';
import type { CompletedHook } from './hook-event.ts';
import type { HookResult } from './hook-result.ts';
import type { HookRunner } from './hook-runner.ts';

export interface HookGateDeps {
  runner: HookRunner;
  store: Pick<HookStore, 'recordHookCall'>;
  hooks: () => readonly HookDefinition[];
  bus: HappeningBus;
  /** It did what it was asked. */
  onCompleted: (p: CompletedHook) => Promise<void>;
}

export function createHookGate(deps: HookGateDeps): PreFire {
  return async (p) => {
    const { claimed, signal } = p;
    const { automation, run, token } = claimed;
    const event: HookEvent = run.job_id === undefined ? 'automation.trigger.pre_fire' : 'automation.job.pre_fire';
    const subject = {
      agent_name: automation.agent_name,
      automation: automation.name,
      ...(automation.workspace_id === undefined ? {} : { workspace_id: automation.workspace_id }),
    };
    const gates = deps.hooks().filter((hook) => hook.events.includes(event) && matchesHook(hook, subject));
    let { prompt } = p;
    for (const hook of gates) {
      const id = hookCallIdFor({ hook: hook.name, event, event_id: `${run.id} ${token}` });
      const result = await deps.runner.run({ hook, id, event, data: gateData(p, prompt), token, signal });
      if (signal.aborted) return { prompt };
      const answer = judged(hook, result);
      await record(deps, { hook, event, id, p, result, answer });
      if ('status' in answer) return answer;
      prompt = answer.prompt ?? prompt;
    }
    return { prompt };
  };
}

type Judged = { prompt?: string } | Extract<PreFireAnswer, { status: unknown }>;

function judged(hook: HookDefinition, result: HookResult): Judged {
  const failed = (problem: string): Judged => ({
    status: 'failed',
    reason: 'hook',
    error: `the hook ${hook.name} failed, and nothing is started past a gate that fails: ${problem}`,
  });
  if (!result.ok) return failed(result.detail);
  const answer = readHookAnswer(result.answer);
  if (!answer.ok) return failed(answer.problem);
  if (answer.cancel === undefined) return answer.prompt === undefined ? {} : { prompt: answer.prompt };
  const said = answer.cancel.reason === '' ? '' : `: ${answer.cancel.reason}`;
  return { status: 'canceled', reason: 'hook', error: `the hook ${hook.name} said no${said}` };
}

/** A call that cannot be put on record (a full disk) must not decide about the run. */
async function record(
  deps: HookGateDeps,
  q: {
    hook: HookDefinition;
    event: HookEvent;
    id: string;
    p: Parameters<PreFire>[0];
    result: HookResult & { duration_ms: number };
    answer: Judged;
  },
): Promise<void> {
  const { run, automation } = q.p.claimed;
  const now = deps.runner.clock.now();
  const isFailed = 'status' in q.answer && q.answer.status === 'failed';
  const call: HookCall = {
    id: q.id,
    hook: q.hook.name,
    event: q.event,
    state: isFailed ? 'failed' : 'completed',
    created_at: now - q.result.duration_ms,
    attempts: 1,
    ended_at: now,
    duration_ms: q.result.duration_ms,
    detail:
      'status' in q.answer
        ? q.answer.error
        : q.answer.prompt === undefined
          ? 'let it pass'
          : 'let it pass with another prompt',
    run_id: run.id,
    automation_id: automation.id,
  };
  await deps.store.recordHookCall({ call }).catch(() => undefined);
  deps.bus.report(hookCalled(call, now));
  if (isFailed) return;
  const { workspace_id } = automation;
  const place = workspace_id === undefined ? {} : { workspace_id };
  await deps.onCompleted({ call, depth: (run.depth ?? 0) + 1, ...place }).catch(() => undefined);
}

function gateData({ claimed }: Parameters<PreFire>[0], prompt: string): Record<string, unknown> {
  const { run, automation } = claimed;
  const { id: run_id, kind: run_kind, attempt, fire_id, event_id } = run;
  return {
    run_id,
    run_kind,
    attempt,
    ...(fire_id === undefined ? {} : { fire_id }),
    ...(event_id === undefined ? {} : { event_id }),
    automation_id: automation.id,
    automation_kind: run.job_id === undefined ? 'trigger' : 'job',
    automation_name: automation.name,
    agent_name: automation.agent_name,
    ...(automation.workspace_id === undefined ? {} : { workspace_id: automation.workspace_id }),
    ...(automation.tags === undefined ? {} : { tags: automation.tags }),
    prompt,
  };
}
