import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Run } from '../../src/model/run.ts';
import type { ClaimedRun } from '../../src/store/run-store.ts';
import { type Harness, type Loose, openHarness } from './api-harness.ts';

let api: Harness;
beforeEach(async () => {
  api = await openHarness();
});
afterEach(() => api.close());

let names = 0;
/** A new job and a run of it, waiting. */
async function waitingRun(parts: object = {}): Promise<Run> {
  const job = await api.ask('POST automation/jobs', {
    json: {
      scope: 'global',
      name: `job-${(names += 1)}`,
      agent_name: 'echo',
      prompt: 'Hi.',
      schedule: { mode: 'every', interval: '1h' },
      ...parts,
    },
  });
  const reply = await api.ask(`POST automation/jobs/${job.body.job.id}/trigger`);
  return (await api.store.getRun({ id: reply.body.run.id })) as Run;
}

async function runningRun(): Promise<{ claimed: ClaimedRun; run: Run }> {
  await waitingRun();
  const [claimed] = await api.claim();
  return { claimed: claimed!, run: await api.start(claimed!) };
}

describe('listing runs', () => {
  it('filters and pages, newest first', async () => {
    const first = await waitingRun();
    api.clock.advance(60_000);
    const { claimed, run } = await (async () => {
      const second = await waitingRun();
      const all = await api.claim();
      const mine = all.find((each) => each.run.id === second.id)!;
      return { claimed: mine, run: await api.start(mine) };
    })();
    await api.finish(claimed, { status: 'failed', reason: 'timeout', error: 'too slow' });
    const ids = async (query: string): Promise<string[]> =>
      (await api.ask(`GET automation/runs?${query}`)).body.runs.map((each: Loose) => each.id);
    expect(await ids('')).toEqual([run.id, first.id]);
    expect(await ids('status=failed')).toEqual([run.id]);
    expect(await ids('reason=timeout')).toEqual([run.id]);
    expect(await ids('status=completed')).toEqual([]);
    expect(await ids(`exclude_id=${run.id}`)).toEqual([first.id]);
    expect(await ids(`job_id=${first.job_id}`)).toEqual([first.id]);
    expect(await ids(`fire_id=${run.fire_id}`)).toEqual([run.id]);
    expect(await ids('trigger_id=trg_x')).toEqual([]);
    expect(await ids('since=30s')).toEqual([run.id]);
    expect(await ids('until=30s')).toEqual([first.id]);
    expect(await ids('since=2026-11-22T13:01:00%2B01:00')).toEqual([run.id]);
    expect(await ids('since=2026-11-22T13:01:00+01:00')).toEqual([run.id]);
    const page = await api.ask('GET automation/runs?limit=1');
    expect(page.body.runs).toHaveLength(1);
    expect(await ids(`limit=1&cursor=${encodeURIComponent(page.body.next_cursor)}`)).toEqual([first.id]);
  });
  it.each([
    ['limit=501', 422],
    ['status=done', 422],
    ['reason=because', 422],
    ['since=yesterday', 422],
    ['cursor=x', 400],
    ['jobid=1', 422],
  ])('refuses ?%s', async (query, status) =>
    expect(await api.ask(`GET automation/runs?${query}`)).toMatchObject({ status }),
  );
});

describe('reading a run', () => {
  it('says what a waiting run waits for', async () => {
    const waiting = async (id: string): Promise<unknown> =>
      (await api.ask(`GET automation/runs/${id}`)).body.run.waiting;
    const first = await waitingRun({ overlap: 'queue' });
    const second = await waitingRun();
    expect(await waiting(first.id)).toMatchObject({ why: 'slot', ahead: 0 });
    expect(await waiting(second.id)).toMatchObject({ why: 'slot', ahead: 1 });
    const claimed = (await api.claim()).find(({ run }) => run.id === first.id)!;
    await api.start(claimed);
    const queued = (await api.ask(`POST automation/jobs/${first.job_id}/trigger`)).body.run;
    expect(await waiting(queued.id)).toMatchObject({ why: 'previous_run', run_id: first.id });
    expect(await waiting(first.id)).toBeUndefined();
    const [agent] = api.agents.splice(0);
    expect(await waiting(queued.id)).toMatchObject({ why: 'agent_unknown' });
    api.agents.push(agent!);
  });
  it('answers 404 for a run that is none', async () =>
    expect(await api.ask('GET automation/runs/run_x')).toMatchObject({ status: 404, body: { code: 'run_not_found' } }));
});

describe('canceling a run', () => {
  it('ends a waiting one at once, and may be repeated', async () => {
    const run = await waitingRun();
    const canceled = { status: 202, body: { run: { status: 'canceled', reason: 'user', actor: 'user:cli' } } };
    const cancel = (client: string): ReturnType<Harness['ask']> =>
      api.ask(`POST automation/runs/${run.id}/cancel`, { headers: { 'rouse-client': client } });
    expect(await cancel('cli')).toMatchObject(canceled);
    expect(await cancel('page')).toMatchObject(canceled);
    expect(await api.ask('POST automation/runs/run_x/cancel')).toMatchObject({ status: 404 });
  });
});

