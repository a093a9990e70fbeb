/**
 * Puts the application on a socket and takes it off again. On the way out nothing may hold the daemon up: streams and
 * idle connections end at once, requests in flight get a short while, and then everything is cut.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Clock } from '../clock/clock.ts';
import { AppError } from '../errors/app-error.ts';
import type { Api } from './api.ts';
import { problemReply } from './problem-reply.ts';
import { SECURITY_HEADERS } from './security-headers.ts';
import type { WebhookIngress } from './webhook-ingress.ts';

export interface ApiServer {
  /** How programs on this machine reach it. */
  readonly url: string;
  readonly port: number;
  /** Resolves when no connection is left. Idempotent. */
  close(): Promise<void>;
}

/** Enough for a reply that is being written, too short to notice when stopping. */
const CLOSE_GRACE_MS = 2_000;
/** A person's page and terminals, agents and probes are dozens; beyond this somebody is making a mistake. */
const CONNECTIONS_MAX = 1_000;
/** Headers and bodies are kilobytes: whoever takes longer holds a connection for nothing. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 60_000;

/** Rejects with the operating system's error (`EADDRINUSE`, `EACCES`) when the address cannot be had. */
export async function serveApi(p: {
  app: Api;
  host: string;
  /** 0 takes any free port. */
  port: number;
  clock: Clock;
  /** The door for webhooks; without one they are the application's, which has no such route. */
  ingress?: WebhookIngress;
  closeGraceMs?: number;
}): Promise<ApiServer> {
  const inFlight = new Set<ServerResponse>();
  const streams = new WeakSet<object>();
  const listener = getRequestListener(
    async (request, env) => {
      const reply = await p.app.fetch(request, env);
      if (reply.headers.get('content-type') === 'text/event-stream') streams.add(env.outgoing);
      return reply;
    },
    { overrideGlobalObjects: false, errorHandler: malformedReply },
  );
  const take = (incoming: IncomingMessage, outgoing: ServerResponse, mayContinue?: () => void): void => {
    inFlight.add(outgoing);
    outgoing.once('close', () => {
      inFlight.delete(outgoing);
      if (!server.listening) server.closeIdleConnections();
    });
    if (p.ingress?.isFor(incoming)) return void p.ingress.handle(incoming, outgoing, mayContinue);
    mayContinue?.();
    void listener(incoming, outgoing);
  };
  const server = createServer(
    { headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS, keepAlive: true },
    (incoming, outgoing) => take(incoming, outgoing),
  );
  // A sender that asks before it sends a body is told no without having sent it.
  server.on('checkContinue', (incoming: IncomingMessage, outgoing: ServerResponse) =>
    take(incoming, outgoing, () => outgoing.writeContinue()),
  );
  server.maxConnections = CONNECTIONS_MAX;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: p.host, port: p.port }, () => {
      server.off('error', reject);
      resolve();
    });
  });

  const close = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const outgoing of inFlight) {
      if (streams.has(outgoing)) outgoing.destroy();
      else if (!outgoing.headersSent) outgoing.setHeader('connection', 'close');
    }
    server.closeIdleConnections();
    const cancel = p.clock.after(p.closeGraceMs ?? CLOSE_GRACE_MS, () => server.closeAllConnections());
    await closed;
    cancel();
  };
  let closing: Promise<void> | undefined;
  const { port } = server.address() as AddressInfo;
  return { url: `http://${reachable(p.host)}:${port}`, port, close: () => (closing ??= close()) };
}

/** What the server cannot even make a request of: a Host header that is no host, a target that is no path. */
function malformedReply(error: unknown): Response {
  const reason = error instanceof Error && error.name === 'RequestError' ? error.message : 'it could not be read';
  const reply = problemReply(new AppError('malformed_request', { reason }));
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) reply.headers.set(name, value);
  return reply;
}

/** A wildcard address is where a server listens, not where one connects to. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
