/**
 * Who somebody is by what they show, and the link by which a page gets something to show. Secrets leave here once, when
 * they are made; what stays is their hash. Tokens are handed out by the token desk.
 */
import { timingSafeEqual } from 'node:crypto';
import type { Clock } from '../clock/clock.ts';
import type { AccessScope } from '../model/access-scope.ts';
import { type Credential, type CredentialKind, isAlive } from '../model/credential.ts';
import type { EpochMs } from '../model/instant.ts';
import type { AccessStore } from '../store/access-store.ts';
import type { RunStore } from '../store/run-store.ts';
import { ADMIN, NOBODY, type Principal, principalOf } from './principal.ts';
import { digestOf, hashOf, newCredential, newSecret, type RandomBytes } from './secret.ts';

export interface AccessDeskDeps {
  store: AccessStore & Pick<RunStore, 'getRun'>;
  clock: Clock;
  randomBytes: RandomBytes;
  /** The home's own token; whoever has it may do everything. */
  adminToken: string;
}

/** Long enough to switch to the browser, too short to be found later in a scrollback or a history. */
const LINK_MS = 2 * 60_000;
const dayMs = 86_400_000;
/** A page that is looked at weekly stays signed in; nobody's page does for ever. */
const PAGE_MS = 30 * dayMs;
const PAGE_IDLE_MS = 7 * dayMs;
/** A page asks every second; that it is used needs no write each time. */
const USE_NOTED_EVERY_MS = 60_000;

export class AccessDesk {
  readonly #deps: AccessDeskDeps;
  readonly #adminDigest: Buffer;

  constructor(deps: AccessDeskDeps) {
    this.#deps = deps;
    this.#adminDigest = digestOf(deps.adminToken);
  }

  /** Who shows this secret as a bearer token. A page's secret counts as a cookie only, where its origin is checked. */
  async identifyBearer(secret: string): Promise<Principal> {
    // Equal lengths and no useful prefix: the time tells nothing. An empty token opens nothing.
    if (timingSafeEqual(digestOf(secret), this.#adminDigest) && this.#deps.adminToken !== '') return ADMIN;
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
    const { store, clock, randomBytes } = this.#deps;
    const now = clock.now();
    const code = newSecret('link', randomBytes);
    const expires_at = now + LINK_MS;
    const { scopes, actor: created_by } = p;
    const made = newCredential({ kind: 'link', name: 'sign-in link', scopes, created_by, now, randomBytes });
    await store.createCredential({ credential: { ...made, expires_at }, secret_hash: hashOf(code) });
    return { code, expires_at };
  }

  /** Spends a link; undefined when it is unknown, spent or too old. */
  async signIn(code: string): Promise<{ secret: string; principal: Principal; maxAgeMs: number } | undefined> {
    const { store, clock, randomBytes } = this.#deps;
    const now = clock.now();
    const secret = newSecret('page', randomBytes);
    const answer = await store.exchangeCredential({
      spent_hash: hashOf(code),
      secret_hash: hashOf(secret),
      admit: ({ scopes, created_by, ...link }) =>
        link.kind === 'link' && isAlive({ scopes, created_by, ...link }, now)
          ? {
              ...newCredential({ kind: 'page', name: 'page', scopes, created_by, now, randomBytes }),
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

  async #identify(secret: string, kinds: readonly CredentialKind[]): Promise<Principal> {
    if (secret === '') return NOBODY;
    const { store, clock } = this.#deps;
    const credential = await store.findCredential({ secret_hash: hashOf(secret) });
    const now = clock.now();
    if (credential === undefined || !kinds.includes(credential.kind) || !isAlive(credential, now)) return NOBODY;
    if (credential.kind === 'run' && !(await this.#isRunning(credential))) return NOBODY;
    if (now - (credential.last_used_at ?? 0) >= USE_NOTED_EVERY_MS) {
      await store.noteCredentialUse({ id: credential.id, at: now });
    }
    return principalOf(credential);
  }

  /** Asked each time, so that the token dies with its run whatever ended it, a crash of the daemon included. */
  async #isRunning({ run_id }: Credential): Promise<boolean> {
    if (run_id === undefined) return false;
    return (await this.#deps.store.getRun({ id: run_id }))?.status === 'running';
  }
}
