/**
 * The arguments of an operation's tool: path, query and body in one flat object, documented by the contract's schemas.
 *
 * They are not judged here. The daemon judges them, with messages that name the field and what to do, and what it says
 * comes back as the tool's error; a second judge in front of it could only say less.
 */
import { z } from 'zod';
import type { Operation } from '../api/contract/operation.ts';
import { operations } from '../api/contract/operations.ts';
import { type OperationName, ROUTES } from '../api/contract/route-table.ts';

export type JsonObject = Record<string, unknown>;

/** The parts of a request, as the caller of the API client wants them. */
export interface RequestParts {
  params: Record<string, string>;
  query: JsonObject;
  body?: JsonObject;
}

/** The names in braces of a route. */
function pathNames(name: OperationName): string[] {
  return [...ROUTES[name].matchAll(/\{(\w+)\}/gu)].map((match) => match[1] ?? '');
}

function bodySchema(operation: Operation): z.ZodObject | undefined {
  const schema = operation.body?.schema;
  return schema instanceof z.ZodObject ? schema : undefined;
}

/** JSON Schema of everything that the tool takes. */
export function argumentsSchema(name: OperationName): JsonObject {
  const operation: Operation = operations[name];
  const parts = [operation.query, bodySchema(operation)].filter((schema) => schema !== undefined);
  const schemas = parts.map((schema) => z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonObject);
  const names = pathNames(name);
  const properties: JsonObject = Object.fromEntries(names.map((each) => [each, { type: 'string', minLength: 1 }]));
  const required = [...names];
  const definitions: JsonObject = {};
  for (const schema of schemas) {
    Object.assign(properties, schema['properties']);
    Object.assign(definitions, schema['$defs']);
    if (operation.body?.optional !== true || schema !== schemas.at(-1)) {
      required.push(...((schema['required'] as string[] | undefined) ?? []));
    }
  }
  return {
    type: 'object',
    properties,
    ...(required.length === 0 ? {} : { required }),
    ...(Object.keys(definitions).length === 0 ? {} : { $defs: definitions }),
    additionalProperties: false,
  };
}

/** Sorts what the agent wrote into the request. What nobody knows goes where the daemon will refuse it by name. */
export function requestParts(name: OperationName, args: JsonObject): RequestParts {
  const operation: Operation = operations[name];
  const inPath = new Set(pathNames(name));
  const inQuery = new Set(Object.keys(operation.query?.shape ?? {}));
  const parts: RequestParts & { body: JsonObject } = { params: {}, query: {}, body: {} };
  for (const [key, value] of Object.entries(args)) {
    if (value === undefined) continue;
    if (inPath.has(key)) parts.params[key] = typeof value === 'string' ? value : JSON.stringify(value);
    else if (inQuery.has(key) || operation.body === undefined) parts.query[key] = value;
    else parts.body[key] = value;
  }
  const { body, ...rest } = parts;
  const sendsBody = operation.body !== undefined && (operation.body.optional !== true || Object.keys(body).length > 0);
  return sendsBody ? { ...rest, body } : rest;
}
