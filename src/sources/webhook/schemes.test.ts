import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { signStandardWebhook, standardKey } from '../../signing/standard-webhooks.ts';
import type { Trigger, WebhookSchemeName } from '../../model/trigger.ts';
import { schemeOf } from './scheme-of.ts';
import type { Verdict } from './signature-scheme.ts';

const MINUTE = 60_000;

/** One request as a sender's documentation prints it, or as the sender really sent it. */
interface Example {
  title: string;
  scheme: WebhookSchemeName;
  secret: string;
  body: string;
  headers: Record<string, string>;
  /** When it was sent; now where the sender signs no time. */
  at: number;
  delivery_id?: string;
  event?: string;
}

const slackBody =
  'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar' +
  '&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com' +
  '%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.' +
  '803a0bc887a14d10d2c447fce8b6703c';

const stripeBody = `{
  "id": "evt_YEEz4JGN6UwGkCjdqr7wfPqL",
  "object": "event",
  "api_version": "2017-06-05",
  "created": 1509023721,
  "data": {
    "object": {
      "id": "my-first-test-plan",
      "object": "plan",
      "amount": 599,
      "created": 1509023721,
      "currency": "gbp",
      "interval": "month",
      "interval_count": 1,
      "livemode": false,
      "metadata": {
      },
      "name": "My first test plan",
      "statement_descriptor": "My first test plan",
      "trial_period_days": 31
    }
  },
  "livemode": false,
  "pending_webhooks": 1,
  "request": {
    "id": "req_6UwGkCjdqr7wfPqLAq",
    "idempotency_key": null
  },
  "type": "plan.created"
}`;

const examples: readonly Example[] = [
  {
    title: 'github: the example of "Validating webhook deliveries"',
    scheme: 'github',
    secret: "It's a Secret to Everybody",
    body: 'Hello, World!',
    headers: {
      'x-hub-signature-256': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
      'x-github-event': 'issues',
      'x-github-delivery': '72d3162e-cc78-11e3-81ab-4c9367dc0958',
    },
    at: 1_700_000_000_000,
    delivery_id: '72d3162e-cc78-11e3-81ab-4c9367dc0958',
    event: 'issues',
  },
  {
    title: 'slack: the slash command of "Verifying requests from Slack"',
    scheme: 'slack',
    secret: '8f742231b10e8888abcd99yyyzzz85a5',
    body: slackBody,
    headers: {
      'x-slack-request-timestamp': '1531420618',
      'x-slack-signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
    },
    at: 1_531_420_618_000,
    delivery_id: '398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
    event: '/webhook-collect',
  },
  {
    title: 'stripe: an event that Stripe once sent in test mode, v0 included',
    scheme: 'stripe',
    secret: 'whsec_A2EdfajGiGHx9jFmkP7ia6j25VXh9IWV',
    body: stripeBody,
    headers: {
      'stripe-signature':
        't=1509023726,v1=e786c1d46f2fa3bbd57cf974e89533ecb89ba2ea006c8ef672da3e7cb2c1101d,' +
        'v0=6d9e8a0b0de1d3f363c85f02842950c056dbb453d70863d4d2900214396052ac',
    },
    at: 1_509_023_726_000,
    delivery_id: 'evt_YEEz4JGN6UwGkCjdqr7wfPqL',
    event: 'plan.created',
  },
  {
    title: 'standard: the vector of the Standard Webhooks libraries',
    scheme: 'standard',
    secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    body: '{"test": 2432232314}',
    headers: {
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,bm9uZSBvZiBvdXJz v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    },
    at: 1_614_265_330_000,
    delivery_id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  },
  {
    title: 'gitlab: the secret token, as it is',
    scheme: 'gitlab',
    secret: 'a token that somebody typed',
    body: '{"object_kind":"push"}',
    headers: {
      'x-gitlab-token': 'a token that somebody typed',
      'x-gitlab-event': 'Push Hook',
      'x-gitlab-event-uuid': '13792a34-cac6-4fda-95a8-c58e00a3954e',
      'idempotency-key': 'f5e57c5c-1b3b-4b3a-8f0e-6a2b5c4d3e2f',
    },
    at: 1_700_000_000_000,
    delivery_id: 'f5e57c5c-1b3b-4b3a-8f0e-6a2b5c4d3e2f',
    event: 'Push Hook',
  },
];

