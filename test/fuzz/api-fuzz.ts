/**
 * Sends sequences of requests that our own OpenAPI document suggests, right ones and nearly right ones, to the real
 * application over a real store, and holds every reply against the document: no failure of ours, no status and no code
 * that is not documented there, every body of the described shape.
 */
import fc from 'fast-check';
import type { Operation } from '../../src/api/contract/operation.ts';
import { operations } from '../../src/api/contract/operations.ts';
import { problemDocument } from '../../src/api/contract/problem-document.ts';
import { API_BASE, type OperationName, ROUTES } from '../../src/api/contract/route-table.ts';
import { errorCodesOf, openApiDocument } from '../../src/api/openapi.ts';
import { type Harness, openHarness } from '../api/api-harness.ts';
import { type JsonSchema, valueOf } from './schema-arbitrary.ts';

/** What no test should do: listen for ever, or ask a real registry. */
const LEFT_OUT: readonly string[] = ['streamHappenings', 'addPackage'];
/** Waits for an end that never comes here. */
const LEFT_OUT_PARAMETERS: readonly string[] = ['wait'];
/** What any route can answer with, whatever it is: the frame of HTTP, not the operation. */
const FRAME_CODES: readonly string[] = ['malformed_request', 'not_found', 'method_not_allowed'];

interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  schema: JsonSchema;
}

interface DocumentedOperation {
  operationId: OperationName;
  parameters: Parameter[];
  requestBody?: { content: Record<string, { schema: JsonSchema }> };
  responses: Record<string, unknown>;
}

interface FuzzRequest {
  name: OperationName;
  /** Which of the identifiers seen so far stands in the path; beyond them a made-up one. */
  pick: number;
  path: string;
  query: Record<string, unknown>;
  body?: unknown;
  key: string | undefined;
}

const document = openApiDocument({ version: '0' }) as {
  paths: Record<string, Record<string, DocumentedOperation>>;
  components: { schemas: Record<string, JsonSchema> };
};
const documented = new Map(
  Object.values(document.paths)
    .flatMap((path) => Object.values(path))
    .map((operation) => [operation.operationId, operation]),
);

const requestOf = (name: OperationName): fc.Arbitrary<FuzzRequest> => {
  const { parameters, requestBody } = documented.get(name)!;
  const { schemas } = document.components;
  const query = parameters.filter((one) => one.in === 'query' && !LEFT_OUT_PARAMETERS.includes(one.name));
  const fields = query.map((one) =>
    fc.option(valueOf(one.schema, schemas), { nil: undefined, freq: 2 }).map((value) => [one.name, value] as const),
  );
  const schema = requestBody?.content['application/json']?.schema;
  return fc.record({
    name: fc.constant(name),
    pick: fc.nat(12),
    path: fc.constantFrom('x', 'global', '%2F', 'job_x', 'ü', 'a'.repeat(200)),
    query: fc.tuple(...fields).map((pairs) => Object.fromEntries(pairs.filter(([, value]) => value !== undefined))),
    ...(schema === undefined ? {} : { body: valueOf(schema, schemas) }),
    key: fc.option(fc.constantFrom('k1', 'k2', 'a b', ''), { nil: undefined, freq: 6 }),
  });
};

const names = (Object.keys(ROUTES) as OperationName[]).filter((name) => !LEFT_OUT.includes(name));
export const fuzzRequests = fc.array(fc.oneof(...names.map(requestOf)), { minLength: 5, maxLength: 25 });

const IDENTIFIER = /\b(?:job|trg|run|ses|ws|evt|dlv|task|trun|crd)_[0-9a-z]{26}\b/g;

/** Rejects with what was wrong about which reply. */
export async function playRequests(requests: readonly FuzzRequest[]): Promise<void> {
  const api = await openHarness();
  const seen: string[] = [];
  try {
    for (const request of requests) {
      const text = await play(api, request, seen);
      for (const [id] of text.matchAll(IDENTIFIER)) if (!seen.includes(id)) seen.unshift(id);
    }
  } finally {
    await api.close();
  }
}

async function play(api: Harness, request: FuzzRequest, seen: readonly string[]): Promise<string> {
  const { name, query, body, key } = request;
  const [method = '', template = ''] = ROUTES[name].split(' ');
  const path = template.replaceAll(/\{\w+\}/g, () => seen[request.pick] ?? request.path);
  const search = new URLSearchParams(Object.entries(query).map(([field, value]) => [field, textIn(value)]));
  const route = `${method} ${API_BASE}${path}${search.size === 0 ? '' : `?${search.toString()}`}`;
  const headers = key === undefined ? {} : { 'idempotency-key': key };
  const reply = await api.send(route, { headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  const text = await reply.text();
  const said = `${route} ${JSON.stringify(body) ?? ''} → ${reply.status} ${text.slice(0, 500)}`;
  const problem = judge(name, { status: reply.status, type: reply.headers.get('content-type') ?? '', text });
  if (problem !== undefined) throw new Error(`${problem}: ${said}`);
  return text;
}

function textIn(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

function judge(name: OperationName, reply: { status: number; type: string; text: string }): string | undefined {
  const operation: Operation = operations[name];
  const { status, type, text } = reply;
  if (status >= 500 && !(name === 'getReadiness' && status === 503)) return 'a failure of ours';
  if (status >= 400) {
    if (type !== 'application/problem+json') return 'a refusal that is no problem document';
    const document = problemDocument.safeParse(JSON.parse(text));
    if (!document.success) return `a problem document of another shape (${document.error.message})`;
    const { code } = document.data;
    const known = (errorCodesOf(operation) as readonly string[]).includes(code) || FRAME_CODES.includes(code);
    return known ? undefined : `a code that ${name} does not document`;
  }
  const isDocumented = status === operation.reply.status || String(status) in (operation.reply.others ?? {});
  if (!isDocumented) return `a status that ${name} does not document`;
  if (operation.reply.schema === undefined || status === 204) return undefined;
  const shaped = operation.reply.schema.safeParse(JSON.parse(text));
  return shaped.success ? undefined : `a reply of another shape (${shaped.error.message})`;
}
