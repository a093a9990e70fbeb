/** How a handler is written: typed request in, typed reply out, nothing of HTTP between unless it must. */
import type { Principal } from '../access/principal.ts';
import type { Operation, ParamsOf, QueryOf, ReplyOf } from './contract/operation.ts';
import type { Operations } from './contract/operations.ts';
import type { OperationName } from './contract/route-table.ts';
import type { z } from 'zod';
import type { StreamRequest } from './event-stream.ts';

interface ApiRequest<O, Params> {
  params: Params;
  query: QueryOf<O>;
  /** As the contract gives it; `unknown` where the model judges. */
  body: BodyOf<O>;
  headers: Headers;
  principal: Principal;
  /** Who asks, for the record. */
  actor: string;
  /** The name and port under which the daemon was called. */
  host: string;
  /** Aborted when the client is gone. */
  signal: AbortSignal;
  stream: StreamRequest;
}

type BodyOf<O> = O extends { body: { judge: 'contract'; schema: infer S extends z.ZodType; optional: true } }
  ? z.output<S> | undefined
  : O extends { body: { judge: 'contract'; schema: infer S extends z.ZodType } }
    ? z.output<S>
    : unknown;

interface ApiReply<O> {
  body: ReplyOf<O>;
  headers?: Readonly<Record<string, string>>;
  /** Where it is another than the contract's usual one. */
  status?: number;
}

type Handler<O, Params> = (request: ApiRequest<O, Params>) => Promise<ApiReply<O> | Response>;

/** Handlers of some operations; together they must be all of them, which the compiler checks in api.ts. */
export type Handlers<Names extends OperationName> = {
  readonly [Name in Names]: Handler<Operations[Name], ParamsOf<Name>>;
};

/** A handler whose operation is known only at run time: what mounting needs. */
export type AnyHandler = (
  request: Omit<ApiRequest<Operation, Record<string, string>>, 'body'> & { body: unknown },
) => Promise<Response | { body: unknown; headers?: Readonly<Record<string, string>>; status?: number }>;
