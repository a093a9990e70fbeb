// Grandchildren in sessions of their own that ignore SIGTERM: gone when the run is finished, however it ends, also when
// the daemon that started them was killed and another one finds them.
import { describe, expect, test } from 'vitest';
import type { ApiRun } from '../../src/client/client.ts';
import { listMarkedProcesses } from '../../src/testing/marked-processes.ts';
import { echoAgentCommand } from '../../src/testing/program-files.ts';
import { openScratchDaemon, type ScratchDaemon } from '../../src/testing/scratch-daemon.ts';
import { markerAgentToml, readExecutions, readGrandchildren, readViolations } from './executions.ts';

const job = (p: { name: string; agent: string; prompt: string; more?: string }): string => `
[[automation.jobs]]
name = "${p.name}"
agent = "${p.agent}"
prompt = "${p.prompt.replaceAll('\n', '\\n')}"
schedule = "every:1h"
${p.more ?? ''}
`;

const config = `
[daemon]
shutdown_grace = "0s"
[automation]
max_concurrent_jobs = 10
default_fire_limit = { max = 1000, window = "1h" }
${markerAgentToml({ name: 'command' })}
[agents.acp]
type = "acp"
command = ${JSON.stringify(echoAgentCommand())}
stop_grace = "300ms"
${job({ name: 'command-canceled', agent: 'command', prompt: 'stubborn\ngrandchild\nhang' })}
${job({ name: 'command-timeout', agent: 'command', prompt: 'stubborn\ngrandchild\nhang', more: 'timeout = "1500ms"' })}
${job({ name: 'command-ended', agent: 'command', prompt: 'grandchild\nsay left one behind' })}
${job({ name: 'acp-canceled', agent: 'acp', prompt: '/spawn\n/stubborn\n/hang' })}
${job({ name: 'acp-timeout', agent: 'acp', prompt: '/spawn\n/stubborn\n/hang', more: 'timeout = "2500ms"' })}
${job({ name: 'acp-ended', agent: 'acp', prompt: '/spawn\nHello' })}
${job({
  name: 'killed',
  agent: 'command',
  prompt: 'exclusively\nstubborn\ngrandchild\nhang-first\nsay done',
  more: 'retry = { strategy = "backoff", max_retries = 1, base_delay = "50ms" }',
})}
${job({
  name: 'killed-and-not-retried',
  agent: 'acp',
  prompt: '/touch marker\n/spawn\n/stubborn\n/hang',
})}
`;

async function trigger(daemon: ScratchDaemon, name: string): Promise<ApiRun> {
  const { jobs } = await daemon.client.jobs.list({ name });
  return (await daemon.client.jobs.trigger(jobs[0]!.id)).run;
}

/** An agent and its grandchild at least; those of this run alone, since its id is in their environment. */
const hasGrandchild = (run: ApiRun): boolean =>
  listMarkedProcesses(run.id).some(({ command }) => /trap "" TERM|sleep 1000/.test(command));

describe('a grandchild that ignores SIGTERM in its own session', () => {
  test('is gone when its run is finished, be it canceled, timed out or well ended', async () => {
    await using daemon = await openScratchDaemon({ environment: process.env, config });
    const check = async (p: { name: string; cancel?: true; expected: object }): Promise<void> => {
      const run = await trigger(daemon, p.name);
      if (p.cancel) {
        await daemon.waitUntil(() => hasGrandchild(run));
        await daemon.client.runs.cancel(run.id);
      }
      const ended = await daemon.waitForRun(({ id, ended_at }) => id === run.id && ended_at !== undefined);
      // At this very moment, not a moment later: the next attempt might start now.
      expect(listMarkedProcesses(run.id)).toEqual([]);
      expect(ended).toMatchObject(p.expected);
    };
    await Promise.all([
      check({ name: 'command-canceled', cancel: true, expected: { status: 'canceled', reason: 'user' } }),
      check({ name: 'command-timeout', expected: { status: 'failed', reason: 'timeout' } }),
      check({ name: 'command-ended', expected: { status: 'completed' } }),
      check({ name: 'acp-canceled', cancel: true, expected: { status: 'canceled', reason: 'user' } }),
      check({ name: 'acp-timeout', expected: { status: 'failed', reason: 'timeout' } }),
      check({ name: 'acp-ended', expected: { status: 'completed' } }),
    ]);
    expect(daemon.processes()).toEqual([]);
  }, 40_000);

  test('is ended by the next daemon before another attempt starts', async () => {
    await using daemon = await openScratchDaemon({ environment: process.env, config });
    const retried = await trigger(daemon, 'killed');
    const left = await trigger(daemon, 'killed-and-not-retried');
    await daemon.waitUntil(() => hasGrandchild(retried) && hasGrandchild(left));
    const [grandchild] = await readGrandchildren(daemon.folder);
    await daemon.kill();
    expect(daemon.processes().map(({ pid }) => pid)).toContain(grandchild);

    await daemon.start();
    const [first, second, other] = await Promise.all([
      daemon.waitForRun(({ id, ended_at }) => id === retried.id && ended_at !== undefined),
      daemon.waitForRun(
        ({ fire_id, attempt, ended_at }) => fire_id === retried.fire_id && attempt === 2 && ended_at !== undefined,
      ),
      daemon.waitForRun(({ id, ended_at }) => id === left.id && ended_at !== undefined),
    ]);
    expect(first).toMatchObject({ status: 'failed', reason: 'interrupted' });
    expect(second).toMatchObject({ status: 'completed', output: expect.stringContaining('done') });
    expect(other).toMatchObject({ status: 'failed', reason: 'interrupted' });
    expect(await readViolations(daemon.folder)).toEqual([]);
    expect((await readExecutions(daemon.folder)).map(({ attempt }) => attempt)).toEqual([1, 2]);
    await daemon.waitUntilAlone();
  }, 60_000);
});
