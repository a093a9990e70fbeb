import { describe, expect, it } from 'vitest';
import { type AccessScope, allows, allowsEvent, isAccessScope, isWithin, type NeededScope } from './access-scope.ts';

describe('a scope', () => {
  it.each(['read', 'write', 'tasks', 'admin', 'events:', 'events:deploy.', 'events:app_1.x-y'])('may be %j', (text) =>
    expect(isAccessScope(text)).toBe(true),
  );
  it.each(['', 'READ', 'events', 'events:Deploy', 'events:a b', 'events:*', 'read,write', ' read', 'root'])(
    'may not be %j',
    (text) => expect(isAccessScope(text)).toBe(false),
  );
});

describe('allows', () => {
  const check = (scopes: AccessScope[], needed: NeededScope[], expected: boolean): void =>
    it(`${scopes.join('+') || 'nothing'} ${expected ? 'opens' : 'does not open'} ${needed.join(' or ')}`, () =>
      expect(allows(scopes, needed)).toBe(expected));
  check([], ['any'], true);
  check([], ['read'], false);
  check(['read'], ['read'], true);
  check(['read'], ['write'], false);
  check(['read'], ['tasks'], false);
  check(['read'], ['read', 'tasks'], true);
  check(['write'], ['read'], true);
  check(['write'], ['write'], true);
  check(['write'], ['events'], true);
  check(['write'], ['tasks'], false);
  check(['write'], ['write', 'tasks'], true);
  check(['write'], ['admin'], false);
  check(['tasks'], ['read'], false);
  check(['tasks'], ['write', 'tasks'], true);
  check(['events:deploy.'], ['events'], true);
  check(['events:deploy.'], ['write'], false);
  check(['events:deploy.'], ['read'], false);
  check(['admin'], ['admin'], true);
  check(['admin'], ['tasks'], true);
});

describe('allowsEvent', () => {
  const check = (scopes: AccessScope[], event: string, expected: boolean): void =>
    it(`${scopes.join('+')} ${expected ? 'sends' : 'does not send'} ${event}`, () =>
      expect(allowsEvent(scopes, event)).toBe(expected));
  check(['events:deploy.'], 'deploy.done', true);
  check(['events:deploy.'], 'deployed', false);
  check(['events:'], 'anything', true);
  check(['write'], 'anything', true);
  check(['read'], 'anything', false);
});

describe('isWithin', () => {
  const check = (narrow: AccessScope[], wide: AccessScope[], expected: boolean): void =>
    it(`${narrow.join('+')} is ${expected ? '' : 'not '}within ${wide.join('+')}`, () =>
      expect(isWithin(narrow, wide)).toBe(expected));
  check(['read'], ['write'], true);
  check(['read', 'write'], ['read'], false);
  check(['events:a.b'], ['events:a.'], true);
  check(['events:a'], ['events:a.'], false);
  check(['events:'], ['write'], true);
  check(['tasks'], ['write'], false);
  check(['admin'], ['write', 'tasks'], false);
  check(['admin', 'read'], ['admin'], true);
});
