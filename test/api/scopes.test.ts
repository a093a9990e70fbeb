// Every operation with every scope: what the contract says is what happens, and what the contract says is what was meant.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Operation } from '../../src/api/contract/operation.ts';
import { scopesOf } from '../../src/api/contract/operation.ts';
import { operations } from '../../src/api/contract/operations.ts';
import { type OperationName, ROUTES } from '../../src/api/contract/route-table.ts';
import { type Harness, openHarness } from './api-harness.ts';

/** Operations whose scopes do not follow from "reading wants read, changing wants write"; each is meant. */
const MEANT: Readonly<Partial<Record<string, string>>> = {
  previewSchedule: 'read',
  testTrigger: 'read',
  previewTrigger: 'read',
  sendEvent: 'events',
  updateWorkspace: 'admin',
  removeWorkspace: 'admin',
  listChanges: 'admin',
  drainNode: 'admin',
  undrainNode: 'admin',
  removeNode: 'admin',
  registerWorkspace: 'admin',
  readOwnSession: 'any',
  signOut: 'any',
  createSignInLink: 'admin',
  listTokens: 'admin',
  createToken: 'admin',
  rotateToken: 'admin',
  revokeToken: 'admin',
};

const names = (Object.keys(ROUTES) as OperationName[]).filter((name) => operations[name].access === 'token');

/** Which tokens open what each operation asks for, written out once more so that a slip in the rule is seen. */
const OPENED_BY: Readonly<Record<string, readonly string[]>> = {
  any: ['read', 'write', 'tasks', 'events:x.', 'admin'],
  read: ['read', 'write', 'admin'],
  write: ['write', 'admin'],
  tasks: ['tasks', 'admin'],
  events: ['events:x.', 'write', 'admin'],
  admin: ['admin'],
};

/** The usual: by what it is about and whether it changes anything. */
function usualScopes(tag: string, reads: boolean): string {
  if (tag === 'tasks') return reads ? 'read tasks' : 'write tasks';
  if (tag === 'secrets' || tag === 'packages') return reads ? 'read' : 'admin';
  return reads ? 'read' : 'write';
}

describe('the scopes that an operation asks for', () => {
  it.each(names)('%s', (name) => {
    const [method = ''] = ROUTES[name].split(' ');
    const operation: Operation = operations[name];
    const meant = MEANT[name] ?? usualScopes(operation.tag, method === 'GET');
    expect(scopesOf(operation, method).join(' ')).toBe(meant);
  });
});

describe('a token of one scope', () => {
  let api: Harness;
  const secrets = new Map<string, string>();
  beforeAll(async () => {
    api = await openHarness();
    for (const scope of OPENED_BY['any']!) {
      const name = scope.replaceAll(/[^a-z]/g, '');
      const { status, body } = await api.ask('POST tokens', { json: { name, scopes: [scope] } });
      expect(status).toBe(201);
      secrets.set(scope, body.secret as string);
    }
  });
  afterAll(() => api.close());

  it.each(names)('opens %s where it should and nowhere else', async (name) => {
    const [method = ''] = ROUTES[name].split(' ');
    const needed = scopesOf(operations[name], method);
    const opening = new Set(needed.flatMap((scope) => OPENED_BY[scope]!));
    const route = ROUTES[name].replace(' /', ' ').replaceAll(/\{\w+\}/g, 'x');
    for (const [scope, token] of secrets) {
      const reply = await api.send(route, { token, ...('body' in operations[name] ? { body: '{' } : {}) });
      const body = reply.headers.get('content-type')?.includes('json')
        ? ((await reply.json()) as { code?: string })
        : {};
      await reply.body?.cancel().catch(() => undefined);
      const refused = body.code === 'forbidden' || body.code === 'unauthorized';
      expect({ scope, refused }).toEqual({ scope, refused: !opening.has(scope) });
    }
  });
});
