// `rouse doctor` on homes that are well and on homes that are not: each trouble has its line and a remedy.
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openScratchDaemon } from '../../src/testing/scratch-daemon.ts';
import { runRouse } from './rouse-command.ts';

interface Found {
  check: string;
  state: string;
  said: string;
  next?: string;
}

async function doctor(home: string) {
  const { stdout, stderr, status } = await runRouse(['doctor', '--home', home, '-o', 'json'], {
    env: { HOME: home, XDG_CONFIG_HOME: '' },
  });
  const { findings } = JSON.parse(stdout || '{"findings":[]}') as { findings: Found[] };
  const of = (check: string) => findings.filter((each) => each.check === check);
  return { status, stderr, findings, of };
}

const AGENT = '[agents.say]\ntype = "command"\ncommand = ["cat"]\nprompt_via = "stdin"\n';

let home = '';
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'rouse-doctor-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

describe('without a daemon', { timeout: 60_000 }, () => {
  test('a home that could start has nothing to mend, and nothing of it is touched', async () => {
    await writeFile(join(home, 'rouse.toml'), `[daemon]\nport = 0\n${AGENT}`);
    const { status, findings, of } = await doctor(home);
    expect(findings.filter(({ state }) => state === 'failure')).toEqual([]);
    expect(status).toBe(0);
    expect(of('agents')[0]?.said).toMatch(/^say: .*\/cat$/);
    expect(of('daemon')[0]).toMatchObject({ state: 'warning', next: expect.stringContaining('rouse start') });
    expect(await readdir(home)).toEqual(['rouse.toml']);
  });

  test('everything that is wrong is said at once, each with what to do', async () => {
    const blocker = createServer().listen(0, '127.0.0.1');
    await once(blocker, 'listening');
    const { port } = blocker.address() as AddressInfo;
    const agents = '[agents.gone]\ntype = "acp"\ncommand = ["no-such-program"]\n';
    const job = '[[automation.jobs]]\nname = "a"\nagent = "nobody"\nprompt = "p"\nschedule = "every:1h"\n';
    const secret = 'env = { KEY = "env:ROUSE_TEST_IS_NOT_SET" }\n';
    await writeFile(join(home, 'rouse.toml'), `[daemon]\nport = ${port}\n${agents}${secret}${job}`);
    await writeFile(join(home, 'token'), 'x');
    await chmod(join(home, 'token'), 0o644);
    await writeFile(join(home, 'rouse.db'), 'this is no database');
    const { status, findings, of } = await doctor(home);
    blocker.close();
    expect(status).toBe(7);
    expect(of('home')[0]).toMatchObject({ state: 'warning', next: expect.stringContaining('chmod go-rwx') });
    expect(of('store')[0]).toMatchObject({ state: 'failure', next: expect.stringContaining('rouse restore') });
    expect(of('configuration')[0]).toMatchObject({
      state: 'failure',
      said: expect.stringMatching(/rouse\.toml:\d+:\d+ .*nobody/),
    });
    expect(of('agents')[0]).toMatchObject({ state: 'failure', said: expect.stringContaining('no-such-program') });
    expect(of('secrets')[0]).toMatchObject({
      state: 'warning',
      said: expect.stringContaining('ROUSE_TEST_IS_NOT_SET'),
    });
    expect(of('port')[0]).toMatchObject({ state: 'failure', said: expect.stringContaining(String(port)) });
    for (const each of findings.filter(({ state }) => state === 'failure')) expect(each.next).toBeDefined();
  });

  test('a home that is not there is answered with how to make one', async () => {
    const { status, of } = await doctor(join(home, 'none'));
    expect(status).toBe(7);
    expect(of('home')[0]?.next).toContain('rouse init');
  });
});

describe('with a daemon', { timeout: 60_000 }, () => {
  test('it is asked how it is, and folders that went away are noticed', async () => {
    await using daemon = await openScratchDaemon({ config: AGENT, environment: process.env });
    const well = await doctor(daemon.home);
    expect(well.findings.filter(({ state }) => state === 'failure')).toEqual([]);
    expect(well.status).toBe(0);
    expect(well.of('daemon')[0]).toMatchObject({ state: 'ok', said: expect.stringContaining(daemon.url) });
    expect(well.of('agents')).toMatchObject([{ state: 'ok', said: expect.stringContaining('say answers') }]);
    expect(well.of('store')[0]).toMatchObject({ state: 'ok', said: expect.stringContaining('whole') });
    const shop = join(daemon.folder, 'shop');
    await mkdir(shop);
    await daemon.client.workspaces.register({ path: shop });
    await rm(shop, { recursive: true });
    await daemon.client.pause();
    const ill = await doctor(daemon.home);
    expect(ill.status).toBe(7);
    expect(ill.of('workspaces')[0]).toMatchObject({ state: 'failure', said: expect.stringContaining(shop) });
    expect(ill.of('daemon').map(({ said }) => said)).toContain('everything is paused');
  });

  test('a process that lives and does not answer is said', async () => {
    await using daemon = await openScratchDaemon({ config: AGENT, environment: process.env });
    await daemon.stop();
    await writeFile(
      join(daemon.home, 'daemon.json'),
      JSON.stringify({ pid: process.pid, url: 'http://127.0.0.1:9', version: '0' }),
    );
    const { status, of } = await doctor(daemon.home);
    await rm(join(daemon.home, 'daemon.json'));
    expect(status).toBe(7);
    expect(of('daemon')[0]).toMatchObject({ state: 'failure', next: expect.stringContaining('rouse logs') });
  });
});
