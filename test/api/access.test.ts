// Signing a page in and out, and what a cookie is good for: over the application itself, with time that is moved.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type OperationName, ROUTES } from '../../src/api/contract/route-table.ts';
import { operations } from '../../src/api/contract/operations.ts';
import { type Harness, openHarness, type SendInit, START } from './api-harness.ts';

let api: Harness;
beforeEach(async () => {
  api = await openHarness();
});
afterEach(() => api.close());

const MINUTE = 60_000;
const DAY = 86_400_000;
const own = { 'sec-fetch-site': 'same-origin' };

async function newCode(scopes?: string[]): Promise<string> {
  const { status, body } = await api.ask('POST session/links', scopes === undefined ? {} : { json: { scopes } });
  expect(status).toBe(201);
  return (body.link.url as string).split('#')[1]!;
}

const exchange = (code: string, init: SendInit = {}) =>
  api.ask('POST session', { token: null, json: { code }, ...init });

/** The `name=value` of a page that signed in. */
async function signIn(scopes?: string[]): Promise<string> {
  const { status, headers } = await exchange(await newCode(scopes));
  expect(status).toBe(201);
  return headers.get('set-cookie')!.split(';')[0]!;
}

/** A request as the page sends it. */
const asPage = (route: string, cookie: string, init: SendInit = {}) =>
  api.ask(route, { token: null, ...init, headers: { ...own, cookie, ...init.headers } });

