import { describe, expect, it } from 'vitest';
import { isAppError } from '../errors/app-error.ts';
import { BODY_BYTES_MAX, readBody } from './body.ts';

interface Sent {
  body?: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>;
  type?: string;
  headers?: Record<string, string>;
}

function request({ body, type = 'application/json', headers = {} }: Sent): Request {
  return new Request('http://localhost/', {
    method: 'POST',
    ...(body === undefined ? {} : { body }),
    headers: { ...(type === '' ? {} : { 'content-type': type }), ...headers },
    // A stream as body demands it; typed as if it did not exist.
    ...({ duplex: 'half' } as object),
  });
}

async function outcome(sent: Sent, optional = false): Promise<unknown> {
  try {
    return await readBody(request(sent), { optional });
  } catch (error) {
    if (isAppError(error)) return `${error.code}: ${error.detail}`;
    throw error;
  }
}

const bytes = (...values: number[]): Uint8Array<ArrayBuffer> => new Uint8Array(values);

/** Gives a megabyte and more without saying so, and says how much of it was taken. */
function endless(): { body: ReadableStream<Uint8Array>; taken: () => number } {
  let taken = 0;
  const chunk = new Uint8Array(64 * 1024).fill(0x20);
  const pull = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
    taken += chunk.length;
    controller.enqueue(chunk);
  };
  return { body: new ReadableStream({ pull }), taken: () => taken };
}

describe('readBody', () => {
  it.each([
    'application/json',
    'application/json; charset=UTF-8',
    'Application/JSON;charset="utf-8"',
    'application/merge-patch+json',
  ])('takes %s', async (type) => expect(await outcome({ body: '{"a": "é"}', type })).toEqual({ a: 'é' }));
  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonp',
    'application/json; charset=utf-16',
    'application/json; charset=iso-8859-1',
    'json',
    'text/json',
  ])('refuses %s', async (type) =>
    expect(await outcome({ body: '{}', type })).toMatch(/^unsupported_media_type: The body is /),
  );
  it('refuses a body of no stated type', async () => {
    expect(await outcome({ body: new Blob(['{}']).stream(), type: '' })).toMatch(/^unsupported_media_type/);
  });
  it('refuses a compressed body', async () => {
    expect(await outcome({ body: '{}', headers: { 'content-encoding': 'gzip' } })).toMatch(/encoded as gzip/);
  });
  it('takes only strict UTF-8', async () => {
    expect(await outcome({ body: bytes(0x22, 0xff, 0x22) })).toMatch(/^malformed_json: .*not UTF-8/);
    expect(await outcome({ body: bytes(0x22, 0xc0, 0xaf, 0x22) })).toMatch(/^malformed_json/);
    expect(await outcome({ body: bytes(0x22, 0xed, 0xa0, 0x80, 0x22) })).toMatch(/^malformed_json/);
    expect(await outcome({ body: bytes(0xff, 0xfe, 0x22, 0x00) })).toMatch(/^malformed_json/);
    expect(await outcome({ body: bytes(0xef, 0xbb, 0xbf, 0x31) })).toBe(1);
  });
  it('wants a body unless it is optional', async () => {
    expect(await outcome({})).toMatch(/^malformed_json: .*empty/);
    expect(await outcome({}, true)).toBeUndefined();
    expect(await outcome({ type: '' }, true)).toBeUndefined();
    expect(await outcome({ body: 'x' }, true)).toMatch(/^malformed_json/);
  });
  it('says where malformed JSON goes wrong', async () =>
    expect(await outcome({ body: '{"a":}' })).toMatch(/line 1, column 6/));
  it('refuses a declared length above the limit', async () =>
    expect(await outcome({ body: 'x', headers: { 'content-length': String(BODY_BYTES_MAX + 1) } })).toMatch(
      /^body_too_large: .*1048576 bytes/,
    ));
  it('takes a body of exactly the limit', async () =>
    expect(await outcome({ body: `"${'x'.repeat(BODY_BYTES_MAX - 2)}"` })).toHaveLength(BODY_BYTES_MAX - 2));
  it('drops a body that declares nothing as soon as it is too large', async () => {
    const { body, taken } = endless();
    expect(await outcome({ body })).toMatch(/^body_too_large/);
    expect(taken()).toBeLessThan(2 * BODY_BYTES_MAX);
  });
  it('says that a connection ended early', async () => {
    const body = new ReadableStream({ pull: (controller) => controller.error(new Error('reset')) });
    expect(await outcome({ body })).toMatch(/^malformed_request: .*ended before/);
  });
});
