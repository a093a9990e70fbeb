/**
 * What every adapter of the agent driver port must do, checked with real processes. Run by `agent-driver-*.test.ts`
 * beside it, each of which says how its kind of agent is brought to behave in a certain way.
 */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ENTRY_BYTES_MAX, OUTPUT_BYTES_MAX, type AgentDriver } from '../../src/agents/agent-driver.ts';
import { REPORTED_BYTES_MAX } from '../../src/agents/entry-sink.ts';
import type { AgentDefinition } from '../../src/model/agent.ts';
import {
  ConversationRecords,
  custodian,
  isRunning,
  pidsIn,
  type ConversationRecord,
} from '../agents/conversation-record.ts';

/** How an agent is made to do it: its definition and the prompt that brings it about. */
export interface Behaviour {
  agent: AgentDefinition;
  prompt: string;
}

export interface DriverUnderTest {
  driver: AgentDriver;
  /** Says exactly `text` and ends well. */
  says(text: string): Behaviour;
  /** Says the value of the variable. */
  saysVariable(name: string): Behaviour;
  /** Ends well without a word. */
  silent(): Behaviour;
  /** Prints the line on standard error and ends well. */
  complains(line: string): Behaviour;
  /** Says that many bytes and ends well. */
  floods(mebibytes: number): Behaviour;
  /** Never ends by itself, and dies of SIGTERM; reports an entry once it hangs. */
  hangs(): Behaviour;
  /**
   * Ignores SIGTERM, and so does a grandchild in a session of its own; never ends by itself. Reports the grandchild as
   * `pid 123` or `process 123` once both do.
   */
  stubborn(): Behaviour;
  /** Ends well and leaves such a grandchild, reported alike. */
  leavesGrandchild(): Behaviour;
  /** Is killed by a signal in the middle of its work. */
  dies(): Behaviour;
  /** A definition that runs this command. */
  running(command: string[]): AgentDefinition;
}

const GRACE_MS = 100;

