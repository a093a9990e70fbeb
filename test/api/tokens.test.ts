// Tokens with scopes: how they are made, used, renewed and taken back, and the token of a run's agent.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TokenDesk } from '../../src/access/token-desk.ts';
import { type Harness, openHarness, START, TOKEN } from './api-harness.ts';

let api: Harness;
beforeEach(async () => {
  api = await openHarness();
});
afterEach(() => api.close());

const HOUR = 3_600_000;
const create = (json: Record<string, unknown>) => api.ask('POST tokens', { json });
const newJob = {
  scope: 'global',
  name: 'a',
  agent_name: 'echo',
  prompt: 'x',
  schedule: { mode: 'every', interval: '1h' },
};

describe('a token', () => {
  it('is shown once with its secret, and never again', async () => {
    const { status, body } = await create({ name: 'ci', scopes: ['read', 'events:deploy.'], expires_in: '1h' });
    expect(status).toBe(201);
    expect(body.secret).toMatch(/^rouse_tok_[\w-]{43}$/);
    expect(body.token).toMatchObject({
      kind: 'token',
      name: 'ci',
      scopes: ['read', 'events:deploy.'],
      created_by: 'user:api',
      expires_at: new Date(START + HOUR).toISOString(),
      expired: false,
    });
    const listed = await api.ask('GET tokens');
    expect(listed.body.tokens).toEqual([body.token]);
    const stored = JSON.stringify(await api.store.listCredentials({ kinds: ['token'], limit: 10 }));
    for (const text of [JSON.stringify(listed.body), stored]) expect(text).not.toContain(body.secret);
  });

  it('says who it is, and records name it', async () => {
    const { body } = await create({ name: 'ci', scopes: ['write'] });
    const token = body.secret as string;
    expect((await api.ask('GET session', { token })).body.session).toMatchObject({ kind: 'token', name: 'ci' });
    const paused = await api.ask('POST automation/pause', { token, headers: { 'rouse-client': 'cli' } });
    expect(paused.body.automation.by).toBe('token:ci');
  });

  it('remembers its last use, within a minute', async () => {
    const { body } = await create({ name: 'ci', scopes: ['read'] });
    const lastUse = async (): Promise<string | undefined> => (await api.ask('GET tokens')).body.tokens[0].last_used_at;
    expect(await lastUse()).toBeUndefined();
    const use = () => api.ask('GET status', { token: body.secret });
    await use();
    expect(await lastUse()).toBe(new Date(START).toISOString());
    api.clock.advance(59_000);
    await use();
    expect(await lastUse()).toBe(new Date(START).toISOString());
    api.clock.advance(1_000);
    await use();
    expect(await lastUse()).toBe(new Date(START + 60_000).toISOString());
  });

  it('opens nothing when its life is over, is shown as ended for a week, and then forgotten', async () => {
    const { body } = await create({ name: 'ci', scopes: ['read'], expires_in: '1h' });
    api.clock.advance(HOUR);
    expect((await api.ask('GET status', { token: body.secret })).status).toBe(401);
    expect((await api.ask('GET tokens')).body.tokens).toMatchObject([{ name: 'ci', expired: true }]);
    expect((await create({ name: 'ci', scopes: ['read'] })).body.code).toBe('token_name_taken');
    api.clock.advance(7 * 24 * HOUR);
    expect((await create({ name: 'ci', scopes: ['read'] })).status).toBe(201);
  });

  it('is revoked at once', async () => {
    const { body } = await create({ name: 'ci', scopes: ['read'] });
    expect((await api.ask(`DELETE tokens/${body.token.id}`)).status).toBe(204);
    expect((await api.ask('GET status', { token: body.secret })).status).toBe(401);
    expect((await api.ask(`DELETE tokens/${body.token.id}`)).body.code).toBe('token_not_found');
  });

  it('is rotated: a new secret, the old one dead, the end as it was or anew', async () => {
    const { body } = await create({ name: 'ci', scopes: ['read'], expires_in: '2h' });
    api.clock.advance(HOUR);
    const rotated = await api.ask(`POST tokens/${body.token.id}/rotate`);
    expect(rotated.body.token.expires_at).toBe(body.token.expires_at);
    expect((await api.ask('GET status', { token: body.secret })).status).toBe(401);
    expect((await api.ask('GET status', { token: rotated.body.secret })).status).toBe(200);
    api.clock.advance(HOUR);
    expect((await api.ask(`POST tokens/${body.token.id}/rotate`)).body.code).toBe('token_expired');
    const again = await api.ask(`POST tokens/${body.token.id}/rotate`, { json: { expires_in: '1h' } });
    expect(again.body.token).toMatchObject({ expired: false });
    expect((await api.ask('GET status', { token: again.body.secret })).status).toBe(200);
  });

  it.each([
    [{ name: 'ci', scopes: [] }, 'body.scopes'],
    [{ name: 'ci', scopes: ['root'] }, 'body.scopes[0]'],
    [{ name: 'ci', scopes: ['events:UPPER'] }, 'body.scopes[0]'],
    [{ name: 'Ci', scopes: ['read'] }, 'body.name'],
    [{ name: '', scopes: ['read'] }, 'body.name'],
    [{ name: 'ci', scopes: ['read'], expires_in: '0s' }, 'body.expires_in'],
    [{ name: 'ci', scopes: ['read'], expires_in: '-1h' }, 'body.expires_in'],
    [{ name: 'ci', scopes: ['read'], expires_in: 'soon' }, 'body.expires_in'],
    [{ name: 'ci', scopes: ['read'], admin: true }, 'body.admin'],
  ])('is refused as %j', async (json, path) => {
    const { status, body } = await create(json);
    expect([status, body.errors[0].path]).toEqual([422, path]);
  });

  it('is listed beside pages, page by page, and a page can be signed out from afar', async () => {
    const { body: made } = await api.ask('POST session/links');
    const code = (made.link.url as string).split('#')[1];
    const signedIn = await api.ask('POST session', { token: null, json: { code } });
    await create({ name: 'a', scopes: ['read'] });
    await create({ name: 'b', scopes: ['read'] });
    const first = await api.ask('GET tokens?limit=2');
    expect(first.body.tokens.map(({ name }: { name: string }) => name)).toEqual(['page', 'a']);
    const second = await api.ask(`GET tokens?limit=2&cursor=${first.body.next_cursor}`);
    expect(second.body).toMatchObject({ tokens: [{ name: 'b' }] });
    expect(second.body.next_cursor).toBeUndefined();
    const cookie = signedIn.headers.get('set-cookie')!.split(';')[0]!;
    const asPage = () => api.ask('GET session', { token: null, headers: { cookie, 'sec-fetch-site': 'same-origin' } });
    expect((await asPage()).status).toBe(200);
    await api.ask(`DELETE tokens/${first.body.tokens[0].id}`);
    expect((await asPage()).status).toBe(401);
  });
});

