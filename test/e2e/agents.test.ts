// Who is installed, whether they would start, and what they cost: from the command line to real programs and back.
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { echoAgentCommand } from '../../src/testing/program-files.ts';
import { openScratchDaemon, type ScratchDaemon } from '../../src/testing/scratch-daemon.ts';

const rouse = join(import.meta.dirname, '../../bin/rouse');

/** What an installation looks like from outside: a program that tells its version and who is logged in. */
const CLAUDE = `#!/bin/sh
case "$1" in
  --version) echo "2.1.197 (Claude Code)";;
  auth) echo '{ "loggedIn": false }'; exit 1;;
  *) echo "a prompt was sent: $*" >> "$HOME/asked"; exit 1;;
esac
`;

let daemon: ScratchDaemon;
let bin: string;
beforeAll(async () => {
  bin = mkdtempSync(join(tmpdir(), 'rouse-bin-'));
  writeFileSync(join(bin, 'claude'), CLAUDE);
  chmodSync(join(bin, 'claude'), 0o755);
  mkdirSync(join(bin, 'empty'));
  const raw = join(import.meta.dirname, '../agents/raw-acp-agent.ts');
  daemon = await openScratchDaemon({
    environment: { ...process.env, PATH: `${bin}:/usr/local/bin:/usr/bin:/bin` },
    withinMs: 30_000,
    config: `
[agents.echo]
type = "acp"
command = ${JSON.stringify(echoAgentCommand())}
[agents.reviewer]
type = "command"
preset = "claude"
[agents.absent]
type = "acp"
command = ["no-such-agent"]
[agents.secretive]
type = "command"
command = ["true"]
env = { KEY = "env:NOT_SET_ANYWHERE" }
[agents.stranger]
type = "acp"
command = ${JSON.stringify([process.execPath, raw, 'not-acp'])}
[agents.picky]
type = "acp"
command = ${JSON.stringify(echoAgentCommand())}
model = "no-such-model"
[agents.remote]
type = "http"
url = "http://127.0.0.1:1/agent"
`,
  });
});
afterAll(async () => {
  await daemon.close();
  rmSync(bin, { recursive: true, force: true });
});

function command(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const { FORCE_COLOR: _, ...env } = process.env;
  const child = spawn(rouse, args, { env: { ...env, HOME: daemon.folder, ROUSE_HOME: daemon.home, TZ: 'UTC' } });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  child.stdin.end();
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, out, err })));
}

test('what is installed is found, with version, login and the next step', async () => {
  const { code, out } = await command('agents', 'detect');
  expect(code).toBe(0);
  expect(out).toMatch(/^claude +2\.1\.197 +no +reviewer +Run `claude` once/m);
  expect(out).toMatch(/^codex +Install it with: npm install -g @openai\/codex$/m);
  const { agents } = JSON.parse((await command('agents', 'detect', '-o', 'json')).out) as {
    agents: { name: string; installed: boolean }[];
  };
  expect(agents.filter(({ installed }) => installed).map(({ name }) => name)).toEqual(['claude']);
});

describe('an agent is tested', () => {
  const check = (name: string, expected: object): void =>
    test(name, async () => expect(await daemon.client.agents.test(name)).toMatchObject({ name, ...expected }));

  check('echo', { ready: true, logged_in: true, models: ['echo-small', 'echo-large'] });
  check('reviewer', { ready: true, version: '2.1.197', logged_in: false, hint: expect.stringMatching(/log in/) });
  check('absent', { ready: false, problem: expect.stringMatching(/no-such-agent/), hint: expect.any(String) });
  check('secretive', { ready: false, problem: expect.stringMatching(/NOT_SET_ANYWHERE/) });
  check('stranger', { ready: false, problem: expect.any(String), hint: expect.any(String) });
  check('picky', { ready: false, problem: expect.stringMatching(/no-such-model.*echo-small/) });
  check('remote', { ready: false, problem: expect.stringMatching(/cannot be reached/) });

  test('by name on the command line, ending as it is', async () => {
    expect(await command('agents', 'test', 'echo')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^ready +✓ yes$/m),
    });
    expect(await command('agents', 'test', 'absent')).toMatchObject({
      code: 7,
      out: expect.stringMatching(/^ready +✗ no: /m),
    });
    expect(await command('agents', 'test', 'nobody')).toMatchObject({ code: 3 });
    expect(await command('agents', 'doctor')).toMatchObject({ code: 7, out: expect.stringMatching(/^agent +picky$/m) });
  });

  test('and nothing of it sends a prompt, or leaves a process', async () => {
    expect(existsSync(join(daemon.folder, 'asked'))).toBe(false);
    expect((await daemon.client.sessions.list()).sessions).toEqual([]);
    expect(daemon.processes()).toEqual([]);
  });
});

test('what a run costs is the average of past ones', async () => {
  const { job } = await daemon.client.jobs.create({
    scope: 'global',
    name: 'spends',
    agent_name: 'echo',
    prompt: '/usage 100 20 0.5',
    schedule: { mode: 'cron', expr: '0 9 1 1 *' },
  });
  for (const prompt of ['/usage 100 20 0.5\n/say a', '/usage 300 80 0.25\n/say b']) {
    const { run } = await daemon.client.jobs.trigger(job.id, { prompt });
    await daemon.waitForRun(({ id, ended_at }) => id === run.id && ended_at !== undefined);
  }
  expect((await daemon.client.agents.test('echo')).past).toEqual({
    runs: 2,
    average_tokens: 250,
    average_cost_usd: 0.375,
  });
  expect((await command('agents', 'test', 'echo')).out).toMatch(
    /^a run costs +250 tokens, 0\.3750 USD: the average of 2 runs$/m,
  );
});
