import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { RecentHappenings } from '../../src/api/recent-happenings.ts';
import { type ApiServer, serveApi } from '../../src/api/server.ts';
import { systemClock } from '../../src/clock/clock.ts';
import { type Harness, openHarness, TOKEN } from './api-harness.ts';

let api: Harness;
let server: ApiServer;
beforeEach(async () => {
  api = await openHarness();
  server = await serveApi({ app: api.app, host: '127.0.0.1', port: 0, clock: systemClock(), closeGraceMs: 200 });
});
afterEach(async () => {
  await server.close();
  await api.close();
});

const auth = `Authorization: Bearer ${TOKEN}`;

/** Sends these bytes and reads until the server closes the connection. */
async function raw(lines: readonly string[], body = ''): Promise<string> {
  const socket = connect(server.port, '127.0.0.1');
  socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`);
  return textOf(socket);
}

async function textOf(socket: Socket): Promise<string> {
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  await once(socket, 'close');
  return text;
}

const get = (path: string, ...headers: string[]): Promise<string> =>
  raw([`GET ${path} HTTP/1.1`, 'Connection: close', ...headers]);

describe('names', () => {
  it.each(['localhost', '127.0.0.1:1', '[::1]:80', 'rouse.lan'])('%s is this daemon', async (host) => {
    expect(await get('/api/status', `Host: ${host}`, auth)).toMatch(/^HTTP\/1\.1 200 /);
  });
  it.each([
    ['evil.example', 403],
    ['localhost.evil.example', 403],
    ['127.0.0.1.nip.io', 403],
    ['localhost@evil.example', 400],
    ['evil.example/localhost', 400],
    ['localhost evil', 400],
    ['', 400],
  ])('%j is not', async (host, status) => {
    const reply = await get('/api/status', `Host: ${host}`, auth);
    expect(reply).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(reply).not.toContain('"home"');
  });
  it('a request that names the daemon twice is refused', async () => {
    const reply = await get('/api/status', 'Host: localhost', 'Host: evil.example', auth);
    expect(reply).toMatch(/^HTTP\/1\.1 400 /);
  });
  it('an absolute target does not get around the check', async () => {
    const reply = await get('http://localhost/api/status', 'Host: evil.example', auth);
    expect(reply).toMatch(/^HTTP\/1\.1 403 /);
  });
  it('a request without a name is refused', async () => {
    expect(await get('/api/status', auth)).toMatch(/^HTTP\/1\.1 400 /);
  });
  it('two tokens are refused, whichever is right', async () => {
    const reply = await get('/api/status', 'Host: localhost', 'Authorization: Bearer wrong', auth);
    expect(reply).toMatch(/^HTTP\/1\.1 400 [^]*malformed_request/);
  });
});

describe('targets', () => {
  it.each([
    '/api/../etc/passwd',
    '/api/%2e%2e/etc',
    '/..%5c..%5cetc',
    '/api/automation/jobs/..%2f..%2f',
    '//api/status',
  ])('%s leads nowhere', async (path) => {
    const reply = await get(path, 'Host: localhost', auth);
    expect(reply).toMatch(/^HTTP\/1\.1 404 [^]*application\/problem\+json/);
  });
  it.each(['/api/\\status', '/api/st\u0001atus'])('%j is refused', async (path) => {
    expect(await get(path, 'Host: localhost', auth)).toMatch(/^HTTP\/1\.1 400 /);
  });
});

describe('bodies', () => {
  const post = ['POST /api/automation/jobs HTTP/1.1', 'Host: localhost', auth, 'Content-Type: application/json'];
  it('one that says that it is too large is refused unread', async () => {
    const reply = await raw([...post, 'Connection: close', 'Content-Length: 99999999']);
    expect(reply).toMatch(/^HTTP\/1\.1 413 [^]*body_too_large/);
  });
  it('one in chunks is refused as soon as it is too large', async () => {
    const socket = connect(server.port, '127.0.0.1');
    const reply = textOf(socket);
    // The server may close while the rest is on its way; that is what it should do.
    socket.on('error', () => undefined);
    socket.write(`${[...post, 'Transfer-Encoding: chunked'].join('\r\n')}\r\n\r\n`);
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    for (let sent = 0; sent < 24 && socket.writable; sent += 1) {
      if (!socket.write(chunk)) await Promise.race([once(socket, 'drain'), once(socket, 'close')]);
    }
    expect(await reply).toMatch(/^HTTP\/1\.1 413 [^]*body_too_large/);
  });
  it('one with two lengths is refused', async () => {
    const reply = await raw([...post, 'Content-Length: 2', 'Content-Length: 20'], '{}');
    expect(reply).toMatch(/^HTTP\/1\.1 400 /);
  });
  it('one with a length and in chunks is refused', async () => {
    const reply = await raw([...post, 'Content-Length: 5', 'Transfer-Encoding: chunked'], '0\r\n\r\n');
    expect(reply).toMatch(/^HTTP\/1\.1 400 /);
  });
});

describe('streams over a socket', () => {
  async function open(path: string, from: ApiServer = server): Promise<{ next: (pattern: RegExp) => Promise<string> }> {
    const response = await fetch(`${from.url}${path}`, {
      headers: { authorization: `Bearer ${TOKEN}`, accept: 'text/event-stream' },
    });
    const reader = response.body!.getReader();
    let text = '';
    return {
      next: async (pattern) => {
        while (!pattern.test(text)) {
          const { value, done } = await reader.read();
          if (done) throw new Error(`ended after: ${text}`);
          text += new TextDecoder().decode(value);
        }
        return text;
      },
    };
  }

  it('everything that happens arrives as it happens', async () => {
    const stream = await open('/api/stream');
    await stream.next(/event: hello/);
    api.bus.report({ type: 'service.recovered', at: api.clock.now(), service: 'planner' });
    expect(await stream.next(/service\.recovered[^]*\n\n/)).toContain('"service":"planner"');
  });

  it('end at once when the daemon stops, and do not hold it up', async () => {
    // No grace helps here: this test would time out.
    const patient = await serveApi({
      app: api.app,
      host: '127.0.0.1',
      port: 0,
      clock: systemClock(),
      closeGraceMs: 3_600_000,
    });
    const stream = await open('/api/stream', patient);
    await stream.next(/event: hello/);
    const lost = stream.next(/never/);
    const closed = patient.close();
    await expect(lost).rejects.toThrow('terminated');
    await closed;
  });

  it('stop listening when the client goes', async () => {
    let listeners = 0;
    type Subscribe = (this: RecentHappenings, ...p: Parameters<RecentHappenings['subscribe']>) => () => void;
    const { subscribe } = RecentHappenings.prototype as { subscribe: Subscribe };
    const spied = vi.spyOn(RecentHappenings.prototype, 'subscribe').mockImplementation(function (
      this: RecentHappenings,
      listener,
    ) {
      listeners += 1;
      const unsubscribe = subscribe.call(this, listener);
      return () => {
        listeners -= 1;
        done?.();
        return unsubscribe();
      };
    });
    onTestFinished(() => spied.mockRestore());
    let done: (() => void) | undefined;
    const gone = new Promise<void>((resolve) => (done = resolve));
    const client = new AbortController();
    const response = await fetch(`${server.url}/api/stream`, {
      headers: { authorization: `Bearer ${TOKEN}` },
      signal: client.signal,
    });
    await response.body!.getReader().read();
    expect(listeners).toBe(1);
    client.abort();
    await gone;
    expect(listeners).toBe(0);
  });
});

describe('closing', () => {
  it('ends idle connections and lets a request in flight finish', async () => {
    const agent = new Agent({ keepAlive: true });
    const idle = request(`${server.url}/api/healthz`, { agent }).end();
    const [reply] = await once(idle, 'response');
    reply.resume();
    await once(reply, 'end');
    const job = await api.ask('POST automation/jobs', {
      json: {
        scope: 'global',
        name: 'a',
        agent_name: 'echo',
        prompt: 'x',
        schedule: { mode: 'every', interval: '1h' },
      },
    });
    const accepted = new Promise<void>((resolve) => {
      api.bus.subscribe((happening) => {
        if (happening.type === 'run.created') resolve();
      });
    });
    const waiting = fetch(`${server.url}/api/automation/jobs/${job.body.job.id}/trigger?wait=1m`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    await accepted;
    const closed = server.close();
    api.bus.report({ type: 'daemon.stopping', at: api.clock.now(), reason: 'test' });
    const answer = await waiting;
    expect([answer.status, answer.headers.get('connection')]).toEqual([202, 'close']);
    await answer.body?.cancel();
    await closed;
    await expect(fetch(`${server.url}/api/healthz`)).rejects.toThrow('fetch failed');
    agent.destroy();
  });

  it('cuts what does not finish in time', async () => {
    const socket = connect(server.port, '127.0.0.1');
    // The cut is a reset for whoever still sends.
    socket.on('error', () => undefined);
    const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    const headers = ['Content-Type: application/json', 'Content-Length: 100', 'Expect: 100-continue'];
    socket.write(`POST /api/automation/jobs HTTP/1.1\r\nHost: localhost\r\n${[auth, ...headers].join('\r\n')}\r\n\r\n`);
    expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1\.1 100 /);
    await server.close();
    await ended;
  });

  it('may be asked for twice', async () => {
    await Promise.all([server.close(), server.close()]);
  });

  it('says when the address is taken', async () => {
    const second = serveApi({ app: api.app, host: '127.0.0.1', port: server.port, clock: systemClock() });
    await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
