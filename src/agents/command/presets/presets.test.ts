// The presets against what the real programs printed, recorded in test/agents/samples: `claude` 2.1.197, `codex` 0.171.0,
// `gemini` 0.61.0 and `opencode` 1.18.33, each against a model server on loopback (test/real-agents).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../../clock/clock.ts';
import type { RunUsage } from '../../../model/run.ts';
import type { AgentEntry } from '../../agent-driver.ts';
import { EntrySink } from '../../entry-sink.ts';
import { AnswerSheet, type Answer } from '../../answer-sheet.ts';
import { presetReader, type Preset } from '../preset.ts';
import { claude } from './claude.ts';
import { codex } from './codex.ts';
import { gemini } from './gemini.ts';
import { opencode } from './opencode.ts';

const sample = (name: string): string =>
  readFileSync(join(import.meta.dirname, '../../../../test/agents/samples', name), 'utf8');
const now = Date.parse('2026-11-27T16:33:20Z');

interface Reading extends Answer {
  entries: AgentEntry[];
  reports: RunUsage[];
}

/** In pieces of seven characters: no line comes whole. */
function read(preset: Preset, text: string, usedBefore?: RunUsage): Reading {
  const entries: AgentEntry[] = [];
  const reports: RunUsage[] = [];
  const sink = new EntrySink({ clock: systemClock(), onEntry: (entry) => entries.push(entry) });
  const sheet = new AnswerSheet({
    sink,
    now: () => now,
    zone: 'UTC',
    login: preset.login,
    onUsage: (usage) => reports.push(usage),
  });
  const reader = presetReader({ sink, sheet, take: preset.reader({ sheet, usedBefore }) });
  for (let at = 0; at < text.length; at += 7) reader.read(text.slice(at, at + 7));
  const answer = reader.finish();
  sink.close();
  return { ...answer, entries, reports };
}

const kinds = ({ entries }: Reading): string[] => entries.map(({ kind, text }) => `${kind}: ${text.trim()}`);

