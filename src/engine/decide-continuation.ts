/**
 * Whether a run goes on with its automation's previous conversation, and what is kept of it for the next (runtime
 * section 8, `session`). A conversation is given up when it has reached its turns, tokens or age, when it belongs to
 * another agent or folder, and after a run in which it broke: whatever broke it would break every later run as well. Pure.
 */
import type { AgentOutcome } from '../agents/agent-driver.ts';
import type { Automation } from '../model/automation.ts';
import { formatDuration } from '../model/duration.ts';
import { sessionOf } from '../model/effective.ts';
import type { EpochMs } from '../model/instant.ts';
import type { ContinuedSession } from '../store/session-list.ts';

/** `notice`: why a conversation that was there is not continued, for the transcript. */
export type Continuation = { resume: ContinuedSession } | { resume?: never; notice?: string };

export function decideContinuation(p: {
  automation: Automation;
  kept: ContinuedSession | undefined;
  agentName: string;
  cwd: string;
  now: EpochMs;
}): Continuation {
  const { kept } = p;
  const { mode, maxTurns, maxTokens, maxAgeMs } = sessionOf(p.automation);
  if (mode === 'new' || kept === undefined) return {};
  const begins = (why: string): Continuation => ({ notice: `A new conversation begins: ${why}.` });
  if (kept.agent_name !== p.agentName) return begins(`the one before was with the agent ${kept.agent_name}`);
  if (kept.cwd !== p.cwd) return begins(`the one before was in another folder, ${kept.cwd}`);
  if (maxTurns !== null && kept.turns >= maxTurns) return begins(`the one before had ${kept.turns} turns`);
  const tokens = kept.input_tokens + kept.output_tokens;
  if (maxTokens !== null && tokens >= maxTokens) return begins(`the one before had used ${tokens} tokens`);
  const ageMs = p.now - kept.begun_at;
  if (maxAgeMs !== null && ageMs >= maxAgeMs) {
    const age = formatDuration(BigInt(Math.round(ageMs / 1000)) * 1_000_000_000n);
    return begins(`the one before was ${age} old`);
  }
  return { resume: kept };
}

/** What is kept for the next run; `forget` when this conversation shall not be continued; undefined: as it is. */
export function decideKept(p: {
  automation: Automation;
  agentName: string;
  cwd: string;
  resumed: ContinuedSession | undefined;
  outcome: AgentOutcome;
  runId: string;
  startedAt: EpochMs;
}): ContinuedSession | 'forget' | undefined {
  const { outcome, resumed } = p;
  if (sessionOf(p.automation).mode === 'new') return undefined;
  // Nothing was said to it, so it is what it was.
  if (outcome.ended === 'not_started' || outcome.agent_session_id === undefined) return undefined;
  // An account that is exhausted says nothing about the conversation.
  if (outcome.ended === 'broken') return outcome.usage_limit_until === undefined ? 'forget' : undefined;
  const before = resumed?.agent_session_id === outcome.agent_session_id ? resumed : undefined;
  return {
    automation_id: p.automation.id,
    agent_name: p.agentName,
    cwd: p.cwd,
    agent_session_id: outcome.agent_session_id,
    turns: (before?.turns ?? 0) + 1,
    input_tokens: (before?.input_tokens ?? 0) + (outcome.usage?.input_tokens ?? 0),
    output_tokens: (before?.output_tokens ?? 0) + (outcome.usage?.output_tokens ?? 0),
    cost_usd: (before?.cost_usd ?? 0) + (outcome.usage?.cost_usd ?? 0),
    begun_at: before?.begun_at ?? p.startedAt,
    last_run_id: p.runId,
  };
}
