// The command adapter against the contract, and what only a plain program can do to it.
import { readFile, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createCommandDriver } from '../../src/agents/command/command-driver.ts';
import { systemClock } from '../../src/clock/clock.ts';
import { agentDefinition, ConversationRecords, custodian, isRunning, pidsIn } from '../agents/conversation-record.ts';
import { describeAgentDriver, type Behaviour } from './agent-driver.ts';

const driver = createCommandDriver({ clock: systemClock() });
const shell = (script: string): Behaviour => ({
  agent: agentDefinition({ command: ['sh', '-c', script] }),
  prompt: 'Hello',
});
/** Prints its pid once it ignores SIGTERM, in a session of its own, with its own output closed. */
const GRANDCHILD = `setsid sh -c 'trap "" TERM; echo "pid $$"; exec >/dev/null 2>&1; while :; do sleep 1000; done' &`;

describeAgentDriver('command', {
  driver,
  says: (text) => ({ agent: agentDefinition({ command: ['cat'] }), prompt: text }),
  saysVariable: (name) => shell(`echo "$${name}"`),
  silent: () => shell('exit 0'),
  complains: (line) => shell(`echo "${line}" >&2`),
  floods: (mebibytes) => shell(`yes "this is what a flood looks like" | head -c ${mebibytes * 1024 * 1024}`),
  hangs: () => shell('echo hanging; while :; do sleep 1000; done'),
  stubborn: () => shell(`trap "" TERM; ${GRANDCHILD} while :; do sleep 1000; done`),
  // The leader stays until the grandchild has spoken, so that there is something to look for.
  leavesGrandchild: () =>
    shell(`setsid sh -c 'trap "" TERM; echo "pid $$"; touch ready.$$; exec >/dev/null 2>&1; while :; do sleep 1000; done' &
           while ! ls ready.* >/dev/null 2>&1; do sleep 0.01; done; rm ready.*; exit 0`),
  dies: () => shell('echo now; kill -KILL $$'),
  running: (command) => agentDefinition({ command }),
});

