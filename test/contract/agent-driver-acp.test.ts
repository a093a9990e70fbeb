// The ACP adapter against the contract (with the echo agent), and what only a protocol's other end can do to it.
import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createAcpDriver } from '../../src/agents/acp/acp-driver.ts';
import { HANDSHAKE_MS_MAX } from '../../src/agents/acp/handshake.ts';
import type { AgentStart } from '../../src/agents/agent-driver.ts';
import { systemClock, type Clock } from '../../src/clock/clock.ts';
import type { AgentDefinition } from '../../src/model/agent.ts';
import type { RunUsage } from '../../src/model/run.ts';
import { agentDefinition, ConversationRecords, custodian, isRunning, pidsIn } from '../agents/conversation-record.ts';
import { describeAgentDriver, type Behaviour } from './agent-driver.ts';

const clock = systemClock();
const driver = createAcpDriver({ clock });
const ECHO = join(import.meta.dirname, '../../src/agents/echo/main.ts');
const RAW = join(import.meta.dirname, '../agents/raw-acp-agent.ts');
const running = (command: string[], more: Partial<AgentDefinition> = {}) =>
  agentDefinition({ type: 'acp', command, ...more });
const echo = (prompt: string): Behaviour => ({ agent: running([process.execPath, ECHO]), prompt });

describeAgentDriver('acp', {
  driver,
  says: (text) => echo(`/say ${text}`),
  saysVariable: (name) => echo(`/env ${name}`),
  silent: () => echo('/silent'),
  complains: (line) => echo(`/stderr ${line}`),
  floods: (mebibytes) => echo(`/flood ${mebibytes}MB`),
  hangs: () => echo('/hang'),
  stubborn: () => echo('/stubborn\n/spawn\n/hang'),
  leavesGrandchild: () => echo('/spawn'),
  dies: () => ({ agent: running([process.execPath, RAW, 'dies-mid-frame']), prompt: 'x' }),
  running: (command) => running(command),
});

