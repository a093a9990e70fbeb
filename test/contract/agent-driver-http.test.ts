// The HTTP adapter, against a real server on loopback. It starts no processes, so the suite of the port (which is about
// processes) does not fit it; the rules of the port that do are held here: one outcome after the last report, never an
// exception, bounded entries, a stop at any moment, nothing reported afterwards.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ENTRY_BYTES_MAX, OUTPUT_BYTES_MAX } from '../../src/agents/agent-driver.ts';
import { createHttpDriver } from '../../src/agents/http/http-driver.ts';
import { systemClock } from '../../src/clock/clock.ts';
import { signStandardWebhook } from '../../src/signing/standard-webhooks.ts';
import type { RunUsage } from '../../src/model/run.ts';
import { agentDefinition, ConversationRecords } from '../agents/conversation-record.ts';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const driver = createHttpDriver({
  clock: systemClock(),
  version: 'test',
  secretOf: (reference) =>
    reference === 'env:KNOWN' ? Promise.resolve(SECRET) : Promise.reject(new Error(`${reference} is not set`)),
});

interface Heard {
  headers: IncomingMessage['headers'];
  body: string;
}

let server: Server;
let url: string;
/** What the server does with a request, by path. */
const behaviours: Record<string, (heard: Heard, response: ServerResponse) => void> = {};

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.once('end', () => behaviours[request.url!.slice(1)]!({ headers: request.headers, body }, response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const records = new ConversationRecords();
const ENV = { ROUSE_RUN_ID: 'run_1', ROUSE_AUTOMATION: 'nightly', ROUSE_ATTEMPT: '2', ROUSE_TOKEN: 'never-sent' };

function start(name: string, behaviour?: (heard: Heard, response: ServerResponse) => void, more: object = {}) {
  if (behaviour !== undefined) behaviours[name] = behaviour;
  const usages: RunUsage[] = [];
  const agent = agentDefinition({ type: 'http', url: `${url}/${name}`, ...more });
  const record = records.start(driver, {
    agent,
    cwd: '/',
    env: ENV,
    prompt: 'Hello you',
    onUsage: (usage) => usages.push(usage),
  });
  return { ...record, usages };
}

const ok = (type: string, text: string) => (_heard: Heard, response: ServerResponse) => {
  response.writeHead(200, { 'content-type': type });
  response.end(text);
};

describe('a request', () => {
  test('is signed over exactly what is sent, says for what it is, and carries no token', async () => {
    const heard = Promise.withResolvers<Heard>();
    const { conversation } = start(
      'signed',
      (request, response) => {
        heard.resolve(request);
        response.end('fine');
      },
      { secret_ref: 'env:KNOWN' },
    );
    expect(await conversation.outcome).toMatchObject({ ended: 'answered', output: 'fine', gone: true });
    const { headers, body } = await heard.promise;
    expect(JSON.parse(body)).toEqual({ run_id: 'run_1', automation: 'nightly', attempt: 2, prompt: 'Hello you' });
    const now = Number(headers['webhook-timestamp']) * 1000;
    const expected = signStandardWebhook({ secret: SECRET, id: 'run_1', now, body: Buffer.from(body) });
    expect(headers).toMatchObject(expected);
  });

  test('that cannot be signed is not sent', async () => {
    const { conversation, starts } = start('unsigned', undefined, { secret_ref: 'env:UNKNOWN' });
    expect(await conversation.outcome).toMatchObject({
      ended: 'not_started',
      error: expect.stringMatching(/cannot be signed: env:UNKNOWN/),
    });
    expect(starts).toEqual([]);
  });

  test('goes on with a session', async () => {
    const heard = Promise.withResolvers<Heard>();
    behaviours['resumed'] = (request, response) => {
      heard.resolve(request);
      ok('application/json', '{"output":"yes","session_id":"s2"}')(request, response);
    };
    const agent = agentDefinition({ type: 'http', url: `${url}/resumed` });
    const { conversation } = records.start(driver, { agent, cwd: '/', env: ENV, resumeSessionId: 's1' });
    expect(await conversation.outcome).toMatchObject({ output: 'yes', agent_session_id: 's2' });
    expect(JSON.parse((await heard.promise).body)).toMatchObject({ session_id: 's1' });
  });
});

describe('an answer', () => {
  test('may be plain text, to the character', async () => {
    const record = start('plain', ok('text/plain; charset=utf-8', 'Good morning, äöü 🙂'));
    expect(await record.conversation.outcome).toMatchObject({
      ended: 'answered',
      output: 'Good morning, äöü 🙂',
      stop_reason: 'end_turn',
    });
    expect(record.text('message')).toBe('Good morning, äöü 🙂');
    expect(record.starts).toHaveLength(1);
  });

  test('may be one JSON document with its use', async () => {
    const reply = JSON.stringify(
      { output: 'Done.', usage: { input_tokens: 7, output_tokens: 3, cost_usd: 0.5 } },
      undefined,
      2,
    );
    const { conversation } = start('json', ok('application/json', reply));
    expect(await conversation.outcome).toMatchObject({
      output: 'Done.',
      usage: { input_tokens: 7, output_tokens: 3, cost_usd: 0.5 },
    });
  });

  test('may be server-sent events, with tools, thoughts and use as it grows', async () => {
    const events = [
      'data: {"text":"Let me "}',
      'data: {"text":"look."}',
      'event: thought\ndata: hm',
      'event: tool_call\ndata: {"tool":"shell","tool_call_id":"1","title":"ls"}',
      'event: tool_result\ndata: {"tool":"shell","tool_call_id":"1","text":"a.txt"}',
      ': a comment',
      'event: usage\ndata: {"input_tokens":5,"output_tokens":1}',
      'data: There is\ndata: one file.',
      'event: done\ndata: {"usage":{"input_tokens":9,"output_tokens":4}}',
      'data: [DONE]',
    ];
    const { conversation, entries, usages } = start('sse', ok('text/event-stream', `${events.join('\n\n')}\n\n`));
    expect(await conversation.outcome).toMatchObject({
      ended: 'answered',
      output: 'There is\none file.',
      usage: { input_tokens: 9, output_tokens: 4 },
    });
    expect(entries.map(({ kind, text }) => `${kind}: ${text}`)).toEqual([
      'message: Let me look.',
      'thought: hm',
      'tool_call: ls',
      'tool_result: a.txt',
      'message: There is\none file.',
    ]);
    expect(usages).toEqual([
      { input_tokens: 5, output_tokens: 1 },
      { input_tokens: 9, output_tokens: 4 },
    ]);
  });

  test('may be a JSON object per line', async () => {
    const lines = '{"type":"message","text":"one "}\n{"type":"message","text":"two"}\n{"type":"done"}\n';
    const { conversation } = start('ndjson', ok('application/x-ndjson', lines));
    expect(await conversation.outcome).toMatchObject({ output: 'one two' });
  });

  test('may say that it failed', async () => {
    const { conversation } = start('failed', ok('application/json', '{"error":"the moon is missing"}'));
    expect(await conversation.outcome).toMatchObject({
      ended: 'broken',
      output: '',
      error: expect.stringMatching(/moon is missing/),
    });
  });

  test('that floods is cut with a mark and bounded', async () => {
    const { conversation, entries } = start('flood', (_heard, response) => {
      response.writeHead(200, { 'content-type': 'text/plain' });
      let left = 20 * 1024;
      const more = (): void => {
        while (left-- > 0) if (!response.write('x'.repeat(1024))) return void response.once('drain', more);
        response.end();
      };
      more();
    });
    const outcome = await conversation.outcome;
    expect(outcome.ended).toBe('answered');
    expect(Buffer.byteLength(outcome.output)).toBeLessThanOrEqual(OUTPUT_BYTES_MAX);
    expect(outcome.output).toMatch(/bytes left out/);
    expect(Math.max(...entries.map(({ text }) => Buffer.byteLength(text)))).toBeLessThanOrEqual(ENTRY_BYTES_MAX);
  });
});

describe('bad luck', () => {
  const refusal =
    (status: number, headers: Record<string, string> = {}) =>
    (_heard: Heard, response: ServerResponse) => {
      response.writeHead(status, headers);
      response.end('because');
    };

  test('a server that is not there: not started, with the cause', async () => {
    const agent = agentDefinition({ type: 'http', url: 'http://127.0.0.1:1/x?key=secret' });
    const { conversation, starts } = records.start(driver, { agent, cwd: '/', env: ENV });
    const outcome = await conversation.outcome;
    expect(outcome).toMatchObject({
      ended: 'not_started',
      gone: true,
      error: expect.stringMatching(/127\.0\.0\.1:1\/x cannot be reached/),
    });
    expect(outcome.error).not.toContain('secret');
    expect(starts).toEqual([]);
  });

  test('a refusal says why and what to do', async () => {
    expect(await start('401', refusal(401)).conversation.outcome).toMatchObject({
      ended: 'broken',
      error: expect.stringMatching(/HTTP 401: because.*secret_ref/),
    });
    expect(await start('500', refusal(500)).conversation.outcome).toMatchObject({
      ended: 'broken',
      error: expect.stringMatching(/HTTP 500/),
    });
  });

  test('a redirect is not followed', async () => {
    let followed = false;
    behaviours['elsewhere'] = (_heard, response) => {
      followed = true;
      response.end();
    };
    const { conversation } = start('redirect', refusal(307, { location: '/elsewhere' }));
    expect(await conversation.outcome).toMatchObject({ ended: 'broken', error: expect.stringMatching(/redirect/) });
    expect(followed).toBe(false);
  });

  test('an exhausted account is held as long as it says', async () => {
    const before = Date.now();
    const { usage_limit_until: until } = await start('429', refusal(429, { 'retry-after': '600' })).conversation
      .outcome;
    expect(until).toBeGreaterThanOrEqual(before + 600_000);
    expect(until).toBeLessThanOrEqual(Date.now() + 600_000);
  });

  test('a connection that breaks before, or in the middle of, the answer', async () => {
    const silent = start('hangup', (_heard, response) => void response.socket?.destroy());
    expect(await silent.conversation.outcome).toMatchObject({
      ended: 'broken',
      error: expect.stringMatching(/before the agent answered/),
    });
    const half = start('half', (_heard, response) => {
      response.writeHead(200, { 'content-type': 'text/plain', 'content-length': '100' });
      response.write('half of', () => response.socket?.destroy());
    });
    expect(await half.conversation.outcome).toMatchObject({
      ended: 'broken',
      output: 'half of',
      error: expect.stringMatching(/middle/),
    });
  });

  test('a stop closes the request, and nothing is reported afterwards', async () => {
    const closed = Promise.withResolvers<void>();
    const record = start('endless', (_heard, response) => {
      response.once('close', () => closed.resolve());
      response.writeHead(200, { 'content-type': 'text/plain' });
      response.write('working');
    });
    await record.entry(({ text }) => text.includes('working'));
    await record.conversation.stop({ graceMs: 10_000 });
    await closed.promise;
    expect(await record.conversation.outcome).toMatchObject({ ended: 'stopped', output: 'working', gone: true });
    expect(record.late).toEqual([]);
  });

  test('a stop before the start sends nothing', async () => {
    const record = start('never', () => {
      throw new Error('nothing should come here');
    });
    await record.conversation.stop({ graceMs: 0 });
    expect(await record.conversation.outcome).toMatchObject({ ended: 'stopped', output: '' });
  });

  test('a dispatcher that throws ends it', async () => {
    behaviours['throws'] = ok('text/plain', 'x');
    const agent = agentDefinition({ type: 'http', url: `${url}/throws` });
    const onEntry = (): never => {
      throw new Error('disk full');
    };
    const { conversation } = records.start(driver, { agent, cwd: '/', env: ENV, onEntry });
    expect(await conversation.outcome).toMatchObject({ ended: 'broken', error: expect.stringMatching(/disk full/) });
  });
});

describe('readiness', () => {
  test('any answer is one, and costs no prompt', async () => {
    behaviours['check'] = ({ body }, response) => {
      expect(body).toBe('');
      response.writeHead(405).end();
    };
    const agent = agentDefinition({ type: 'http', url: `${url}/check` });
    expect(await driver.check({ agent, cwd: '/', env: {} })).toEqual({ ready: true, detail: 'answers with HTTP 405' });
  });
  test('nobody there, or no secret, says what to do', async () => {
    const away = agentDefinition({ type: 'http', url: 'http://127.0.0.1:1/' });
    expect(await driver.check({ agent: away, cwd: '/', env: {} })).toMatchObject({
      ready: false,
      hint: expect.any(String),
    });
    const unsigned = agentDefinition({ type: 'http', url, secret_ref: 'env:UNKNOWN' });
    expect(await driver.check({ agent: unsigned, cwd: '/', env: {} })).toMatchObject({
      ready: false,
      problem: expect.stringMatching(/UNKNOWN/),
    });
  });
});
