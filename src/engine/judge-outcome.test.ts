import { describe, expect, test } from 'vitest';
import type { AgentOutcome } from '../agents/agent-driver.ts';
import type { SuccessConfig } from '../model/automation-fields.ts';
import type { PatternMatch, StopCause } from './judge-outcome.ts';
import { judgeOutcome } from './judge-outcome.ts';
import { NOON } from './testing/houses.ts';
import { testJob } from './testing/test-job.ts';

const answered: AgentOutcome = { ended: 'answered', stop_reason: 'end_turn', output: 'Done.', gone: true };
const exited = (exit_code: number): AgentOutcome => ({
  ended: 'answered',
  stop_reason: 'exit',
  exit_code,
  output: 'x',
  gone: true,
});
const stopped: AgentOutcome = { ended: 'stopped', error: 'it was stopped', output: '', gone: true };

/** `completed`, or `failed agent_error: why`. */
function verdict(p: {
  outcome: AgentOutcome;
  stop?: StopCause;
  success?: SuccessConfig;
  fileExists?: boolean;
  patternMatch?: PatternMatch;
}): string {
  const { status, reason, error } = judgeOutcome({
    outcome: p.outcome,
    stop: p.stop,
    automation: testJob(p.success === undefined ? {} : { success: p.success }),
    fileExists: p.fileExists ?? false,
    patternMatch: p.patternMatch ?? 'yes',
  });
  return reason === undefined ? status : `${status} ${reason}: ${error}`;
}

describe('the success contract', () => {
  const table: [string, Parameters<typeof verdict>[0], string][] = [
    ['an answer is a success', { outcome: answered }, 'completed'],
    ['exit code 0 is a success', { outcome: exited(0) }, 'completed'],
    ['another exit code is none', { outcome: exited(3) }, 'failed agent_error: the agent exited with code 3'],
    [
      'what the driver said of the exit goes first',
      { outcome: { ...exited(3), error: 'no such file' } },
      'failed agent_error: no such file',
    ],
    ['unless the contract lists it', { outcome: exited(3), success: { exit_codes: [0, 3] } }, 'completed'],
    [
      'a signal is none',
      { outcome: { ...answered, stop_reason: 'exit', exit_signal: 'SIGSEGV' } },
      'failed agent_error: the agent was ended by signal SIGSEGV',
    ],
    [
      'an agent that stopped early has not finished',
      { outcome: { ...answered, stop_reason: 'max_tokens' } },
      'failed agent_error: the agent stopped early: max_tokens',
    ],
    [
      'the detail of an early stop is shown',
      { outcome: { ...answered, stop_reason: 'refusal', stop_detail: 'not allowed' } },
      'failed agent_error: the agent stopped early: refusal (not allowed)',
    ],
    [
      'white space is no answer',
      { outcome: { ...answered, output: ' \n' } },
      'failed no_output: the agent ended without saying anything; set success.output = "optional" if that is fine',
    ],
    [
      'unless none is asked for',
      { outcome: { ...answered, output: '' }, success: { output: 'optional' } },
      'completed',
    ],
    ['a pattern that matches', { outcome: answered, success: { pattern: '^Done' } }, 'completed'],
    [
      'a pattern that does not',
      { outcome: answered, success: { pattern: '^OK$' }, patternMatch: 'no' },
      'failed agent_error: the answer does not match success.pattern ^OK$',
    ],
    [
      'a pattern that takes too long',
      { outcome: answered, success: { pattern: '^(a+)+$' }, patternMatch: 'too_slow' },
      'failed agent_error: the answer cannot be held in time against success.pattern ^(a+)+$',
    ],
    ['a file that is there', { outcome: answered, success: { file: 'out.md' }, fileExists: true }, 'completed'],
    [
      'a file that is not',
      { outcome: answered, success: { file: 'out.md' } },
      'failed agent_error: the file that success.file asks for is not there: out.md',
    ],
  ];
  test.each(table)('%s', (_title, p, expected) => {
    expect(verdict(p)).toBe(expected);
  });
});