describe('Claude Code', () => {
  test('tells its answer, tools, tokens and dollars', () => {
    const reading = read(claude, sample('claude-tool.jsonl'));
    expect(reading).toMatchObject({
      output: 'The command came back with: hi there',
      usage: { input_tokens: 200, output_tokens: 40, cost_usd: 0.002 },
      agent_session_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(kinds(reading)).toEqual([
      'notice: Claude Code 2.1.197, model claude-opus-4-8[1m].',
      'tool_call: Bash: echo hi there',
      'tool_result: hi there',
      'message: The command came back with: hi there',
    ]);
    // A budget hears of it while it works.
    expect(reading.reports.length).toBeGreaterThan(1);
  });
  test('is understood as one JSON document too', () => {
    expect(read(claude, sample('claude-answer.json'))).toMatchObject({
      output: 'The command came back with: hi there',
      usage: { input_tokens: 200, output_tokens: 40, cost_usd: 0.002 },
    });
  });
  test('that is not logged in says what to do', () => {
    const { failure, output } = read(claude, sample('claude-not-logged-in.jsonl'));
    expect(failure).toMatch(/Not logged in.*ANTHROPIC_API_KEY/);
    expect(output).toBe('');
  });
  test('that was refused once for its rate is no exhausted account, as nobody says until when', () => {
    const { failure, usage_limit_until: until } = read(claude, sample('claude-limit.jsonl'));
    expect(failure).toMatch(/429/);
    expect(until).toBeUndefined();
  });
  test('tells by an event until when its account is exhausted', () => {
    // Not recorded: it takes a subscription. Written after the schema in the program.
    const event = {
      type: 'rate_limit_event',
      rate_limit_info: { status: 'rejected', resetsAt: now / 1000 + 3600, rateLimitType: 'five_hour' },
      session_id: 's',
    };
    const text = `${JSON.stringify(event)}\n${sample('claude-limit.jsonl')}`;
    expect(read(claude, text).usage_limit_until).toBe(now + 3_600_000);
    const allowed = { ...event, rate_limit_info: { ...event.rate_limit_info, status: 'allowed_warning' } };
    expect(read(claude, `${JSON.stringify(allowed)}\n${sample('claude-answer.jsonl')}`)).not.toHaveProperty(
      'usage_limit_until',
    );
  });
  test('that lost its session is recognised', () => {
    expect(read(claude, sample('claude-lost-session.jsonl')).failure).toMatch(claude.lostSession);
  });
});

describe('Codex', () => {
  test('tells its answer, tools and tokens', () => {
    const reading = read(codex, sample('codex-tool.jsonl'));
    expect(reading.output).toMatch(/^The command came back with: .*hi there\n$/s);
    expect(reading).toMatchObject({
      usage: { input_tokens: 200, output_tokens: 40 },
      agent_session_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(kinds(reading).slice(1, 3)).toEqual(["tool_call: /bin/bash -lc 'echo hi there'", 'tool_result: hi there']);
  });
  test('continued tells the sum of its thread, of which only the new part is this run’s', () => {
    const before = { input_tokens: 200, output_tokens: 40 };
    expect(read(codex, sample('codex-resumed.jsonl'), before).usage).toEqual({ input_tokens: 200, output_tokens: 40 });
    expect(read(codex, sample('codex-resumed.jsonl')).usage).toEqual({ input_tokens: 400, output_tokens: 80 });
  });
  test('tells as wall time until when its account is exhausted', () => {
    const { usage_limit_until: until, failure } = read(codex, sample('codex-limit.jsonl'));
    expect(new Date(until ?? 0).toISOString()).toBe('2026-11-27T17:33:00.000Z');
    expect(failure).toMatch(/usage limit/);
  });
  test('that cannot reach its model is not yet a failure', () => {
    const reading = read(codex, sample('codex-offline.jsonl'));
    expect(reading.failure).toBeUndefined();
    expect(kinds(reading).at(-1)).toMatch(/^notice: Reconnecting/);
  });
});

describe('Gemini CLI', () => {
  test('tells its answer, tools and tokens', () => {
    const reading = read(gemini, sample('gemini-tool.jsonl'));
    expect(reading.output).toMatch(/^The command came back with/);
    expect(reading).toMatchObject({ usage: { input_tokens: 300, output_tokens: 60 } });
    expect(kinds(reading).slice(1, 3)).toEqual([
      'tool_call: run_shell_command: echo hi there',
      'tool_result: hi there',
    ]);
  });
  test('is understood as one JSON document over many lines too', () => {
    expect(read(gemini, sample('gemini-answer.json'))).toMatchObject({
      output: 'Greetings from the model on loopback.',
      usage: { input_tokens: 200, output_tokens: 40 },
    });
  });
  test('with an exhausted quota has failed, and does not say until when', () => {
    const { failure, usage_limit_until: until } = read(gemini, sample('gemini-limit.jsonl'));
    expect(failure).toMatch(/exhausted your daily quota/);
    expect(until).toBeUndefined();
  });
});

describe('OpenCode', () => {
  test('tells its answer, tools, tokens and dollars, step by step', () => {
    const reading = read(opencode, sample('opencode-tool.jsonl'));
    expect(reading.output).toBe('The command came back with: hi there\n');
    expect(reading.usage).toMatchObject({ input_tokens: 200, output_tokens: 40 });
    expect(reading.usage?.cost_usd).toBeCloseTo(0.00028, 8);
    expect(kinds(reading).slice(0, 2)).toEqual(['tool_call: echo hi there', 'tool_result: hi there']);
    expect(reading.reports).toHaveLength(2);
  });
  test('tells what went wrong', () => {
    const error = {
      type: 'error',
      sessionID: 's',
      error: { name: 'UnknownError', data: { message: 'no such model' } },
    };
    expect(read(opencode, `${JSON.stringify(error)}\n`).failure).toBe('The agent reports: no such model');
  });
});

describe('a preset', () => {
  test('reads what is no event as plain output', () => {
    const reading = read(claude, 'Hello there.\nBye.\n');
    expect(reading.output).toBe('Hello there.\nBye.\n');
    expect(kinds(reading)).toEqual(['output: Hello there.\nBye.']);
  });
  test('takes damaged and strange events without a stumble', () => {
    const lines = [
      '{"type":',
      '{"type":"assistant","message":{"content":[null,7,{"type":"text"}]}}',
      '[1,2]',
      '{"type":7}',
    ];
    for (const preset of [claude, codex, gemini, opencode]) {
      expect(read(preset, lines.join('\n')).failure).toBeUndefined();
    }
  });

  const args = (preset: Preset, given: string[], more: Partial<Parameters<Preset['args']>[0]> = {}): string =>
    preset.args({ given, promptVia: 'stdin', resumeSessionId: undefined, ...more }).join(' ');
  const check = (title: string, found: string, expected: string): void =>
    test(title, () => expect(found).toBe(expected));

  check('asks claude for events', args(claude, []), '--print --output-format stream-json --verbose');
  check('keeps what was written', args(claude, ['-p', '--output-format=json']), '-p --output-format=json');
  check(
    'continues a session of claude',
    args(claude, ['--model', 'opus'], { resumeSessionId: 'x' }),
    '--model opus --print --output-format stream-json --verbose --resume x',
  );
  check('asks codex for events', args(codex, []), 'exec --json --skip-git-repo-check -');
  check(
    'continues a thread of codex',
    args(codex, ['exec', '--full-auto'], { resumeSessionId: 'x' }),
    'exec --full-auto --json --skip-git-repo-check resume x -',
  );
  check(
    'ends the options before a prompt',
    args(codex, [], { promptVia: 'argument' }),
    'exec --json --skip-git-repo-check --',
  );
  check('asks gemini for events', args(gemini, []), '--output-format stream-json');
  check(
    'hands gemini its prompt by name',
    args(gemini, ['-o', 'json'], { promptVia: 'argument' }),
    '-o json --prompt={prompt}',
  );
  check(
    'continues a session of opencode',
    args(opencode, [], { resumeSessionId: 'x' }),
    'run --format json --session x',
  );
});
