// The door for webhooks on the real daemon: who is believed, what is answered, and what is on record afterwards.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ApiDelivery } from '../../src/client/client.ts';
import type { ScratchDaemon } from '../../src/testing/scratch-daemon.ts';
import {
  head,
  isWhole,
  openWebhookDaemon,
  post,
  PREVIOUS,
  raw,
  SECRET,
  send,
  signedHeaders,
  statusOf,
  urlOf,
} from './webhook-daemon.ts';

const MINUTE = 60_000;

let daemon: ScratchDaemon;
beforeAll(async () => {
  daemon = await openWebhookDaemon();
});
afterAll(() => daemon.close());

/** The newest refused delivery of this code, once it is on record. */
async function refusedRow(code: string, p: { endpoint?: string } = {}): Promise<ApiDelivery> {
  let found: ApiDelivery | undefined;
  await daemon.waitUntil(async () => {
    const { deliveries } = await daemon.client.webhooks.deliveries({ result: 'refused', limit: 500 });
    found = deliveries.find(
      ({ reason, endpoint }) => reason === code && (p.endpoint === undefined || endpoint.includes(p.endpoint)),
    );
    return found !== undefined;
  });
  return found!;
}

describe('a delivery that is believed', () => {
  test.each(['standard', 'timestamped', 'github', 'gitlab', 'stripe', 'slack'] as const)(
    '%s: is stored, answered with 202, and carried out with its data',
    async (scheme) => {
      const body = JSON.stringify({
        id: `evt_${scheme}`,
        event_id: `Ev_${scheme}`,
        type: 'thing.happened',
        action: 'deploy',
      });
      const answer = await send(daemon, scheme, body, { id: `d-${scheme}`, event: 'thing.happened' });
      expect(answer).toMatchObject({ status: 202, body: { matched: 1, duplicate: false } });
      const run = await daemon.waitForRun(
        ({ id, status }) => answer.body.run_ids?.includes(id) === true && status === 'completed',
      );
      const data = JSON.parse(run.output!.replace('Told: ', '')) as Record<string, unknown>;
      expect(data).toMatchObject({
        action: 'deploy',
        event: 'thing.happened',
        endpoint: `${scheme}-hook--wbh_${scheme}`,
        endpoint_slug: `${scheme}-hook`,
        webhook_id: `wbh_${scheme}`,
        headers: { 'content-type': 'application/json' },
      });
      expect(data['timestamp']).toMatch(/^\d{4}-\d\d-\d\dT/);
      expect(run.output).not.toContain(SECRET);
      const delivery = await daemon.client.webhooks.delivery(answer.body.delivery_id!);
      expect(delivery).toMatchObject({ result: 'accepted', status: 202, event: 'thing.happened', run_ids: [run.id] });
    },
  );

  test('the previous secret is believed during a rotation', async () => {
    expect((await send(daemon, 'standard', '{}', { secret: PREVIOUS })).status).toBe(202);
  });

  test('reserved names win over those of the body, and a text is the payload', async () => {
    const sneaky = await send(
      daemon,
      'standard',
      JSON.stringify({ delivery_id: 'x', endpoint: 'x', headers: 'x', timestamp: 1 }),
      { id: 'real' },
    );
    const run = await daemon.waitForRun(
      ({ id, status }) => sneaky.body.run_ids?.includes(id) === true && status === 'completed',
    );
    expect(JSON.parse(run.output!.slice(6))).toMatchObject({
      delivery_id: 'real',
      endpoint: 'standard-hook--wbh_standard',
    });
    const text = await send(daemon, 'standard', 'just words', { headers: { 'content-type': 'text/plain' } });
    const other = await daemon.waitForRun(
      ({ id, status }) => text.body.run_ids?.includes(id) === true && status === 'completed',
    );
    expect(JSON.parse(other.output!.slice(6))).toMatchObject({ payload: 'just words' });
  });

  test('a list or a broken JSON is text as well', async () => {
    for (const body of ['[1,2]', '{"broken":', 'null', '']) {
      expect((await send(daemon, 'standard', body)).status).toBe(202);
    }
  });

  test('slack: the question for the URL is answered with its text', async () => {
    const body = JSON.stringify({ type: 'url_verification', challenge: 'a challenge' });
    const answer = await send(daemon, 'slack', body);
    expect(answer).toMatchObject({ status: 200, text: 'a challenge' });
    expect(answer.headers.get('content-type')).toContain('text/plain');
    const { deliveries } = await daemon.client.webhooks.deliveries({ result: 'answered' });
    expect(deliveries[0]).toMatchObject({ event: 'url_verification', status: 200 });
  });

  test('comes under any host name, because a tunnel stands between', async () => {
    const body = '{}';
    const headers = Object.entries({ ...signedHeaders(body), 'content-length': '2', connection: 'close' });
    const { pathname } = new URL(urlOf(daemon, 'standard'));
    expect(
      statusOf(
        await raw(daemon, [head(pathname, headers).replace('Host: x', 'Host: hooks.example.com'), body], isWhole),
      ),
    ).toBe(202);
  });
});