function verify(p: {
  scheme: Trigger['webhook_scheme'];
  secrets: readonly string[];
  body: string | Buffer;
  headers: Record<string, string>;
  now: number;
}): Verdict {
  return schemeOf({ ...(p.scheme === undefined ? {} : { webhook_scheme: p.scheme }) }).verify({
    headers: (name) => p.headers[name],
    body: Buffer.from(p.body),
    secrets: p.secrets,
    now: p.now,
    toleranceMs: 5 * MINUTE,
  });
}

const refusalOf = (verdict: Verdict): string => (verdict.ok ? 'accepted' : verdict.refusal);

describe.each(examples)('$title', (example) => {
  const { scheme, secret, body, headers, at } = example;
  const given = { scheme, secrets: [secret], body, headers, now: at };

  test('is accepted, with the names that the sender gave', () => {
    const verdict = verify(given);
    expect(verdict).toMatchObject({ ok: true });
    if (!verdict.ok) return;
    expect(verdict.delivery_id).toBe(example.delivery_id);
    expect(verdict.event).toBe(example.event);
  });

  test('is accepted while it is the previous secret, and refused once that is gone', () => {
    expect(refusalOf(verify({ ...given, secrets: ['a new secret', secret] }))).toBe('accepted');
    expect(refusalOf(verify({ ...given, secrets: ['a new secret'] }))).toBe('bad_signature');
    expect(refusalOf(verify({ ...given, secrets: [] }))).toBe('bad_signature');
  });

  test('is refused with any one bit of the secret flipped', () => {
    fc.assert(
      fc.property(fc.nat(secret.length - 1), fc.integer({ min: 0, max: 3 }), (index, bit) => {
        const bytes = Buffer.from(secret, 'latin1');
        bytes[index] = bytes[index]! ^ (1 << bit);
        // Base64 does not use all bits of its last character; a secret of the same key is the same secret.
        fc.pre(!standardKey(bytes.toString('latin1')).equals(standardKey(secret)));
        expect(refusalOf(verify({ ...given, secrets: [bytes.toString('latin1')] }))).toBe('bad_signature');
      }),
    );
  });
});

const signed = examples.filter(({ scheme }) => scheme !== 'gitlab');

describe.each(signed)('$title', ({ scheme, secret, body, headers, at }) => {
  test('is refused with any one bit of the body flipped', () => {
    const bytes = Buffer.from(body);
    for (let index = 0; index < bytes.length * 8; index += 1) {
      const other = Buffer.from(bytes);
      other[index >> 3] = other[index >> 3]! ^ (1 << (index & 7));
      const verdict = verify({ scheme, secrets: [secret], body: other, headers, now: at });
      expect(refusalOf(verdict), `bit ${index}`).toBe('bad_signature');
    }
  });

  test('is refused with any one bit of the signature flipped', () => {
    const name = Object.keys(headers).find((header) => header.includes('signature'))!;
    const value = headers[name]!;
    const marks = { github: 'sha256=', slack: 'v0=', stripe: 'v1=', standard: ' v1,', gitlab: '', timestamped: '' };
    const from = value.indexOf(marks[scheme]) + marks[scheme].length;
    const until = scheme === 'stripe' ? value.indexOf(',v0=') : value.length;
    for (let index = from * 8; index < until * 8; index += 1) {
      const bytes = Buffer.from(value, 'latin1');
      bytes[index >> 3] = bytes[index >> 3]! ^ (1 << (index & 7));
      const flipped = { ...headers, [name]: bytes.toString('latin1') };
      const refusal = refusalOf(verify({ scheme, secrets: [secret], body, headers: flipped, now: at }));
      // A bit can make a character a separator, and then the header is not even well formed.
      expect(['bad_signature', 'malformed_header'], `bit ${index} of ${name}`).toContain(refusal);
    }
  });

  test('is refused without its signature', () => {
    const name = Object.keys(headers).find((header) => header.includes('signature'))!;
    const { [name]: _gone, ...rest } = headers;
    expect(refusalOf(verify({ scheme, secrets: [secret], body, headers: rest, now: at }))).toBe('missing_header');
  });
});

const timed = [...signed.filter(({ scheme }) => scheme !== 'github')];

