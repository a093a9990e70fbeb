import { chmod, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { KNOWN_AGENTS } from '../agents/known-agents.ts';
import { nextFires } from '../model/schedule/next-fires.ts';
import { initHome } from './init-home.ts';
import { loadConfig } from './load-config.ts';
import { starterConfig } from './starter-config.ts';

let folder: string;
const echoAgentCommand = ['/usr/bin/node', '/opt/my "apps"\\rouse/echo.js'];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rouse-init-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('a new home', () => {
  test('is for its owner only and says what was done', async () => {
    const home = join(folder, 'home');
    const config_file = join(home, 'rouse.toml');
    expect(await initHome({ home, echoAgentCommand })).toEqual({
      home,
      created_home: true,
      config_file,
      wrote_config: true,
    });
    expect((await stat(home)).mode & 0o777).toBe(0o700);
    expect((await stat(config_file)).mode & 0o777).toBe(0o600);
    expect(await readdir(home)).toEqual(['rouse.toml']);
  });

  test('loads without a problem and wakes the echo agent every 20 seconds, within its limit', async () => {
    await initHome({ home: folder, echoAgentCommand });
    const config = await loadConfig({ home: folder, now: 0, workspaces: [], environment: {} });
    expect(config.problems).toEqual([]);
    expect(config.agents).toMatchObject([{ name: 'echo', command: echoAgentCommand }]);
    const [job] = config.jobs;
    expect(nextFires(job!.schedule!, { from: 0, count: 3, anchor: 0 })).toEqual([20_000, 40_000, 60_000]);
    expect(job!.fire_limit.max).toBeGreaterThanOrEqual(3600 / 20);
  });

  test('is made of what was chosen: zone, port, agents, with or without a first job', async () => {
    const choices = { timezone: 'Europe/Paris', port: 7800, agents: KNOWN_AGENTS, example: false };
    await initHome({ home: folder, echoAgentCommand, ...choices });
    const config = await loadConfig({ home: folder, now: 0, workspaces: [], environment: {} });
    expect(config.problems).toEqual([]);
    expect(config.agents.map(({ name }) => name)).toEqual(['echo', ...KNOWN_AGENTS.map(({ name }) => name)]);
    expect(config).toMatchObject({ jobs: [], daemon: { port: 7800 }, automation: { timezone: 'Europe/Paris' } });
    const text = await readFile(join(folder, 'rouse.toml'), 'utf8');
    expect(text).toContain(`# agent = "${KNOWN_AGENTS[0]!.name}"`);
    expect(text).not.toContain('hello');
  });

  test('has an example that works when its comment signs go', async () => {
    const text = starterConfig({ echoAgentCommand });
    const example = text
      .slice(text.indexOf('# [agents.reviewer]'))
      .replaceAll(/^# ?/gm, '')
      .replace(/^Then .*$/m, '');
    const file = join(folder, 'rouse.toml');
    await writeFile(file, example.replace('~/src/my-project', folder));
    const config = await loadConfig({ home: folder, now: 0, workspaces: [], environment: {} });
    expect(config.problems).toEqual([]);
    expect(config.jobs).toMatchObject([{ name: 'weekday-review', agent_name: 'reviewer', scope: 'workspace' }]);
  });
});

describe('what is there already', () => {
  test('is left alone', async () => {
    const file = join(folder, 'rouse.toml');
    await writeFile(file, 'mine');
    expect(await initHome({ home: folder, echoAgentCommand })).toMatchObject({
      created_home: false,
      wrote_config: false,
    });
    expect(await readFile(file, 'utf8')).toBe('mine');
    expect(await readdir(folder)).toEqual(['rouse.toml']);
  });

  test('is left alone also when it is a link to nowhere', async () => {
    await symlink('/nowhere/at/all', join(folder, 'rouse.toml'));
    expect(await initHome({ home: folder, echoAgentCommand })).toMatchObject({ wrote_config: false });
    expect(await readdir(folder)).toEqual(['rouse.toml']);
  });
});

describe('a home that cannot be', () => {
  async function check(home: string, reason: string): Promise<void> {
    await expect(initHome({ home, echoAgentCommand })).rejects.toMatchObject({
      code: 'home_read_only',
      data: { home, reason: expect.stringContaining(reason) },
    });
  }
  test('its parent is missing', () => check(join(folder, 'no/such'), 'parent folder does not exist'));
  test('it is a file', async () => {
    await writeFile(join(folder, 'file'), '');
    await check(join(folder, 'file'), 'not a folder');
    await check(join(folder, 'file/home'), 'not a folder');
  });
  // Permissions do not bind root.
  test.skipIf(process.getuid?.() === 0)('it may not be written', async () => {
    await chmod(folder, 0o500);
    await check(folder, 'no permission');
  });
});