describe("the token of a run's agent", () => {
  const issue = (runId: string, scopes: ('read' | 'write')[]): Promise<string> => {
    let draws = 0;
    const randomBytes = (count: number): Uint8Array => new Uint8Array(count).fill((draws += 1));
    const desk = new TokenDesk({ store: api.store, clock: api.clock, randomBytes });
    return desk.issueForRun({ run_id: runId, agent_name: 'echo', scopes });
  };
  const startRun = async () => {
    const { body } = await api.ask('POST automation/jobs', { json: newJob });
    await api.ask(`POST automation/jobs/${body.job.id}/trigger`);
    const [claimed] = await api.claim();
    await api.start(claimed!);
    return claimed!;
  };

  it('lives as long as its run, and records name the run', async () => {
    const claimed = await startRun();
    const token = await issue(claimed.run.id, ['write']);
    expect((await api.ask('GET session', { token })).body.session).toMatchObject({
      kind: 'run',
      run_id: claimed.run.id,
    });
    expect((await api.ask('POST automation/pause', { token })).body.automation.by).toBe(`run:${claimed.run.id}`);
    await api.finish(claimed);
    expect((await api.ask('GET session', { token })).status).toBe(401);
  });

  it('does not answer for a person', async () => {
    const claimed = await startRun();
    await api.askPermission(claimed);
    const token = await issue(claimed.run.id, ['write']);
    const answer = { json: { decision: 'allow' } };
    const refused = await api.ask(`POST automation/runs/${claimed.run.id}/permission`, { token, ...answer });
    expect([refused.status, refused.body.code]).toEqual([403, 'persons_only']);
    expect((await api.ask(`POST automation/runs/${claimed.run.id}/permission`, answer)).status).toBe(202);
  });

  it('opens nothing for a run that is not there', async () => {
    expect((await api.ask('GET session', { token: await issue('run_gone', ['read']) })).status).toBe(401);
  });
});

describe('wrong credentials', () => {
  it('of a sign-in count like any other; a right code is taken all the same', async () => {
    const { body } = await api.ask('POST session/links');
    const exchange = async (code: string) => (await api.ask('POST session', { token: null, json: { code } })).status;
    const statuses: number[] = [];
    for (let index = 0; index < 31; index += 1) statuses.push(await exchange(`wrong-${index}`));
    expect([statuses[0], statuses[29], statuses[30]]).toEqual([401, 401, 429]);
    expect(await exchange((body.link.url as string).split('#')[1]!)).toBe(201);
  });

  it('are thirty a minute; a right one is let in all the same', async () => {
    const statuses: number[] = [];
    for (let index = 0; index < 32; index += 1) {
      statuses.push((await api.ask('GET status', { token: `wrong-${index}` })).status);
    }
    expect(statuses.slice(0, 30)).toEqual(Array.from({ length: 30 }, () => 401));
    expect(statuses.slice(30)).toEqual([429, 429]);
    expect((await api.ask('GET status', { token: TOKEN })).status).toBe(200);
    expect((await api.ask('GET status', { token: null })).status).toBe(401);
    api.clock.advance(60_000);
    expect((await api.ask('GET status', { token: 'wrong' })).status).toBe(401);
  });
});