test.each(timed)(
  '$scheme: five minutes either way are fresh, more is stale',
  ({ scheme, secret, body, headers, at }) => {
    const at5 = (ms: number): string => refusalOf(verify({ scheme, secrets: [secret], body, headers, now: at + ms }));
    expect(at5(5 * MINUTE)).toBe('accepted');
    expect(at5(-5 * MINUTE)).toBe('accepted');
    expect(at5(5 * MINUTE + 1)).toBe('stale');
    expect(at5(-5 * MINUTE - 1)).toBe('stale');
  },
);

test.each(timed)(
  '$scheme: a changed time is a bad signature, not a fresh request',
  ({ scheme, secret, body, headers, at }) => {
    const seconds = String(at / 1000);
    const later = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, value.replace(seconds, String(at / 1000 + 3600))]),
    );
    const now = at + 3600_000;
    expect(refusalOf(verify({ scheme, secrets: [secret], body, headers: later, now }))).toBe('bad_signature');
  },
);

describe('timestamped', () => {
  const now = 1_700_000_000_000;
  const sign = (scheme: Trigger['webhook_scheme']) =>
    schemeOf({ webhook_scheme: scheme! }).sign({ secret: 'shh', body: Buffer.from('{}'), now, delivery_id: 'd-1' });
  const lower = (headers: Record<string, string>) =>
    Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

  test('the signature is that of openssl over "1700000000.{}"', () => {
    // printf '1700000000.{}' | openssl dgst -sha256 -hmac shh
    expect(sign('timestamped')['X-Rouse-Signature']).toBe(
      'sha256=3198a8be6e81bfa30b1d61a30e25dacb6027e049c1abc3a2298960beef91cbad',
    );
  });

  test('a sender written for another system works under its own header names', () => {
    const scheme = {
      scheme: 'timestamped',
      timestamp_header: 'X-Other-Time',
      signature_header: 'X-Other-Signature',
      delivery_header: 'X-Other-Id',
    } as const;
    const headers = lower(sign(scheme));
    expect(Object.keys(headers).toSorted()).toEqual(['x-other-id', 'x-other-signature', 'x-other-time']);
    const verdict = verify({ scheme, secrets: ['shh'], body: '{}', headers, now });
    expect(verdict).toMatchObject({ ok: true, delivery_id: 'd-1' });
    expect(refusalOf(verify({ scheme: 'timestamped', secrets: ['shh'], body: '{}', headers, now }))).toBe(
      'missing_header',
    );
  });

  test('the delivery id is needed unless its header is named ""', () => {
    const { 'x-rouse-delivery-id': _id, ...headers } = lower(sign('timestamped'));
    const given = { secrets: ['shh'], body: '{}', headers, now };
    expect(refusalOf(verify({ ...given, scheme: 'timestamped' }))).toBe('missing_header');
    expect(refusalOf(verify({ ...given, scheme: { scheme: 'timestamped', delivery_header: '' } }))).toBe('accepted');
  });

  test.each(['', 'yesterday', '-1', '1.5', '1e9', '999999999999', '2026-01-01T00:00:00Z'])(
    'the time %j is malformed',
    (time) => {
      const headers = { ...lower(sign('timestamped')), 'x-rouse-timestamp': time };
      expect(refusalOf(verify({ scheme: 'timestamped', secrets: ['shh'], body: '{}', headers, now }))).toBe(
        'malformed_header',
      );
    },
  );
});

describe('gitlab', () => {
  const secret = `whsec_${Buffer.from('testtesttesttesttesttesttesttest').toString('base64')}`;
  const now = 1_700_000_000_000;

  test('the newer signing token is Standard Webhooks, and a token beside a wrong signature does not help', () => {
    const body = '{"object_kind":"push"}';
    const headers = {
      ...signStandardWebhook({ secret, id: 'f5e57c5c', now, body: Buffer.from(body) }),
      'x-gitlab-event': 'Push Hook',
    };
    const given = { scheme: 'gitlab', secrets: [secret], body, now } as const;
    expect(verify({ ...given, headers })).toMatchObject({ ok: true, delivery_id: 'f5e57c5c', event: 'Push Hook' });
    const forged = { ...headers, 'webhook-signature': 'v1,AAAA', 'x-gitlab-token': secret };
    expect(refusalOf(verify({ ...given, headers: forged }))).toBe('bad_signature');
  });
});

