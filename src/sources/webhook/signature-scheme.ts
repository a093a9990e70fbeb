/**
 * The port of signature schemes: how one kind of sender proves that a request is its own. One file beside this one for
 * each scheme; `schemeOf` (scheme-of.ts) finds the one that a trigger asks for.
 *
 * Rules that every scheme keeps:
 *
 * - Pure: the time and the secrets are handed in, and only the raw bytes that were received are held against a signature.
 * - All secrets and all signatures are tried, each in constant time, so that how long it takes tells nothing.
 * - What is wrong with the request as such (a header that is missing or cannot be taken apart) is said; of a signature
 *   that does not fit nothing is said but that. A time is judged only once its signature holds.
 * - `covered` is what the sender vouches for: two requests with equal `covered` are one delivery, whatever their other
 *   headers say, because anybody who saw the first could have sent the second.
 */
import type { EpochMs } from '../../model/instant.ts';

/** By name in lower case; a header that stands several times is joined by ", " as HTTP says. */
export type HeaderLookup = (name: string) => string | undefined;

export interface ReceivedRequest {
  headers: HeaderLookup;
  body: Buffer;
}

export interface VerifyParams extends ReceivedRequest {
  /** The current one first; during a rotation the previous one too. Never empty texts. */
  secrets: readonly string[];
  now: EpochMs;
  /** How far the sender's time may be off, either way. */
  toleranceMs: number;
}

export type SchemeRefusal = 'missing_header' | 'malformed_header' | 'bad_signature' | 'stale';

export type Verdict =
  | {
      ok: true;
      /** In order; hashed together they are what duplicates are found by. */
      covered: readonly (string | Uint8Array)[];
      /** The sender's own name of this delivery, the same when it is sent again; absent where it has none. */
      delivery_id?: string;
      /** What happened, in the sender's words. */
      event?: string;
      /** Set where that stands in the body, whose own field of the name then goes first. */
      event_in_body?: true;
      /** When the sender says it sent it. */
      sent_at?: EpochMs;
      /** Answer this text at once and store nothing: the sender only asks whether anybody is there. */
      challenge?: string;
    }
  | {
      ok: false;
      refusal: SchemeRefusal;
      /** One sentence for whoever sent it and for the list of deliveries; never anything of a secret. */
      detail: string;
    };

export interface SignParams {
  secret: string;
  body: Buffer;
  now: EpochMs;
  delivery_id: string;
  event?: string;
}

export interface SignatureScheme {
  /** The headers that decide; each may stand only once in a request. */
  readonly headers: readonly string[];
  /** Whether the sender also sends HTML forms. */
  readonly forms: boolean;
  verify(p: VerifyParams): Verdict;
  /**
   * The headers with which the sender would send this body: for test deliveries. A header whose value is the secret
   * itself is named in `secret_header`, so that it is never shown.
   */
  sign(p: SignParams): Record<string, string>;
  readonly secret_header?: string;
}

export type Refused = Extract<Verdict, { ok: false }>;

export function missing(header: string): Refused {
  return { ok: false, refusal: 'missing_header', detail: `the header ${header} is missing` };
}

export function malformed(header: string, wanted: string): Refused {
  return { ok: false, refusal: 'malformed_header', detail: `the header ${header} is not ${wanted}` };
}

export const BAD_SIGNATURE: Refused = {
  ok: false,
  refusal: 'bad_signature',
  detail: 'the signature does not fit the body and the secret of this endpoint',
};