describe('a command', () => {
  const records = new ConversationRecords();
  let cwd: string;
  beforeAll(async () => {
    cwd = await mkdtemp(join(tmpdir(), 'rouse-command-'));
  });
  afterEach(() => records.endAll());
  afterAll(() => rm(cwd, { recursive: true, force: true }));
  const start = (script: string, more: Partial<Behaviour['agent']> = {}, prompt = 'Hello') =>
    records.start(driver, { agent: agentDefinition({ command: ['sh', '-c', script], ...more }), prompt, cwd });
  const outcomeOf = (...p: Parameters<typeof start>) => start(...p).conversation.outcome;

  test('is answered with its exit code, whatever it is', async () => {
    expect(await outcomeOf('echo no; exit 3')).toMatchObject({
      ended: 'answered',
      exit_code: 3,
      stop_reason: 'exit',
      output: 'no\n',
    });
  });

  test('runs in the working folder', async () => {
    expect((await outcomeOf('pwd')).output.trim()).toBe(cwd);
  });

  test('gets the prompt on its standard input, to the byte', async () => {
    expect((await outcomeOf('od -c | head -1', {}, 'a\0b ü\n')).output).toMatch(/a\s+\\0\s+b\s+303 274\s+\\n/);
  });

  test('may leave a prompt larger than a pipe unread', async () => {
    expect(await outcomeOf('echo done', {}, 'x'.repeat(8 * 1024 * 1024))).toMatchObject({
      ended: 'answered',
      output: 'done\n',
    });
  });

  test('may close its standard input and go on', async () => {
    expect(await outcomeOf('exec 0<&-; sleep 0.05; echo done', {}, 'x'.repeat(1024 * 1024))).toMatchObject({
      output: 'done\n',
    });
  });

  test('gets the prompt as its last argument', async () => {
    const outcome = await outcomeOf(
      'printf "%s|" "$@"',
      { command: ['sh', '-c', 'printf "%s|" "$@"', 'sh', 'a'], prompt_via: 'argument' },
      '--help $(x) "',
    );
    expect(outcome.output).toBe('a|--help $(x) "|');
  });

  test('gets the prompt where the placeholder stands', async () => {
    const command = ['sh', '-c', 'printf "%s|" "$@"', 'sh', '--ask={prompt}', 'b'];
    expect((await outcomeOf('', { command, prompt_via: 'argument' }, '$& {prompt}')).output).toBe(
      '--ask=$& {prompt}|b|',
    );
  });

  test('has an empty standard input when the prompt comes another way', async () => {
    expect((await outcomeOf('cat; echo end', { prompt_via: 'argument' })).output).toBe('end\n');
  });

  test('cannot get a NUL byte as an argument', async () => {
    expect(await outcomeOf('', { prompt_via: 'argument' }, 'a\0b')).toMatchObject({
      ended: 'not_started',
      error: expect.stringMatching(/NUL.*stdin/),
    });
  });

  test('cannot get an endless argument, and says what to do', async () => {
    expect(await outcomeOf('', { prompt_via: 'argument' }, 'x'.repeat(4 * 1024 * 1024))).toMatchObject({
      ended: 'not_started',
      error: expect.stringMatching(/stdin.*file/),
    });
  });

  test('gets the prompt as a file that only it may read, and the file is gone afterwards', async () => {
    const folder = await mkdtemp(join(cwd, 'prompts-'));
    const own = createCommandDriver({ clock: systemClock(), promptFolder: folder });
    const command = ['sh', '-c', 'stat -c %a "$1" "$(dirname "$1")"; cat "$1"', 'sh', '{prompt_file}'];
    const { conversation } = records.start(own, {
      agent: agentDefinition({ command, prompt_via: 'file' }),
      prompt: 'In a file',
      cwd,
    });
    expect((await conversation.outcome).output).toBe('600\n700\nIn a file');
    expect(await readdir(folder)).toEqual([]);
  });

  test('does not start when the prompt cannot be written to a file', async () => {
    const own = createCommandDriver({ clock: systemClock(), promptFolder: join(cwd, 'absent') });
    const { conversation } = records.start(own, {
      agent: agentDefinition({ command: ['cat'], prompt_via: 'file' }),
      cwd,
    });
    expect(await conversation.outcome).toMatchObject({ ended: 'not_started', error: expect.stringMatching(/absent/) });
  });

  test('that prints rubbish is read as text', async () => {
    const { output } = await outcomeOf(`printf '\\377\\000ok\\303'`);
    expect(output).toBe('\ufffd\ufffdok\ufffd');
  });

  test('that splits a character between two writes is read right', async () => {
    expect((await outcomeOf(`printf '\\303'; sleep 0.1; printf '\\274'`)).output).toBe('ü');
  });

  test('without a line end at the end is read whole', async () => {
    const record = start('printf abc');
    expect((await record.conversation.outcome).output).toBe('abc');
    expect(record.text('output')).toBe('abc');
  });

  test('is followed while it runs', async () => {
    const record = start('echo first; mkfifo never; read x < never; echo second');
    expect((await record.entry(({ kind }) => kind === 'output')).text).toBe('first\n');
    await record.conversation.stop({ graceMs: 50 });
  });

  test('that closes its output but lives on is waited for', async () => {
    expect(await outcomeOf('echo said; exec >&- 2>&-; sleep 0.2; exit 4')).toMatchObject({
      exit_code: 4,
      output: 'said\n',
    });
  });

  test('whose grandchild holds the output open ends when the grandchild is ended', async () => {
    const record = start(
      `setsid sh -c 'trap "" TERM; while :; do sleep 1000; done' & echo "pid $!"; sleep 0.1; exit 0`,
    );
    const outcome = await record.conversation.outcome;
    expect(outcome).toMatchObject({ ended: 'answered', exit_code: 0, gone: true });
    expect(isRunning(pidsIn(outcome.output)[0]!)).toBe(false);
  });

  test('whose child forks twice and loses its parents is ended whole', async () => {
    const record = start(
      `(setsid sh -c '(trap "" TERM; echo "pid $(exec sh -c "echo \\$PPID")"; exec sleep 1000) &' &) ; sleep 0.2; exit 0`,
    );
    const outcome = await record.conversation.outcome;
    const [orphan] = pidsIn(outcome.output);
    expect(orphan).toBeGreaterThan(1);
    expect(isRunning(orphan!)).toBe(false);
    expect(outcome.gone).toBe(true);
  });

  test('whose child scrubs its environment and leaves the session is ended as long as its parent lives', async () => {
    const record = start(`env -i setsid sh -c 'trap "" TERM; echo "pid $$"; while :; do sleep 1000; done' & wait`);
    const [child] = pidsIn((await record.entry(({ text }) => pidsIn(text).length > 0)).text);
    expect((await custodian.find({ tokens: [record.token] })).map(({ pid }) => pid)).not.toContain(child);
    await record.conversation.stop({ graceMs: 100 });
    expect(isRunning(child!)).toBe(false);
    expect((await record.conversation.outcome).gone).toBe(true);
  });

  test('that is stopped itself (SIGSTOP) still hears SIGTERM', async () => {
    const record = start(`trap 'echo heard; exit 0' TERM; echo "pid $$"; kill -STOP $$; while :; do sleep 0.05; done`);
    await record.entry(({ text }) => pidsIn(text).length > 0);
    await record.conversation.stop({ graceMs: 2_000 });
    expect(await record.conversation.outcome).toMatchObject({ ended: 'stopped', exit_code: 0 });
    expect(record.text('output')).toContain('heard');
  });

  test('that forks while it is killed is ended all the same', async () => {
    const record = start(
      `trap "" TERM; echo ready; while :; do (trap "" TERM; setsid sleep 1000 &) ; sleep 0.005; done`,
    );
    await record.entry(({ kind }) => kind === 'output');
    await record.conversation.stop({ graceMs: 50 });
    expect((await record.conversation.outcome).gone).toBe(true);
    expect(await custodian.find({ tokens: [record.token] })).toEqual([]);
  });

  test('keeps its partial answer when it is stopped', async () => {
    const record = start('echo half; while :; do sleep 1000; done');
    await record.entry(({ kind }) => kind === 'output');
    await record.conversation.stop({ graceMs: 50 });
    expect(await record.conversation.outcome).toMatchObject({
      ended: 'stopped',
      output: 'half\n',
      exit_signal: 'SIGTERM',
    });
  });

  test('that dies says its last words in the error', async () => {
    expect((await outcomeOf('echo "out of cheese" >&2; kill -SEGV $$')).error).toMatch(/SIGSEGV.*out of cheese/);
  });

  test('is found in PATH entries of its own environment only', async () => {
    const ready = await driver.check({ agent: agentDefinition({ command: ['sh'] }), cwd, env: { PATH: '/nowhere' } });
    expect(ready).toMatchObject({ ready: false, problem: expect.stringContaining('/nowhere') });
    const found = await driver.check({
      agent: agentDefinition({ command: ['sh'] }),
      cwd,
      env: { PATH: '/usr/bin:/bin' },
    });
    expect(found.ready && (await stat(found.detail!)).isFile()).toBe(true);
  });

  test('gets the token in a place where a later daemon finds it', async () => {
    const record = start('echo here; while :; do sleep 1000; done');
    const { pid } = await record.started;
    if (process.platform === 'linux') {
      expect(await readFile(`/proc/${pid}/environ`, 'latin1')).toMatch(
        new RegExp(`^ROUSE_PROCESS_TOKEN=${record.token}\0`),
      );
    }
    await record.conversation.stop({ graceMs: 50 });
  });
});
