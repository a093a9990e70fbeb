import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ApiServer, serveApi } from '../../src/api/server.ts';
import { ApiError, type Client, createClient, type FollowedEvent } from '../../src/client/index.ts';
import { systemClock } from '../../src/clock/clock.ts';
import { type Harness, openHarness, TOKEN } from './api-harness.ts';

let api: Harness;
let server: ApiServer;
let client: Client;
const serve = (port = 0): Promise<ApiServer> =>
  serveApi({ app: api.app, host: '127.0.0.1', port, clock: systemClock(), closeGraceMs: 200 });

beforeEach(async () => {
  api = await openHarness();
  server = await serve();
  client = createClient({ url: server.url, token: TOKEN, name: 'cli' });
});
afterEach(async () => {
  await server.close();
  await api.close();
});

const job = {
  scope: 'global',
  name: 'daily',
  agent_name: 'echo',
  prompt: 'Hi.',
  schedule: { mode: 'cron', expr: '0 9 * * *' },
} as const;

const errorOf = (promise: Promise<unknown>): Promise<ApiError> =>
  promise.then(
    () => Promise.reject(new Error('was not refused')),
    (error: unknown) => {
      if (error instanceof ApiError) return error;
      throw error;
    },
  );

describe('the client', () => {
  it('does with a job all that can be done with one', async () => {
    const created = await client.jobs.create(job);
    const { id } = created.job;
    expect([created.etag, created.job.next_fires.length]).toEqual(['"1"', 5]);
    expect((await client.jobs.get(id)).job.name).toBe('daily');
    expect((await client.jobs.list({ name: 'daily', limit: 1 })).jobs).toHaveLength(1);
    const updated = await client.jobs.update(id, { prompt: 'Ho.', tags: ['x'] }, { ifMatch: created.etag });
    expect(updated).toMatchObject({ etag: '"2"', job: { prompt: 'Ho.', tags: ['x'] } });
    expect((await errorOf(client.jobs.update(id, { prompt: 'x' }, { ifMatch: created.etag }))).code).toBe(
      'precondition_failed',
    );
    expect((await client.jobs.fires(id, { count: 2, from: '2026-01-01T00:00:00Z' })).fires[0]?.at).toBe(
      '2026-01-01T09:00:00.000Z',
    );
    const { run } = await client.jobs.trigger(id);
    expect(run).toMatchObject({ status: 'scheduled', actor: 'user:cli' });
    expect((await client.jobs.runs(id, { status: 'scheduled' })).runs).toHaveLength(1);
    expect((await client.runs.get(run.id)).waiting).toMatchObject({ why: 'slot', ahead: 0 });
    expect((await client.runs.list({ since: '1h' })).runs).toHaveLength(1);
    expect((await client.runs.cancel(run.id)).status).toBe('canceled');
    expect((await client.runs.transcript(run.id)).entries).toEqual([]);
    await client.jobs.remove(id);
    expect(await errorOf(client.jobs.get(id))).toMatchObject({ status: 404, code: 'job_not_found' });
  });

  it('switches file jobs', async () => {
    const [file] = await api.syncFile([job]);
    expect((await client.jobs.setOverlay(file!.id, { enabled_override: false })).job.effective_enabled).toBe(false);
    expect((await client.jobs.clearOverlay(file!.id)).job.effective_enabled).toBe(true);
  });

  it('asks about instants, runs them after all, and once more', async () => {
    const { id } = (await client.jobs.create({ ...job, fire_limit: { max: 100, window: '1h' } })).job;
    expect(await client.jobs.explain(id, { at: '2026-11-23T09:00' })).toMatchObject({ outcome: 'upcoming' });
    expect(await client.jobs.explain(id)).toMatchObject({ outcome: 'not_an_instant' });
    const range = { from: '2026-11-22T00:00', to: '2026-11-22T10:00' };
    expect(await client.jobs.backfill(id, { ...range, dry_run: true })).toMatchObject({
      instants: [{ state: 'new', zone: 'UTC' }],
      runs: [],
    });
    const { runs } = await client.jobs.backfill(id, range);
    await client.runs.cancel(runs[0]!.id);
    expect(await client.runs.retry(runs[0]!.id)).toMatchObject({ attempt: 2, status: 'scheduled' });
  });

  it('answers an agent', async () => {
    const { run } = await client.jobs.trigger((await client.jobs.create(job)).job.id);
    const [claimed] = await api.claim();
    await api.start(claimed!);
    const { answer } = await api.askPermission(claimed!);
    expect((await client.runs.get(run.id)).permission?.options.map(({ option_id }) => option_id)).toContain('always');
    expect((await errorOf(client.runs.answerPermission(run.id, { option_id: 'never' }))).code).toBe(
      'validation_failed',
    );
    expect(await client.runs.answerPermission(run.id, { decision: 'allow' })).toMatchObject({ id: run.id });
    expect(await answer).toMatchObject({ option_id: 'yes' });
  });

  it('pauses everything, and lets it go on', async () => {
    expect(await client.pause()).toMatchObject({ paused: true, by: 'user:cli' });
    expect((await client.status()).automation).toMatchObject({ paused: true, by: 'user:cli' });
    expect(await client.resume()).toEqual({ paused: false });
  });

  it('reads the account', async () => {
    expect(await client.usage({ since: '24h' })).toMatchObject({ since_day: '2026-11-21', days: [] });
    expect(await client.simulate({ days: 1 })).toMatchObject({ jobs: [], to: '2026-11-23T12:00:00.000Z' });
    const hold = { agent_name: 'echo', until: api.clock.now() + 1000, reason: 'spent' };
    await api.store.holdAgent({ now: api.clock.now(), hold });
    expect(await client.agents.list()).toMatchObject([{ held_reason: 'spent' }]);
    await client.agents.release('echo');
    expect((await errorOf(client.agents.release('echo'))).code).toBe('agent_not_found');
  });

  it('reads everything else', async () => {
    expect((await client.agents.list()).map(({ name }) => name)).toEqual(['echo']);
    const workspace = await client.workspaces.register({ path: api.home });
    expect(await client.workspaces.list()).toEqual([workspace]);
    expect(await client.config.problems()).toEqual([]);
    expect((await client.status()).version).toBe('0.1.0');
    expect(await client.health()).toEqual({ status: 'ok' });
    Object.assign(api.readiness, { ready: false, waiting_for: ['planner'] });
    expect(await client.ready()).toEqual({ status: 'not_ready', waiting_for: ['planner'] });
    expect(await client.next({ within: '1h' })).toMatchObject({ fires: [], truncated: false });
    expect((await client.schedule.preview({ spec: { mode: 'every', interval: '1h' }, count: 1 })).fires).toHaveLength(
      1,
    );
    expect((await errorOf(client.sessions.get('ses_x'))).code).toBe('session_not_found');
  });
});

