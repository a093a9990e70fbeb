// Whatever arrives at the door, the daemon answers, stays quick, and lets nothing in that is not signed.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ScratchDaemon } from '../../src/testing/scratch-daemon.ts';
import { head, isWhole, openWebhookDaemon, raw, send, signedHeaders, statusOf, urlOf } from './webhook-daemon.ts';

let daemon: ScratchDaemon;
beforeAll(async () => {
  daemon = await openWebhookDaemon();
});
afterAll(() => daemon.close());

const names = ['standard', 'timestamped', 'github', 'gitlab', 'stripe', 'slack', 'off', 'nothing'] as const;
const path = fc.constantFrom(...names).map((name) => `/api/webhooks/global/${name}-hook--wbh_${name}`);
const headerName = fc.constantFrom(
  'webhook-id',
  'webhook-timestamp',
  'webhook-signature',
  'x-rouse-signature',
  'x-rouse-timestamp',
  'x-hub-signature-256',
  'x-gitlab-token',
  'stripe-signature',
  'x-slack-signature',
  'x-slack-request-timestamp',
  'content-type',
  'content-encoding',
  'transfer-encoding',
  'expect',
  'x-anything',
);
const headerValue = fc.oneof(
  fc.string({ unit: 'binary-ascii', maxLength: 80 }).map((text) => text.replaceAll(/[^\x20-\x7e]/gu, '?')),
  fc.constantFrom(
    'v1,AAAA',
    'sha256=00',
    't=1,v1=00',
    'v0=00',
    'application/json',
    'chunked',
    'gzip',
    '0',
    '9'.repeat(40),
  ),
);

async function isQuick(): Promise<void> {
  const before = performance.now();
  const reply = await fetch(`${daemon.url}/healthz`);
  expect(reply.status).toBe(200);
  // On a machine that does much else besides; a daemon that hangs takes for ever.
  expect(performance.now() - before).toBeLessThan(2_000);
}

test('arbitrary headers and bodies without a signature are never accepted, and always answered', async () => {
  const accepted = async (): Promise<number> =>
    (await daemon.client.webhooks.deliveries({ result: 'accepted', limit: 500 })).deliveries.length;
  const before = await accepted();
  await fc.assert(
    fc.asyncProperty(
      path,
      fc.array(fc.tuple(headerName, headerValue), { maxLength: 8 }),
      fc.uint8Array({ maxLength: 200 }),
      async (target, headers, body) => {
        const length = headers.some(([name]) => name === 'transfer-encoding')
          ? []
          : [['content-length', String(body.length)]];
        const all = [...headers, ...length, ['connection', 'close']] as [string, string][];
        const reply = await raw(daemon, [head(target, all), Buffer.from(body)], isWhole);
        // A sender that announces chunks and never sends them is let go later; nobody waits for it here.
        expect([400, 401, 404, 413, 415, 417, 501]).toContain(statusOf(reply));
      },
    ),
    { numRuns: 150 },
  );
  expect(await accepted()).toBe(before);
  await isQuick();
}, 60_000);

test('any signed JSON is taken in, whatever it holds', async () => {
  await fc.assert(
    fc.asyncProperty(fc.json({ maxDepth: 5 }), async (body) => {
      const answer = await send(daemon, 'timestamped', body, { id: `fuzz-${(number += 1)}` });
      expect([200, 202]).toContain(answer.status);
      const delivery = await daemon.client.webhooks.delivery(answer.body.delivery_id!);
      expect(delivery.bytes).toBe(Buffer.byteLength(body));
    }),
    { numRuns: 60 },
  );
  await isQuick();
}, 60_000);
let number = 0;

test('garbage instead of HTTP is let go', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 20, maxLength: 400 }), async (bytes) => {
      const reply = await raw(
        daemon,
        [Buffer.concat([Buffer.from('POST '), Buffer.from(bytes), Buffer.from('\r\n\r\n')])],
        (text) => text !== '',
      );
      expect([0, 400, 404, 405, 431, 505]).toContain(statusOf(reply));
    }),
    { numRuns: 60 },
  );
  await isQuick();
}, 60_000);

test('slow bodies hold nothing up: others are answered while they drip, and each is let go', async () => {
  const { pathname } = new URL(urlOf(daemon, 'standard'));
  const headers = Object.entries({ ...signedHeaders('x'), 'content-length': '10000' });
  const drips = Array.from({ length: 60 }, () => raw(daemon, [head(pathname, headers), 'a few bytes'], isWhole));
  for (let sent = 0; sent < 20; sent += 1) {
    expect((await send(daemon, 'standard', '{}', { id: `beside-${sent}` })).status).toBe(202);
  }
  await isQuick();
  const replies = await Promise.all(drips);
  expect(new Set(replies.map(statusOf))).toEqual(new Set([408]));
}, 60_000);

test('ten megabytes are refused without being read, by length or by chunk', async () => {
  const { pathname } = new URL(urlOf(daemon, 'standard'));
  const block = Buffer.alloc(64 * 1024, 'x');
  const blocks = Array.from({ length: 160 }, () => block);
  const long = await raw(daemon, [head(pathname, [['content-length', String(10 * 1024 * 1024)]]), ...blocks], isWhole);
  expect(statusOf(long)).toBe(413);
  const chunked = blocks.flatMap((bytes) => [`${bytes.length.toString(16)}\r\n`, bytes, '\r\n']);
  expect(statusOf(await raw(daemon, [head(pathname, [['transfer-encoding', 'chunked']]), ...chunked], isWhole))).toBe(
    413,
  );
  await isQuick();
}, 60_000);

test('a flood of refusals leaves a bounded number of rows, which say how many there were', async () => {
  const count = 600;
  const statuses = await Promise.all(
    Array.from(
      { length: count },
      async (_, index) => (await send(daemon, 'slow', '{}', { secret: 'wrong', id: `flood-${index}` })).status,
    ),
  );
  expect(new Set(statuses)).toEqual(new Set([401]));
  const rows = async () =>
    (await daemon.client.webhooks.deliveries({ result: 'refused', limit: 500 })).deliveries.filter(({ endpoint }) =>
      endpoint.startsWith('slow-hook'),
    );
  await daemon.waitUntil(async () => (await rows()).reduce((sum, row) => sum + 1 + row.repeats, 0) === count);
  expect((await rows()).length).toBeLessThanOrEqual(20);
}, 60_000);
