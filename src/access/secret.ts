/**
 * Secrets of our own making, and their hashes. A secret is 256 random bits, so guessing one is hopeless however often
 * somebody tries, and a plain SHA-256 of it is as good as a slow hash would be.
 */
import { createHash } from 'node:crypto';
import type { AccessScope } from '../model/access-scope.ts';
import type { Credential, CredentialKind } from '../model/credential.ts';
import { sortableId } from '../model/identifiers.ts';
import type { EpochMs } from '../model/instant.ts';

const SECRET_BYTES = 32;
const ID_BYTES = 10;

/** What each kind's secrets begin with, so that people, scanners and our own redaction recognise one that leaked. */
const SECRET_PREFIXES = { token: 'rouse_tok_', page: 'rouse_page_', link: 'rouse_link_', run: 'rouse_run_' } as const;

export type RandomBytes = (count: number) => Uint8Array;

export function newSecret(kind: CredentialKind, draw: RandomBytes): string {
  return SECRET_PREFIXES[kind] + Buffer.from(draw(SECRET_BYTES)).toString('base64url');
}

export function digestOf(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}

export function hashOf(secret: string): string {
  return digestOf(secret).toString('hex');
}

export function newCredential(p: {
  kind: CredentialKind;
  name: string;
  scopes: readonly AccessScope[];
  created_by: string;
  now: EpochMs;
  randomBytes: RandomBytes;
}): Credential {
  const { kind, name, scopes, created_by, now } = p;
  const id = sortableId('credential', { now, random: p.randomBytes(ID_BYTES) });
  return { id, kind, name, scopes, created_at: now, created_by };
}
