/**
 * The HTTP application: the operations of the contract, each behind the checks that all of them share.
 *
 * The order of the checks is the order of what they cost and protect: host, origin, route, method, credential, scope,
 * query, body.
 * Nothing of a request's body is read before its sender is known to be allowed.
 */
import { type Context, Hono } from 'hono';
import { AppError, isAppError } from '../errors/app-error.ts';
import { invariant } from '../errors/invariant.ts';
import { formatInstant } from '../model/instant.ts';
import type { KeptReply } from '../store/request-store.ts';
import { actorOf, NOBODY, type Principal } from '../access/principal.ts';
import { allows } from '../model/access-scope.ts';
import { checkHost, checkOrigin } from './access.ts';
import type { ApiDeps } from './api-deps.ts';
import { authenticate } from './authentication.ts';
import { readBody } from './body.ts';
import { checkContract } from './contract-check.ts';
import { isRecorded, type Operation, scopesOf, takesIdempotencyKey } from './contract/operation.ts';
import { operations } from './contract/operations.ts';
import { API_BASE, type OperationName, ROUTES } from './contract/route-table.ts';
import type { AnyHandler, Handlers } from './endpoint.ts';
import { EventStreams } from './event-stream.ts';
import { pageReply } from './page-reply.ts';
import { FailedAttempts } from './failed-attempts.ts';
import { problemDocumentOf, problemReply } from './problem-reply.ts';
import { readQuery } from './query.ts';
import { accessRoutes } from './routes/access-routes.ts';
import { daemonRoutes } from './routes/daemon-routes.ts';
import { eventRoutes } from './routes/event-routes.ts';
import { jobRoutes } from './routes/job-routes.ts';
import { placeRoutes } from './routes/place-routes.ts';
import { runRoutes } from './routes/run-routes.ts';
import { sessionRoutes } from './routes/session-routes.ts';
import { scheduleRoutes } from './routes/schedule-routes.ts';
import { hookRoutes } from './routes/hook-routes.ts';
import { deliveryRoutes } from './routes/delivery-routes.ts';
import { secretRoutes } from './routes/secret-routes.ts';
import { taskRoutes } from './routes/task-routes.ts';
import { triggerRoutes } from './routes/trigger-routes.ts';
import { usageRoutes } from './routes/usage-routes.ts';
import { type LedgerDeps, type LedgerRequest, RequestLedger } from './request-ledger.ts';
import { nodeRoutes } from './routes/node-routes.ts';
import { packageRoutes } from './routes/package-routes.ts';
import { ownerRoutes } from './routes/owner-routes.ts';
import { SECURITY_HEADERS } from './security-headers.ts';
import { SIGN_IN_HEADERS, SIGN_IN_PATH, signInPage } from './sign-in-page.ts';

/** What the server puts beside the request, where there is a server; tests call the application without one. */
interface Bindings {
  incoming?: { rawHeaders: readonly string[]; socket?: { remoteAddress?: string | undefined } };
  outgoing?: { destroy: () => void };
}

export type Api = Hono<{ Bindings: Bindings }>;
type ApiContext = Context<{ Bindings: Bindings }>;

/** Probes outside know these without the base. */
const ROOT_ALIASES: readonly OperationName[] = ['getHealth', 'getReadiness', 'getMetrics'];

export function createApi(deps: ApiDeps): Api {
  const app: Api = new Hono({ strict: true });
  const failures = new Failures(deps);
  const streams = new EventStreams({
    clock: deps.clock,
    describeFailure: (error) => problemDocumentOf(failures.asAppError(error, 'a stream')),
  });
  const handlers: Handlers<OperationName> = {
    ...jobRoutes(deps),
    ...scheduleRoutes(deps),
    ...runRoutes(deps, streams),
    ...usageRoutes(deps),
    ...placeRoutes(deps),
    ...sessionRoutes(deps, streams),
    ...accessRoutes(deps),
    ...deliveryRoutes(deps),
    ...hookRoutes(deps),
    ...nodeRoutes(deps),
    ...ownerRoutes(deps),
    ...packageRoutes(deps),
    ...secretRoutes(deps),
    ...taskRoutes(deps),
    ...triggerRoutes(deps),
    ...eventRoutes(deps),
    ...daemonRoutes(deps, streams),
  };

  app.use(async (c, next) => {
    await next();
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) {
      if (!c.res.headers.has(name)) c.res.headers.set(name, value);
    }
  });
  app.use(async (c, next) => {
    checkSingleHeaders(c.env?.incoming?.rawHeaders ?? []);
    const host = hostOf(c);
    checkHost(host, deps.allowedHosts);
    checkOrigin(c.req.header('origin') ?? null, { host, allowedHosts: deps.allowedHosts });
    await next();
  });
  mount(app, handlers, { deps, failed: new FailedAttempts(), ledger: new RequestLedger(ledgerDeps(deps)) });
  app.get(SIGN_IN_PATH, () => new Response(signInPage, { headers: SIGN_IN_HEADERS }));
  app.notFound(
    (c) =>
      pageReply(c.req.raw, deps.page) ??
      problemReply(new AppError('not_found', { method: c.req.method, path: shown(c.req.path) })),
  );
  app.onError((error, c) => problemReply(failures.asAppError(error, `${c.req.method} ${c.req.path}`)));
  return app;
}

