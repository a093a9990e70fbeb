/**
 * Whether an agent's work counts as done (the success contract, runtime section 4.8), as a pure function of what the
 * driver reported, why the dispatcher ended it if it did, and what the contract asks for.
 */
import type { AgentOutcome } from '../agents/agent-driver.ts';
import type { Automation } from '../model/automation.ts';
import { formatInstant } from '../model/instant.ts';
import { successOf } from '../model/effective.ts';
import type { RunCancellation } from '../store/acceptance.ts';
import type { RunResult } from '../store/run-store.ts';

/** Why the dispatcher ended a conversation itself; absent when it ended by its own. */
export type StopCause =
  | { why: 'cancel'; cancellation: RunCancellation }
  | { why: 'timeout'; limit: string }
  | { why: 'stalled'; limit: string }
  | { why: 'budget'; error: string }
  | { why: 'shutdown' }
  | { why: 'lost' };

/** `too_slow`: the expression needs more time than an answer is worth. */
export type PatternMatch = 'yes' | 'no' | 'too_slow';

export function judgeOutcome(p: {
  outcome: AgentOutcome;
  stop: StopCause | undefined;
  automation: Automation;
  /** Whether `success.file` exists now; ignored when no file is asked for. */
  fileExists: boolean;
  /** How the answer compares with `success.pattern`; ignored when no pattern is asked for. */
  patternMatch: PatternMatch;
}): RunResult {
  const known = knownFacts(p.outcome);
  const stopped = p.stop === undefined ? undefined : resultOfStop(p.stop, p.outcome);
  const verdict = stopped ?? resultOfAnswer(p);
  return { ...known, ...verdict };
}

function knownFacts(outcome: AgentOutcome): Partial<RunResult> {
  return {
    ...(outcome.output === '' ? {} : { output: outcome.output }),
    ...(outcome.usage === undefined ? {} : { usage: outcome.usage }),
    ...(outcome.exit_code === undefined ? {} : { exit_code: outcome.exit_code }),
    ...(outcome.stop_reason === undefined ? {} : { stop_reason: outcome.stop_reason }),
    ...(outcome.stop_detail === undefined ? {} : { stop_detail: outcome.stop_detail }),
    ...(outcome.agent_session_id === undefined ? {} : { agent_session_id: outcome.agent_session_id }),
  };
}

function resultOfStop(stop: StopCause, outcome: AgentOutcome): RunResult | undefined {
  const processes = outcome.gone ? '' : '; some of its processes could not be ended';
  switch (stop.why) {
    case 'cancel':
      return {
        status: 'canceled',
        reason: stop.cancellation.reason,
        error: stop.cancellation.error + processes,
        actor: stop.cancellation.actor,
      };
    case 'timeout':
      // An answer that was complete when the limit struck is still an answer.
      if (outcome.ended === 'answered') return undefined;
      return { status: 'failed', reason: 'timeout', error: `the run reached its timeout of ${stop.limit}${processes}` };
    case 'stalled':
      if (outcome.ended === 'answered') return undefined;
      return { status: 'failed', reason: 'stalled', error: `the agent said nothing for ${stop.limit}${processes}` };
    case 'budget':
      // The last report of use comes with the answer; what is paid for and complete is not thrown away.
      if (outcome.ended === 'answered') return undefined;
      return { status: 'failed', reason: 'budget', error: `${stop.error}${processes}` };
    case 'shutdown':
      if (outcome.ended === 'answered') return undefined;
      return { status: 'failed', reason: 'shutdown', error: `the daemon was stopped while the run worked${processes}` };
    case 'lost':
      return { status: 'failed', reason: 'interrupted', error: `another node took the run over${processes}` };
  }
}

function resultOfAnswer(p: {
  outcome: AgentOutcome;
  automation: Automation;
  fileExists: boolean;
  patternMatch: PatternMatch;
}): RunResult {
  const { outcome } = p;
  if (outcome.usage_limit_until !== undefined) {
    const until = formatInstant(outcome.usage_limit_until);
    return {
      status: 'failed',
      reason: 'usage_limit',
      error: `the agent's account is exhausted until ${until}${outcome.error === undefined ? '' : `: ${outcome.error}`}`,
    };
  }
  if (outcome.ended === 'not_started') {
    const error = outcome.error ?? 'the agent could not be started';
    // Nothing was spent yet, so trying is free.
    const next = `Try it at no cost: rouse agents test ${p.automation.agent_name}`;
    return { status: 'failed', reason: 'agent_unavailable', error: `${error.replace(/\.?$/, '.')} ${next}` };
  }
  if (outcome.ended === 'broken' || outcome.ended === 'stopped') {
    return {
      status: 'failed',
      reason: 'agent_error',
      error: outcome.error ?? 'the agent ended before it had answered',
    };
  }
  return unmetCondition(p) ?? { status: 'completed' };
}

/** The first condition of the contract that does not hold. */
function unmetCondition(p: {
  outcome: AgentOutcome;
  automation: Automation;
  fileExists: boolean;
  patternMatch: PatternMatch;
}): RunResult | undefined {
  const { outcome } = p;
  const success = successOf(p.automation);
  if (outcome.exit_code !== undefined && !success.exitCodes.includes(outcome.exit_code)) {
    return failed(
      'agent_error',
      outcome.error ?? `the agent exited with code ${outcome.exit_code}${detailOf(outcome)}`,
    );
  }
  if (outcome.exit_signal !== undefined) {
    return failed('agent_error', outcome.error ?? `the agent was ended by signal ${outcome.exit_signal}`);
  }
  if (outcome.stop_reason !== undefined && !['end_turn', 'exit'].includes(outcome.stop_reason)) {
    return failed('agent_error', `the agent stopped early: ${outcome.stop_reason}${detailOf(outcome)}`);
  }
  if (success.output === 'required' && outcome.output.trim() === '') {
    return failed(
      'no_output',
      'the agent ended without saying anything; set success.output = "optional" if that is fine',
    );
  }
  if (success.pattern !== null && p.patternMatch !== 'yes') {
    const how = p.patternMatch === 'no' ? 'does not match' : 'cannot be held in time against';
    return failed('agent_error', `the answer ${how} success.pattern ${success.pattern}`);
  }
  if (success.file !== null && !p.fileExists) {
    return failed('agent_error', `the file that success.file asks for is not there: ${success.file}`);
  }
  return undefined;
}

function failed(reason: 'agent_error' | 'no_output', error: string): RunResult {
  return { status: 'failed', reason, error };
}

function detailOf(outcome: AgentOutcome): string {
  return outcome.stop_detail === undefined ? '' : ` (${outcome.stop_detail})`;
}