describe('a repetition', () => {
  test('under the same id, signed anew, starts nothing and is answered with the first result', async () => {
    const first = await send(daemon, 'standard', '{"n":1}', { id: 'msg_again', now: Date.now() - MINUTE });
    const again = await send(daemon, 'standard', '{"n":1}', { id: 'msg_again' });
    expect(again).toMatchObject({ status: 200, body: { ...first.body, duplicate: true } });
  });

  test('of what was signed, under a new delivery id, starts nothing', async () => {
    const body = '{"ref":"main","n":2}';
    const first = await send(daemon, 'github', body, { id: 'one' });
    const again = await send(daemon, 'github', body, { id: 'two' });
    expect(again).toMatchObject({ status: 200, body: { delivery_id: first.body.delivery_id!, duplicate: true } });
    const delivery = await daemon.client.webhooks.delivery(first.body.delivery_id!);
    expect(delivery).toMatchObject({ repeats: 1 });
  });

  test('twenty times at once is one delivery and one run', async () => {
    const body = '{"parallel":true}';
    const headers = signedHeaders(body, { id: 'msg_parallel' });
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(urlOf(daemon, 'standard'), body, headers)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([...Array.from({ length: 19 }, () => 200), 202]);
    expect(new Set(answers.map((answer) => answer.body.delivery_id)).size).toBe(1);
    expect(new Set(answers.flatMap((answer) => answer.body.run_ids ?? [])).size).toBe(1);
  });
});

describe('a replay', () => {
  test('carries a stored delivery out once more, under a name of its own', async () => {
    const first = await send(daemon, 'github', '{"replay":1}', { id: 'gh-replay' });
    const replayed = await daemon.client.webhooks.replay(first.body.delivery_id!);
    expect(replayed).toMatchObject({ replay_of: first.body.delivery_id, matched: 1 });
    expect(replayed.run_ids).not.toEqual(first.body.run_ids);
    await daemon.waitForRun(({ id, status }) => id === replayed.run_ids?.[0] && status === 'completed');
    // And the sender's own repetition is still known.
    expect((await send(daemon, 'github', '{"replay":1}', { id: 'gh-replay' })).status).toBe(200);
  });

  test('of one that was refused, or is not there, is refused', async () => {
    await send(daemon, 'standard', '{}', { secret: 'wrong' });
    const refused = await refusedRow('webhook_signature_invalid');
    await expect(daemon.client.webhooks.replay(refused.id)).rejects.toMatchObject({ code: 'delivery_not_replayable' });
    await expect(daemon.client.webhooks.replay('dlv_none')).rejects.toMatchObject({ code: 'delivery_not_found' });
  });
});

