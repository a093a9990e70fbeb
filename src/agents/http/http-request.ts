/**
 * One HTTP exchange without any time limit of its own: an agent may think for an hour before its first byte, and how
 * long that may take is the dispatcher's to say. Redirects are not followed: what was signed for one place is not sent to
 * another.
 */
import { request as requestHttp, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';

export interface Exchange {
  /** Resolves when the request has wholly been handed to the system, on a connection that stands. */
  readonly sent: Promise<void>;
  /** Rejects when no reply comes, with the system's reason. */
  readonly reply: Promise<IncomingMessage>;
  abort(): void;
}

export function sendRequest(p: {
  url: string;
  method: 'POST' | 'HEAD';
  headers: Record<string, string>;
  body: Uint8Array;
}): Exchange {
  const sent = Promise.withResolvers<void>();
  const reply = Promise.withResolvers<IncomingMessage>();
  const request: ClientRequest = (p.url.startsWith('https:') ? requestHttps : requestHttp)(p.url, {
    method: p.method,
    headers: { ...p.headers, 'content-length': String(p.body.byteLength) },
    // A connection of its own: an idle one that the other side is closing would lose a prompt.
    agent: false,
  });
  request.once('finish', () => sent.resolve());
  request.once('response', (message) => reply.resolve(message));
  // Later errors (a connection that breaks in the middle of a reply) are seen at the reply.
  request.on('error', (error) => reply.reject(error));
  reply.promise.catch(() => {});
  request.end(p.body);
  return { sent: sent.promise, reply: reply.promise, abort: () => void request.destroy() };
}