/** Headers that decide who somebody is or where a body ends; two of them mean that somebody is being misled. */
const SINGLE_HEADERS: ReadonlySet<string> = new Set([
  'host',
  'origin',
  'authorization',
  'cookie',
  'sec-fetch-site',
  'content-type',
  'content-length',
  'content-encoding',
  'transfer-encoding',
  'last-event-id',
  'idempotency-key',
]);

function checkSingleHeaders(rawHeaders: readonly string[]): void {
  const seen = new Set<string>();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase();
    if (SINGLE_HEADERS.has(name) && seen.has(name)) {
      throw new AppError('malformed_request', { reason: `the header ${name} stands twice` });
    }
    seen.add(name);
  }
}

/** What judging a caller takes. */
interface Door {
  deps: ApiDeps;
  failed: FailedAttempts;
  ledger: RequestLedger;
}

function mount(app: Api, handlers: Handlers<OperationName>, door: Door): void {
  const methodsByPath = new Map<string, string[]>();
  for (const name of Object.keys(ROUTES) as OperationName[]) {
    const [method = '', template = ''] = ROUTES[name].split(' ');
    const path = template.replaceAll(/\{(\w+)\}/g, ':$1');
    const paths = [`${API_BASE}${path}`, ...(ROOT_ALIASES.includes(name) ? [path] : [])];
    const operation: Operation = operations[name];
    // Each handler's own types were checked where it was written; which of them runs is known only here.
    const handler = handlers[name] as unknown as AnyHandler;
    app.on(method, paths, async (c) => {
      const principal = operation.access === 'open' ? NOBODY : await admit(c, operation, { ...door, method });
      const admitted: Admitted = { name, method, operation, handler, principal, ledger: door.ledger };
      return answer(c, admitted).catch((error: unknown) => {
        if (isAppError(error, 'sign_in_link_invalid')) noteFailedAttempt(c, door);
        throw error;
      });
    });
    for (const each of paths) methodsByPath.set(each, [...(methodsByPath.get(each) ?? []), method]);
  }
  // A written path before one with a name in its place: the first that fits says which methods there are.
  const byPath = [...methodsByPath].toSorted(([a], [b]) => Number(a.includes(':')) - Number(b.includes(':')));
  for (const [path, methods] of byPath) {
    const allowed = methods.includes('GET') ? [...methods, 'HEAD'] : methods;
    app.all(path, (c) => {
      throw new AppError('method_not_allowed', { method: c.req.method, path: shown(c.req.path), allowed });
    });
  }
}

function hostOf(c: ApiContext): string {
  return c.req.header('host') ?? new URL(c.req.url).host;
}

/** Throws `rate_limited` when this address came with too many wrong credentials or codes. */
function noteFailedAttempt(c: ApiContext, { deps, failed }: Door): void {
  failed.note(c.env?.incoming?.socket?.remoteAddress ?? '', deps.clock.now());
}

/** The one place where a scope opens an operation or does not. Throws `unauthorized`, `rate_limited`, `forbidden`. */
async function admit(c: ApiContext, operation: Operation, p: Door & { method: string }): Promise<Principal> {
  const { headers } = c.req.raw;
  const principal = await authenticate(p.deps.access, { headers, method: c.req.method, host: hostOf(c) });
  if (principal.kind === 'nobody') {
    // Whoever shows nothing at all guesses nothing: a page that is signed out asks who it is.
    const guessed = headers.has('authorization') || headers.has('cookie');
    if (guessed) noteFailedAttempt(c, p);
    throw new AppError('unauthorized', {});
  }
  const needed = scopesOf(operation, p.method);
  if (!allows(principal.scopes, needed)) throw new AppError('forbidden', { needed: needed.join(' or ') });
  if (operation.personsOnly === true && principal.kind === 'run') {
    throw new AppError('persons_only', { run_id: principal.run_id ?? '' });
  }
  return principal;
}