describe('a delivery that is refused', () => {
  const cases: readonly [
    string,
    () => Promise<{ status: number; body: { code?: string }; text: string }>,
    number,
    string,
  ][] = [
    ['a wrong signature', () => send(daemon, 'standard', '{}', { secret: 'wrong' }), 401, 'webhook_signature_invalid'],
    ['an old time', () => send(daemon, 'standard', '{}', { now: Date.now() - 6 * MINUTE }), 401, 'webhook_stale'],
    ['a time ahead', () => send(daemon, 'timestamped', '{}', { now: Date.now() + 6 * MINUTE }), 401, 'webhook_stale'],
    [
      'no signature',
      () => post(urlOf(daemon, 'standard'), '{}', { 'content-type': 'application/json' }),
      400,
      'webhook_malformed',
    ],
    [
      'a malformed time',
      () => send(daemon, 'standard', '{}', { headers: { 'webhook-timestamp': 'now' } }),
      400,
      'webhook_malformed',
    ],
    ['an unknown endpoint', () => send(daemon, 'nothing', '{}'), 404, 'webhook_not_found'],
    ['a trigger that is off', () => send(daemon, 'off', '{}'), 404, 'webhook_not_found'],
    [
      'another slug',
      () => post(urlOf(daemon, 'standard').replace('standard-hook', 'x'), '{}', signedHeaders('{}')),
      404,
      'webhook_not_found',
    ],
    [
      'a workspace that is not its own',
      () => post(urlOf(daemon, 'standard').replace('global', 'workspaces/ws_1'), '{}', signedHeaders('{}')),
      404,
      'webhook_not_found',
    ],
    [
      'an image',
      () => send(daemon, 'standard', '{}', { headers: { 'content-type': 'image/png' } }),
      415,
      'unsupported_media_type',
    ],
    [
      'a form where none is sent',
      () => send(daemon, 'standard', 'a=b', { headers: { 'content-type': 'application/x-www-form-urlencoded' } }),
      415,
      'unsupported_media_type',
    ],
    [
      'a compressed body',
      () => send(daemon, 'standard', '{}', { headers: { 'content-encoding': 'gzip' } }),
      415,
      'unsupported_media_type',
    ],
    [
      'another charset',
      () => send(daemon, 'standard', '{}', { headers: { 'content-type': 'text/plain; charset=latin1' } }),
      415,
      'unsupported_media_type',
    ],
    [
      'a body that is not UTF-8',
      () => send(daemon, 'standard', Buffer.from([0x7b, 0xff, 0xfe])),
      400,
      'webhook_malformed',
    ],
    [
      'JSON a hundred thousand levels deep',
      () => send(daemon, 'standard', '{"a":'.repeat(100_000) + '1' + '}'.repeat(100_000)),
      400,
      'webhook_malformed',
    ],
    ['a body above 1 MiB', () => send(daemon, 'standard', 'x'.repeat(1024 * 1024 + 1)), 413, 'body_too_large'],
  ];

  test.each(cases)('%s', async (_, request, status, code) => {
    const answer = await request();
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    const row = await refusedRow(code);
    expect(row).toMatchObject({ result: 'refused', status, reason: code });
    expect(row.event_id).toBeUndefined();
    expect(JSON.stringify(row) + answer.text).not.toContain(SECRET);
  });

  test('every unknown address is answered alike, whether something like it exists or not', async () => {
    const texts = await Promise.all(
      ['off', 'nothing', 'standard'].map(async (name) => {
        const url = name === 'standard' ? urlOf(daemon, name).replace('standard-hook', 'other') : urlOf(daemon, name);
        return (await post(url, '{}', signedHeaders('{}'))).text;
      }),
    );
    expect(new Set(texts).size).toBe(1);
    expect(texts[0]).not.toMatch(/-hook|wbh_/);
  });

  test('GET is not a way to deliver', async () => {
    const reply = await fetch(urlOf(daemon, 'standard'));
    expect([reply.status, reply.headers.get('allow')]).toEqual([405, 'POST']);
  });
});

