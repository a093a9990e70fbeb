/** What a day brings, compressed: everybody who talks to a daemon, at once and for as long as the signal lasts. */
import { delay, type Clock } from '../../src/clock/clock.ts';
import { githubScheme } from '../../src/sources/webhook/github.ts';
import type { ScratchDaemon } from '../../src/testing/scratch-daemon.ts';

export const SECRET = 'the secret of the soak';

export interface LoadPace {
  jobs: number;
  /** Of all jobs together. */
  firesPerSecond: number;
  deliveriesPerSecond: number;
}

/** Jobs of one grid, agents that answer, one that says nothing, and a trigger that one delivery in ten concerns. */
export function soakConfig(p: LoadPace): string {
  const interval = Math.max(1, Math.round(p.jobs / p.firesPerSecond));
  const jobs = Array.from({ length: p.jobs }, (_, index) => {
    const agent = index % 50 === 0 ? 'echo' : 'brief';
    return `
[[automation.jobs]]
name = "job-${index}"
agent = "${agent}"
prompt = "Say something about ${index}."
schedule = { mode = "every", interval = "${interval}s", jitter = "${interval}s" }
fire_limit = { max = 100000, window = "1h" }`;
  });
  return `
[automation]
max_concurrent_jobs = 20
[webhooks]
rate = { max = 1000000, window = "1m" }
[retention]
transcripts = { max_bytes = "64MiB" }
runs = { max_count = 5000 }
[agents.brief]
type = "command"
command = ["/bin/echo", "ok"]
[agents.echo]
type = "acp"
command = ["rouse-echo-agent"]
[[automation.triggers]]
name = "soak"
event = "webhook"
endpoint_slug = "soak"
webhook_id = "wbh_soak"
webhook_scheme = "github"
webhook_secret_ref = "env:SOAK_SECRET"
agent = "brief"
prompt = "Look at {{ .Data.number }}."
filter = { "data.kind" = "push" }
fire_limit = { max = 100000, window = "1h" }
${jobs.join('\n')}`;
}

export interface LoadCounts {
  deliveries: number;
  refused: number;
  streams: number;
  reads: number;
}

/** Resolves when the signal aborts and everybody has gone. */
export async function playDay(
  daemon: ScratchDaemon,
  p: { pace: LoadPace; clock: Clock; signal: AbortSignal; counts: LoadCounts },
): Promise<void> {
  const { clock, signal, counts, pace } = p;
  const every = async (ms: number, step: (count: number) => Promise<void>): Promise<void> => {
    for (let count = 1; !signal.aborted; count += 1) {
      await step(count).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
      await delay(clock, ms, signal);
    }
  };
  const deliveryMs = 1_000 / pace.deliveriesPerSecond;
  await Promise.all([
    every(deliveryMs, (count) => deliver(daemon, { count, counts, signal })),
    every(500, (count) => listenForAWhile(daemon, { forMs: 200 + (count % 20) * 200, clock, signal, counts })),
    every(5_000, () => listenWithoutReading(daemon, { forMs: 60_000, clock, signal, counts })),
    every(1_000, () => readLists(daemon, { counts, signal })),
  ]);
}

/** Nine in ten concern nobody; one in twenty is signed with another secret, and one in twenty is repeated. */
async function deliver(
  daemon: ScratchDaemon,
  p: { count: number; counts: LoadCounts; signal: AbortSignal },
): Promise<void> {
  const { count } = p;
  const number = count % 20 === 7 ? count - 1 : count;
  const body = JSON.stringify({ number, kind: number % 10 === 0 ? 'push' : 'noise', text: 'x'.repeat(2_000) });
  const secret = count % 20 === 13 ? 'another secret' : SECRET;
  const headers = githubScheme.sign({
    secret,
    body: Buffer.from(body),
    now: 0,
    delivery_id: `delivery-${number}`,
    event: 'push',
  });
  const reply = await fetch(`${daemon.url}/api/webhooks/global/soak--wbh_soak`, {
    method: 'POST',
    body,
    headers: { ...headers, 'content-type': 'application/json' },
    signal: p.signal,
  });
  await reply.arrayBuffer();
  p.counts.deliveries += 1;
  if (reply.status === 401) p.counts.refused += 1;
  else if (reply.status !== 202 && reply.status !== 200) throw new Error(`a delivery was answered ${reply.status}`);
}

async function openStream(daemon: ScratchDaemon, signal: AbortSignal): Promise<Response> {
  return fetch(`${daemon.url}/api/stream`, { headers: { authorization: `Bearer ${daemon.token}` }, signal });
}

/** Comes, listens, and goes without a word, as browsers do. Not waited for. */
async function listenForAWhile(
  daemon: ScratchDaemon,
  p: { forMs: number; clock: Clock; signal: AbortSignal; counts: LoadCounts },
): Promise<void> {
  const leaving = new AbortController();
  const reply = await openStream(daemon, AbortSignal.any([leaving.signal, p.signal]));
  p.counts.streams += 1;
  p.clock.after(p.forMs, () => leaving.abort());
  const reader = reply.body!.getReader();
  const read = async (): Promise<void> => {
    while (!(await reader.read()).done);
  };
  void read().catch(() => undefined);
}

/** Holds the connection and takes nothing out of it. Not waited for. */
async function listenWithoutReading(
  daemon: ScratchDaemon,
  p: { forMs: number; clock: Clock; signal: AbortSignal; counts: LoadCounts },
): Promise<void> {
  const leaving = new AbortController();
  await openStream(daemon, AbortSignal.any([leaving.signal, p.signal]));
  p.counts.streams += 1;
  p.clock.after(p.forMs, () => leaving.abort());
}

async function readLists(daemon: ScratchDaemon, p: { counts: LoadCounts; signal: AbortSignal }): Promise<void> {
  const headers = { authorization: `Bearer ${daemon.token}` };
  for (const path of ['automation/runs?limit=100', 'automation/jobs?limit=100', 'automation/deliveries', 'metrics']) {
    const reply = await fetch(`${daemon.url}/api/${path}`, { headers, signal: p.signal });
    if (!reply.ok) throw new Error(`/api/${path} was answered ${reply.status}`);
    await reply.arrayBuffer();
    p.counts.reads += 1;
  }
}
