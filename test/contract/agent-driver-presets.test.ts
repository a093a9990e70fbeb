// Presets through the command driver: a stand-in program that prints what the real one was recorded to print, so that
// flags, session, usage and the way it ends are seen as a run would see them.
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createCommandDriver } from '../../src/agents/command/command-driver.ts';
import { systemClock } from '../../src/clock/clock.ts';
import type { AgentStart } from '../../src/agents/agent-driver.ts';
import type { AgentDefinition } from '../../src/model/agent.ts';
import { agentDefinition, ConversationRecords } from '../agents/conversation-record.ts';

const samples = join(import.meta.dirname, '../agents/samples');
const driver = createCommandDriver({ clock: systemClock() });

describe('a preset', () => {
  const records = new ConversationRecords();
  let cwd: string;
  beforeAll(async () => {
    cwd = await mkdtemp(join(tmpdir(), 'rouse-presets-'));
  });
  afterEach(() => records.endAll());
  afterAll(() => rm(cwd, { recursive: true, force: true }));

  /** The program notes how it was called, prints `sample` and exits with `code`; on a lost session it says so. */
  async function run(
    preset: AgentDefinition['preset'],
    p: { sample: string; code?: number; lost?: string } & Partial<AgentStart>,
  ) {
    const { sample, code = 0, lost, ...more } = p;
    const program = join(cwd, preset);
    const refusal = lost === undefined ? '' : `case "$*" in *gone*) cat ${join(samples, lost)}; exit 1;; esac`;
    await writeFile(
      program,
      `#!/bin/sh\nprintf '%s\\n' "$*" >> ${cwd}/calls\ncat > ${cwd}/prompt\n${refusal}\ncat ${join(samples, sample)}\nexit ${code}\n`,
    );
    await chmod(program, 0o755);
    await rm(join(cwd, 'calls'), { force: true });
    const usages: unknown[] = [];
    const record = records.start(driver, {
      agent: agentDefinition({ command: [program], preset }),
      prompt: 'Hello you',
      cwd,
      onUsage: (usage) => usages.push(usage),
      ...more,
    });
    const outcome = await record.conversation.outcome;
    const calls = (await readFile(join(cwd, 'calls'), 'utf8')).trim().split('\n');
    return { outcome, calls, record, usages, prompt: await readFile(join(cwd, 'prompt'), 'utf8') };
  }

  test('answers with what the program names its answer, and its use', async () => {
    const { outcome, calls, prompt, usages } = await run('claude', { sample: 'claude-tool.jsonl' });
    expect(outcome).toMatchObject({
      ended: 'answered',
      exit_code: 0,
      output: 'The command came back with: hi there',
      usage: { input_tokens: 200, output_tokens: 40, cost_usd: 0.002 },
      agent_session_id: expect.any(String),
    });
    expect(calls).toEqual(['--print --output-format stream-json --verbose']);
    expect(prompt).toBe('Hello you');
    expect(usages.at(-1)).toEqual(outcome.usage);
  });

  test('tells a failure in the program’s words, whatever its exit code', async () => {
    const { outcome } = await run('claude', { sample: 'claude-not-logged-in.jsonl', code: 1 });
    expect(outcome).toMatchObject({
      ended: 'broken',
      exit_code: 1,
      output: '',
      error: expect.stringMatching(/log in/),
    });
    expect(outcome.error).toContain('ANTHROPIC_API_KEY');
  });

  test('holds an exhausted account until the instant that the program named', async () => {
    const { outcome } = await run('codex', {
      sample: 'codex-limit.jsonl',
      code: 1,
      env: { PATH: '/usr/bin:/bin', TZ: 'America/New_York' },
    });
    expect(outcome.ended).toBe('broken');
    const until = Temporal.Instant.fromEpochMilliseconds(outcome.usage_limit_until ?? 0);
    expect(until.toZonedDateTimeISO('America/New_York').toPlainTime().toString()).toBe('17:33:00');
  });

  test('continues a session', async () => {
    const { outcome, calls } = await run('codex', {
      sample: 'codex-resumed.jsonl',
      resumeSessionId: 'thread-1',
      resumedUsage: { input_tokens: 200, output_tokens: 40 },
    });
    expect(calls).toEqual(['exec --json --skip-git-repo-check resume thread-1 -']);
    expect(outcome.usage).toEqual({ input_tokens: 200, output_tokens: 40 });
  });

  test('begins a new session where the old one is gone, and says so', async () => {
    const { outcome, calls, record } = await run('claude', {
      sample: 'claude-answer.jsonl',
      lost: 'claude-lost-session.jsonl',
      resumeSessionId: 'gone',
    });
    expect(calls).toHaveLength(2);
    expect(calls[1]).not.toContain('--resume');
    expect(record.text('notice')).toContain('session gone could not be continued');
    expect(record.starts).toHaveLength(1);
    expect(outcome).toMatchObject({ ended: 'answered', output: 'Greetings from the model on loopback.' });
  });
});

test('a plain command that fails says its last words', async () => {
  const records = new ConversationRecords();
  const agent = agentDefinition({ command: ['sh', '-c', 'echo the moon is missing >&2; exit 3'] });
  const { conversation } = records.start(driver, { agent, cwd: tmpdir() });
  expect(await conversation.outcome).toMatchObject({
    ended: 'answered',
    exit_code: 3,
    stop_detail: expect.stringContaining('the moon is missing'),
  });
});