describe('a sign-in link', () => {
  it('carries its code behind the #, and names when it ends', async () => {
    const { body } = await api.ask('POST session/links');
    expect(body.link.url).toMatch(/^http:\/\/127\.0\.0\.1:7717\/sign-in#rouse_link_[\w-]{43}$/);
    expect(Date.parse(body.link.expires_at)).toBe(START + 2 * MINUTE);
  });

  it('signs in once', async () => {
    const code = await newCode();
    expect((await exchange(code)).status).toBe(201);
    expect(await exchange(code)).toMatchObject({ status: 401, body: { code: 'sign_in_link_invalid' } });
  });

  it('signs in one of many that try at once', async () => {
    const code = await newCode();
    const statuses = await Promise.all(Array.from({ length: 8 }, async () => (await exchange(code)).status));
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    expect(statuses.filter((status) => status === 401)).toHaveLength(7);
  });

  it('signs nobody in after two minutes', async () => {
    const code = await newCode();
    api.clock.advance(2 * MINUTE);
    expect((await exchange(code)).body.code).toBe('sign_in_link_invalid');
  });

  it.each(['x', 'rouse_link_', 'rouse_page_x'])('is nothing that %j could stand for', async (code) => {
    expect((await exchange(code)).status).toBe(401);
  });

  it('opens nothing as a bearer token or as a cookie', async () => {
    const code = await newCode();
    expect((await api.ask('GET status', { token: code })).status).toBe(401);
    expect((await asPage('GET status', `rouse_page=${code}`)).status).toBe(401);
    expect((await exchange(code)).status).toBe(201);
  });

  it('is made by the owner and by nobody who may do less', async () => {
    const reader = await signIn(['read', 'write']);
    expect((await asPage('POST session/links', reader)).body.code).toBe('forbidden');
    expect((await asPage('POST session/links', await signIn())).status).toBe(201);
  });
});

describe('a page that signed in', () => {
  it('has a cookie that scripts, other sites and other paths do not get', async () => {
    const { headers, body } = await exchange(await newCode());
    const [pair, ...attributes] = headers.get('set-cookie')!.split('; ');
    expect(pair).toMatch(/^rouse_page=rouse_page_[\w-]{43}$/);
    expect(attributes).toEqual(['Path=/api', 'HttpOnly', 'SameSite=Strict', `Max-Age=${30 * 86_400}`]);
    expect(body.session).toMatchObject({ kind: 'page', scopes: ['admin'] });
    expect(JSON.stringify(body)).not.toContain(pair!.split('=')[1]);
  });

  it('has a cookie named by its port, so that two daemons do not sign each other out', async () => {
    const headers = { host: 'localhost:7717' };
    const { headers: replied } = await exchange(await newCode(), { headers });
    const cookie = replied.get('set-cookie')!.split(';')[0]!;
    expect(cookie).toMatch(/^rouse_page_7717=/);
    expect((await asPage('GET session', cookie, { headers })).status).toBe(200);
    expect((await asPage('GET session', cookie, { headers: { host: 'localhost:7718' } })).status).toBe(401);
  });

  it('may do everything, until it signs out', async () => {
    const cookie = await signIn();
    expect((await asPage('GET session', cookie)).body.session).toMatchObject({ kind: 'page', scopes: ['admin'] });
    expect((await asPage('POST automation/pause', cookie)).body.automation.by).toBe('user:page');
    const out = await asPage('DELETE session', cookie);
    expect(out.status).toBe(204);
    expect(out.headers.get('set-cookie')).toMatch(/^rouse_page=; Path=\/api; .*Max-Age=0$/);
    expect((await asPage('GET session', cookie)).status).toBe(401);
  });

  it('may do what its link allowed and nothing more', async () => {
    const cookie = await signIn(['read']);
    expect((await asPage('GET automation/jobs', cookie)).status).toBe(200);
    const refused = await asPage('POST automation/pause', cookie);
    expect(refused).toMatchObject({ status: 403, body: { code: 'forbidden', data: { needed: 'write' } } });
  });

  it('is signed out after seven days without use, and after thirty in any case', async () => {
    const idle = await signIn();
    api.clock.advance(7 * DAY);
    expect((await asPage('GET session', idle)).status).toBe(401);
    const used = await signIn();
    for (let day = 6; day < 30; day += 6) {
      api.clock.advance(6 * DAY);
      expect((await asPage('GET session', used)).status).toBe(200);
    }
    api.clock.advance(6 * DAY);
    expect((await asPage('GET session', used)).status).toBe(401);
  });

  it('stands in the store as a hash only', async () => {
    const secret = (await signIn()).split('=')[1]!;
    const stored = await api.store.listCredentials({ kinds: ['page'], limit: 10 });
    expect(stored).toHaveLength(1);
    expect(JSON.stringify(stored)).not.toContain(secret);
  });

  it('does not count as a bearer token, and a wrong token is not mended by its cookie', async () => {
    const cookie = await signIn();
    expect((await api.ask('GET status', { token: cookie.split('=')[1]! })).status).toBe(401);
    expect((await api.ask('GET status', { token: 'wrong', headers: { ...own, cookie } })).status).toBe(401);
  });

  it('does not end the sign-in of somebody with a token', async () => {
    expect((await api.ask('DELETE session')).body.code).toBe('not_a_page');
  });
});

describe('a cookie that another page makes a browser send', () => {
  const check = (title: string, route: string, headers: Record<string, string>, expected: [number, string?]): void =>
    it(title, async () => {
      const cookie = await signIn();
      const { status, body } = await api.ask(route, { token: null, headers: { cookie, ...headers } });
      expect([status, body?.code]).toEqual([expected[0], expected[1]]);
    });
  const refused: [number, string] = [403, 'cross_site_request'];
  const origin = 'http://localhost';
  check('of another site changes nothing', 'POST automation/pause', { 'sec-fetch-site': 'cross-site' }, refused);
  check('of another port changes nothing', 'POST automation/pause', { 'sec-fetch-site': 'same-site' }, refused);
  check('that says nothing of itself changes nothing', 'POST automation/pause', {}, refused);
  check('that nobody asked for changes nothing', 'POST automation/pause', { 'sec-fetch-site': 'none' }, refused);
  check('of another site reads nothing', 'GET automation/jobs', { 'sec-fetch-site': 'cross-site' }, refused);
  check('of another port reads nothing', 'GET automation/jobs', { 'sec-fetch-site': 'same-site' }, refused);
  check('by its foreign origin is refused before', 'POST automation/pause', { origin: 'http://localhost:3000' }, [
    403,
    'host_not_allowed',
  ]);
  check('of the daemon itself changes', 'POST automation/pause', own, [200]);
  check('of an older browser changes by its origin', 'POST automation/pause', { origin, host: 'localhost' }, [200]);
  check('typed as an address reads', 'GET automation/jobs', { 'sec-fetch-site': 'none' }, [200]);

  it.each(
    (Object.keys(ROUTES) as OperationName[]).filter(
      (name) => operations[name].access === 'token' && !ROUTES[name].startsWith('GET'),
    ),
  )('is no way to %s', async (name) => {
    const cookie = await signIn();
    const route = ROUTES[name].replace(' /', ' ').replaceAll(/\{\w+\}/g, 'x');
    for (const site of ['cross-site', 'same-site', 'none']) {
      const headers = { cookie, 'sec-fetch-site': site };
      expect((await api.ask(route, { token: null, headers })).body.code).toBe('cross_site_request');
    }
  });
});

describe('the sign-in page', () => {
  it('runs its own script and nothing else, and is framed by nobody', async () => {
    const reply = await api.send('GET /sign-in', { token: null });
    expect(reply.status).toBe(200);
    const policy = reply.headers.get('content-security-policy')!;
    expect(policy).toMatch(
      /^default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-[^']+'; connect-src 'self'/,
    );
    expect(policy).toContain("frame-ancestors 'none'");
    expect(reply.headers.get('cache-control')).toBe('no-store');
    expect(reply.headers.get('referrer-policy')).toBe('no-referrer');
    expect(await reply.text()).toContain('rouse open');
  });

  it('is not given under another name', async () => {
    expect((await api.send('GET /sign-in', { token: null, headers: { host: 'evil.example' } })).status).toBe(403);
  });
});
