// Agents that are missing, crash, print garbage or a flood, never end or say nothing: each ends in a failed run with a
// reason, and a neighbour that fires all the while notices nothing.
import { expect, test } from 'vitest';
import { echoAgentCommand } from '../../src/testing/program-files.ts';
import { openScratchDaemon } from '../../src/testing/scratch-daemon.ts';
import { bringToRest, judge, loadToml } from '../crash/crash-load.ts';
import { markerAgentToml } from '../crash/executions.ts';

const FLOOD_BYTES = 50 * 1024 * 1024;

interface BadAgent {
  /** `[agents.<name>]` besides its name. */
  agent: string;
  prompt?: string;
  more?: string;
  expected: object;
}

const marker = (more = '') => markerAgentToml({ name: '', more }).replace('[agents.]\n', '');
const acp = (command: readonly string[]) => `type = "acp"\ncommand = ${JSON.stringify(command)}\nstop_grace = "300ms"`;

const BAD: Readonly<Record<string, BadAgent>> = {
  missing: {
    agent: 'type = "command"\ncommand = ["/does/not/exist/agent"]',
    expected: {
      status: 'failed',
      reason: 'agent_unavailable',
      error: expect.stringContaining('/does/not/exist/agent'),
    },
  },
  crashes: {
    agent: marker(),
    prompt: 'say last words\ncrash',
    expected: { status: 'failed', reason: 'agent_error', error: expect.stringContaining('SIGKILL') },
  },
  fails: { agent: marker(), prompt: 'fail', expected: { status: 'failed', reason: 'agent_error', exit_code: 1 } },
  'acp-exits': {
    agent: acp(echoAgentCommand()),
    prompt: '/exit 3',
    expected: { status: 'failed', reason: 'agent_error' },
  },
  'acp-refuses-login': {
    agent: acp(['sh', '-c', 'echo "please log in" >&2; exit 1']),
    expected: { status: 'failed', reason: 'agent_unavailable', error: expect.stringContaining('please log in') },
  },
  'acp-garbage': {
    agent: acp(['sh', '-c', 'head -c 300000 /dev/urandom; exec sleep 1000']),
    more: 'timeout = "2s"',
    expected: { status: 'failed', error: expect.any(String) },
  },
  garbage: { agent: marker(), prompt: 'garbage 300000', expected: { status: 'completed' } },
  floods: { agent: marker(), prompt: `flood ${FLOOD_BYTES}`, expected: { status: 'completed' } },
  'acp-floods': { agent: acp(echoAgentCommand()), prompt: '/flood 50MB', expected: { status: 'completed' } },
  'one-long-line': {
    agent: `type = "command"\ncommand = ["sh", "-c", "head -c ${FLOOD_BYTES} /dev/zero | tr '\\\\0' x"]`,
    expected: { status: 'completed' },
  },
  hangs: {
    agent: marker(),
    prompt: 'stubborn\nhang',
    more: 'timeout = "1s"',
    expected: { status: 'failed', reason: 'timeout', error: expect.stringContaining('1s') },
  },
  'acp-never-answers': {
    agent: acp(['sleep', '1000']),
    more: 'timeout = "1s"',
    expected: { status: 'failed', reason: 'timeout' },
  },
  stalls: {
    agent: marker('stall_timeout = "700ms"'),
    prompt: 'say hello\nhang',
    expected: { status: 'failed', reason: 'stalled' },
  },
  silent: { agent: marker(), prompt: 'silent', expected: { status: 'failed', reason: 'no_output' } },
  'acp-silent': {
    agent: acp(echoAgentCommand()),
    prompt: '/silent',
    expected: { status: 'failed', reason: 'no_output' },
  },
};

const entries = Object.entries(BAD).map(
  ([name, { agent, prompt = 'Hello', more = '' }]) => `
[agents.${name}]
${agent}
[[automation.jobs]]
name = "${name}"
agent = "${name}"
prompt = ${JSON.stringify(prompt)}
schedule = "every:1000h"
${more}`,
);

test('bad agents fail visibly and disturb nobody', async () => {
  const steady = {
    name: 'steady',
    schedule: '{ mode = "every", interval = "400ms" }',
    prompt: ['sleep 0.05'],
    overlap: 'queue_all',
  };
  await using daemon = await openScratchDaemon({
    environment: process.env,
    config: `${loadToml({ jobs: [steady], maxConcurrent: 50 })}${entries.join('\n')}`,
    withinMs: 40_000,
  });
  expect(await daemon.client.config.problems()).toEqual([]);
  const { jobs } = await daemon.client.jobs.list({ limit: 100 });
  await Promise.all(
    Object.entries(BAD).map(async ([name, { expected }]) => {
      const { id } = jobs.find((job) => job.name === name)!;
      const asked = (await daemon.client.jobs.trigger(id)).run;
      const run = await daemon.waitForRun(({ id: each, ended_at }) => each === asked.id && ended_at !== undefined);
      expect({ name, run }).toMatchObject({ name, run: expected });
      // However much was said, what is kept is bounded, and reaching the bound is visible.
      expect(run.output?.length ?? 0).toBeLessThan(2 * 1024 * 1024);
      const { session_id } = await daemon.client.runs.get(run.id);
      if (!name.endsWith('floods') || session_id === undefined) return;
      const session = await daemon.client.sessions.get(session_id);
      expect(session).toMatchObject({ transcript_truncated: true });
    }),
  );
  const pid = daemon.pid;
  const after = Date.now();
  const neighbour = jobs.find(({ name }) => name === 'steady')!;
  await daemon.waitForRun(
    ({ job_id, status, scheduled_at }) =>
      job_id === neighbour.id && status === 'completed' && Date.parse(scheduled_at ?? '') > after,
  );
  expect(daemon.pid).toBe(pid);
  const before = await bringToRest(daemon);
  const rows = (await daemon.runs()).filter(({ job_id, reason }) => job_id === neighbour.id && reason !== 'misfire');
  expect(new Set(rows.map(({ status }) => status))).toEqual(new Set(['completed']));
  expect(await judge({ daemon, jobs: before.filter(({ id }) => id === neighbour.id) })).toEqual([]);
}, 90_000);