interface Admitted {
  name: OperationName;
  method: string;
  ledger: RequestLedger;
  operation: Operation;
  handler: AnyHandler;
  principal: Principal;
}

async function answer(c: ApiContext, admitted: Admitted): Promise<Response> {
  const { operation, handler, principal } = admitted;
  const request = await readRequest(c, operation, principal);
  // What only reads may answer with a stream, which nobody could keep.
  if (admitted.method === 'GET') {
    const reply = await handler(request);
    return reply instanceof Response ? reply : responseOf(keptReplyOf(reply, operation));
  }
  const kept = await admitted.ledger.through(ledgerRequest(admitted, request), async () => {
    const reply = await handler(request);
    invariant(!(reply instanceof Response), `${admitted.name} changes something and answers with a stream`);
    return keptReplyOf(reply, operation);
  });
  return responseOf(kept);
}

type HandlerReply = Exclude<Awaited<ReturnType<AnyHandler>>, Response>;

function keptReplyOf(reply: HandlerReply, operation: Operation): KeptReply {
  const status = reply.status ?? operation.reply.status;
  if (reply.body === undefined) return { status, headers: { ...reply.headers }, body: '' };
  const headers = { ...reply.headers, 'content-type': 'application/json' };
  return { status, headers, body: JSON.stringify(reply.body) };
}

function responseOf({ status, headers, body }: KeptReply): Response {
  return new Response(body === '' ? null : body, { status, headers: { ...headers } });
}

function ledgerRequest(admitted: Admitted, request: Parameters<AnyHandler>[0]): LedgerRequest {
  const { name, method, operation, principal } = admitted;
  const key = request.headers.get('idempotency-key');
  if (key !== null && !takesIdempotencyKey(operation, method)) {
    throw new AppError('malformed_request', { reason: 'this operation takes no Idempotency-Key' });
  }
  const { params, query, body, actor } = request;
  return { operation: name, params, query, body, principal, actor, recorded: isRecorded(operation, method), key };
}

function ledgerDeps(deps: ApiDeps): LedgerDeps {
  const { store, clock, randomBytes } = deps;
  return { store, clock, randomBytes, node: () => deps.status().node };
}

async function readRequest(
  c: ApiContext,
  operation: Operation,
  principal: Principal,
): Promise<Parameters<AnyHandler>[0]> {
  const { raw } = c.req;
  const search = new URL(raw.url).searchParams;
  const query = operation.query === undefined ? {} : readQuery(operation.query, search);
  const body = operation.body === undefined ? undefined : await readOperationBody(raw, operation.body);
  return {
    params: c.req.param(),
    query,
    body,
    headers: raw.headers,
    principal,
    actor: actorOf(principal, clientOf(raw.headers)),
    host: hostOf(c),
    signal: raw.signal,
    stream: { signal: raw.signal, cut: () => c.env?.outgoing?.destroy() },
  };
}

async function readOperationBody(request: Request, body: NonNullable<Operation['body']>): Promise<unknown> {
  const value = await readBody(request, { optional: body.optional === true });
  if (value === undefined || body.judge === 'model') return value;
  return checkContract(body.schema, value, { subject: 'body', path: 'body', confidential: body.confidential === true });
}

/** Programs may say which they are; it is for the record only and opens nothing. */
function clientOf(headers: Headers): string {
  const client = headers.get('rouse-client') ?? '';
  return /^[a-z][a-z0-9-]{0,31}$/.test(client) ? client : 'api';
}

function shown(path: string): string {
  return path.length > 200 ? `${path.slice(0, 200)}…` : path;
}

/** Long enough for a message and the frames that matter. */
const FAILURE_LENGTH_MAX = 4_000;

/** Turns whatever was thrown into something that may be shown, and reports what nobody foresaw. */
class Failures {
  readonly #deps: Pick<ApiDeps, 'bus' | 'clock'>;
  #count = 0;

  constructor(deps: Pick<ApiDeps, 'bus' | 'clock'>) {
    this.#deps = deps;
  }

  asAppError(error: unknown, where: string): AppError {
    if (isAppError(error) && error.code !== 'internal_error') return error;
    this.#count += 1;
    const at = this.#deps.clock.now();
    const reference = `api ${this.#count} of ${formatInstant(at)}`;
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const said = `${reference}, ${where}: ${text}`.slice(0, FAILURE_LENGTH_MAX);
    this.#deps.bus.report({ type: 'service.failed', at, service: 'api', error: said, code: 'internal_error' });
    return new AppError('internal_error', { reference }, { cause: error });
  }
}
