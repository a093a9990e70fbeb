// A sender who was answered 202 may forget the delivery: it is carried out after kill -9, and once.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ScratchDaemon } from '../../src/testing/scratch-daemon.ts';
import { openWebhookDaemon, post, send, signedHeaders, urlOf } from './webhook-daemon.ts';

/** How many senders there are, and so how many deliveries may be without an answer when the daemon dies. */
const SENDERS = 8;

let daemon: ScratchDaemon;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'rouse-marks-'));
  daemon = await openWebhookDaemon({
    settings: '[webhooks]\nrate = { max = 100000, window = "1m" }\n[automation]\nmax_concurrent_jobs = 1',
    marks: path.join(folder, 'marks'),
  });
});
afterEach(async () => {
  await daemon.close();
  await rm(folder, { recursive: true });
});

/** The runs whose agent really came to its end, in order. */
async function marks(): Promise<string[]> {
  const text = await readFile(path.join(folder, 'marks'), 'utf8').catch(() => '');
  return text.split('\n').filter((line) => line !== '');
}

test('a delivery answered right before the kill is carried out after the restart, once', async () => {
  // The one slot is taken, so that what is answered next cannot have begun before the kill.
  const holding = await send(daemon, 'slow', '{"please":"hold"}');
  await daemon.waitForRun(({ id, status }) => id === holding.body.run_ids![0] && status === 'running');
  const answer = await send(daemon, 'slow', '{"last":"words"}', { id: 'msg_last' });
  await daemon.kill();
  expect(answer.status).toBe(202);
  expect(await marks()).toEqual([]);
  await daemon.start();
  const [runId] = answer.body.run_ids!;
  await daemon.waitForRun(({ id, status }) => id === runId && status === 'completed');
  const again = await send(daemon, 'slow', '{"last":"words"}', { id: 'msg_last' });
  expect(again).toMatchObject({ status: 200, body: { delivery_id: answer.body.delivery_id!, duplicate: true } });
  expect(await marks()).toEqual([runId]);
}, 60_000);

test('under fire from many senders, what was answered is there after two kills, and nothing of it twice', async () => {
  const answered = new Map<string, string>();
  let sent = 0;
  for (let life = 0; life < 2; life += 1) {
    let alive = true;
    const sender = async (): Promise<void> => {
      while (alive) {
        const id = `msg_${(sent += 1)}`;
        const body = JSON.stringify({ number: sent });
        const reply = await post(urlOf(daemon, 'standard'), body, signedHeaders(body, { id })).catch(() => undefined);
        if (reply === undefined) return;
        expect(reply.status).toBe(202);
        answered.set(id, reply.body.delivery_id!);
      }
    };
    const senders = Promise.all(Array.from({ length: SENDERS }, sender));
    const enough = answered.size + 30;
    await daemon.waitUntil(async () => answered.size >= enough);
    await daemon.kill();
    alive = false;
    await senders;
    await daemon.start();
  }
  expect(answered.size).toBeGreaterThanOrEqual(60);
  await daemon.waitUntil(
    async () => (await daemon.runs()).every(({ status }) => status !== 'scheduled' && status !== 'running'),
    { withinMs: 60_000 },
  );
  const runs = await daemon.runs();
  const fires = runs.map(({ fire_id, attempt }) => `${fire_id} ${attempt}`);
  expect(new Set(fires).size).toBe(fires.length);
  for (const deliveryId of answered.values()) {
    const { run_ids: ids = [] } = await daemon.client.webhooks.delivery(deliveryId);
    expect(ids).toHaveLength(1);
    const run = runs.find(({ id }) => id === ids[0]);
    // Interrupted where the kill hit it at work; every other one was carried out.
    expect([run?.status, run?.reason]).toEqual(
      run?.status === 'completed' ? ['completed', undefined] : ['failed', 'interrupted'],
    );
  }
  // Those that were not answered may or may not be there; sent again, each is there once.
  expect(runs.length).toBeGreaterThanOrEqual(answered.size);
  expect(runs.length).toBeLessThanOrEqual(sent);
}, 120_000);

test('in the middle of a storm, every delivery that was answered has its row and its one run', async () => {
  // The one slot is taken, so that all the others wait, and nothing but the door works.
  const holding = await send(daemon, 'slow', '{"please":"hold"}');
  await daemon.waitForRun(({ id, status }) => id === holding.body.run_ids![0] && status === 'running');
  const answered = new Map<string, string>();
  let number = 0;
  let alive = true;
  const sender = async (): Promise<void> => {
    while (alive) {
      const body = JSON.stringify({ number: (number += 1) });
      const reply = await post(urlOf(daemon, 'standard'), body, signedHeaders(body)).catch(() => undefined);
      if (reply === undefined) return;
      expect(reply.status).toBe(202);
      answered.set(reply.body.delivery_id!, reply.body.run_ids![0]!);
    }
  };
  const senders = Promise.all(Array.from({ length: 64 }, sender));
  await daemon.waitUntil(async () => answered.size >= 1_000);
  await daemon.kill();
  alive = false;
  await senders;
  await daemon.start();
  const runs = new Map((await daemon.runs()).map((run) => [run.id, run]));
  const lost = [...answered].filter(([, runId]) => runs.get(runId) === undefined);
  expect(lost).toEqual([]);
  const rows = new Map<string, readonly string[]>();
  for (const [deliveryId] of answered) {
    const { run_ids: ids = [] } = await daemon.client.webhooks.delivery(deliveryId);
    rows.set(deliveryId, ids);
  }
  expect([...rows]).toEqual([...answered].map(([deliveryId, runId]) => [deliveryId, [runId]]));
  expect(new Set(answered.values()).size).toBe(answered.size);
}, 120_000);
