/**
 * Where people and programs show what they have, and get what they may have: the link by which a page signs in, and
 * the page's own credential. Secrets leave here once, when they are made; what stays is their hash.
 *
 * A secret is 256 random bits, so guessing one is hopeless however often somebody tries, and a plain SHA-256 of it is
 * as good as a slow hash would be.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../clock/clock.ts';
import type { AccessScope } from '../model/access-scope.ts';
import { type Credential, isAlive } from '../model/credential.ts';
import { sortableId } from '../model/identifiers.ts';
import type { EpochMs } from '../model/instant.ts';
import type { AccessStore } from '../store/access-store.ts';
import { ADMIN, NOBODY, type Principal, principalOf } from './principal.ts';

export interface AccessDeskDeps {
  store: AccessStore;
  clock: Clock;
  randomBytes: (count: number) => Uint8Array;
  /** The home's own token; whoever has it may do everything. */
  adminToken: string;
}

const SECRET_BYTES = 32;
const ID_BYTES = 10;
/** Long enough to switch to the browser, too short to be found later in a scrollback or a history. */
const LINK_MS = 2 * 60_000;
const dayMs = 86_400_000;
/** A page that is looked at weekly stays signed in; nobody's page does for ever. */
const PAGE_MS = 30 * dayMs;
const PAGE_IDLE_MS = 7 * dayMs;
/** A page asks every second; that it is used needs no write each time. */
const USE_NOTED_EVERY_MS = 60_000;
/** Ended ones stay in the lists for a while, so that whoever wonders can see what became of them. */
const EXPIRED_KEPT_MS = 7 * dayMs;
const FORGET_MAX = 100;

/** What each kind's secrets begin with, so that people and scanners recognise one that leaked. */
const SECRET_PREFIXES = { token: 'rouse_tok_', page: 'rouse_page_', link: 'rouse_link_', run: 'rouse_run_' } as const;

export class AccessDesk {
  readonly #deps: AccessDeskDeps;
  readonly #adminHash: Buffer;

  constructor(deps: AccessDeskDeps) {
    this.#deps = deps;
    this.#adminHash = digest(deps.adminToken);
  }

  /** Who shows this secret as a bearer token. A page's secret counts as a cookie only, where its origin is checked. */
  async identifyBearer(secret: string): Promise<Principal> {
    // Equal lengths and no useful prefix: the time tells nothing. An empty token opens nothing.
    if (timingSafeEqual(digest(secret), this.#adminHash) && this.#deps.adminToken !== '') return ADMIN;
    return this.#identify(secret, ['token', 'run']);
  }

  async identifyPage(secret: string): Promise<Principal> {
    return this.#identify(secret, ['page']);
  }

  /** A one-time code for a page; the page gets `scopes`. */
  async createLink(p: {
    scopes: readonly AccessScope[];
    actor: string;
  }): Promise<{ code: string; expires_at: EpochMs }> {
    const { store, clock } = this.#deps;
    const now = clock.now();
    await store.forgetExpiredCredentials({ until: now - EXPIRED_KEPT_MS, limit: FORGET_MAX });
    const code = this.#newSecret('link');
    const expires_at = now + LINK_MS;
    const credential = { ...this.#newCredential('link', p), name: 'sign-in link', expires_at };
    await store.createCredential({ credential, secret_hash: hashOf(code) });
    return { code, expires_at };
  }

  /** Spends a link; undefined when it is unknown, spent or too old. */
  async signIn(code: string): Promise<{ secret: string; principal: Principal; maxAgeMs: number } | undefined> {
    const now = this.#deps.clock.now();
    const secret = this.#newSecret('page');
    const answer = await this.#deps.store.exchangeCredential({
      spent_hash: hashOf(code),
      secret_hash: hashOf(secret),
      admit: (link) =>
        link.kind === 'link' && isAlive(link, now)
          ? {
              ...this.#newCredential('page', { scopes: link.scopes, actor: link.created_by }),
              name: 'page',
              expires_at: now + PAGE_MS,
              idle_ms: PAGE_IDLE_MS,
              last_used_at: now,
            }
          : undefined,
    });
    if (answer.outcome === 'lost') return undefined;
    return { secret, principal: principalOf(answer.credential), maxAgeMs: PAGE_MS };
  }

  /** Ends a page's credential. Whoever has none is signed out already. */
  async signOut(principal: Principal): Promise<void> {
    if (principal.kind === 'page' && principal.id !== undefined) {
      await this.#deps.store.revokeCredential({ id: principal.id });
    }
  }

  async #identify(secret: string, kinds: readonly Credential['kind'][]): Promise<Principal> {
    if (secret === '') return NOBODY;
    const { store, clock } = this.#deps;
    const credential = await store.findCredential({ secret_hash: hashOf(secret) });
    const now = clock.now();
    if (credential === undefined || !kinds.includes(credential.kind) || !isAlive(credential, now)) return NOBODY;
    if (now - (credential.last_used_at ?? 0) >= USE_NOTED_EVERY_MS) {
      await store.noteCredentialUse({ id: credential.id, at: now });
    }
    return principalOf(credential);
  }

  #newSecret(kind: Credential['kind']): string {
    return SECRET_PREFIXES[kind] + Buffer.from(this.#deps.randomBytes(SECRET_BYTES)).toString('base64url');
  }

  #newCredential(
    kind: Credential['kind'],
    p: { scopes: readonly AccessScope[]; actor: string },
  ): Omit<Credential, 'name'> {
    const now = this.#deps.clock.now();
    const id = sortableId('credential', { now, random: this.#deps.randomBytes(ID_BYTES) });
    return { id, kind, scopes: p.scopes, created_at: now, created_by: p.actor };
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}

function hashOf(secret: string): string {
  return digest(secret).toString('hex');
}
