/**
 * What one operation of the API takes and gives, as data. Routes, client types, the OpenAPI document and the reference
 * page are all made from these, so that none of them can say something else than the others.
 */
import type { z } from 'zod';
import type { NeededScope } from '../../model/access-scope.ts';
import type { ROUTES, OperationName } from './route-table.ts';

type OperationTag =
  | 'jobs'
  | 'triggers'
  | 'events'
  | 'schedule'
  | 'runs'
  | 'usage'
  | 'agents'
  | 'workspaces'
  | 'sessions'
  | 'secrets'
  | 'tasks'
  | 'config'
  | 'deliveries'
  | 'hooks'
  | 'packages'
  | 'access'
  | 'daemon';

interface OperationBody {
  readonly schema: z.ZodType;
  readonly optional?: boolean;
  /**
   * Who refuses bad input. `contract`: this schema, before the handler sees it. `model`: the domain's own validators,
   * whose messages know more; the schema then only documents and types, and any JSON value reaches the handler.
   */
  readonly judge: 'contract' | 'model';
  /** What it holds is never repeated, not even to whoever sent it. */
  readonly confidential?: true;
}

export interface Operation {
  readonly tag: OperationTag;
  readonly summary: string;
  readonly description?: string;
  /** `open` needs no token: what a load balancer or a service supervisor asks. */
  readonly access: 'token' | 'open';
  /** One of these scopes opens it; `scopesOf` says which where none are written. */
  readonly scopes?: readonly NeededScope[];
  /** A person's decision: the token of a run does not open it, whatever its scopes. */
  readonly personsOnly?: true;
  /** A strict object: unknown parameters are refused, because a mistyped filter would silently show everything. */
  readonly query?: z.ZodObject;
  readonly body?: OperationBody;
  /** Takes `If-Match` with the ETag of a reply. */
  readonly conditional?: boolean;
  readonly reply: {
    readonly status: 200 | 201 | 202 | 204;
    readonly description: string;
    readonly schema?: z.ZodType;
    /** With the same body, and what they mean. */
    readonly others?: Readonly<Partial<Record<200 | 201 | 202 | 204, string>>>;
    /** The same route as server-sent events; describes what comes. */
    readonly events?: string;
  };
  /** Codes beyond those that every route can answer with. */
  readonly errors: readonly string[];
}

/** Names the literal types of one entry for the compiler. */
export function operation<const O extends Operation>(parts: O): O {
  return parts;
}

/** Whose changes are the owner's business alone: they decide who may do what, with which secrets and whose code. */
const OWNERS_TAGS: readonly string[] = ['access', 'secrets', 'packages'];

/**
 * Which scopes open an operation: its own, else by what it is about: `admin` for the owner's business, else `read` for
 * what only reads and `write` for what changes; `tasks` beside these for tasks.
 */
export function scopesOf(operation: Operation, method: string): readonly NeededScope[] {
  const { scopes, tag } = operation;
  if (scopes !== undefined) return scopes;
  const reads = method === 'GET';
  if (!reads && OWNERS_TAGS.includes(tag)) return ['admin'];
  const plain = reads ? 'read' : 'write';
  return (tag as string) === 'tasks' ? [plain, 'tasks'] : [plain];
}

/** Records of their own say who did these; a second one for each would only cost. */
const SELF_RECORDED_TAGS: readonly string[] = ['tasks', 'events'];

/** Whether an operation changes what the audit trail is for. */
export function isRecorded(operation: Operation, method: string): boolean {
  if (method === 'GET' || operation.access === 'open' || SELF_RECORDED_TAGS.includes(operation.tag)) return false;
  return !scopesOf(operation, method).every((scope) => scope === 'read');
}

/** Whether it creates something, so that a sender may give it a key and send it again. Secrets are answered only once. */
export function takesIdempotencyKey(operation: Operation, method: string): boolean {
  const creates = operation.reply.status === 201 || operation.reply.status === 202;
  return method === 'POST' && creates && operation.access === 'token' && operation.tag !== 'access';
}

/** The names in braces of a route: `{ id: string }` for `GET /sessions/{id}`. */
export type ParamsOf<Name extends OperationName> = (typeof ROUTES)[Name] extends `${string}{${infer Param}}${string}`
  ? Record<Param, string>
  : Record<never, never>;

/** What a client writes into the query. */
export type QueryInputOf<O> = O extends { query: infer Q extends z.ZodObject } ? z.input<Q> : Record<never, never>;
export type QueryOf<O> = O extends { query: infer Q extends z.ZodObject } ? z.output<Q> : Record<never, never>;

/** What a client writes into the body. */
export type BodyInputOf<O> = O extends { body: { schema: infer S extends z.ZodType } } ? z.input<S> : undefined;

export type ReplyOf<O> = O extends { reply: { schema: infer S extends z.ZodType } } ? z.output<S> : undefined;
