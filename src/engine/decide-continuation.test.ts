import { describe, expect, test } from 'vitest';
import type { AgentOutcome } from '../agents/agent-driver.ts';
import type { SessionConfig } from '../model/automation-fields.ts';
import type { ContinuedSession } from '../store/session-list.ts';
import { decideContinuation, decideKept } from './decide-continuation.ts';
import { testJob } from './testing/test-job.ts';

const now = Date.UTC(2026, 10, 27);
const kept: ContinuedSession = {
  automation_id: 'job_a',
  agent_name: 'echo',
  cwd: '/work',
  agent_session_id: 'c1',
  turns: 3,
  input_tokens: 900,
  output_tokens: 100,
  cost_usd: 2,
  begun_at: now - 3_600_000,
  last_run_id: 'run_3',
};
const automation = (session?: SessionConfig) =>
  testJob({ id: 'job_a', name: 'a', ...(session === undefined ? {} : { session }) });

describe('a run', () => {
  const check = (
    title: string,
    p: { session?: SessionConfig; kept?: ContinuedSession | undefined; agentName?: string; cwd?: string },
    expected: RegExp | 'resumes' | 'new',
  ): void =>
    test(title, () => {
      const { session = { mode: 'resume' }, ...rest } = p;
      const found = decideContinuation({
        automation: automation(session),
        kept,
        agentName: 'echo',
        cwd: '/work',
        now,
        ...rest,
      });
      if (expected === 'resumes') expect(found).toEqual({ resume: kept });
      else if (expected === 'new') expect(found).toEqual({});
      else expect('notice' in found && found.notice).toMatch(expected);
    });

  check('goes on with the conversation before', {}, 'resumes');
  check('begins anew unless it shall resume', { session: { mode: 'new' } }, 'new');
  check('begins anew where there is nothing to resume', { kept: undefined }, 'new');
  check('begins anew with another agent', { agentName: 'other' }, /agent echo/);
  check('begins anew in another folder', { cwd: '/elsewhere' }, /another folder, \/work/);
  check('goes on below its turns', { session: { mode: 'resume', max_turns: 4 } }, 'resumes');
  check('begins anew at its turns', { session: { mode: 'resume', max_turns: 3 } }, /3 turns/);
  check('goes on below its tokens', { session: { mode: 'resume', max_tokens: 1001 } }, 'resumes');
  check('begins anew at its tokens', { session: { mode: 'resume', max_tokens: 1000 } }, /1000 tokens/);
  check('begins anew at its age', { session: { mode: 'resume', max_age: '1h' } }, /1h0m0s old/);
});

describe('of a conversation', () => {
  const outcome = (parts: Partial<AgentOutcome> = {}): AgentOutcome => ({
    ended: 'answered',
    output: 'x',
    gone: true,
    agent_session_id: 'c1',
    usage: { input_tokens: 10, output_tokens: 5, cost_usd: 0.5 },
    ...parts,
  });
  const after = (p: { outcome?: AgentOutcome; resumed?: ContinuedSession | undefined; mode?: 'new' | 'resume' } = {}) =>
    decideKept({
      automation: automation({ mode: p.mode ?? 'resume' }),
      agentName: 'echo',
      cwd: '/work',
      resumed: 'resumed' in p ? p.resumed : kept,
      outcome: p.outcome ?? outcome(),
      runId: 'run_4',
      startedAt: now,
    });

  test('turns and tokens add up', () => {
    expect(after()).toEqual({
      ...kept,
      turns: 4,
      input_tokens: 910,
      output_tokens: 105,
      cost_usd: 2.5,
      last_run_id: 'run_4',
    });
  });
  test('another identity than the resumed one is a new one', () => {
    expect(after({ outcome: outcome({ agent_session_id: 'c2' }) })).toMatchObject({ turns: 1, begun_at: now });
  });
  test('nothing is kept unless it shall be resumed', () => {
    expect(after({ mode: 'new' })).toBeUndefined();
  });
  test('a start that never happened leaves it as it was', () => {
    expect(after({ outcome: outcome({ ended: 'not_started' }) })).toBeUndefined();
  });
  test('one that broke is not continued, unless only the account is exhausted', () => {
    expect(after({ outcome: outcome({ ended: 'broken' }) })).toBe('forget');
    expect(after({ outcome: outcome({ ended: 'broken', usage_limit_until: now + 1 }) })).toBeUndefined();
  });
  test('one that was stopped goes on', () => {
    expect(after({ outcome: outcome({ ended: 'stopped' }) })).toMatchObject({ turns: 4 });
  });
});
