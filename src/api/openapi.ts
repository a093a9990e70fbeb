/** The OpenAPI 3.1 document, made from the operations of the contract; nothing in it is written a second time. */
import { z } from 'zod';
import { ERROR_CODES, type ErrorCode, errorCatalog } from '../errors/catalog.ts';
import { happening } from './contract/happening.ts';
import { INGRESS, webhookReceipt } from './contract/ingress.ts';
import { type Operation, scopesOf, takesIdempotencyKey } from './contract/operation.ts';
import { operations } from './contract/operations.ts';
import { problemDocument } from './contract/problem-document.ts';
import { API_BASE, type OperationName, ROUTES } from './contract/route-table.ts';

type Json = Record<string, unknown>;

/** What every route that needs a token can answer with. */
const USUAL_ERRORS: readonly ErrorCode[] = [
  'unauthorized',
  'forbidden',
  'cross_site_request',
  'host_not_allowed',
  'rate_limited',
  'store_unavailable',
  'internal_error',
];
const BODY_ERRORS: readonly ErrorCode[] = [
  'malformed_json',
  'body_too_large',
  'unsupported_media_type',
  'validation_failed',
];

/** Where a sender may give a request a key. */
const KEY_ERRORS: readonly ErrorCode[] = [
  'malformed_request',
  'idempotency_key_reused',
  'idempotency_key_in_use',
  'idempotency_outcome_unknown',
];

export function openApiDocument(p: { version: string }): Json {
  const schemas = new SchemaCollection();
  const paths: Record<string, Json> = {};
  // No route gives one as JSON; the stream gives them as events.
  schemas.add(happening, 'output');
  for (const name of Object.keys(ROUTES) as OperationName[]) {
    const [method = '', path = ''] = ROUTES[name].split(' ');
    paths[path] = { ...paths[path], [method.toLowerCase()]: operationObject(name, path, schemas) };
  }
  for (const [name, path] of Object.entries(INGRESS.paths)) paths[path] = { post: ingressObject(name, path, schemas) };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Rouse',
      version: p.version,
      summary: 'Wakes AI agents on a schedule, on events and on webhooks, and accounts for every fire.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: API_BASE }],
    security: [{ token: [] }, { page: [] }],
    paths,
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'The file `token` in the home, or a token with scopes.' },
        page: { type: 'apiKey', in: 'cookie', name: 'rouse_page', description: 'A page that signed in by a link.' },
      },
      schemas: schemas.all(),
    },
  };
}

/** Schemas with a name of their own are said once, under components, and referred to. */
class SchemaCollection {
  readonly #named: Record<string, Json> = {};

  /** The schema as JSON Schema 2020-12, which is what OpenAPI 3.1 speaks. */
  add(schema: z.ZodType, io: 'input' | 'output'): Json {
    const { $schema: _dialect, $defs, ...inline } = z.toJSONSchema(schema, { target: 'draft-2020-12', io }) as Json;
    const definitions = ($defs ?? {}) as Record<string, Json>;
    for (const [name, definition] of Object.entries(definitions)) this.#named[name] = withComponentRefs(definition);
    const { id, ...body } = inline;
    if (typeof id !== 'string') return withComponentRefs(body);
    this.#named[id] = withComponentRefs(body);
    return { $ref: `#/components/schemas/${id}` };
  }

  all(): Record<string, Json> {
    const sorted = Object.entries(this.#named).toSorted(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(sorted.map(([name, { id: _id, ...schema }]) => [name, schema]));
  }
}

function withComponentRefs(schema: Json): Json {
  const text = JSON.stringify(schema, (key, value: unknown) =>
    key === '$ref' && typeof value === 'string' ? value.replace('#/$defs/', '#/components/schemas/') : value,
  );
  return JSON.parse(text) as Json;
}

function operationObject(name: OperationName, path: string, schemas: SchemaCollection): Json {
  const operation: Operation = operations[name];
  const { summary, description, tag, access, body, reply } = operation;
  const [method = ''] = ROUTES[name].split(' ');
  return {
    operationId: name,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    ...(access === 'open' ? { security: [] } : { 'x-rouse-scopes': scopesOf(operation, method) }),
    parameters: [...parametersOf(operation, path, schemas), ...keyParameter(operation, method)],
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: body.optional !== true,
            content: { 'application/json': { schema: schemas.add(body.schema, 'input') } },
          },
        }),
    responses: {
      [reply.status]: { description: reply.description, ...contentOf(operation, schemas) },
      ...otherResponses(operation, schemas),
      ...errorResponses(errorCodesOf(operation), schemas),
    },
  };
}

