import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { API_BASE, type OperationName, ROUTES } from '../../src/api/contract/route-table.ts';
import { operations } from '../../src/api/contract/operations.ts';
import type { Happening } from '../../src/events/happening.ts';
import { type Harness, openHarness, type SendInit } from './api-harness.ts';

let api: Harness;
beforeEach(async () => {
  api = await openHarness();
});
afterEach(() => api.close());

const names = Object.keys(ROUTES) as OperationName[];
const routeOf = (name: OperationName): string => ROUTES[name].replace(' ', ` ${API_BASE}`).replace('{id}', 'x');

/** Status and code of a refusal, which must be a problem document in full. */
async function refusal(route: string, init: SendInit = {}): Promise<[number, string]> {
  const response = await api.send(route, init);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  const body = (await response.json()) as Record<string, unknown>;
  expect(body).toMatchObject({
    type: `urn:rouse:error:${String(body.code)}`,
    title: expect.any(String),
    status: response.status,
    detail: expect.any(String),
    hint: expect.any(String),
  });
  return [response.status, body.code as string];
}

describe('every operation', () => {
  it.each(names.filter((name) => operations[name].access === 'token'))('%s needs the token', async (name) => {
    for (const token of [null, 'wrong', '', 'test-token2', 'TEST-TOKEN']) {
      expect(await refusal(routeOf(name), { token })).toEqual([401, 'unauthorized']);
    }
    const response = await api.send(routeOf(name), { token: null });
    expect(response.headers.get('www-authenticate')).toMatch(/^Bearer/);
  });

  it.each(names)('%s refuses to be called by another name', async (name) => {
    const headers = { host: 'evil.example:7717' };
    expect(await refusal(routeOf(name), { headers })).toEqual([403, 'host_not_allowed']);
    expect(await refusal(routeOf(name), { headers: { origin: 'https://evil.example' } })).toEqual([
      403,
      'host_not_allowed',
    ]);
  });

  it.each(names)('%s names its methods to whoever uses another', async (name) => {
    const path = routeOf(name).split(' ')[1];
    expect(await refusal(`PROPFIND ${path}`)).toEqual([405, 'method_not_allowed']);
    expect(await refusal(`OPTIONS ${path}`)).toEqual([405, 'method_not_allowed']);
    const allow = (await api.send(`OPTIONS ${path}`)).headers.get('allow');
    expect(allow?.split(', ')).toContain(ROUTES[name].split(' ')[0]);
  });

  it.each(names.filter((name) => 'body' in operations[name]))('%s takes JSON and nothing else', async (name) => {
    const send = (body: string | Uint8Array<ArrayBuffer>, type = 'application/json'): Promise<[number, string]> =>
      refusal(routeOf(name), { body, headers: { 'content-type': type } });
    expect(await send('{"a":', 'application/json')).toEqual([400, 'malformed_json']);
    expect(await send('a=b', 'application/x-www-form-urlencoded')).toEqual([415, 'unsupported_media_type']);
    expect(await send('{}', 'text/plain')).toEqual([415, 'unsupported_media_type']);
    expect(await send(new Uint8Array([0x7b, 0xff, 0x7d]))).toEqual([400, 'malformed_json']);
    expect(await send(`"${'x'.repeat(1024 * 1024)}"`)).toEqual([413, 'body_too_large']);
    expect(await send('['.repeat(100_000))).toEqual([400, 'malformed_json']);
    expect(await send('{"a": 1, "a": 2}')).toEqual([400, 'malformed_json']);
  });

  it.each(names)('%s sends the headers that keep browsers safe, whatever it answers', async (name) => {
    for (const token of [null, undefined]) {
      const response = await api.send(routeOf(name), token === undefined ? {} : { token });
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
        'x-frame-options': 'DENY',
        'content-security-policy': expect.stringContaining("default-src 'none'"),
      });
      expect(response.headers.get('access-control-allow-origin')).toBeNull();
      await response.body?.cancel();
    }
  });
});

describe('routes that are none', () => {
  it.each([
    'GET /',
    'GET /api',
    'GET /api/',
    'GET /api/automation/jobs/',
    'GET /api/automation/jobs/x/y/z',
    'POST /api/nothing',
    'GET /API/status',
    'GET /api//status',
    'GET /status',
  ])('%s', async (route) => expect(await refusal(route)).toEqual([404, 'not_found']));
});

describe('tokens', () => {
  it('are never taken from a query', async () => {
    expect(await refusal('GET /api/status?token=test-token', { token: null })).toEqual([401, 'unauthorized']);
    expect(await refusal('GET /api/status?access_token=test-token', { token: null })).toEqual([401, 'unauthorized']);
  });
  it('open nothing before the name is right', async () => {
    expect(await refusal('GET status', { token: null, headers: { host: 'evil.example' } })).toEqual([
      403,
      'host_not_allowed',
    ]);
  });
});

describe('a failure that nobody foresaw', () => {
  it('is told without its insides, and reported with them', async () => {
    const broken = await openHarness({
      wrapStore: () => ({
        readCounts: () => Promise.reject(new Error('SQLITE_CORRUPT in /root/.rouse/rouse.db')),
      }),
    });
    try {
      const heard: Happening[] = [];
      broken.bus.subscribe((happening) => heard.push(happening));
      const { status, body } = await broken.ask('GET status');
      expect([status, body.code]).toEqual([500, 'internal_error']);
      expect(JSON.stringify(body)).not.toMatch(/SQLITE|root|at .*\.ts/);
      expect(heard).toMatchObject([
        {
          type: 'service.failed',
          service: 'api',
          code: 'internal_error',
          error: expect.stringContaining('SQLITE_CORRUPT'),
        },
      ]);
      expect((heard[0] as { error: string }).error).toContain(body.data.reference);
    } finally {
      await broken.close();
    }
  });

  it('in a stream is told the same way', async () => {
    const broken = await openHarness({
      wrapStore: () => ({ readTranscript: () => Promise.reject(new Error('disk on fire')) }),
    });
    try {
      const job = await broken.ask('POST automation/jobs', {
        json: {
          scope: 'global',
          name: 'a',
          agent_name: 'echo',
          prompt: 'x',
          schedule: { mode: 'every', interval: '1h' },
        },
      });
      await broken.ask(`POST automation/jobs/${job.body.job.id}/trigger`);
      const [claimed] = await broken.claim();
      const run = await broken.start(claimed!);
      const response = await broken.send(`GET automation/runs/${run.id}/transcript`, {
        headers: { accept: 'text/event-stream' },
      });
      const text = await response.text();
      expect(text).toMatch(/event: error\ndata: .*"code":"internal_error"/);
      expect(text).not.toContain('on fire');
    } finally {
      await broken.close();
    }
  });
});
