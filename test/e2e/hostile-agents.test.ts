// Agents that mean ill or are broken, through a real daemon: each run ends in the right state, with a reason and a next
// step, and nothing of it is left running. Further ones (absent, flooding, hanging, silent) are in daemon-bad-agents.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ApiRun } from '../../src/client/client.ts';
import { echoAgentCommand } from '../../src/testing/program-files.ts';
import { openScratchDaemon, type ScratchDaemon } from '../../src/testing/scratch-daemon.ts';

const RAW = join(import.meta.dirname, '../agents/raw-acp-agent.ts');
const samples = join(import.meta.dirname, '../agents/samples');
const acp = (command: readonly string[], more = ''): string =>
  `type = "acp"\ncommand = ${JSON.stringify(command)}\nstop_grace = "200ms"\n${more}`;
const raw = (behaviour: string, more = ''): string => acp([process.execPath, RAW, behaviour], more);
const echo = (more = ''): string => acp(echoAgentCommand(), more);

interface Hostile {
  /** The lines of `[agents.<name>]`. */
  agent: string;
  prompt?: string;
  expected: object;
}

const folder = mkdtempSync(join(tmpdir(), 'rouse-hostile-'));
let daemon: ScratchDaemon;

/** A program that prints what a real one was recorded to print, and exits so. */
function recorded(name: string, p: { sample: string; code: number; preset: string }): string {
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\ncat >/dev/null\ncat ${join(samples, p.sample)}\nexit ${p.code}\n`);
  chmodSync(file, 0o755);
  return `type = "command"\npreset = "${p.preset}"\ncommand = ["${file}"]`;
}

const unavailable = (error: RegExp): object => ({
  status: 'failed',
  reason: 'agent_unavailable',
  error: expect.stringMatching(error),
});
const failed = (error: RegExp): object => ({
  status: 'failed',
  reason: 'agent_error',
  error: expect.stringMatching(error),
});

const HOSTILE: Readonly<Record<string, Hostile>> = {
  'wrong-version': {
    agent: raw('version'),
    expected: unavailable(/speaks version 7 .* rouse agents test wrong-version/),
  },
  'not-logged-in': { agent: raw('auth'), expected: unavailable(/asks for a login.*log in once.*rouse agents test/) },
  'refuses-handshake': {
    agent: raw('init-error'),
    expected: unavailable(/refused the handshake.*no licence.*rouse agents/),
  },
  'rubbish-handshake': { agent: raw('init-rubbish'), expected: unavailable(/speaks no version at all/) },
  'dies-opening': { agent: raw('dies-opening'), expected: unavailable(/exit code 9.*cannot reach the model/) },
  'dies-mid-frame': { agent: raw('dies-mid-frame'), expected: failed(/SIGKILL/) },
  'invalid-frames': { agent: raw('garbage'), expected: { status: 'completed', output: 'still here' } },
  'endless-line': { agent: raw('line-without-end'), expected: { status: 'completed', output: 'still here' } },
  'too-large': { agent: raw('huge-message'), expected: failed(/more than \d+ bytes/) },
  'closes-output': { agent: raw('closes-output'), expected: failed(/closed the connection/) },
  'refuses-prompt': { agent: raw('refuses'), expected: failed(/stopped early: refusal/) },
  'no-answer-to-permission': {
    agent: echo('permission = "ask"\npermission_timeout = "300ms"'),
    prompt: '/permission shell Delete all\n/fail it was not allowed',
    expected: { status: 'failed', reason: 'permission', error: expect.stringMatching(/not answered in time/) },
  },
  'many-permissions': {
    agent: raw('permissions', 'permission = "deny"\nstall_timeout = "2s"'),
    expected: { status: 'failed', reason: 'stalled' },
  },
  forks: {
    agent: echo(),
    prompt: '/spawn\n/spawn\n/spawn\n/say done',
    expected: { status: 'completed', output: 'done' },
  },
  'exits-silently': {
    agent: 'type = "command"\ncommand = ["true"]',
    expected: { status: 'failed', reason: 'no_output', error: expect.stringMatching(/success\.output/) },
  },
  exhausted: {
    agent: echo(),
    prompt: '/limit 1h',
    expected: { status: 'failed', reason: 'usage_limit', error: expect.stringMatching(/exhausted until 20/) },
  },
  'codex-exhausted': {
    agent: recorded('codex-exhausted', { sample: 'codex-limit.jsonl', code: 1, preset: 'codex' }),
    expected: { status: 'failed', reason: 'usage_limit', error: expect.stringMatching(/hit your usage limit/) },
  },
  'claude-not-logged-in': {
    agent: recorded('claude-not-logged-in', { sample: 'claude-not-logged-in.jsonl', code: 1, preset: 'claude' }),
    expected: failed(/Not logged in.*ANTHROPIC_API_KEY/),
  },
};

beforeAll(async () => {
  const entries = Object.entries(HOSTILE).map(
    ([name, { agent, prompt = 'Hello' }]) => `
[agents.${name}]
${agent}
[[automation.jobs]]
name = "${name}"
agent = "${name}"
prompt = ${JSON.stringify(prompt)}
schedule = "every:1000h"
timeout = "60s"`,
  );
  daemon = await openScratchDaemon({
    environment: process.env,
    config: `[automation]\nmax_concurrent_jobs = 4\n${entries.join('\n')}`,
    withinMs: 60_000,
  });
  expect(await daemon.client.config.problems()).toEqual([]);
});
afterAll(async () => {
  await daemon.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('an agent that', () => {
  for (const [name, { expected }] of Object.entries(HOSTILE)) {
    test.concurrent(name, { timeout: 90_000 }, async ({ expect: expectHere }) => {
      const { jobs } = await daemon.client.jobs.list({ limit: 100 });
      const { run } = await daemon.client.jobs.trigger(jobs.find((job) => job.name === name)!.id);
      const ended: ApiRun = await daemon.waitForRun(({ id, ended_at }) => id === run.id && ended_at !== undefined);
      expectHere(ended).toMatchObject(expected);
    });
  }
});

test('leaves nothing running, and the daemon well', async () => {
  await daemon.waitUntilAlone();
  expect((await daemon.client.ready()).status).toBe('ready');
  const held = (await daemon.client.agents.list()).filter(({ held_until }) => held_until !== undefined);
  expect(held.map(({ name }) => name).toSorted()).toEqual(['codex-exhausted', 'exhausted']);
});
