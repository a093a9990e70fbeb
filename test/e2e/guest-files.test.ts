// Files that are not the owner's own: a trusted workspace's, and packages from a folder and from a registry.
import { execFileSync } from 'node:child_process';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openScratchDaemon, type ScratchDaemon } from '../../src/testing/scratch-daemon.ts';

let daemon: ScratchDaemon;
let registry: Server;

const schedule = 'schedule = { mode = "every", interval = "1000h" }';
const job = (name: string, more = ''): string =>
  `[[jobs]]\nname = "${name}"\nagent = "echo"\nprompt = "Hello."\n${schedule}\n${more}\n`;
const ownJob = (name: string, more = ''): string => job(name, more).replace('[[jobs]]', '[[automation.jobs]]');
const manifest = (version: string, text: string): string => `name = "@acme/reviews"\nversion = "${version}"\n${text}`;

/** A registry with one package, whose install script would leave a trace. */
async function startRegistry(folder: string): Promise<Server> {
  const content = join(folder, 'package');
  await mkdir(content, { recursive: true });
  await writeFile(join(content, 'rouse-package.toml'), manifest('1.2.0', job('from-npm')));
  const scripts = { preinstall: `touch ${join(folder, 'script-ran')}` };
  await writeFile(join(content, 'package.json'), JSON.stringify({ name: '@acme/reviews', version: '1.2.0', scripts }));
  execFileSync('tar', ['-czf', join(folder, 'package.tgz'), '-C', folder, 'package']);
  const tarball = await readFile(join(folder, 'package.tgz'));
  const server = createServer((request, reply) => {
    const { port } = server.address() as AddressInfo;
    const version = {
      name: '@acme/reviews',
      version: '1.2.0',
      scripts,
      dist: { tarball: `http://127.0.0.1:${port}/package.tgz` },
    };
    if (request.url === '/package.tgz') return void reply.end(tarball);
    if (decodeURIComponent(request.url ?? '') !== '/@acme/reviews') return void reply.writeHead(404).end('{}');
    reply.setHeader('content-type', 'application/json');
    reply.end(
      JSON.stringify({ name: '@acme/reviews', 'dist-tags': { latest: '1.2.0' }, versions: { '1.2.0': version } }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

beforeAll(async () => {
  daemon = await openScratchDaemon({
    environment: process.env,
    config: `
      [agents.echo]
      type = "command"
      command = ["true"]
      [[automation.jobs]]
      name = "own"
      agent = "echo"
      prompt = "Hello."
      ${schedule}
    `,
  });
  registry = await startRegistry(daemon.folder);
  const { port } = registry.address() as AddressInfo;
  await daemon.stop();
  await daemon.start({
    environment: {
      ...process.env,
      npm_config_registry: `http://127.0.0.1:${port}/`,
      npm_config_cache: join(daemon.folder, 'cache'),
    },
  });
}, 60_000);
afterAll(async () => {
  registry.close();
  await daemon.close();
});

const names = async (): Promise<string[]> => (await daemon.client.jobs.list()).jobs.map(({ name }) => name).toSorted();
const problems = async (): Promise<string[]> =>
  (await daemon.client.config.problems()).map(({ code, path, line }) => `${code} ${path} ${line}`);
const refusal = async (asked: Promise<unknown>): Promise<unknown> =>
  asked.then(
    () => 'nothing',
    (error: { code: string }) => error.code,
  );

describe("a workspace's own file", () => {
  it('counts while its workspace is trusted, for that workspace alone', async () => {
    const path = join(daemon.folder, 'shop');
    const file = join(path, '.rouse', 'automation.toml');
    await mkdir(join(path, '.rouse'), { recursive: true });
    await writeFile(file, `${ownJob('nightly')}${ownJob('elsewhere', 'scope = "global"')}`);
    const { workspaces } = daemon.client;
    const { id } = await workspaces.register({ path });
    expect(await names()).toEqual(['own']);
    await workspaces.update(id, { trusted: true });
    expect(await names()).toEqual(['nightly', 'own']);
    expect(await problems()).toEqual([expect.stringMatching(/^foreign_workspace automation\.jobs\[1\]\.scope \d+$/)]);
    const { jobs } = await daemon.client.jobs.list();
    expect(jobs.find(({ name }) => name === 'nightly')).toMatchObject({ workspace_id: id, source: 'config' });

    await writeFile(file, `${ownJob('weekly')}[agents.evil]\ntype = "command"\ncommand = ["rm"]\n`);
    await daemon.waitUntil(async () => (await names()).includes('weekly'));
    expect(await names()).toEqual(['own', 'weekly']);
    expect(await problems()).toEqual([expect.stringMatching(/^unknown_field agents/)]);
    expect((await daemon.client.agents.list()).map(({ name }) => name)).toEqual(['echo']);

    await writeFile(file, 'name = ');
    await daemon.waitUntil(async () => (await problems()).some((text) => text.startsWith('invalid_syntax')));
    expect(await names()).toEqual(['own', 'weekly']);

    await workspaces.update(id, { trusted: false });
    expect(await names()).toEqual(['own']);
    expect(await problems()).toEqual([]);
    await workspaces.remove(id);
  });
});

describe('an entry whose name is held by a definition that no file made', () => {
  it('is told of with its place, and takes effect when the other one is gone', async () => {
    const held = { scope: 'global' as const, name: 'held', agent_name: 'echo', prompt: 'x' };
    const { job } = await daemon.client.jobs.create({ ...held, schedule: { mode: 'every', interval: '1000h' } });
    const file = join(daemon.home, 'conf.d', 'more.toml');
    await mkdir(join(daemon.home, 'conf.d'), { recursive: true });
    await writeFile(file, ownJob('held'));
    await daemon.waitUntil(async () => (await problems()).length > 0);
    expect(await problems()).toEqual(['name_taken automation.jobs[0].name 2']);
    await daemon.client.jobs.remove(job.id);
    await writeFile(file, `${ownJob('held')}# once more\n`);
    await daemon.waitUntil(async () => (await problems()).length === 0);
    const { jobs } = await daemon.client.jobs.list();
    expect(jobs.find(({ name }) => name === 'held')).toMatchObject({ source: 'config' });
    await writeFile(file, '');
    await daemon.waitUntil(async () => !(await names()).includes('held'));
  });
});

describe('a package', () => {
  it('from a folder defines read-only jobs, whose switch goes with them', async () => {
    const path = join(daemon.folder, 'reviews');
    await mkdir(path);
    await writeFile(
      join(path, 'rouse-package.toml'),
      manifest('1.0.0', `${job('review')}${job('broken', 'timeout = "soon"')}`),
    );
    const added = await daemon.client.packages.add(path);
    expect(added).toMatchObject({ name: '@acme/reviews', version: '1.0.0', kind: 'folder', path });
    expect(await names()).toEqual(['own', 'review']);
    expect(await problems()).toEqual([expect.stringMatching(/^invalid_duration jobs\[1\]\.timeout/)]);
    const { jobs } = await daemon.client.jobs.list();
    const { id, source } = jobs.find(({ name }) => name === 'review')!;
    expect(source).toBe('package');
    expect(await refusal(daemon.client.jobs.update(id, { prompt: 'x' }))).toBe('read_only_definition');
    await daemon.client.jobs.setOverlay(id, { enabled_override: false });

    await daemon.restart();
    expect((await daemon.client.jobs.get(id)).job).toMatchObject({
      overlay: { enabled_override: false },
      source: 'package',
    });
    await daemon.client.packages.remove('@acme/reviews');
    expect(await names()).toEqual(['own']);
    await daemon.client.packages.add(path);
    // An overlay is no older than its definition: it went with it.
    expect((await daemon.client.jobs.get(id)).job.overlay).toBeUndefined();
    await daemon.client.packages.remove('@acme/reviews');
    expect(await daemon.client.packages.list()).toEqual([]);
  });

  it('from a registry is fetched into an owner-only folder, and none of its scripts runs', async () => {
    await daemon.stop();
    const { port } = registry.address() as AddressInfo;
    const npm = { npm_config_registry: `http://127.0.0.1:${port}/`, npm_config_cache: join(daemon.folder, 'cache') };
    await daemon.start({ environment: { ...process.env, ...npm } });
    const added = await daemon.client.packages.add('@acme/reviews@^1.0.0');
    expect(added).toMatchObject({ name: '@acme/reviews', version: '1.2.0', kind: 'npm' });
    expect(await names()).toEqual(['from-npm', 'own']);
    expect(added.path.startsWith(join(daemon.home, 'packages'))).toBe(true);
    expect((await stat(join(daemon.home, 'packages', '@acme__reviews'))).mode & 0o777).toBe(0o700);
    await expect(stat(join(daemon.folder, 'script-ran'))).rejects.toThrow(/ENOENT/);
    await daemon.client.packages.remove('@acme/reviews');
    expect(await names()).toEqual(['own']);
    await expect(stat(added.path)).rejects.toThrow(/ENOENT/);
  }, 60_000);

  it('is nothing else', async () => {
    const { packages } = daemon.client;
    expect(await refusal(packages.add('@acme/nothing'))).toBe('package_install_failed');
    for (const spec of [
      '/no/such/folder',
      daemon.folder,
      'git+ssh://host/x',
      'file:../x',
      '../x',
      'x/y',
      'http://h/x.tgz',
      '--global',
    ]) {
      expect([spec, await refusal(packages.add(spec))]).toEqual([spec, 'package_invalid']);
    }
    expect(await refusal(packages.remove('nobody'))).toBe('package_not_found');
  }, 60_000);
});
