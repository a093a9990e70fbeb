// SIGTERM, in order: no new starts, a grace period, a recorded end, a clean exit. And one daemon per home, always.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ApiHappening } from '../../src/client/client.ts';
import { openScratchDaemon } from '../../src/testing/scratch-daemon.ts';
import { markerAgentToml, readExecutions } from './executions.ts';

const config = `
[daemon]
shutdown_grace = "1500ms"
[automation]
default_fire_limit = { max = 1000, window = "1h" }
${markerAgentToml({ name: 'marker' })}
[[automation.jobs]]
name = "long"
agent = "marker"
prompt = "grandchild\\nhang"
schedule = "every:1h"
[[automation.jobs]]
name = "short"
agent = "marker"
prompt = "sleep 0.5\\nsay finished in time"
schedule = "every:1h"
[[automation.jobs]]
name = "ticking"
agent = "marker"
prompt = "say tick"
schedule = { mode = "every", interval = "200ms" }
`;

test('SIGTERM starts nothing more, lets a short run finish, ends a long one, and records both', async () => {
  await using daemon = await openScratchDaemon({ environment: process.env, config });
  const { jobs } = await daemon.client.jobs.list();
  const idOf = (name: string) => jobs.find((job) => job.name === name)!.id;
  const happened: ApiHappening[] = [];
  const listening = Promise.withResolvers<void>();
  // The stream ends with the daemon; how it is cut off is not what this test is about.
  const told = (async () => {
    for await (const each of daemon.client.stream({ onListening: () => listening.resolve() })) happened.push(each);
  })().catch(() => undefined);
  await listening.promise;
  await daemon.waitForRun(({ job_id, status }) => job_id === idOf('ticking') && status === 'completed');
  const long = (await daemon.client.jobs.trigger(idOf('long'))).run;
  const short = (await daemon.client.jobs.trigger(idOf('short'))).run;
  await daemon.waitUntil(async () => {
    const begun = (await readExecutions(daemon.folder)).map(({ run_id }) => run_id);
    return begun.includes(long.id) && begun.includes(short.id);
  });

  expect(await daemon.stop()).toEqual({ code: 0, signal: null });
  await told;
  expect(existsSync(join(daemon.home, 'daemon.json'))).toBe(false);
  expect(daemon.processes()).toEqual([]);
  const stopping = happened.findIndex(({ type }) => type === 'daemon.stopping');
  expect(stopping).toBeGreaterThan(0);
  const afterwards = happened.slice(stopping).map(({ type }) => type);
  expect(afterwards).not.toContain('run.claimed');
  // Both ends were told to whoever listened, before the connection went.
  expect(afterwards.filter((type) => type === 'run.finished').length).toBeGreaterThanOrEqual(2);

  await daemon.start();
  expect(await daemon.client.runs.get(short.id)).toMatchObject({ status: 'completed' });
  expect(await daemon.client.runs.get(long.id)).toMatchObject({
    status: 'failed',
    reason: 'shutdown',
    error: expect.stringContaining('stopped'),
  });
  const { counts } = await daemon.client.status();
  expect(counts.running).toBeLessThanOrEqual(1);
}, 40_000);

test('a second daemon on the same home is refused by name; kill -9 frees the home at once', async () => {
  await using daemon = await openScratchDaemon({ environment: process.env, config });
  const refusal = await daemon.startAnother();
  expect(refusal).toContain(`Another daemon (pid ${daemon.pid}) works in ${daemon.home}`);
  // Nothing that the refused one did may have touched the first: its address stays, it goes on firing.
  expect(await daemon.client.status()).toMatchObject({ home: daemon.home, url: daemon.url });
  const { id } = await daemon.waitForRun(({ status }) => status === 'completed');
  const first = daemon.pid;
  await daemon.restart();
  expect(daemon.pid).not.toBe(first);
  expect(await daemon.client.runs.get(id)).toMatchObject({ status: 'completed' });
}, 40_000);
