/**
 * Hands out tokens with scopes, shows who has which, renews and takes back. Nobody is given more than the owner of the
 * home writes down; the token of a run's agent lasts as long as its run.
 */
import type { Clock } from '../clock/clock.ts';
import { AppError } from '../errors/app-error.ts';
import type { AccessScope } from '../model/access-scope.ts';
import { type Credential, isAlive } from '../model/credential.ts';
import type { EpochMs } from '../model/instant.ts';
import type { AccessStore } from '../store/access-store.ts';
import { hashOf, newCredential, newSecret, type RandomBytes } from './secret.ts';

export interface TokenDeskDeps {
  store: AccessStore;
  clock: Clock;
  randomBytes: RandomBytes;
}

/** A credential and whether time has ended it. */
export interface ListedCredential extends Credential {
  expired: boolean;
}

export interface IssuedToken {
  token: ListedCredential;
  /** Shown this once. */
  secret: string;
}

const dayMs = 86_400_000;
/** Ended ones stay in the list for a while, so that whoever wonders can see what became of them. */
const EXPIRED_KEPT_MS = 7 * dayMs;
const FORGET_MAX = 100;
/** More than any home hands out; a list longer than this is cut. */
const LIST_MAX = 10_000;
/** No run is meant to last so long; its end ends the token earlier, and this one where the row was deleted meanwhile. */
const RUN_TOKEN_MS = 30 * dayMs;

export class TokenDesk {
  readonly #deps: TokenDeskDeps;

  constructor(deps: TokenDeskDeps) {
    this.#deps = deps;
  }

  /** Throws `token_name_taken`. `livesMs` null: until it is revoked. */
  async create(p: {
    name: string;
    scopes: readonly AccessScope[];
    livesMs: number | null;
    actor: string;
  }): Promise<IssuedToken> {
    const { clock, randomBytes } = this.#deps;
    const now = clock.now();
    await this.#forgetEnded(now);
    const { name, scopes, actor: created_by } = p;
    const made = newCredential({ kind: 'token', name, scopes, created_by, now, randomBytes });
    return this.#issue(p.livesMs === null ? made : { ...made, expires_at: now + p.livesMs });
  }

  /** The secret for the agent of a run that is about to start. */
  async issueForRun(p: { run_id: string; agent_name: string; scopes: readonly AccessScope[] }): Promise<string> {
    const { clock, randomBytes } = this.#deps;
    const now = clock.now();
    await this.#forgetEnded(now);
    const made = newCredential({
      kind: 'run',
      name: p.agent_name,
      scopes: p.scopes,
      created_by: 'daemon',
      now,
      randomBytes,
    });
    const credential = { ...made, run_id: p.run_id, expires_at: now + RUN_TOKEN_MS };
    return (await this.#issue(credential)).secret;
  }

  /** Tokens and signed-in pages; those of runs come and go with their runs. */
  async list(): Promise<ListedCredential[]> {
    const credentials = await this.#deps.store.listCredentials({ kinds: ['page', 'token'], limit: LIST_MAX });
    return credentials.map((credential) => this.#listed(credential));
  }

  /**
   * A new secret for a token; the old one opens nothing from then on. Without `livesMs` its end stays. Throws
   * `token_not_found`, and `token_expired` for one whose end has passed and that is given no new one.
   */
  async rotate(p: { id: string; livesMs: number | undefined }): Promise<IssuedToken> {
    const { store, clock, randomBytes } = this.#deps;
    const now = clock.now();
    const present = await this.#find(p.id, ['token']);
    if (p.livesMs === undefined && !isAlive(present, now)) throw new AppError('token_expired', { id: p.id });
    const secret = newSecret('token', randomBytes);
    const expires_at = p.livesMs === undefined ? (present.expires_at ?? null) : now + p.livesMs;
    const answer = await store.rotateCredential({ id: p.id, secret_hash: hashOf(secret), expires_at });
    if (answer.outcome === 'not_found') throw new AppError('token_not_found', { id: p.id });
    return { token: this.#listed(answer.credential), secret };
  }

  /** Takes a token back, or signs a page out. Throws `token_not_found`. */
  async revoke(p: { id: string }): Promise<void> {
    await this.#find(p.id, ['token', 'page', 'run']);
    await this.#deps.store.revokeCredential({ id: p.id });
  }

  async #find(id: string, kinds: readonly Credential['kind'][]): Promise<Credential> {
    const credential = await this.#deps.store.getCredential({ id });
    if (credential === undefined || !kinds.includes(credential.kind)) throw new AppError('token_not_found', { id });
    return credential;
  }

  async #issue(credential: Credential): Promise<IssuedToken> {
    const secret = newSecret(credential.kind, this.#deps.randomBytes);
    const answer = await this.#deps.store.createCredential({ credential, secret_hash: hashOf(secret) });
    if (answer.outcome === 'token_name_taken') throw new AppError('token_name_taken', { name: credential.name });
    return { token: this.#listed(credential), secret };
  }

  async #forgetEnded(now: EpochMs): Promise<void> {
    await this.#deps.store.forgetExpiredCredentials({ until: now - EXPIRED_KEPT_MS, limit: FORGET_MAX });
  }

  #listed(credential: Credential): ListedCredential {
    return { ...credential, expired: !isAlive(credential, this.#deps.clock.now()) };
  }
}
