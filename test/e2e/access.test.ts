// Who may come in, on a real daemon: the token of a run's agent, tokens on the command line, other addresses.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openScratchDaemon, type ScratchDaemon } from '../../src/testing/scratch-daemon.ts';

const run = promisify(execFile);
const program = join(import.meta.dirname, '../../bin/rouse');

/** An agent that asks the daemon who it is, and says everything that it was given. */
const CURIOUS = `
  const { ROUSE_HOME, ROUSE_TOKEN } = process.env;
  const { url } = JSON.parse(require('node:fs').readFileSync(ROUSE_HOME + '/daemon.json', 'utf8'));
  const headers = { authorization: 'Bearer ' + ROUSE_TOKEN };
  const ask = async (path, method = 'GET') => (await fetch(url + '/api' + path, { method, headers })).json();
  (async () => {
    const { session } = await ask('/session');
    const { code } = await ask('/automation/pause', 'POST');
    console.log(JSON.stringify({ ...session, pause: code, token: ROUSE_TOKEN }));
  })();
`;

let daemon: ScratchDaemon;
beforeAll(async () => {
  daemon = await openScratchDaemon({
    environment: process.env,
    config: `
      [agents.curious]
      type = "command"
      command = [${JSON.stringify(process.execPath)}, "-e", ${JSON.stringify(CURIOUS)}]
      rouse_scopes = ["read"]
      [[automation.jobs]]
      name = "ask"
      agent = "curious"
      prompt = "Who am I?"
      schedule = { mode = "every", interval = "1000h" }
    `,
  });
});
afterAll(() => daemon.close());

const rouse = async (...args: string[]): Promise<string> =>
  (await run(program, [...args, '--home', daemon.home], { env: process.env })).stdout;

describe("a run's agent", () => {
  it('finds a token that says so, does what its owner allowed and nothing more, and never leaves in a transcript', async () => {
    const { jobs } = await daemon.client.jobs.list();
    const { run: triggered } = await daemon.client.jobs.trigger(jobs[0]!.id);
    const ended = await daemon.client.runs.wait(triggered.id);
    expect(ended.status).toBe('completed');
    expect(JSON.parse(ended.output ?? '')).toMatchObject({
      kind: 'run',
      run_id: triggered.id,
      scopes: ['read'],
      pause: 'forbidden',
      token: '[redacted]',
    });
  });
});

describe('tokens on the command line', () => {
  it('are created, used by ROUSE_TOKEN, listed and revoked', async () => {
    const { secret } = JSON.parse(await rouse('tokens', 'create', 'wall', '--scope', 'read', '-o', 'json'));
    const withToken = { env: { ...process.env, ROUSE_TOKEN: secret as string } };
    const status = await run(program, ['jobs', 'list', '--home', daemon.home], withToken);
    expect(status.stdout).toContain('ask');
    const refused = await run(program, ['pause', '--home', daemon.home], withToken).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 6, stderr: expect.stringContaining('write') });
    expect(await rouse('tokens', 'list')).toMatch(/wall +token +read/);
    await rouse('tokens', 'revoke', 'wall', '--yes');
    expect(await rouse('tokens', 'list')).toContain('No tokens.');
    const gone = await run(program, ['jobs', 'list', '--home', daemon.home], withToken).catch(
      (error: unknown) => error,
    );
    expect(gone).toMatchObject({ code: 6 });
  });

  it('and signed-in pages outlive a kill of the daemon', async () => {
    const { secret } = await daemon.client.tokens.create({ name: 'ci', scopes: ['read'] });
    const { url } = await daemon.client.session.createLink();
    const code = url.split('#')[1]!;
    const signIn = async (): Promise<Response> =>
      fetch(`${daemon.url}/api/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ code }),
      });
    const cookie = (await signIn()).headers.get('set-cookie')!.split(';')[0]!.split('=')[1]!;
    await daemon.restart();
    const port = new URL(daemon.url).port;
    const asPage = { cookie: `rouse_page_${port}=${cookie}`, 'sec-fetch-site': 'same-origin' };
    for (const headers of [{ authorization: `Bearer ${secret}` }, asPage]) {
      expect((await fetch(`${daemon.url}/api/session`, { headers: { ...headers } })).status).toBe(200);
    }
    expect((await signIn()).status).toBe(401);
  });
});

describe('another address than loopback', () => {
  it('is refused, unless the owner vouches for the network; then only the names given are answered', async () => {
    await daemon.stop();
    const other = (text: string) => daemon.writeConfig(`[daemon]\nhost = "0.0.0.0"\n${text}`);
    await other('');
    await expect(daemon.start()).rejects.toThrow(/does not listen on 0\.0\.0\.0/);
    await other('insecure_http = true\nallowed_hosts = ["rouse.lan"]\n');
    await daemon.start();
    // `fetch` does not let anybody choose the Host header.
    const ask = async (host: string): Promise<number | undefined> => {
      const [reply] = (await once(get(`${daemon.url}/api/healthz`, { headers: { host } }), 'response')) as [
        IncomingMessage,
      ];
      reply.resume();
      return reply.statusCode;
    };
    expect([await ask('rouse.lan'), await ask('localhost'), await ask('evil.example')]).toEqual([200, 200, 403]);
  });
});
