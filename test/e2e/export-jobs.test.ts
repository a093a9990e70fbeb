// Jobs that were made at run time become a file that a daemon reads as the same jobs.
import { spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { rouseCommand } from '../../src/testing/program-files.ts';
import { openScratchDaemon } from '../../src/testing/scratch-daemon.ts';

const config = `
[agents.say]
type = "command"
command = ["cat"]
prompt_via = "stdin"
`;

test('an exported job, read from a file, is the job that was exported', async () => {
  await using daemon = await openScratchDaemon({ config, environment: process.env });
  const [program = '', ...args] = rouseCommand();
  const rouse = (...words: string[]) => {
    const { stdout, status } = spawnSync(program, [...args, ...words, '--home', daemon.home], { encoding: 'utf8' });
    return { stdout, status };
  };
  const workspace = await daemon.client.workspaces.register({ path: daemon.folder, name: 'shop', trusted: false });
  const { job } = await daemon.client.jobs.create({
    name: 'review "all"',
    scope: 'workspace',
    workspace_id: workspace.id,
    agent_name: 'say',
    prompt: 'One.\n\tTwo """three""" \\four\n',
    schedule: { mode: 'every', interval: '24h', catch_up_policy: 'coalesce', dst: { gap: 'skip' } },
    retry: { strategy: 'backoff', max_retries: 2, base_delay: '2s' },
    budget: { tokens: 1000, window: '24h' },
    tags: ['a', 'b'],
    enabled: false,
  });
  await daemon.client.jobs.create({
    name: 'hand',
    scope: 'global',
    schedule: { mode: 'cron', expr: '0 9 * * 1-5', timezone: 'Europe/Paris' },
    task: { title: 'Look', owner: { kind: 'pool', ref: 'reviewers' } },
  });
  const exported = rouse('jobs', 'export');
  expect(exported.status).toBe(0);
  expect(rouse('jobs', 'export', job.id).stdout).toContain('review \\"all\\"');
  for (const { id } of (await daemon.client.jobs.list()).jobs) await daemon.client.jobs.remove(id);
  await mkdir(join(daemon.home, 'conf.d'));
  await writeFile(join(daemon.home, 'conf.d/exported.toml'), exported.stdout);
  expect(rouse('config', 'check').status).toBe(0);
  await daemon.waitUntil(async () => (await daemon.client.jobs.list()).jobs.length === 2);
  const { jobs } = await daemon.client.jobs.list();
  const { name, workspace_id, agent_name, prompt, schedule, retry, budget, tags, enabled, fire_limit, timeout } = job;
  expect(jobs.find((each) => each.name === job.name)).toMatchObject({
    ...{ name, workspace_id, agent_name, prompt, schedule, retry, budget, tags, enabled, fire_limit, timeout },
    source: 'config',
  });
  expect(jobs.find((each) => each.name === 'hand')).toMatchObject({ task: { title: 'Look', owner: { kind: 'pool' } } });
}, 60_000);
