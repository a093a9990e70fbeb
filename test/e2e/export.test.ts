// Definitions that were made at run time become a file that a daemon reads as the same ones.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { openScratchDaemon } from '../../src/testing/scratch-daemon.ts';
import { runRouse } from './rouse-command.ts';

const config = `
[agents.say]
type = "command"
command = ["cat"]
prompt_via = "stdin"
`;

test('an exported job, read from a file, is the job that was exported', async () => {
  await using daemon = await openScratchDaemon({ config, environment: process.env });
  const rouse = (...words: string[]) => runRouse([...words, '--home', daemon.home]);
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
  const exported = await rouse('jobs', 'export');
  expect(exported.status).toBe(0);
  expect((await rouse('jobs', 'export', job.id)).stdout).toContain('review \\"all\\"');
  for (const { id } of (await daemon.client.jobs.list()).jobs) await daemon.client.jobs.remove(id);
  await mkdir(join(daemon.home, 'conf.d'));
  await writeFile(join(daemon.home, 'conf.d/exported.toml'), exported.stdout);
  expect((await rouse('config', 'check')).status).toBe(0);
  await daemon.waitUntil(async () => (await daemon.client.jobs.list()).jobs.length === 2);
  const { jobs } = await daemon.client.jobs.list();
  const { name, workspace_id, agent_name, prompt, schedule, retry, budget, tags, enabled, fire_limit, timeout } = job;
  expect(jobs.find((each) => each.name === job.name)).toMatchObject({
    ...{ name, workspace_id, agent_name, prompt, schedule, retry, budget, tags, enabled, fire_limit, timeout },
    source: 'config',
  });
  expect(jobs.find((each) => each.name === 'hand')).toMatchObject({ task: { title: 'Look', owner: { kind: 'pool' } } });
}, 60_000);

test('an exported trigger, read from a file, is the trigger that was exported', async () => {
  await using daemon = await openScratchDaemon({ config, environment: process.env });
  const rouse = (...words: string[]) => runRouse([...words, '--home', daemon.home]);
  const { trigger } = await daemon.client.triggers.create({
    name: 'deploys',
    scope: 'global',
    agent_name: 'say',
    event: 'ext.deploy',
    prompt: 'Check {{ .Data.sha }} of {{ index .Data "ref name" }}.',
    filter: { 'data.env': 'prod', kind: 'ext.deploy' },
    when: 'data.size > 3 && data.by != "bot"',
    coalesce: { key: 'data.repository', window: '30s' },
    fire_limit: { max: 3, window: '1h' },
    allow_own_events: true,
    tags: ['a'],
  });
  const hook = await daemon.client.triggers.create({
    name: 'hook',
    scope: 'global',
    agent_name: 'say',
    event: 'webhook',
    endpoint_slug: 'deploy',
    webhook_secret_ref: 'env:DEPLOY_SECRET',
    webhook_scheme: 'github',
    prompt: 'Look.',
  });
  const exported = await rouse('triggers', 'export');
  expect(exported.stderr).toContain('2 triggers.');
  expect((await rouse('triggers', 'export', 'hook')).stdout).toContain('endpoint_slug = "deploy"');
  for (const { id } of [trigger, hook.trigger]) await daemon.client.triggers.remove(id);
  await mkdir(join(daemon.home, 'conf.d'));
  await writeFile(join(daemon.home, 'conf.d/exported.toml'), exported.stdout);
  expect(await rouse('config', 'check')).toMatchObject({ status: 0 });
  await daemon.waitUntil(async () => (await daemon.client.triggers.list()).triggers.length === 2);
  const { triggers } = await daemon.client.triggers.list();
  const { event, prompt, filter, when, coalesce, fire_limit, allow_own_events, tags } = trigger;
  expect(triggers.find(({ name }) => name === 'deploys')).toMatchObject({
    ...{ event, prompt, filter, when, coalesce, fire_limit, allow_own_events, tags },
    source: 'config',
  });
  const { endpoint_slug, webhook_secret_ref, webhook_scheme, webhook_id } = hook.trigger;
  expect(triggers.find(({ name }) => name === 'hook')).toMatchObject({
    ...{ endpoint_slug, webhook_secret_ref, webhook_scheme, webhook_id },
  });
}, 60_000);

test('a job edited in an editor is what the text says, and a text that is refused is not lost', async () => {
  await using daemon = await openScratchDaemon({ config, environment: process.env });
  const edit = (editor: string, ...words: string[]) =>
    runRouse(['jobs', 'edit', 'a', ...words, '--home', daemon.home], { env: { VISUAL: '', EDITOR: editor } });
  const created = await daemon.client.jobs.create({
    name: 'a',
    scope: 'global',
    agent_name: 'say',
    prompt: 'one',
    schedule: { mode: 'every', interval: '24h', jitter: '1m' },
    tags: ['x'],
    timeout: '30m',
  });
  const job = async () => (await daemon.client.jobs.get(created.job.id)).job;
  expect(await edit('true')).toMatchObject({ status: 0, stdout: 'Nothing was changed.\n' });
  const changes = ['s/one/two/', '/^tags/d', 's/, jitter = "1m"//', '$ a description = "d"'];
  expect(await edit(`sed -i ${changes.map((change) => `-e '${change}'`).join(' ')}`)).toMatchObject({
    status: 0,
    stderr: '',
  });
  expect(await job()).toMatchObject({ prompt: 'two', description: 'd', timeout: '30m' });
  expect(await job()).not.toHaveProperty('tags');
  expect((await job()).schedule).toEqual({ mode: 'every', interval: '24h', catch_up_policy: 'skip_missed' });
  expect((await edit(`sed -i 's/^schedule.*/schedule = "every:30m"/'`)).status).toBe(0);
  expect((await job()).schedule).toMatchObject({ interval: '30m' });

  const refused = await edit(`sed -i 's/30m"$/soon"/'`);
  expect(refused.status).toBe(5);
  const [, kept = ''] = /Your text is in (\S+);/.exec(refused.stderr) ?? [];
  await writeFile(kept, (await readFile(kept, 'utf8')).replace('soon', '45m'));
  expect(await edit('false', '--file', kept)).toMatchObject({ status: 0 });
  await rm(dirname(kept), { recursive: true });
  expect(await job()).toMatchObject({ timeout: '45m' });
  expect(await edit('false')).toMatchObject({ status: 2, stderr: expect.stringContaining('Nothing was changed') });
}, 60_000);
