/** One call of one operation: URL, headers and body out, reply or error back. */
import type { BodyInputOf, ParamsOf, QueryInputOf, ReplyOf } from '../api/contract/operation.ts';
import type { Operations } from '../api/contract/operations.ts';
import { API_BASE, type OperationName, ROUTES } from '../api/contract/route-table.ts';
import { refusalOf, unreachable } from './api-error.ts';

export interface ClientOptions {
  /** Where the daemon is, without `/api`: `http://127.0.0.1:7717`. */
  url: string;
  /** Absent in a page that signed in: the browser sends its cookie by itself. */
  token?: string;
  /** The platform's `fetch` when absent. */
  fetch?: typeof fetch;
  /** How this program is named in records: `cli`, `page`. `api` when absent. */
  name?: string;
}

/** Aborting rejects with the signal's reason. */
export interface CallOptions {
  signal?: AbortSignal;
  /** For what creates something: sent again with the same key it is answered as before, and happens once. */
  idempotencyKey?: string;
}

export interface Call<Name extends OperationName> {
  params?: ParamsOf<Name>;
  query?: QueryInputOf<Operations[Name]>;
  body?: BodyInputOf<Operations[Name]>;
  headers?: Readonly<Record<string, string>>;
  signal?: AbortSignal | undefined;
  idempotencyKey?: string | undefined;
}

export interface Reply<Name extends OperationName> {
  body: ReplyOf<Operations[Name]>;
  headers: Headers;
}

export class Caller {
  readonly #options: ClientOptions;
  readonly #base: string;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#base = options.url.replace(/\/+$/, '') + API_BASE;
  }

  async call<Name extends OperationName>(name: Name, call: Call<Name>): Promise<Reply<Name>> {
    const response = await this.send(name, call);
    if (response.status === 204) return { body: undefined as ReplyOf<Operations[Name]>, headers: response.headers };
    const body = (await response.json().catch((cause: unknown) => {
      throw this.#failure(cause, call.signal);
    })) as ReplyOf<Operations[Name]>;
    return { body, headers: response.headers };
  }

  /** The successful response itself, for streams. Throws `ApiError`. */
  async send<Name extends OperationName>(name: Name, call: Call<Name>): Promise<Response> {
    const [method = '', template = ''] = ROUTES[name].split(' ');
    const send = this.#options.fetch ?? globalThis.fetch;
    const response = await send(this.#urlOf(template, call.params ?? {}, call.query ?? {}), {
      method,
      headers: {
        ...(this.#options.token === undefined ? {} : { authorization: `Bearer ${this.#options.token}` }),
        'rouse-client': this.#options.name ?? 'api',
        ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(call.idempotencyKey === undefined ? {} : { 'idempotency-key': call.idempotencyKey }),
        ...call.headers,
      },
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
      ...(call.signal === undefined ? {} : { signal: call.signal }),
    }).catch((cause: unknown) => {
      throw this.#failure(cause, call.signal);
    });
    // "Not ready" is an answer to the question whether the daemon is.
    if (response.ok || (name === 'getReadiness' && response.status === 503)) return response;
    throw await refusalOf(response);
  }

  #urlOf(template: string, params: Readonly<Record<string, string>>, query: object): string {
    const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) search.set(name, String(value));
    }
    return `${this.#base}${path}${search.size === 0 ? '' : `?${search.toString()}`}`;
  }

  #failure(cause: unknown, signal: AbortSignal | undefined): unknown {
    return signal?.aborted === true ? signal.reason : unreachable(this.#options.url, cause);
  }
}
