/**
 * What a credential allows, as the words that people write and that travel: `read`, `write`, `tasks`,
 * `events:<prefix>`, and `admin` for everything. What an operation asks for is said in the API's contract.
 */

/** In the order of a help text. `write` includes `read`; `admin` includes everything. */
export const PLAIN_SCOPES = ['read', 'write', 'tasks', 'admin'] as const;

export type AccessScope = (typeof PLAIN_SCOPES)[number] | `events:${string}`;

/** What an operation asks for: `any` is any valid credential, `events` one that may send some event. */
export type NeededScope = (typeof PLAIN_SCOPES)[number] | 'events' | 'any';

/** A whole name, a prefix that ends at a dot or in the middle of a word, or nothing for every name. */
const EVENTS_SCOPE = /^events:[a-z0-9_.-]{0,128}$/;

export function isAccessScope(text: string): text is AccessScope {
  return (PLAIN_SCOPES as readonly string[]).includes(text) || EVENTS_SCOPE.test(text);
}

/** Whether one of the alternatives in `needed` is covered. */
export function allows(scopes: readonly AccessScope[], needed: readonly NeededScope[]): boolean {
  return needed.some((scope) => covers(scopes, scope));
}

function covers(scopes: readonly AccessScope[], needed: NeededScope): boolean {
  if (needed === 'any' || scopes.includes('admin')) return true;
  if (needed === 'admin') return false;
  if (scopes.includes('write') && needed !== 'tasks') return true;
  if (needed === 'events') return scopes.some((scope) => scope.startsWith('events:'));
  return scopes.includes(needed);
}

/** Whether events of this name may be sent; `write` sends all. */
export function allowsEvent(scopes: readonly AccessScope[], event: string): boolean {
  if (scopes.includes('admin') || scopes.includes('write')) return true;
  return scopes.some((scope) => scope.startsWith('events:') && event.startsWith(scope.slice('events:'.length)));
}

/** Whether everything in `narrow` is covered by `wide`: nobody hands on more than they have. */
export function isWithin(narrow: readonly AccessScope[], wide: readonly AccessScope[]): boolean {
  return narrow.every((scope) =>
    scope.startsWith('events:') ? allowsEvent(wide, scope.slice('events:'.length)) : covers(wide, scope as NeededScope),
  );
}
