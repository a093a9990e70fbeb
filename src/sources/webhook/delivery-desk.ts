/**
 * Judges what arrives at webhook endpoints, from the address to the answer; how bytes travel is for whoever calls it.
 *
 * The order of the judgments is the order of what they cost and reveal: whether there is such an endpoint, whether
 * anything is taken in at all, the size and kind of the body (before it is read), who sent it, how fast. Nothing is
 * stored, and no secret of the trigger is looked up, for a request that fails before.
 */
import { createHash, hash } from 'node:crypto';
import type { Clock } from '../../clock/clock.ts';
import { AppError, isAppError } from '../../errors/app-error.ts';
import type { Delivery } from '../../model/delivery.ts';
import { sortableId } from '../../model/identifiers.ts';
import { formatInstant } from '../../model/instant.ts';
import type { Trigger } from '../../model/trigger.ts';
import { WEBHOOK_EVENT } from '../../model/trigger.ts';
import type {
  AcceptedDelivery,
  DeliveryStore,
  NewDelivery,
  Refusal,
  WebhookEndpoint,
} from '../../store/delivery-store.ts';
import { isAddressOf, readAddress, type WebhookAddress } from './address.ts';
import { type BodyKind, readBodyKind, WANTED_BODY } from './body-kind.ts';
import { deliveryData } from './delivery-data.ts';
import { type Rate, RateWindow } from './rate-window.ts';
import { type NewRefusal, RefusalLog } from './refusal-log.ts';
import { schemeOf } from './scheme-of.ts';
import type { HeaderLookup, SignatureScheme, Verdict } from './signature-scheme.ts';

export interface WebhookSettings {
  maxBodyBytes: number;
  rate: Rate;
  toleranceMs: number;
}

export interface DeliveryDeskDeps {
  store: Pick<DeliveryStore, 'findEndpoint' | 'recordRefusals'>;
  clock: Clock;
  randomBytes: (count: number) => Uint8Array;
  settings: () => WebhookSettings;
  /** `paused` and `stopping` take nothing in. */
  state: () => 'open' | 'paused' | 'stopping';
  /** The value of a reference; undefined when it cannot be had. */
  secretOf: (reference: string) => Promise<string | undefined>;
  redact: (text: string) => string;
  accept: (delivery: NewDelivery) => Promise<AcceptedDelivery>;
  /** These refusals are on record. */
  onRefused: (refusals: readonly Refusal[]) => void;
}

/** What is known of a request before its body is read. */
export interface ArrivingRequest {
  /** Without the query. */
  path: string;
  headers: HeaderLookup;
  /** Names in lower case that stand more than once. */
  repeated: ReadonlySet<string>;
}

/** A request that may go on to send its body. */
export interface Admitted {
  address: WebhookAddress;
  trigger: Trigger;
  scheme: SignatureScheme;
  kind: BodyKind;
  headers: HeaderLookup;
  maxBodyBytes: number;
}

/** `too_many`: others are being read, more than may be held at once. */
export type BodyTrouble = 'too_large' | 'too_slow' | 'cut_off' | 'too_many';

export type DeskAnswer =
  | { outcome: 'stored' | 'duplicate'; delivery: Delivery }
  /** Slack's question: this text is the answer. */
  | { outcome: 'challenge'; text: string };

export class DeliveryDesk {
  readonly #deps: DeliveryDeskDeps;
  readonly #rates = new RateWindow();
  readonly #refusals: RefusalLog;

  constructor(deps: DeliveryDeskDeps) {
    this.#deps = deps;
    const { store, clock, onRefused } = deps;
    this.#refusals = new RefusalLog({ store, clock, newId: () => this.#newId(), onWritten: onRefused });
  }