describe('a transcript in pages', () => {
  it('comes in order and whole', async () => {
    const { run } = await runningRun();
    await api.say(run, ['one', 'two', 'three']);
    const page = await api.ask(`GET automation/runs/${run.id}/transcript?limit=2`);
    expect(page.body).toMatchObject({
      run_id: run.id,
      session_id: run.session_id,
      entries: [
        { seq: 1, kind: 'message', text: 'one', at: '2026-11-22T12:00:00.000Z' },
        { seq: 2, text: 'two' },
      ],
      next_cursor: '2',
    });
    const rest = await api.ask(`GET automation/runs/${run.id}/transcript?limit=2&cursor=2`);
    expect(rest.body.entries.map((entry: Loose) => entry.text)).toEqual(['three']);
    expect(rest.body).not.toHaveProperty('next_cursor');
  });
  it('is empty before an agent started', async () => {
    const run = await waitingRun();
    const { body } = await api.ask(`GET automation/runs/${run.id}/transcript`);
    expect(body).toEqual({ run_id: run.id, entries: [] });
  });
  it.each(['cursor=-1', 'cursor=x', 'limit=501'])('refuses ?%s', async (query) => {
    const run = await waitingRun();
    expect(await api.ask(`GET automation/runs/${run.id}/transcript?${query}`)).toMatchObject({ status: 422 });
  });
});

/** Reads a stream event by event; what is not asked for is not produced. */
async function follow(id: string, headers: Record<string, string> = {}) {
  const client = new AbortController();
  const response = await api.send(`GET automation/runs/${id}/transcript`, {
    headers: { accept: 'text/event-stream', ...headers },
    signal: client.signal,
  });
  const reader = response.body?.getReader();
  const next = async (): Promise<{ event?: string; id?: string; data?: Loose } | undefined> => {
    const { value, done } = await reader!.read();
    if (done) return undefined;
    const fields = [...new TextDecoder().decode(value).matchAll(/^(event|id|data): (.*)$/gm)];
    return Object.fromEntries(fields.map(([, name, text]) => [name, name === 'data' ? JSON.parse(text!) : text]));
  };
  const take = async (count: number): Promise<string[]> => {
    const taken: string[] = [];
    for (let n = 0; n < count; n += 1) {
      const event = await next();
      if (event === undefined) break;
      taken.push(event.event === 'entry' ? `${event.id} ${event.data.text}` : `${event.event} ${event.data.status}`);
    }
    return taken;
  };
  return { response, next, take, stop: () => reader!.cancel() };
}

describe('a transcript followed live', () => {
  it('replays what is stored, goes on with what is said, and ends with the run', async () => {
    const waiting = await waitingRun();
    const stream = await follow(waiting.id);
    expect(stream.response.headers.get('content-type')).toBe('text/event-stream');
    expect(await stream.take(1)).toEqual(['run scheduled']);
    const [claimed] = await api.claim();
    expect(await stream.take(1)).toEqual(['run running']);
    const run = await api.start(claimed!);
    await api.say(run, ['one', 'two']);
    expect(await stream.take(2)).toEqual(['1 one', '2 two']);
    const third = stream.take(1);
    await api.say(run, ['three']);
    expect(await third).toEqual(['3 three']);
    await api.say(run, ['four']);
    await api.finish(claimed!);
    expect(await stream.take(9)).toEqual(['4 four', 'end completed']);
    expect(api.clock.timers).toBe(0);
  });

  it('goes on after the last event that was seen', async () => {
    const { run, claimed } = await runningRun();
    await api.say(run, ['one', 'two', 'three']);
    const before = await follow(run.id);
    expect(await before.take(3)).toEqual(['run running', '1 one', '2 two']);
    await before.stop();
    await api.say(run, ['four']);
    await api.finish(claimed);
    const after = await follow(run.id, { 'last-event-id': '2' });
    expect(await after.take(9)).toEqual(['3 three', '4 four', 'end completed']);
    const nothing = await follow(run.id, { 'last-event-id': '4' });
    expect(nothing.response.status).toBe(204);
  });

  it('has no gap and no double, wherever the listener joins and however it reads', async () => {
    const { run, claimed } = await runningRun();
    const texts = Array.from({ length: 700 }, (_, n) => `text ${n + 1}`);
    const streams: Awaited<ReturnType<typeof follow>>[] = [];
    const reading: Promise<string[]>[] = [];
    for (let from = 0; from < texts.length; from += 70) {
      // One joins between every two writes, half of them while a write is under way.
      const saying = api.say(run, texts.slice(from, from + 70));
      const stream = await follow(run.id);
      if (from % 140 === 0) await saying;
      streams.push(stream);
      reading.push(stream.take(1_000));
      await saying;
    }
    await api.finish(claimed);
    const expected = ['run running', ...texts.map((text, index) => `${index + 1} ${text}`), 'end completed'];
    for (const seen of await Promise.all(reading)) expect(seen).toEqual(expected);
  });

  it('keeps a silent run alive and stops listening when the client goes', async () => {
    const { run } = await runningRun();
    const stream = await follow(run.id);
    await stream.take(1);
    const quiet = stream.next();
    await vi.waitFor(() => expect(api.clock.timers).toBe(1));
    api.clock.advance(15_000);
    expect(await quiet).toEqual({});
    const pending = stream.next();
    await vi.waitFor(() => expect(api.clock.timers).toBe(1));
    await stream.stop();
    await pending;
    expect(api.clock.timers).toBe(0);
  });

  it('starts nothing for HEAD', async () => {
    const { run } = await runningRun();
    const response = await api.send(`HEAD automation/runs/${run.id}/transcript`, {
      headers: { accept: 'text/event-stream' },
    });
    expect([response.status, response.body]).toEqual([200, null]);
    expect(api.clock.timers).toBe(0);
  });

  it.each(['x', '-1', '1.5', '9'.repeat(20)])('refuses the last event id %s', async (id) => {
    const { run } = await runningRun();
    const { response } = await follow(run.id, { 'last-event-id': id });
    expect(response.status).toBe(400);
  });
});