describe('an ACP agent', () => {
  const records = new ConversationRecords();
  let cwd: string;
  beforeAll(async () => {
    cwd = await mkdtemp(join(tmpdir(), 'rouse-acp-'));
  });
  afterEach(() => records.endAll());
  afterAll(() => rm(cwd, { recursive: true, force: true }));

  type More = Partial<Parameters<ConversationRecords['start']>[1]>;
  const raw = (behaviour: string, more: More = {}) =>
    records.start(driver, { agent: running([process.execPath, RAW, ...behaviour.split(' ')]), cwd, ...more });
  const tell = (prompt: string, more: More = {}, agent: Partial<AgentDefinition> = {}) =>
    records.start(driver, { agent: running([process.execPath, ECHO], agent), prompt, cwd, ...more });

  describe('that is well', () => {
    test('tells for what it was woken', async () => {
      const env = {
        PATH: '/usr/bin:/bin',
        ROUSE_AUTOMATION: 'nightly',
        ROUSE_RUN_ID: 'run_7',
        ROUSE_ATTEMPT: '2',
        ROUSE_SCHEDULED_AT: '2026-11-22T09:00:00Z',
      };
      const record = tell('Sweep the floor', { env });
      const outcome = await record.conversation.outcome;
      expect(outcome.output).toBe(
        'I was woken for "nightly": run run_7, attempt 2, scheduled at 2026-11-22T09:00:00Z.\n\nYou said: Sweep the floor',
      );
      expect(outcome.usage).toEqual({
        input_tokens: expect.any(Number),
        output_tokens: expect.any(Number),
        cost_usd: 0,
      });
      expect(outcome.stop_reason).toBe('end_turn');
      expect(record.starts).toEqual([{ pid: expect.any(Number), agentSessionId: outcome.agent_session_id }]);
    });

    test('leaves one line per execution where it is told to', async () => {
      await tell('/touch marks', {
        env: { PATH: '/usr/bin:/bin', ROUSE_RUN_ID: 'run_1', ROUSE_FIRE_ID: 'fire_1', ROUSE_ATTEMPT: '1' },
      }).conversation.outcome;
      await tell('/touch marks').conversation.outcome;
      expect(await readFile(join(cwd, 'marks'), 'utf8')).toMatch(/^run_1 fire_1 1 - \d+\n- - - - \d+\n$/);
      expect(await tell('/touch ../marks').conversation.outcome).toMatchObject({ ended: 'broken' });
    });

    test('is asked for its mode and model where it offers them', async () => {
      const outcome = await tell('/say quietly', {}, { mode: 'loud', model: 'echo-large' }).conversation.outcome;
      expect(outcome.output).toBe('QUIETLY');
    });

    test('does not start in a mode or with a model that it does not offer', async () => {
      expect(await tell('x', {}, { mode: 'yolo' }).conversation.outcome).toMatchObject({
        ended: 'not_started',
        error: expect.stringMatching(/mode "yolo".*plain, loud/),
      });
      expect(await tell('x', {}, { model: 'huge' }).conversation.outcome).toMatchObject({
        ended: 'not_started',
        error: expect.stringMatching(/model "huge".*echo-small, echo-large/),
      });
    });

    test('continues an earlier session', async () => {
      const first = await tell('x').conversation.outcome;
      const second = tell('again', { resumeSessionId: first.agent_session_id! });
      const outcome = await second.conversation.outcome;
      expect(outcome.agent_session_id).toBe(first.agent_session_id);
      expect(outcome.output).toContain('continued');
    });

    test('opens a new session where the old one is unknown, and says so', async () => {
      const record = tell('x', { resumeSessionId: 'somebody-elses' });
      const outcome = await record.conversation.outcome;
      expect(outcome).toMatchObject({ ended: 'answered' });
      expect(outcome.agent_session_id).not.toBe('somebody-elses');
      expect(record.text('notice')).toMatch(/could not be continued/);
    });

    test('is ready, with its name and version', async () => {
      const ready = await driver.check({ agent: running([process.execPath, ECHO]), cwd, env: {} });
      expect(ready).toEqual({
        ready: true,
        version: expect.stringMatching(/^rouse-echo-agent \d/),
        logged_in: true,
        modes: ['plain', 'loud'],
        models: ['echo-small', 'echo-large'],
      });
    });
  });

  test('may tell its tokens in a corner of its own', async () => {
    expect((await raw('quota').conversation.outcome).usage).toEqual({ input_tokens: 7, output_tokens: 3 });
  });

  describe('that goes on with a session', () => {
    const cost = async (resumedUsage: RunUsage | undefined) => {
      const more = { resumeSessionId: 'echo-old', ...(resumedUsage === undefined ? {} : { resumedUsage }) };
      return (await tell('/usage 1 1 0.75', more).conversation.outcome).usage?.cost_usd;
    };
    test('tells the sum of the session, of which only the new part is this run’s', async () => {
      expect(await cost({ cost_usd: 0.5 })).toBeCloseTo(0.25, 9);
      expect(await cost(undefined)).toBe(0.75);
    });
    test('and tells less than before: then it counts each run on its own', async () => {
      expect(await cost({ cost_usd: 2 })).toBe(0.75);
    });
  });

  describe('that loads an old session', () => {
    test('does not repeat the history, and is charged from here on', async () => {
      const record = raw('loads', { resumeSessionId: 'known' });
      const outcome = await record.conversation.outcome;
      expect(outcome).toMatchObject({ ended: 'answered', output: 'new', agent_session_id: 'known' });
      expect(record.text('message')).toBe('new');
      expect(outcome.usage?.cost_usd ?? 0).toBeLessThanOrEqual(0.5);
    });
    test('opens a new one when it cannot', async () => {
      const record = raw('good', { resumeSessionId: 'known' });
      expect(await record.conversation.outcome).toMatchObject({ ended: 'answered', agent_session_id: 'raw-1' });
      expect(record.text('notice')).toMatch(/cannot continue/);
    });
  });

  describe('in what it reports', () => {
    test('everything arrives in order, and only the last words are the answer', async () => {
      const record = raw('updates');
      const outcome = await record.conversation.outcome;
      expect(outcome.output).toBe('The answer\n\nAnd more[image: image/png]');
      expect(outcome.usage).toEqual({ input_tokens: 15, output_tokens: 15, cost_usd: 1 });
      const kinds = record.entries.map(({ kind }) => kind).filter((kind) => kind !== 'notice');
      expect(kinds).toEqual([
        'message',
        'plan',
        'thought',
        'message',
        'tool_call',
        'tool_call',
        'tool_result',
        'message',
        'message',
      ]);
      expect(record.text('plan')).toBe('[x] think\n[ ] do');
      expect(record.text('tool_result')).toBe('contents of a\n[changed /a.ts]');
      const call = record.entries.find(({ kind }) => kind === 'tool_call');
      expect(call).toMatchObject({
        text: 'Read a.ts',
        detail: { tool: 'Read', tool_kind: 'read', input: { path: 'a.ts' } },
      });
    });
    test('what is newer than we are survives as a notice', async () => {
      const record = raw('updates');
      await record.conversation.outcome;
      const future = record.entries.find(({ detail }) => detail?.['update'] === 'from_the_future');
      expect(future).toMatchObject({ kind: 'notice', detail: { raw: { answer: 42 } } });
      expect(record.entries.filter(({ text }) => /cannot be read/.test(text))).toHaveLength(2);
    });
    test('a hundred usage reports become one', async () => {
      const record = raw('updates');
      await record.conversation.outcome;
      const reports = record.entries.filter(({ detail }) => detail?.['update'] === 'usage_update');
      expect(reports.length).toBeLessThanOrEqual(3);
      expect(reports.at(-1)?.text).toBe('Usage: 100 of 1000 tokens in context, 1 USD so far.');
    });
    test('a refusal is an answer with its stop reason', async () => {
      expect(await raw('refuses').conversation.outcome).toMatchObject({
        ended: 'answered',
        stop_reason: 'refusal',
        output: '',
      });
    });
    test('an answer without a stop reason is an answer all the same', async () => {
      expect(await raw('no-stop-reason').conversation.outcome).toMatchObject({
        ended: 'answered',
        stop_reason: 'unknown',
        output: 'odd',
      });
    });
    test('an exhausted account says until when', async () => {
      const before = Date.now();
      const outcome = await tell('/limit 1h').conversation.outcome;
      expect(outcome).toMatchObject({ ended: 'broken', error: expect.stringMatching(/Usage limit reached/) });
      expect(outcome.usage_limit_until).toBeGreaterThanOrEqual(before + 3_600_000);
    });
  });

  describe('that asks for permission', () => {
    const allowing: AgentStart['onPermission'] = async () => ({ outcome: 'selected', option_id: 'allow-once' });
    test('gets the answer', async () => {
      const record = tell('/permission bash rm -rf build', { answer: allowing });
      const outcome = await record.conversation.outcome;
      expect(outcome.output).toContain('Permission for bash: allow-once.');
      expect(record.permissions[0]!.request).toMatchObject({
        title: 'rm -rf build',
        tool: 'bash',
        input: { title: 'rm -rf build' },
      });
      expect(record.permissions[0]!.request.options.map(({ kind }) => kind)).toEqual([
        'allow_once',
        'allow_always',
        'reject_once',
        'reject_always',
      ]);
    });
    test('gets "cancelled" for an answer that was not offered, and for a dispatcher that fails', async () => {
      const odd = tell('/permission bash x', { answer: async () => ({ outcome: 'selected', option_id: 'sudo' }) });
      expect((await odd.conversation.outcome).output).toContain('bash: cancelled');
      expect(odd.text('notice')).toMatch(/"sudo", which was not offered/);
      const failing = tell('/permission bash x', { answer: () => Promise.reject(new Error('no database')) });
      expect((await failing.conversation.outcome).output).toContain('bash: cancelled');
      expect(failing.text('notice')).toMatch(/no database/);
    });
    test('and offers no option is still answered', async () => {
      expect((await raw('permission').conversation.outcome).output).toContain('"outcome":"cancelled"');
    });
    test('is answered "cancelled" when it is stopped meanwhile', async () => {
      const record = tell('/permission bash x', { answer: () => new Promise(() => {}) });
      await record.asked;
      await record.conversation.stop({ graceMs: 2_000 });
      expect(record.permissions[0]!.signal.aborted).toBe(true);
      const outcome = await record.conversation.outcome;
      expect(outcome).toMatchObject({ ended: 'stopped', stop_reason: 'cancelled', gone: true });
      expect(outcome.output).toContain('bash: cancelled');
    });
    test('and dies meanwhile withdraws the question', async () => {
      const record = tell('/permission bash x', { answer: () => new Promise(() => {}) });
      await record.asked;
      process.kill((await record.started).pid!, 'SIGKILL');
      expect(await record.conversation.outcome).toMatchObject({ ended: 'broken', exit_signal: 'SIGKILL' });
      expect(record.permissions[0]!.signal.aborted).toBe(true);
    });
    test('forty times at once is answered for the surplus', async () => {
      const record = raw('permissions', { answer: () => new Promise(() => {}) });
      await record.entry(({ text }) => /last: .*cancelled/.test(text));
      expect(record.permissions).toHaveLength(32);
      await record.conversation.stop({ graceMs: 1_000 });
      expect(await record.conversation.outcome).toMatchObject({ ended: 'stopped', stop_reason: 'cancelled' });
    });
    test('for files outside of its folder is refused', async () => {
      expect((await raw('files').conversation.outcome).output).toBe('-32602');
    });
  });

  describe('that has files and commands handled for it', () => {
    const allowing: More = { answer: async () => ({ outcome: 'selected', option_id: 'allow' }) };
    const rejecting: More = { answer: async () => ({ outcome: 'selected', option_id: 'reject' }) };

    test('reads within its folder, without anybody being asked', async () => {
      await writeFile(join(cwd, 'readme.txt'), 'Read me.');
      const record = tell('/read readme.txt');
      expect(await record.conversation.outcome).toMatchObject({ ended: 'answered', output: 'Read me.' });
      expect(record.permissions).toEqual([]);
      expect(record.text('tool_call')).toBe('read readme.txt');
    });

    test('does not read what its deny_tools name, nor what lies outside', async () => {
      const denied = await tell('/read readme.txt', {}, { deny_tools: ['fs/read*'] }).conversation.outcome;
      expect(denied).toMatchObject({ ended: 'broken', error: expect.stringMatching(/refused.*deny_tools/) });
      const outside = await tell('/read ../../etc/passwd').conversation.outcome;
      expect(outside).toMatchObject({ ended: 'broken', error: expect.stringMatching(/outside of the working folder/) });
    });

    test('writes when it is permitted, under the name that patterns know', async () => {
      const record = tell('/write new.txt Hello there\n/say done', allowing);
      expect(await record.conversation.outcome).toMatchObject({ output: 'done' });
      expect(await readFile(join(cwd, 'new.txt'), 'utf8')).toBe('Hello there\n');
      expect(record.permissions[0]?.request).toMatchObject({ tool: 'fs/write_text_file', title: 'write new.txt' });
      const refused = await tell('/write other.txt x', rejecting).conversation.outcome;
      expect(refused).toMatchObject({ ended: 'broken', error: expect.stringMatching(/not permitted/) });
      await expect(readFile(join(cwd, 'other.txt'))).rejects.toThrow(/ENOENT/);
    });

    test('troubles nobody about what is refused anyway', async () => {
      const record = tell('/write ../outside.txt x', allowing);
      expect((await record.conversation.outcome).error).toMatch(/outside of the working folder/);
      expect(record.permissions).toEqual([]);
    });

    test('runs commands in its folder and environment, when it is permitted', async () => {
      const record = tell('/run pwd; echo "$GIVEN"; exit 3', {
        ...allowing,
        env: { PATH: '/usr/bin:/bin', GIVEN: 'yes' },
      });
      expect((await record.conversation.outcome).output).toBe(`exit code 3: ${await realpath(cwd)}\nyes\n`);
      expect(record.permissions[0]?.request).toMatchObject({ tool: 'terminal/create' });
      expect((await tell('/run true', rejecting).conversation.outcome).error).toMatch(/not permitted/);
    });

    test('leaves nothing running that it had run', async () => {
      const record = tell('/run sleep 1000 & echo "pid $!"; exec >&- 2>&-; sleep 1000', allowing);
      await record.entry(({ kind, text }) => kind === 'tool_call' && text.startsWith('ran '));
      await record.conversation.stop({ graceMs: 100 });
      expect(await record.conversation.outcome).toMatchObject({ ended: 'stopped', gone: true });
      expect(await custodian.find({ tokens: [record.token] })).toEqual([]);
    });
  });

  describe('that does not get as far as the prompt', () => {
    const check = (title: string, behaviour: string, error: RegExp): void =>
      test(title, async () => {
        const record = raw(behaviour);
        expect(await record.conversation.outcome).toMatchObject({
          ended: 'not_started',
          gone: true,
          error: expect.stringMatching(error),
        });
        expect(record.starts).toEqual([]);
        expect(record.late).toEqual([]);
      });
    check('because it exits at once', 'exits no key configured', /exit code 7 before the handshake.*no key configured/);
    check('because it is another program', 'not-acp', /exit code 1 before the handshake.*Usage: some-tool/);
    check('because it speaks another version', 'version', /version 7 .*version 1/);
    check('because it answers nonsense', 'init-rubbish', /no version at all/);
    check('because it fails inside', 'init-error', /refused the handshake.*no licence/);
    check('because nobody logged in', 'auth', /log in once with the agent's own CLI.*Log in \(raw-agent login\)/);
    check(
      'because it dies while opening',
      'dies-opening',
      /exit code 9 while it opened a session.*cannot reach the model/,
    );
    check('because its session has no name', 'no-session-id', /without an identity/);

    /** A clock on which the handshake's limit is short, and everything else as it is. */
    const hasty: Clock = { ...clock, after: (ms, call) => clock.after(ms === HANDSHAKE_MS_MAX ? 300 : ms, call) };
    test('because it never answers', async () => {
      const agent = running([process.execPath, RAW, 'mute']);
      const record = records.start(createAcpDriver({ clock: hasty }), { agent, cwd });
      expect(await record.conversation.outcome).toMatchObject({
        ended: 'not_started',
        error: expect.stringMatching(/within 30 s/),
      });
    });
    test('and is not ready then', async () => {
      const agent = running([process.execPath, RAW, 'mute-forever'], { stop_grace_ms: 50 });
      const ready = await createAcpDriver({ clock: hasty }).check({ agent, cwd, env: {} });
      expect(ready).toMatchObject({
        ready: false,
        problem: expect.stringMatching(/did not answer/),
        hint: expect.any(String),
      });
    });
    test('because it is stopped during the handshake', async () => {
      const record = raw('mute');
      await record.entry(({ text }) => text.includes('mute'));
      await record.conversation.stop({ graceMs: 1_000 });
      expect(await record.conversation.outcome).toMatchObject({ ended: 'stopped', gone: true });
      expect(record.starts).toEqual([]);
    });
    test('and is killed if it ignores everything during the handshake', async () => {
      const record = raw('mute-forever');
      await record.entry(({ text }) => text.includes('mute'));
      await record.conversation.stop({ graceMs: 50 });
      expect(await record.conversation.outcome).toMatchObject({ ended: 'stopped', gone: true });
    });
  });

  describe('that breaks off', () => {
    test('in the middle of a message keeps what it had said', async () => {
      expect(await raw('dies-mid-frame').conversation.outcome).toMatchObject({
        ended: 'broken',
        output: 'half an ',
        exit_signal: 'SIGKILL',
      });
    });
    test('behind its answer but before the line end has answered', async () => {
      expect(await raw('last-line-without-end').conversation.outcome).toMatchObject({
        ended: 'answered',
        output: 'whole',
      });
    });
    test('by closing its output is ended', async () => {
      const record = raw('closes-output');
      expect(await record.conversation.outcome).toMatchObject({
        ended: 'broken',
        gone: true,
        error: expect.stringMatching(/closed the connection but went on running/),
      });
      expect(isRunning(record.starts[0]!.pid!)).toBe(false);
    });
    test('with an exit says the code', async () => {
      expect(await tell('/stderr goodbye\n/exit 3').conversation.outcome).toMatchObject({
        ended: 'broken',
        exit_code: 3,
        error: expect.stringMatching(/exit code 3 before it answered.*goodbye/),
      });
    });
    test('with an error says it', async () => {
      expect(await raw('prompt-error').conversation.outcome).toMatchObject({
        ended: 'broken',
        error: expect.stringMatching(/refused the prompt.*model overloaded/),
      });
    });
    test('with a message that is too large is broken, not buffered', async () => {
      expect(await raw('huge-message').conversation.outcome).toMatchObject({
        ended: 'broken',
        gone: true,
        error: expect.stringMatching(/sent a message of more than 33554432 bytes/),
      });
    });
  });

  describe('that prints what is no message', () => {
    test('is noted once and counted', async () => {
      const record = raw('garbage');
      expect(await record.conversation.outcome).toMatchObject({ ended: 'answered', output: 'still here' });
      const notices = record.entries.filter(({ text }) => /no protocol messages/.test(text));
      expect(notices.map(({ text }) => text)).toEqual([
        expect.stringContaining('log line one'),
        expect.stringMatching(/^4 lines/),
      ]);
    });
    test('for 50 MB without a line end is not buffered, and may go on', async () => {
      expect(await raw('line-without-end').conversation.outcome).toMatchObject({
        ended: 'answered',
        output: 'still here',
      });
    });
    test('and asks without reading the answers is held back, and can be stopped', async () => {
      const record = raw('asks-without-reading');
      await record.started;
      await record.conversation.stop({ graceMs: 100 });
      expect(await record.conversation.outcome).toMatchObject({ ended: 'stopped', gone: true });
    });
  });

  describe('that is stopped in the middle', () => {
    test('and reacts keeps its last words, stop reason and usage', async () => {
      const record = raw('after-cancel');
      await record.entry(({ kind }) => kind === 'message');
      await record.conversation.stop({ graceMs: 2_000 });
      expect(await record.conversation.outcome).toMatchObject({
        ended: 'stopped',
        output: 'working stopping',
        stop_reason: 'cancelled',
        usage: { input_tokens: 1, output_tokens: 2 },
      });
    });
    test('and does not react is ended', async () => {
      const record = raw('deaf-to-cancel');
      await record.entry(({ kind }) => kind === 'message');
      await record.conversation.stop({ graceMs: 100 });
      expect(await record.conversation.outcome).toMatchObject({ ended: 'stopped', gone: true, output: 'working no' });
    });
    test('while it sleeps wakes up', async () => {
      const record = tell('/sleep 1h');
      await record.entry(({ kind }) => kind === 'thought');
      await record.conversation.stop({ graceMs: 2_000 });
      expect(await record.conversation.outcome).toMatchObject({ ended: 'stopped', stop_reason: 'cancelled' });
    });
    test('with everything that it left in other sessions', async () => {
      const record = tell('/spawn\n/spawn\n/sleep 1h');
      await record.entry(({ text }) => text.includes('Sleeping'));
      const pids = pidsIn(record.text('thought'));
      expect(pids).toHaveLength(2);
      await record.conversation.stop({ graceMs: 200 });
      expect(pids.map(isRunning)).toEqual([false, false]);
    });
  });
});