describe('slack', () => {
  test('the question asked when a URL is registered is answered, but only when it is signed', () => {
    const body =
      '{"token":"t","challenge":"3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P","type":"url_verification"}';
    const now = 1_700_000_000_000;
    const scheme = schemeOf({ webhook_scheme: 'slack' });
    const headers = Object.fromEntries(
      Object.entries(scheme.sign({ secret: 's', body: Buffer.from(body), now, delivery_id: '' })).map(
        ([name, value]) => [name.toLowerCase(), value],
      ),
    );
    const given = { scheme: 'slack', body, headers, now } as const;
    expect(verify({ ...given, secrets: ['s'] })).toMatchObject({
      ok: true,
      challenge: '3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P',
    });
    expect(refusalOf(verify({ ...given, secrets: ['other'] }))).toBe('bad_signature');
  });
});

describe('what a request is known by', () => {
  const covered = (
    scheme: WebhookSchemeName,
    headers: Record<string, string>,
    body: string,
    secret: string,
    now: number,
  ) => {
    const verdict = verify({ scheme, secrets: [secret], body, headers, now });
    return verdict.ok ? Buffer.concat(verdict.covered.map((part) => Buffer.from(part))).toString() : 'refused';
  };

  test('github: another delivery id over the same body covers the same', () => {
    const { headers, body, secret, at } = examples[0]!;
    const other = { ...headers, 'x-github-delivery': 'another' };
    expect(covered('github', other, body, secret, at)).toBe(covered('github', headers, body, secret, at));
  });

  test('gitlab: two deliveries with one body are told apart by the key that stays over retries', () => {
    const { headers, body, secret, at } = examples[4]!;
    const other = { ...headers, 'idempotency-key': 'another' };
    expect(covered('gitlab', other, body, secret, at)).not.toBe(covered('gitlab', headers, body, secret, at));
  });
});

describe('signing', () => {
  const bytes = fc.uint8Array({ minLength: 24, maxLength: 64 });

  test('what Rouse signs, the Standard Webhooks library verifies, and the other way round', () => {
    // The library reads the clock itself and so can only verify what is signed now.
    const now = Date.now();
    fc.assert(
      fc.property(bytes, fc.string({ unit: 'grapheme' }), (key, body) => {
        const secret = `whsec_${Buffer.from(key).toString('base64')}`;
        const library = new Webhook(secret);
        const payload = JSON.stringify({ body });
        const headers = signStandardWebhook({ secret, id: 'msg_1', now, body: Buffer.from(payload) });
        expect(library.verify(payload, { ...headers })).toEqual({ body });
        const theirs = library.sign('msg_2', new Date(now), payload);
        const received = {
          'webhook-id': 'msg_2',
          'webhook-timestamp': String(Math.floor(now / 1000)),
          'webhook-signature': theirs,
        };
        const verdict = verify({ scheme: 'standard', secrets: [secret], body: payload, headers: received, now });
        expect(verdict).toMatchObject({ ok: true, delivery_id: 'msg_2' });
      }),
      { numRuns: 30 },
    );
  });

  test.each(['standard', 'timestamped', 'github', 'gitlab', 'stripe', 'slack'] as const)(
    '%s: what it signs, it verifies',
    (scheme) => {
      const body = Buffer.from('{"id":"evt_1","type":"t"}');
      const now = 1_700_000_000_000;
      const headers = Object.fromEntries(
        Object.entries(
          schemeOf({ webhook_scheme: scheme }).sign({
            secret: 'plain words',
            body,
            now,
            delivery_id: 'd1',
            event: 'e',
          }),
        ).map(([name, value]) => [name.toLowerCase(), value]),
      );
      expect(refusalOf(verify({ scheme, secrets: ['plain words'], body, headers, now }))).toBe('accepted');
    },
  );
});

test('no headers at all is a missing header under every scheme, never an exception', () => {
  for (const { scheme } of examples) {
    expect(refusalOf(verify({ scheme, secrets: ['s'], body: '', headers: {}, now: 0 }))).toBe('missing_header');
  }
});

test('arbitrary header values never throw and are never accepted', () => {
  const schemes = ['standard', 'timestamped', 'github', 'gitlab', 'stripe', 'slack'] as const;
  fc.assert(
    fc.property(
      fc.constantFrom(...schemes),
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.uint8Array(),
      (scheme, value, body) => {
        const verdict = schemeOf({ webhook_scheme: scheme }).verify({
          headers: () => value,
          body: Buffer.from(body),
          secrets: ['a secret of some length'],
          now: 1_700_000_000_000,
          toleranceMs: 5 * MINUTE,
        });
        expect(verdict.ok).toBe(false);
      },
    ),
  );
});