describe('refusals', () => {
  it('carry all that the problem document says', async () => {
    const error = await errorOf(client.jobs.create({ ...job, name: '' }));
    expect(error).toMatchObject({
      status: 422,
      code: 'validation_failed',
      title: 'Validation failed',
      hint: expect.any(String),
      errors: [{ path: 'job.name', code: 'required' }],
    });
    expect(error.message).toBe(error.detail);
  });
  it('say that the token is wrong', async () => {
    const stranger = createClient({ url: `${server.url}/`, token: 'wrong' });
    expect(await errorOf(stranger.status())).toMatchObject({ status: 401, code: 'unauthorized' });
  });
  it('say that nobody answers', async () => {
    await server.close();
    const error = await errorOf(client.status());
    expect(error).toMatchObject({ code: 'daemon_unreachable', data: { url: server.url } });
    expect(error.detail).toContain('refused');
  });
  it('say that something else answers', async () => {
    const proxied = createClient({
      url: server.url,
      token: TOKEN,
      fetch: async () =>
        new Response('<h1>Bad gateway</h1>', { status: 502, headers: { 'content-type': 'text/html' } }),
    });
    expect(await errorOf(proxied.status())).toMatchObject({ status: 502, code: 'unexpected_reply' });
  });
  it('are the reason that was given, when the caller gave up', async () => {
    const reason = new Error('gave up');
    await expect(client.status({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});

/** A started run, followed by `api`'s own hand. */
async function started() {
  const { job: created } = await client.jobs.create(job);
  await client.jobs.trigger(created.id);
  const [claimed] = await api.claim();
  return { claimed: claimed!, run: await api.start(claimed!) };
}
const shown = (event: FollowedEvent): string =>
  event.type === 'entry' ? event.entry.text : `${event.type} ${event.run.status}`;

describe('following a run', () => {
  it('gives what was said, what is said, and the end', async () => {
    const { run, claimed } = await started();
    await api.say(run, ['one']);
    const seen: string[] = [];
    for await (const event of client.runs.follow(run.id)) {
      seen.push(shown(event));
      if (event.type !== 'entry') continue;
      if (event.entry.text === 'one') await api.say(run, ['two']);
      else await api.finish(claimed);
    }
    expect(seen).toEqual(['run running', 'one', 'two', 'end completed']);
  });

  it('goes on where it was when the daemon was restarted', async () => {
    const { run, claimed } = await started();
    await api.say(run, ['one', 'two']);
    const pauses: number[] = [];
    const pause = async (ms: number): Promise<void> => {
      pauses.push(ms);
      if (pauses.length < 3) return;
      await api.say(run, ['three']);
      await api.finish(claimed);
      server = await serve(server.port);
    };
    const seen: string[] = [];
    for await (const event of client.runs.follow(run.id, { pause })) {
      seen.push(shown(event));
      if (seen.length === 3) await server.close();
    }
    expect(seen).toEqual(['run running', 'one', 'two', 'three', 'end completed']);
    expect(pauses).toEqual([250, 500, 1000]);
  });

  it('gives up when the daemon stays away', async () => {
    const { run } = await started();
    const pauses: number[] = [];
    const following = async (): Promise<void> => {
      for await (const event of client.runs.follow(run.id, { pause: async (ms) => void pauses.push(ms) })) {
        expect(event.type).toBe('run');
        await server.close();
      }
    };
    expect((await errorOf(following())).code).toBe('daemon_unreachable');
    expect(pauses).toHaveLength(10);
    expect(Math.max(...pauses)).toBe(10_000);
  });

  it('ends with the run although the end itself was lost', async () => {
    const { run, claimed } = await started();
    await api.say(run, ['one']);
    await api.finish(claimed);
    let cutOnce = true;
    const flaky = createClient({
      url: server.url,
      token: TOKEN,
      fetch: async (input, init) => {
        const response = await fetch(input, init);
        if (!cutOnce || !new Request(input).url.includes('transcript')) return response;
        cutOnce = false;
        // Everything but the last event.
        const text = await response.text();
        return new Response(text.slice(0, text.indexOf('event: end')));
      },
    });
    const seen: string[] = [];
    for await (const event of flaky.runs.follow(run.id)) seen.push(shown(event));
    expect(seen).toEqual(['one', 'end completed']);
  });

  it('waits for the end alone', async () => {
    const { run, claimed } = await started();
    await api.say(run, ['one']);
    const waiting = client.runs.wait(run.id);
    await api.finish(claimed, { status: 'failed', reason: 'timeout', error: 'too slow' });
    expect(await waiting).toMatchObject({ status: 'failed', reason: 'timeout' });
    expect((await errorOf(client.runs.wait('run_x'))).code).toBe('run_not_found');
  });

  it('stops when the caller does', async () => {
    const { run } = await started();
    const caller = new AbortController();
    const reason = new Error('enough');
    const following = async (): Promise<void> => {
      for await (const _ of client.runs.follow(run.id, { signal: caller.signal })) caller.abort(reason);
    };
    await expect(following()).rejects.toBe(reason);
  });
});

describe('listening to everything', () => {
  it('misses nothing after it listens', async () => {
    const listening = Promise.withResolvers<void>();
    const caller = new AbortController();
    const types: string[] = [];
    const all = (async () => {
      for await (const happening of client.stream({ signal: caller.signal, onListening: listening.resolve })) {
        types.push(happening.type);
        if (happening.type === 'run.created') caller.abort(new Error('enough'));
      }
    })();
    await listening.promise;
    const { job: created } = await client.jobs.create(job);
    await client.jobs.trigger(created.id);
    await expect(all).rejects.toThrow('enough');
    expect(types).toEqual(['job.created', 'run.created']);
  });

  it('says that the daemon went away', async () => {
    const listening = Promise.withResolvers<void>();
    const all = errorOf(Array.fromAsync(client.stream({ onListening: listening.resolve })));
    await listening.promise;
    await server.close();
    expect((await all).code).toBe('daemon_unreachable');
  });
});
