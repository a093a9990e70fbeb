/** Reads a request's body: bounded, strict UTF-8, JSON and nothing else. What the JSON means is for the handlers. */
import { AppError } from '../errors/app-error.ts';
import { parseJsonText } from './json-text.ts';

/** Definitions and prompts are kilobytes; whatever is larger belongs where the agent can read it. */
export const BODY_BYTES_MAX = 1024 * 1024;

const wanted = 'application/json in UTF-8';

/** `application/json`, `application/merge-patch+json` and the like; no other charset and no compression. */
function checkMediaType(headers: Headers): void {
  const contentType = headers.get('content-type') ?? '';
  const [type = '', ...parameters] = contentType.split(';').map((part) => part.trim().toLowerCase());
  const json = type === 'application/json' || /^application\/[a-z0-9.-]+\+json$/.test(type);
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.slice('charset='.length);
  const utf8 = charset === undefined || /^"?utf-?8"?$/.test(charset);
  if (!json || !utf8) throw new AppError('unsupported_media_type', { got: shown(contentType), wanted });
  const encoding = (headers.get('content-encoding') ?? 'identity').trim().toLowerCase();
  if (encoding !== 'identity') {
    throw new AppError('unsupported_media_type', { got: `encoded as ${shown(encoding)}`, wanted });
  }
}

function shown(header: string): string {
  return header.length > 100 ? `${header.slice(0, 100)}…` : header;
}

/**
 * Everything up to the limit. A declared length above it is refused before a byte is read; a body that declares none
 * is dropped as soon as it grows too large.
 */
async function readBytes(request: Request): Promise<Uint8Array> {
  const tooLarge = (): AppError => new AppError('body_too_large', { limit_bytes: BODY_BYTES_MAX });
  if (Number(request.headers.get('content-length') ?? 0) > BODY_BYTES_MAX) throw tooLarge();
  if (request.body === null) return new Uint8Array();
  const reader = (request.body as ReadableStream<Uint8Array>).getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw new AppError('malformed_request', { reason: 'the connection ended before the body did' });
    });
    if (done) break;
    size += value.byteLength;
    if (size > BODY_BYTES_MAX) {
      // The rest is dropped by the server; whether that succeeds changes nothing about the answer.
      reader.cancel().catch(() => undefined);
      throw tooLarge();
    }
    chunks.push(value);
  }
  return concatenated(chunks, size);
}

function concatenated(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}

function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new AppError('malformed_json', { reason: 'it is not UTF-8' });
  }
}

/** The JSON value, or undefined when there is no body at all and none is needed. */
export async function readBody(request: Request, p: { optional: boolean }): Promise<unknown> {
  // The type is judged first, so that a large upload of something else is refused unread.
  if (request.headers.has('content-type')) checkMediaType(request.headers);
  const bytes = await readBytes(request);
  if (bytes.byteLength === 0) {
    if (p.optional) return undefined;
    throw new AppError('malformed_json', { reason: 'it is empty' });
  }
  checkMediaType(request.headers);
  const result = parseJsonText(decoded(bytes));
  if (!result.ok) throw new AppError('malformed_json', { reason: result.reason });
  return result.value;
}
