/**
 * Writes down who changes what, and lets a request that its sender gave a key (`Idempotency-Key`) happen once however
 * often it is sent. Both are one step before the request is carried out and one after it.
 */
import { createHash } from 'node:crypto';
import type { Principal } from '../access/principal.ts';
import type { Clock } from '../clock/clock.ts';
import { AppError, isAppError } from '../errors/app-error.ts';
import type { EpochMs } from '../model/instant.ts';
import { sortableId } from '../model/identifiers.ts';
import type { KeptReply, RequestStore } from '../store/request-store.ts';

export interface LedgerDeps {
  store: Pick<RequestStore, 'beginRequest' | 'finishRequest' | 'pruneChangeRecords'>;
  clock: Clock;
  randomBytes: (count: number) => Uint8Array;
  node: () => string;
}

/** What a request is to the ledger. */
export interface LedgerRequest {
  operation: string;
  params: Readonly<Record<string, string>>;
  query: unknown;
  body: unknown;
  principal: Principal;
  actor: string;
  /** Whether it changes what people should be able to look up later. */
  recorded: boolean;
  /** `Idempotency-Key`, where the operation takes one. */
  key: string | null;
}

/** Long enough for a client that was offline over night. */
const KEY_LIFE_MS = 24 * 3_600_000;
const ID_BYTES = 10;
const hourMs = 3_600_000;
/** As long as runs are kept by default: whoever wonders about a run can see who changed its job. */
const RECORD_LIFE_MS = 365 * 24 * hourMs;
/** Looked at rarely and a bounded piece at a time, in the shadow of a request. */
const PRUNE_EVERY_MS = hourMs;
const PRUNE_MAX = 5_000;
const KEY_PATTERN = /^[\x21-\x7e]{1,255}$/;
const TARGET_LENGTH_MAX = 200;

export class RequestLedger {
  readonly #deps: LedgerDeps;
  #prunedAt = 0;

  constructor(deps: LedgerDeps) {
    this.#deps = deps;
  }

  /** Carries the request out, or answers what was answered before. */
  async through(request: LedgerRequest, carryOut: () => Promise<KeptReply>): Promise<KeptReply> {
    if (!request.recorded && request.key === null) return carryOut();
    const { store, clock } = this.#deps;
    const now = clock.now();
    await this.#prune(now);
    const key = request.key === null ? undefined : this.#keyOf(request, request.key);
    const record = request.recorded ? this.#recordOf(request) : undefined;
    const begun = await store.beginRequest({
      now,
      ...(record === undefined ? {} : { record }),
      ...(key === undefined ? {} : { key: { ...key, node: this.#deps.node(), expires_at: now + KEY_LIFE_MS } }),
    });
    if (begun.outcome === 'answered') {
      return { ...begun.reply, headers: { ...begun.reply.headers, 'idempotency-replayed': 'true' } };
    }
    if (begun.outcome !== 'begun') throw refusalOf(begun.outcome, request.key ?? '');
    const about = { record: record?.id, key: key?.key_hash };
    try {
      const reply = await carryOut();
      await this.#finish(about, { outcome: 'done', status: reply.status, end: { keep: reply } });
      return reply;
    } catch (error) {
      await this.#fail(about, error);
      throw error;
    }
  }

  async #prune(now: EpochMs): Promise<void> {
    if (now - this.#prunedAt < PRUNE_EVERY_MS) return;
    this.#prunedAt = now;
    await this.#deps.store.pruneChangeRecords({ before: now - RECORD_LIFE_MS, limit: PRUNE_MAX });
  }

  /** A refusal came before anything happened; of every other failure nobody knows. */
  async #fail(about: { record: string | undefined; key: string | undefined }, error: unknown): Promise<void> {
    const known = isAppError(error) && error.status < 500;
    const status = isAppError(error) ? error.status : 500;
    const code = isAppError(error) ? error.code : 'internal_error';
    await this.#finish(about, { outcome: 'refused', status, code, end: known ? 'forget' : 'leave' }).catch(() => {
      // The store is in trouble, which the request's own error says already.
    });
  }

  async #finish(
    about: { record: string | undefined; key: string | undefined },
    p: {
      outcome: 'done' | 'refused';
      status: number;
      code?: string;
      end: 'forget' | 'leave' | { keep: KeptReply };
    },
  ): Promise<void> {
    const { end, ...what } = p;
    await this.#deps.store.finishRequest({
      ...(about.record === undefined ? {} : { record: { id: about.record, ...what } }),
      ...(about.key === undefined ? {} : { key: { key_hash: about.key, end } }),
    });
  }

  #keyOf(request: LedgerRequest, key: string): { key_hash: string; request_hash: string } {
    if (!KEY_PATTERN.test(key)) {
      throw new AppError('malformed_request', { reason: 'Idempotency-Key takes 1 to 255 visible ASCII characters' });
    }
    const { operation, params, query, body, principal } = request;
    return {
      key_hash: hashOf([principal.kind, principal.id ?? '', key]),
      request_hash: hashOf([operation, params, query, body ?? null]),
    };
  }

  #recordOf(request: LedgerRequest) {
    const { operation, params, principal, actor } = request;
    const at = this.#deps.clock.now();
    const target = Object.values(params).join('/').slice(0, TARGET_LENGTH_MAX);
    return {
      id: sortableId('change', { now: at, random: this.#deps.randomBytes(ID_BYTES) }),
      at,
      actor,
      ...(principal.id === undefined ? {} : { credential_id: principal.id }),
      operation,
      ...(target === '' ? {} : { target }),
      outcome: 'begun' as const,
    };
  }
}

function refusalOf(outcome: 'under_way' | 'unknown' | 'reused', key: string): AppError {
  if (outcome === 'reused') return new AppError('idempotency_key_reused', { key });
  if (outcome === 'under_way') return new AppError('idempotency_key_in_use', { key });
  return new AppError('idempotency_outcome_unknown', { key });
}

/** Objects by their sorted keys, so that the order in which a client writes fields makes no other request. */
function hashOf(value: unknown): string {
  const text = JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
  return createHash('sha256').update(text).digest('hex');
}