describe('bytes that no honest client sends', () => {
  const path = '/api/webhooks/global/standard-hook--wbh_standard';
  const signed = (body: string) => Object.entries(signedHeaders(body));

  test('a length above the limit is refused before a byte of the body is sent', async () => {
    const reply = await raw(daemon, [head(path, [...signed(''), ['content-length', '10485760']])], isWhole);
    expect(statusOf(reply)).toBe(413);
    expect(reply.toLowerCase()).toContain('connection: close');
  });

  test('a sender that asks before it sends is told no without having sent', async () => {
    const asked = (length: string) =>
      [...signed('{}'), ['content-length', length], ['expect', '100-continue']] as const;
    expect(statusOf(await raw(daemon, [head(path, asked('10485760'))], isWhole))).toBe(413);
    const yes = await raw(daemon, [head(path, [...asked('2'), ['connection', 'close']])], (text) =>
      text.includes('100 Continue'),
    );
    expect(yes).toContain('100 Continue');
  });

  test('chunks beyond the limit are refused while they come', async () => {
    const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
    const reply = await raw(
      daemon,
      [head(path, [...signed(''), ['transfer-encoding', 'chunked']]), ...Array.from({ length: 20 }, () => chunk)],
      isWhole,
    );
    expect(statusOf(reply)).toBe(413);
  });

  test('bodies that are held back by many at once are bounded together, and others are told to come later', async () => {
    const sent = 1024 * 1024 - 1;
    const unfinished = [
      head(path, [
        ['Content-Type', 'application/json'],
        ['Content-Length', String(sent + 1)],
      ]),
      'x'.repeat(sent),
    ];
    // Nobody has proved anything yet; the last of 64 MiB is one too many.
    const replies = Array.from({ length: 70 }, () => raw(daemon, unfinished, isWhole));
    const first = await Promise.race(replies);
    expect(statusOf(first)).toBe(429);
    expect(first).toContain('rate_limited');
    await daemon.waitUntil(async () => {
      const { deliveries } = await daemon.client.webhooks.deliveries({ result: 'refused' });
      return deliveries.some(({ reason }) => reason === 'rate_limited');
    });
  });

  test('a body in many small pieces is one body', async () => {
    const body = '{"in":"pieces"}';
    const pieces = Array.from(body).map((letter) => `1\r\n${letter}\r\n`);
    const headers = [...signed(body), ['transfer-encoding', 'chunked'], ['connection', 'close']] as const;
    expect(statusOf(await raw(daemon, [head(path, headers), ...pieces, '0\r\n\r\n'], isWhole))).toBe(202);
  });

  test.each([
    ['two signatures', ['webhook-signature', 'v1,AAAA']],
    ['two ids', ['webhook-id', 'other']],
    ['two content types', ['content-type', 'text/plain']],
  ] as const)('%s in one request are malformed', async (_, extra) => {
    const headers = [...signed('{}'), ['content-length', '2'], ['connection', 'close'], extra] as const;
    expect(statusOf(await raw(daemon, [head(path, headers), '{}'], isWhole))).toBe(400);
  });

  test.each([
    [
      'two lengths',
      [
        ['content-length', '2'],
        ['content-length', '3'],
      ],
    ],
    [
      'a length and chunks',
      [
        ['content-length', '2'],
        ['transfer-encoding', 'chunked'],
      ],
    ],
    ['a length that is no number', [['content-length', '2e0']]],
  ] as const)('%s are no request at all', async (_, lengths) => {
    expect(statusOf(await raw(daemon, [head(path, [...signed('{}'), ...lengths]), '{}']))).toBe(400);
  });

  test('a chunk that lies about its length is no request at all', async () => {
    const headers = [...signed('{}'), ['transfer-encoding', 'chunked']] as const;
    expect(statusOf(await raw(daemon, [head(path, headers), 'zz\r\n{}\r\n0\r\n\r\n']))).toBe(400);
  });
});

test('a test delivery is signed and sent by the daemon, and its command does not hold the secret', async () => {
  const { triggers } = await daemon.client.webhooks.list();
  for (const { id, name, webhook } of triggers.filter((trigger) => trigger.enabled)) {
    expect(webhook?.url).toBe(urlOf(daemon, name));
    const sent = await daemon.client.webhooks.send(id, { data: { from: name } });
    expect([name, sent.reply?.status]).toEqual([name, 202]);
    expect(JSON.stringify(sent)).not.toContain(SECRET);
    expect(sent.curl).toContain(`curl -X POST '${urlOf(daemon, name)}'`);
    const dry = await daemon.client.webhooks.send(id, { data: { from: name }, dry_run: true });
    expect(dry.reply).toBeUndefined();
  }
});

test('nothing of a secret is in any reply, log line or file of the home', async () => {
  const { spawnSync } = await import('node:child_process');
  await daemon.client.webhooks.deliveries({ limit: 500 });
  for (const planted of [SECRET, PREVIOUS]) {
    // grep ends with 1 when it finds nothing; what it finds is named.
    const { status, stdout } = spawnSync('grep', ['-rlF', planted, daemon.home], { encoding: 'utf8' });
    expect([status, stdout]).toEqual([1, '']);
    expect(daemon.output).not.toContain(planted);
  }
});