  /** Throws an `AppError` with what to answer; the refusal is on record by then. */
  async admit(request: ArrivingRequest): Promise<Admitted> {
    const address = readAddress(request.path);
    const found = address && (await this.#deps.store.findEndpoint({ webhook_id: address.webhook_id }));
    if (address === undefined || !isOpen(found, address)) {
      const endpoint = request.path.slice(0, 200);
      throw this.#refused(new AppError('webhook_not_found', {}), { endpoint, scope: 'global', bytes: 0 });
    }
    const { trigger } = found;
    const refuse = (error: AppError): AppError => this.#refused(error, { ...refusalOf(address, trigger), bytes: 0 });
    const state = this.#deps.state();
    if (state !== 'open') throw refuse(new AppError('webhook_unavailable', { reason: `the daemon is ${state}` }));
    const scheme = schemeOf(trigger);
    const twice = scheme.headers.find((name) => request.repeated.has(name));
    if (twice !== undefined)
      throw refuse(new AppError('webhook_malformed', { reason: `the header ${twice} stands twice` }));
    const { maxBodyBytes } = this.#deps.settings();
    // A length that is no number was refused by the server before anybody here was asked.
    if (Number(request.headers('content-length') ?? 0) > maxBodyBytes) throw refuse(tooLarge(maxBodyBytes));
    const kind = readBodyKind(request.headers, scheme);
    if (!kind.ok) throw refuse(new AppError('unsupported_media_type', { got: kind.got, wanted: WANTED_BODY }));
    return { address, trigger, scheme, kind: kind.kind, headers: request.headers, maxBodyBytes };
  }

  /** The body did not come as it should: records it, and says what to throw. */
  refuseBody(admitted: Admitted, p: { why: BodyTrouble; bytes: number }): AppError {
    const errors = {
      too_large: () => tooLarge(admitted.maxBodyBytes),
      too_slow: () => new AppError('request_timeout', {}),
      cut_off: () => new AppError('malformed_request', { reason: 'the connection ended before the body did' }),
      too_many: () => new AppError('rate_limited', { retry_at: formatInstant(this.#deps.clock.now() + 1_000) }),
    };
    return this.#refuse(admitted, errors[p.why](), p.bytes);
  }

  /** Throws an `AppError` with what to answer; a refusal is on record by then. */
  async take(admitted: Admitted, body: Buffer): Promise<DeskAnswer> {
    const refuse = (error: AppError): AppError => this.#refuse(admitted, error, body.byteLength);
    const { address, trigger, scheme, headers } = admitted;
    const secrets = await this.#secretsOf(trigger);
    if (secrets.length === 0) {
      throw refuse(new AppError('webhook_unavailable', { reason: 'this endpoint cannot verify anything right now' }));
    }
    const { clock } = this.#deps;
    const now = clock.now();
    const { toleranceMs, rate } = this.#deps.settings();
    const verdict = scheme.verify({ headers, body, secrets, now, toleranceMs });
    if (!verdict.ok) throw refuse(refusalError(verdict));
    // Only what is believed counts: else anybody could use an endpoint's rate up for its sender.
    const waitMs = this.#rates.take({ key: trigger.id, nowMs: clock.monotonicMs(), rate });
    if (waitMs > 0) {
      throw refuse(new AppError('rate_limited', { retry_at: formatInstant(now + waitMs) }));
    }
    const id = this.#newId();
    const delivery: NewDelivery = {
      id,
      result: verdict.challenge === undefined ? 'accepted' : 'answered',
      status: verdict.challenge === undefined ? 202 : 200,
      trigger_id: trigger.id,
      endpoint: address.endpoint,
      bytes: body.byteLength,
      ...(verdict.sent_at === undefined ? {} : { sent_at: verdict.sent_at }),
      ...(verdict.delivery_id === undefined ? {} : { sender_id: verdict.delivery_id.slice(0, 256) }),
      ...(verdict.event === undefined ? {} : { event: verdict.event.slice(0, 256) }),
      keys: keysOf(verdict),
    };
    if (verdict.challenge === undefined) {
      const data = deliveryData({
        body,
        kind: admitted.kind,
        redact: this.#deps.redact,
        facts: {
          endpoint: address.endpoint,
          endpoint_slug: address.slug,
          webhook_id: address.webhook_id,
          delivery_id: delivery.sender_id ?? id,
          at: verdict.sent_at ?? now,
          ...(verdict.event === undefined ? {} : { event: verdict.event }),
          ...(verdict.event_in_body === undefined ? {} : { event_in_body: true }),
          headers,
        },
      });
      if (!data.ok) throw refuse(new AppError('webhook_malformed', { reason: data.reason }));
      delivery.activation = {
        id: this.#newEventId(),
        kind: WEBHOOK_EVENT,
        scope: trigger.scope,
        ...(trigger.workspace_id === undefined ? {} : { workspace_id: trigger.workspace_id }),
        source: 'webhook',
        data: data.data,
        occurred_at: verdict.sent_at ?? now,
        depth: 0,
        addressed_to: trigger.id,
      };
    }
    const answer = await this.#deps.accept(delivery).catch((error: unknown) => {
      throw isAppError(error) ? refuse(error) : error;
    });
    if (answer.outcome === 'gone') throw refuse(new AppError('webhook_not_found', {}));
    if (verdict.challenge !== undefined) return { outcome: 'challenge', text: verdict.challenge };
    return { outcome: answer.outcome, delivery: answer.delivery };
  }

  /** Writes what was refused so far. */
  flush(): Promise<void> {
    return this.#refusals.flush();
  }

  async #secretsOf(trigger: Trigger): Promise<string[]> {
    const references = [trigger.webhook_secret_ref, trigger.webhook_previous_secret_ref];
    const values: string[] = [];
    for (const reference of references) {
      if (reference === undefined || reference === '') continue;
      const value = await this.#deps.secretOf(reference);
      if (value !== undefined) values.push(value);
    }
    return values;
  }

  #refuse(admitted: Admitted, error: AppError, bytes: number): AppError {
    return this.#refused(error, { ...refusalOf(admitted.address, admitted.trigger), bytes });
  }