function ingressObject(name: string, path: string, schemas: SchemaCollection): Json {
  const content = { 'application/json': { schema: schemas.add(webhookReceipt, 'output') } };
  const anything = { schema: {} };
  return {
    operationId: name,
    tags: ['deliveries'],
    summary: INGRESS.summary,
    description: INGRESS.description,
    security: [],
    parameters: pathParameters(path),
    requestBody: {
      required: true,
      content: { 'application/json': anything, 'application/x-www-form-urlencoded': anything },
    },
    responses: {
      202: { description: INGRESS.stored, content },
      200: { description: INGRESS.repeated, content: { ...content, 'text/plain': { schema: { type: 'string' } } } },
      ...errorResponses(INGRESS.errors, schemas),
    },
  };
}

function otherResponses(operation: Operation, schemas: SchemaCollection): Json {
  const others = Object.entries(operation.reply.others ?? {});
  return Object.fromEntries(
    others.map(([status, description]) => [
      status,
      { description, ...(status === '204' ? {} : contentOf(operation, schemas)) },
    ]),
  );
}

function contentOf({ reply }: Operation, schemas: SchemaCollection): Json {
  const json =
    reply.schema === undefined ? {} : { 'application/json': { schema: schemas.add(reply.schema, 'output') } };
  const events =
    reply.events === undefined
      ? {}
      : { 'text/event-stream': { schema: { type: 'string', description: reply.events } } };
  const content = { ...json, ...events };
  return Object.keys(content).length === 0 ? {} : { content };
}

function parametersOf(operation: Operation, path: string, schemas: SchemaCollection): Json[] {
  const inQuery = Object.entries(operation.query?.shape ?? {}).map(([name, field]) => {
    const schema = field as z.ZodType;
    const { description, ...rest } = schemas.add(schema, 'input');
    return { name, in: 'query', required: !schema.safeParse(undefined).success, description, schema: rest };
  });
  const inHeader = operation.conditional
    ? [
        {
          name: 'If-Match',
          in: 'header',
          required: false,
          description: 'The ETag of the job as it was read; refused with 412 when it changed meanwhile.',
          schema: { type: 'string' },
        },
      ]
    : [];
  return [...pathParameters(path), ...inQuery, ...inHeader];
}

function pathParameters(path: string): Json[] {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  return names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
}

function keyParameter(operation: Operation, method: string): Json[] {
  if (!takesIdempotencyKey(operation, method)) return [];
  const description =
    'Sent again with the same key and body within 24 hours, the request is answered as before and carried out once. Another body under the same key is refused.';
  const schema = { type: 'string', minLength: 1, maxLength: 255 };
  return [{ name: 'Idempotency-Key', in: 'header', required: false, description, schema }];
}

/** One response per status, naming the codes that come with it. */
function errorResponses(codes: readonly ErrorCode[], schemas: SchemaCollection): Json {
  const byStatus = new Map<number, string[]>();
  for (const code of codes) {
    const { status } = errorCatalog[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const schema = schemas.add(problemDocument, 'output');
  return Object.fromEntries(
    [...byStatus].map(([status, ofStatus]) => [
      status,
      {
        description: ofStatus.map((code) => `\`${code}\``).join(', '),
        content: { 'application/problem+json': { schema } },
      },
    ]),
  );
}

/** All codes that a route can answer with, without doubles. */
export function errorCodesOf(operation: Operation): ErrorCode[] {
  const own = operation.errors.filter((code): code is ErrorCode => (ERROR_CODES as readonly string[]).includes(code));
  const codes = new Set<ErrorCode>([
    ...own,
    ...(operation.body === undefined ? [] : BODY_ERRORS),
    ...(operation.query === undefined ? [] : (['validation_failed'] as const)),
    ...(operation.conditional === true ? (['malformed_request'] as const) : []),
    ...(operation.access === 'open' ? (['host_not_allowed', 'internal_error'] as const) : USUAL_ERRORS),
    ...(takesIdempotencyKey(operation, 'POST') ? KEY_ERRORS : []),
    ...(operation.personsOnly === true ? (['persons_only'] as const) : []),
  ]);
  return [...codes].toSorted((a, b) => errorCatalog[a].status - errorCatalog[b].status || (a < b ? -1 : 1));
}