describe('an agent that did not answer', () => {
  const table: [string, AgentOutcome, string][] = [
    [
      'could not be started',
      { ended: 'not_started', error: 'ENOENT', output: '', gone: true },
      'failed agent_unavailable: ENOENT. Try it at no cost: rouse agents test echo',
    ],
    [
      'could not be started, nobody knows why',
      { ended: 'not_started', output: '', gone: true },
      'failed agent_unavailable: the agent could not be started. Try it at no cost: rouse agents test echo',
    ],
    [
      'broke',
      { ended: 'broken', error: 'connection lost', output: '', gone: true },
      'failed agent_error: connection lost',
    ],
    [
      'was stopped by nobody here',
      { ended: 'stopped', output: '', gone: true },
      'failed agent_error: the agent ended before it had answered',
    ],
    [
      'met the limit of its account',
      { ended: 'broken', error: 'resets at noon', output: '', gone: true, usage_limit_until: NOON },
      "failed usage_limit: the agent's account is exhausted until 2026-11-22T12:00:00.000Z: resets at noon",
    ],
    [
      'met the limit of its account without a word',
      { ended: 'answered', output: 'x', gone: true, usage_limit_until: NOON },
      "failed usage_limit: the agent's account is exhausted until 2026-11-22T12:00:00.000Z",
    ],
  ];
  test.each(table)('%s', (_title, outcome, expected) => {
    expect(verdict({ outcome })).toBe(expected);
  });
});

describe('a conversation that was ended by us', () => {
  const cancel: StopCause = {
    why: 'cancel',
    cancellation: { run_id: 'run_a', reason: 'user', error: 'canceled by user:cli', actor: 'user:cli' },
  };
  const table: [string, StopCause, AgentOutcome, string][] = [
    ['cancel', cancel, stopped, 'canceled user: canceled by user:cli'],
    ['cancel wins over an answer: somebody wanted it gone', cancel, answered, 'canceled user: canceled by user:cli'],
    ['timeout', { why: 'timeout', limit: '1h0m0s' }, stopped, 'failed timeout: the run reached its timeout of 1h0m0s'],
    ['timeout after a complete answer', { why: 'timeout', limit: '1h0m0s' }, answered, 'completed'],
    ['stalled', { why: 'stalled', limit: '5m0s' }, stopped, 'failed stalled: the agent said nothing for 5m0s'],
    ['stalled after a complete answer', { why: 'stalled', limit: '5m0s' }, answered, 'completed'],
    ['budget', { why: 'budget', error: 'too much' }, stopped, 'failed budget: too much'],
    ['budget after a complete answer', { why: 'budget', error: 'too much' }, answered, 'completed'],
    [
      'an answer that does not meet the contract is judged by it',
      { why: 'budget', error: 'too much' },
      exited(2),
      'failed agent_error: the agent exited with code 2',
    ],
    ['shutdown', { why: 'shutdown' }, stopped, 'failed shutdown: the daemon was stopped while the run worked'],
    ['shutdown after a complete answer', { why: 'shutdown' }, answered, 'completed'],
    ['lost', { why: 'lost' }, stopped, 'failed interrupted: another node took the run over'],
    [
      'processes that remain are said',
      { why: 'timeout', limit: '1s' },
      { ...stopped, gone: false },
      'failed timeout: the run reached its timeout of 1s; some of its processes could not be ended',
    ],
  ];
  test.each(table)('%s', (_title, stop, outcome, expected) => {
    expect(verdict({ outcome, stop })).toBe(expected);
  });
});

test('whatever is known of the conversation is kept, also when it failed', () => {
  const result = judgeOutcome({
    outcome: {
      ...stopped,
      output: 'half',
      usage: { input_tokens: 3 },
      stop_reason: 'cancelled',
      stop_detail: 'asked to',
      exit_code: 143,
      agent_session_id: 'abc',
    },
    stop: { why: 'timeout', limit: '1s' },
    automation: testJob(),
    patternMatch: 'yes',
    fileExists: false,
  });
  expect(result).toMatchObject({
    status: 'failed',
    output: 'half',
    usage: { input_tokens: 3 },
    stop_reason: 'cancelled',
    stop_detail: 'asked to',
    exit_code: 143,
    agent_session_id: 'abc',
  });
});