  #refused(error: AppError, about: Omit<NewRefusal, 'status' | 'reason' | 'detail' | 'received_at'>): AppError {
    const received_at = this.#deps.clock.now();
    this.#refusals.add({ ...about, status: error.status, reason: error.code, detail: error.detail, received_at });
    return error;
  }

  #newId(): string {
    return sortableId('delivery', { now: this.#deps.clock.now(), random: this.#deps.randomBytes(10) });
  }

  #newEventId(): string {
    return sortableId('event', { now: this.#deps.clock.now(), random: this.#deps.randomBytes(10) });
  }
}

function isOpen(found: WebhookEndpoint | undefined, address: WebhookAddress): found is WebhookEndpoint {
  return found !== undefined && found.enabled && isAddressOf(address, found.trigger);
}

function refusalOf(
  address: WebhookAddress,
  trigger: Trigger,
): Pick<NewRefusal, 'endpoint' | 'trigger_id' | 'scope' | 'workspace_id'> {
  return {
    endpoint: address.endpoint,
    trigger_id: trigger.id,
    scope: trigger.scope,
    ...(trigger.workspace_id === undefined ? {} : { workspace_id: trigger.workspace_id }),
  };
}

function tooLarge(limit: number): AppError {
  return new AppError('body_too_large', { limit_bytes: limit });
}

function refusalError(verdict: Extract<Verdict, { ok: false }>): AppError {
  const { detail: reason } = verdict;
  switch (verdict.refusal) {
    case 'missing_header':
    case 'malformed_header':
      return new AppError('webhook_malformed', { reason });
    case 'bad_signature':
      return new AppError('webhook_signature_invalid', { reason });
    case 'stale':
      return new AppError('webhook_stale', { reason });
  }
}

/** Hashes, so that their length does not depend on what a sender writes; the two kinds cannot be mistaken. */
function keysOf(verdict: Extract<Verdict, { ok: true }>): string[] {
  const keys = [`signed:${hashOf(verdict.covered)}`];
  if (verdict.delivery_id !== undefined) keys.push(`id:${hash('sha256', verdict.delivery_id, 'base64url')}`);
  return keys;
}

function hashOf(parts: readonly (string | Uint8Array)[]): string {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return hash('sha256', only, 'base64url');
  const all = createHash('sha256');
  for (const part of parts) all.update(part);
  return all.digest('base64url');
}
