// The verbs of triggers and events, from the command line to a real daemon and its agents and back.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiEventExplanation } from '../../src/client/client.ts';
import { echoAgentCommand } from '../../src/testing/program-files.ts';
import { openScratchDaemon, type ScratchDaemon } from '../../src/testing/scratch-daemon.ts';

const rouse = join(import.meta.dirname, '../../bin/rouse');

const echo = `
  [agents.echo]
  type = "acp"
  command = ${JSON.stringify(echoAgentCommand())}
  [agents.relay]
  type = "command"
  command = ["sh", "-c", ${JSON.stringify(`"${rouse}" events send "$(cat)" -o json`)}]
  env_pass = ["PATH", "HOME", "ROUSE_HOME"]
`;

let daemon: ScratchDaemon;
beforeAll(async () => {
  daemon = await openScratchDaemon({ environment: process.env, withinMs: 40_000, config: echo });
});
afterAll(() => daemon.close());

interface Ended {
  code: number | null;
  out: string;
  err: string;
}

function run(...args: string[]): Promise<Ended> {
  const { FORCE_COLOR: _, ...env } = process.env;
  const child = spawn(rouse, args, {
    cwd: daemon.folder,
    env: { ...env, HOME: daemon.folder, ROUSE_HOME: daemon.home, TZ: 'UTC' },
  });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  child.stdin.end();
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, out, err }));
  });
}

describe('rouse triggers and events', { timeout: 60_000 }, () => {
  it('creates a trigger, tries it, tells an event and shows what came of it', async () => {
    const created = await run(
      ...['triggers', 'create', '--name', 'deploy', '--agent', 'echo', '--event', 'ext.deploy'],
      ...['--filter', 'data.env=prod', '--when', 'data.size > 3', '--prompt', 'Deploy {{ .Data.sha }}.'],
    );
    expect(created.out).toContain(
      'When ext.deploy happens, if data.env is "prod" and (data.size > 3), then echo is woken.',
    );
    const data = JSON.stringify({ env: 'prod', size: 4, sha: 'abc' });
    const tried = await run('triggers', 'test', 'deploy', '--data', data);
    expect(tried.out).toContain('Would fire: every condition holds.');
    expect(tried.out).toContain('  Deploy abc.');
    const sent = await run('events', 'send', 'ext.deploy', '--data', data, '--id', 'd-1');
    expect(sent.out).toMatch(/Told ext\.deploy as evt_\w+: 1 of 1 triggers matched\.\n.*\n {2}deploy +fired/);
    expect((await run('events', 'send', 'ext.deploy', '--id', 'd-1')).out).toContain('came before');
    const done = await daemon.waitForRun((one) => one.status === 'completed' && one.kind === 'trigger');
    expect(done.prompt).toBe('Deploy abc.');
    expect((await run('triggers', 'runs', 'deploy')).out).toContain('deploy');
    expect((await run('triggers', 'get', 'deplo')).err).toContain('Did you mean "deploy"?');
  });

  it('says why an event woke nobody, as it was and for one trigger', async () => {
    const sent = await run('events', 'send', 'ext.deploy', '--data', '{"env":"test"}', '-o', 'json');
    const { event } = JSON.parse(sent.out) as { event: { id: string } };
    const explained = await run('events', 'explain', event.id);
    expect(explained.out).toContain('This ext.deploy found no trigger that waits for it.');
    expect(explained.out).toContain('deploy: data.env is "test", not "prod"');
    const held = await run('events', 'explain', event.id, 'deploy');
    expect(held.out).toContain('Would not fire: data.env is "test", not "prod".');
    const refused = await run('events', 'send', 'deploy');
    expect(refused.code).not.toBe(0);
    expect(refused.err).toContain('Did you mean "ext.deploy"?');
  });

  it('shows the way from one event to the last through agents that tell the next', async () => {
    for (let step = 1; step < 5; step += 1) {
      await daemon.client.triggers.create({
        scope: 'global',
        name: `step-${step}`,
        agent_name: 'relay',
        event: `ext.step${step}`,
        prompt: `ext.step${step + 1}`,
      });
    }
    await run('events', 'send', 'ext.step1');
    let last: ApiEventExplanation | undefined;
    await daemon.waitUntil(async () => {
      const { events } = await daemon.client.events.list({ kind: 'ext.step5' });
      last = events[0] === undefined ? undefined : await daemon.client.events.get(events[0].id);
      return last !== undefined;
    });
    expect(last?.depth).toBe(4);
    expect(last?.lineage.map(({ event }) => event?.kind)).toEqual([1, 2, 3, 4, 5].map((step) => `ext.step${step}`));
    const shown = await run('events', 'get', last?.id ?? '');
    for (const step of [1, 2, 3, 4, 5]) expect(shown.out).toMatch(new RegExp(`ext\\.step${step} +evt_`));
  });

  it('takes triggers of a file live, and switches them by an overlay', async () => {
    await daemon.writeConfig(`${echo}
      [[automation.triggers]]
      scope = "global"
      name = "from-file"
      event = "run.failed"
      agent = "echo"
      prompt = "Look into {{ .Data.error }}."
    `);
    await daemon.waitUntil(
      async () => (await daemon.client.triggers.list({ name: 'from-file' })).triggers.length === 1,
    );
    expect((await run('triggers', 'disable', 'from-file')).out).toContain('from-file is off.');
    expect((await run('triggers', 'get', 'from-file')).out).toContain(
      'off (laid over the definition, which says true)',
    );
    expect((await run('triggers', 'reset', 'from-file')).out).toContain('follows its definition: on');
    expect((await run('triggers', 'delete', 'from-file', '--yes')).err).toContain('file');
  });
});