export function describeAgentDriver(name: string, t: DriverUnderTest): void {
  describe(`the agent driver "${name}"`, () => {
    const records = new ConversationRecords();
    let cwd: string;
    beforeAll(async () => {
      cwd = await mkdtemp(join(tmpdir(), 'rouse-agent-driver-'));
    });
    afterEach(() => records.endAll());
    afterAll(() => rm(cwd, { recursive: true, force: true }));

    const start = (
      behaviour: Behaviour,
      more: Partial<Parameters<ConversationRecords['start']>[1]> = {},
    ): ConversationRecord => records.start(t.driver, { ...behaviour, cwd, ...more });

    /** What holds at every end, however it came. */
    const ended = async (record: ConversationRecord) => {
      const outcome = await record.conversation.outcome;
      expect(outcome.gone).toBe(true);
      expect(await custodian.find({ tokens: [record.token] })).toEqual([]);
      if (outcome.ended === 'answered') expect(outcome.error).toBeUndefined();
      else expect(outcome.error).toMatch(/\w/);
      expect(record.starts.length).toBeLessThanOrEqual(1);
      return outcome;
    };

    test('an answer is the output, and it says so once', async () => {
      const record = start(t.says('Good morning, äöü 🙂'));
      const outcome = await ended(record);
      expect(outcome).toMatchObject({ ended: 'answered', gone: true });
      expect(outcome.output.trim()).toBe('Good morning, äöü 🙂');
      expect(record.starts).toEqual([expect.objectContaining({ pid: expect.any(Number) })]);
      expect(record.text('message') + record.text('output')).toContain('Good morning, äöü 🙂');
      expect(record.late).toEqual([]);
    });

    test('an agent that says nothing has an empty output', async () => {
      expect(await ended(start(t.silent()))).toMatchObject({ ended: 'answered', output: '' });
    });

    test('the environment is what was given and the token, nothing of our own', async () => {
      process.env['ROUSE_TEST_LEAK'] = 'leaked';
      const given = start(t.saysVariable('GIVEN'), { env: { PATH: '/usr/bin:/bin', GIVEN: 'yes' } });
      expect((await ended(given)).output).toContain('yes');
      const leak = start(t.saysVariable('ROUSE_TEST_LEAK'));
      delete process.env['ROUSE_TEST_LEAK'];
      expect((await ended(leak)).output).not.toContain('leaked');
      const token = start(t.saysVariable('ROUSE_PROCESS_TOKEN'));
      expect((await ended(token)).output).toContain(token.token);
      const forged = start(t.saysVariable('ROUSE_PROCESS_TOKEN'), {
        env: { PATH: '/usr/bin:/bin', ROUSE_PROCESS_TOKEN: 'x' },
      });
      expect((await ended(forged)).output).toContain(forged.token);
    });

    test('standard error becomes entries, not output', async () => {
      const record = start(t.complains('something is odd'));
      const outcome = await ended(record);
      expect(record.text('stderr')).toContain('something is odd');
      expect(outcome.output).not.toContain('something is odd');
    });

    test('a flood is cut with a mark, in the entries and in the output', { timeout: 30_000 }, async () => {
      const record = start(t.floods(50));
      const outcome = await ended(record);
      expect(outcome.ended).toBe('answered');
      expect(Buffer.byteLength(outcome.output)).toBeLessThanOrEqual(OUTPUT_BYTES_MAX);
      expect(outcome.output).toMatch(/\[\d+ bytes left out\]/);
      const sizes = record.entries.map((entry) => Buffer.byteLength(entry.text));
      expect(Math.max(...sizes)).toBeLessThanOrEqual(ENTRY_BYTES_MAX);
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(REPORTED_BYTES_MAX + ENTRY_BYTES_MAX);
      expect(record.entries.filter((entry) => entry.kind === 'truncated')).toHaveLength(1);
      const last = record.entries.findLast((entry) => entry.detail?.['left_out_bytes'] !== undefined);
      expect(last?.detail?.['left_out_bytes']).toBeGreaterThan(30 * 1024 * 1024);
    });

    test('a program that does not exist never starts, and the error names it and the PATH', async () => {
      const record = start(
        { agent: t.running(['no-such-agent']), prompt: 'x' },
        { env: { PATH: '/usr/bin:/nowhere' } },
      );
      expect(await ended(record)).toMatchObject({
        ended: 'not_started',
        output: '',
        error: expect.stringMatching(/no-such-agent.*\/usr\/bin:\/nowhere/),
      });
      expect(record.starts).toEqual([]);
    });

    test('a missing PATH is explained', async () => {
      const record = start({ agent: t.running(['no-such-agent']), prompt: 'x' }, { env: {} });
      expect((await ended(record)).error).toMatch(/env_pass/);
    });

    test('an empty command never starts', async () => {
      expect(await ended(start({ agent: t.running([]), prompt: 'x' }))).toMatchObject({ ended: 'not_started' });
    });

    test('a file that is not executable never starts', async () => {
      const file = join(cwd, 'not-executable');
      await writeFile(file, '#!/bin/sh\n', { mode: 0o600 });
      const outcome = await ended(start({ agent: t.running([file]), prompt: 'x' }));
      expect(outcome).toMatchObject({ ended: 'not_started', error: expect.stringMatching(/not executable.*chmod/) });
    });

    test('a script whose interpreter is missing never starts', async () => {
      const file = join(cwd, 'no-interpreter');
      await writeFile(file, '#!/no/such/interpreter\n');
      await chmod(file, 0o755);
      expect(await ended(start({ agent: t.running([file]), prompt: 'x' }))).toMatchObject({ ended: 'not_started' });
    });

    test('a missing working folder is named', async () => {
      const record = start(t.says('x'), { cwd: join(cwd, 'gone') });
      expect(await ended(record)).toMatchObject({
        ended: 'not_started',
        error: expect.stringMatching(/folder .*gone/),
      });
    });

    test('a relative program is one of the working folder', async () => {
      const record = start({ agent: t.running(['./absent-here']), prompt: 'x' });
      expect((await ended(record)).error).toContain(join(cwd, 'absent-here'));
    });

    test('a NUL byte in the command or the environment never starts', async () => {
      const inCommand = start({ agent: t.running(['/bin/sh', '-c', 'a\0b']), prompt: 'x' });
      expect(await ended(inCommand)).toMatchObject({ ended: 'not_started', error: expect.stringMatching(/NUL/) });
      const inEnv = start(t.says('x'), { env: { PATH: '/usr/bin:/bin', BAD: 'a\0b' } });
      expect(await ended(inEnv)).toMatchObject({ ended: 'not_started', error: expect.stringMatching(/NUL/) });
    });

    test('a death in the middle is broken, with the signal', async () => {
      expect(await ended(start(t.dies()))).toMatchObject({
        ended: 'broken',
        exit_signal: 'SIGKILL',
        error: expect.stringMatching(/SIGKILL/),
      });
    });

    test('a stop before the start means no process', async () => {
      const record = start(t.hangs());
      await record.conversation.stop({ graceMs: GRACE_MS });
      expect(await ended(record)).toMatchObject({ ended: 'stopped', output: '' });
    });

    test('a stop in the middle ends it', async () => {
      const record = start(t.hangs());
      await record.entry(() => true);
      await record.conversation.stop({ graceMs: GRACE_MS });
      expect(await ended(record)).toMatchObject({ ended: 'stopped' });
      expect(record.late).toEqual([]);
    });

    test('a stop can be repeated, at the same time and afterwards', async () => {
      const record = start(t.hangs());
      await record.entry(() => true);
      await Promise.all([record.conversation.stop({ graceMs: GRACE_MS }), record.conversation.stop({ graceMs: 0 })]);
      await record.conversation.stop({ graceMs: GRACE_MS });
      expect(await ended(record)).toMatchObject({ ended: 'stopped' });
    });

    test('a stop after the end changes nothing', async () => {
      const record = start(t.says('done'));
      await ended(record);
      await record.conversation.stop({ graceMs: GRACE_MS });
      expect(await record.conversation.outcome).toMatchObject({ ended: 'answered' });
    });

    test('a tree that ignores SIGTERM, with a grandchild in another session, is gone after a stop', async () => {
      const record = start(t.stubborn());
      const entry = await record.entry(({ text }) => pidsIn(text).length > 0);
      const [grandchild] = pidsIn(entry.text);
      expect(isRunning(grandchild!)).toBe(true);
      await record.conversation.stop({ graceMs: GRACE_MS });
      expect(isRunning(grandchild!)).toBe(false);
      expect(await ended(record)).toMatchObject({ ended: 'stopped', gone: true });
    });

    test('what an agent leaves behind at a good end is ended before the outcome', async () => {
      const record = start(t.leavesGrandchild());
      const outcome = await ended(record);
      const [grandchild] = pidsIn(record.entries.map(({ text }) => text).join('\n'));
      expect(isRunning(grandchild!)).toBe(false);
      expect(outcome.ended).toBe('answered');
    });

    test('a later custodian finds the processes by their token and ends them', async () => {
      const record = start(t.stubborn());
      const entry = await record.entry(({ text }) => pidsIn(text).length > 0);
      const found = await custodian.find({ tokens: ['nobody', record.token] });
      expect(found.map(({ pid }) => pid)).toEqual(expect.arrayContaining(pidsIn(entry.text)));
      expect(new Set(found.map(({ token }) => token))).toEqual(new Set([record.token]));
      const end = await custodian.end({ token: record.token, graceMs: GRACE_MS });
      expect(end).toMatchObject({ gone: true });
      expect(end.ended).toBeGreaterThanOrEqual(2);
      expect(await custodian.end({ token: record.token, graceMs: GRACE_MS })).toEqual({ gone: true, ended: 0 });
      expect(await ended(record)).toMatchObject({ ended: 'broken', exit_signal: 'SIGKILL' });
    });

    test('a dispatcher that throws at a report ends the conversation as broken', async () => {
      const atEntry = start(t.says('x'), { onEntry: () => fail('disk full') });
      expect(await ended(atEntry)).toMatchObject({ ended: 'broken', error: expect.stringMatching(/disk full/) });
      const atStart = start(t.hangs(), { onStarted: () => fail('no row') });
      expect(await ended(atStart)).toMatchObject({ ended: 'broken', error: expect.stringMatching(/no row/) });
    });

    test('many at once keep to themselves', async () => {
      const several = Array.from({ length: 6 }, (_, i) => start(t.says(`number ${i}`)));
      const outcomes = await Promise.all(several.map(ended));
      expect(outcomes.map(({ output }) => output.trim())).toEqual(several.map((_, i) => `number ${i}`));
    });

    test('readiness: a good agent is ready, a missing one says what to do', async () => {
      const env = { PATH: '/usr/bin:/bin' };
      expect(await t.driver.check({ agent: t.says('x').agent, cwd, env })).toMatchObject({ ready: true });
      expect(await t.driver.check({ agent: t.running(['no-such-agent']), cwd, env })).toEqual({
        ready: false,
        problem: expect.stringContaining('no-such-agent'),
        hint: expect.stringMatching(/\w/),
      });
    });
  });
}

function fail(message: string): never {
  throw new Error(message);
}
