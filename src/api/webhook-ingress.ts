/**
 * The door for webhooks, apart from the API proper: whoever knocks has no token and comes under any host name, because a
 * tunnel or proxy stands between, and is believed for a signature alone. It works on Node's own request, so that a body
 * can be refused before it is read, and so that a delivery costs little more than its signature.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { z } from 'zod';
import type { Clock } from '../clock/clock.ts';
import { AppError, isAppError } from '../errors/app-error.ts';
import type { BodyTrouble, DeliveryDesk } from '../sources/webhook/delivery-desk.ts';
import { WEBHOOK_BASE } from '../sources/webhook/address.ts';
import type { HeaderLookup } from '../sources/webhook/signature-scheme.ts';
import type { webhookReceipt } from './contract/ingress.ts';
import { problemHeadersOf, problemDocumentOf } from './problem-reply.ts';
import { SECURITY_HEADERS } from './security-headers.ts';

export interface IngressDeps {
  desk: DeliveryDesk;
  clock: Clock;
  /** What nobody foresaw, for the log; the sender learns only that it happened. */
  onFailure: (error: unknown) => void;
}

/** Senders give up after ten seconds or so; whoever is slower only holds a connection. */
const BODY_MS_MAX = 15_000;
/** So many bodies are read at once; the API beside it must stay reachable. */
const READING_MAX = 256;
/** And so many bytes of them are held at once: whoever sends them has proved nothing yet. */
const READING_BYTES_MAX = 64 * 1024 * 1024;
/** After a refusal the rest of a body is dropped for so long, so that the sender can read the answer. */
const LINGER_MS = 1_000;

/** Where one more decides who somebody is, or where a body ends, two mean that somebody is being misled. */
const SINGLE = ['content-type', 'content-length', 'content-encoding', 'transfer-encoding'];

export class WebhookIngress {
  readonly #deps: IngressDeps;
  #reading = 0;
  readonly #held: Held = { bytes: 0 };

  constructor(deps: IngressDeps) {
    this.#deps = deps;
  }

  /** Whether a request is for here. */
  isFor(incoming: IncomingMessage): boolean {
    return (incoming.url ?? '').startsWith(WEBHOOK_BASE);
  }

  /** Answers. `mayContinue` says to a sender who asked first that it may send its body. Never rejects. */
  async handle(incoming: IncomingMessage, outgoing: ServerResponse, mayContinue?: () => void): Promise<void> {
    try {
      await this.#answer(incoming, outgoing, mayContinue);
    } catch (error) {
      const shown = isAppError(error) ? error : new AppError('internal_error', {});
      if (!isAppError(error)) this.#deps.onFailure(error);
      this.#refuse(incoming, outgoing, shown);
    }
  }

  async #answer(incoming: IncomingMessage, outgoing: ServerResponse, mayContinue?: () => void): Promise<void> {
    const [path = ''] = (incoming.url ?? '').split('?');
    if (incoming.method !== 'POST') {
      throw new AppError('method_not_allowed', {
        method: incoming.method ?? '',
        path: WEBHOOK_BASE,
        allowed: ['POST'],
      });
    }
    const { repeated, lookup } = readHeaders(incoming.rawHeaders);
    const twice = SINGLE.find((name) => repeated.has(name));
    if (twice !== undefined) throw new AppError('malformed_request', { reason: `the header ${twice} stands twice` });
    const { desk } = this.#deps;
    const admitted = await desk.admit({ path, headers: lookup, repeated });
    if (this.#reading >= READING_MAX || this.#held.bytes >= READING_BYTES_MAX) {
      throw desk.refuseBody(admitted, { why: 'too_many', bytes: 0 });
    }
    mayContinue?.();
    this.#reading += 1;
    let read: ReadBody;
    try {
      read = await readBody(incoming, {
        clock: this.#deps.clock,
        bytesMax: admitted.maxBodyBytes,
        held: this.#held,
      });
    } finally {
      this.#reading -= 1;
    }
    if (!read.ok) throw desk.refuseBody(admitted, read);
    const answer = await desk.take(admitted, read.body);
    if (answer.outcome === 'challenge') {
      return write(outgoing, { status: 200, type: 'text/plain; charset=utf-8', text: answer.text });
    }
    const { delivery, outcome } = answer;
    const body: z.output<typeof webhookReceipt> = {
      delivery_id: delivery.id,
      matched: delivery.matched ?? 0,
      run_ids: delivery.run_ids ?? [],
      duplicate: outcome === 'duplicate',
    };
    write(outgoing, { status: outcome === 'stored' ? 202 : 200, type: 'application/json', text: JSON.stringify(body) });
  }

  #refuse(incoming: IncomingMessage, outgoing: ServerResponse, error: AppError): void {
    if (outgoing.headersSent) return void outgoing.destroy();
    const isRead = incoming.complete;
    const reply = {
      status: error.status,
      type: 'application/problem+json',
      text: JSON.stringify(problemDocumentOf(error)),
      headers: { ...problemHeadersOf(error, this.#deps.clock.now()), ...(isRead ? {} : { connection: 'close' }) },
    };
    if (isRead) return write(outgoing, reply);
    // The whole answer, but not yet its end: ending closes the connection, and closing one with unread bytes makes the
    // system take the answer out of the sender's hands. What still comes meanwhile is dropped.
    begin(outgoing, reply);
    outgoing.write(reply.text);
    const end = (): void => {
      cancel();
      outgoing.end();
    };
    const cancel = this.#deps.clock.after(LINGER_MS, end);
    incoming.once('end', end);
    incoming.once('close', end);
    incoming.resume();
  }
}

interface WrittenReply {
  status: number;
  type: string;
  text: string;
  headers?: Readonly<Record<string, string>>;
}

/** Head and text travel in one packet. */
function write(outgoing: ServerResponse, p: WrittenReply): void {
  begin(outgoing, p);
  outgoing.end(p.text);
}

/** A list, which Node takes as it is; an object it would take apart for every reply. */
const SECURITY_LINES = Object.entries(SECURITY_HEADERS).flat();

function begin(outgoing: ServerResponse, p: WrittenReply): void {
  const { status, type, text } = p;
  const lines = [...SECURITY_LINES, 'content-type', type, 'content-length', String(Buffer.byteLength(text))];
  for (const [name, value] of Object.entries(p.headers ?? {})) lines.push(name, value);
  outgoing.writeHead(status, lines);
}

/** Node joins or drops repeated headers by rules of its own; who was misled by one must be found out here. */
function readHeaders(raw: readonly string[]): { lookup: HeaderLookup; repeated: Set<string> } {
  const values = new Map<string, string>();
  const repeated = new Set<string>();
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index]!.toLowerCase();
    const value = raw[index + 1]!;
    const before = values.get(name);
    if (before !== undefined) repeated.add(name);
    values.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return { lookup: (name) => values.get(name), repeated };
}

/** What all bodies that are being read hold together. */
interface Held {
  bytes: number;
}

type ReadBody = { ok: true; body: Buffer } | { ok: false; why: BodyTrouble; bytes: number };

/** Everything up to the limit, within the time; what is more is not kept. */
function readBody(incoming: IncomingMessage, p: { clock: Clock; bytesMax: number; held: Held }): Promise<ReadBody> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    let held = 0;
    const end = (result: ReadBody): void => {
      cancel();
      p.held.bytes -= held;
      incoming.off('data', take);
      incoming.off('end', finish);
      incoming.off('error', cutOff);
      incoming.off('close', cutOff);
      // Late errors of a connection that nobody reads any more.
      incoming.on('error', () => undefined);
      resolve(result);
    };
    const take = (chunk: Buffer): void => {
      bytes += chunk.byteLength;
      if (bytes > p.bytesMax) return end({ ok: false, why: 'too_large', bytes });
      held += chunk.byteLength;
      p.held.bytes += chunk.byteLength;
      if (p.held.bytes > READING_BYTES_MAX) return end({ ok: false, why: 'too_many', bytes });
      chunks.push(chunk);
    };
    const finish = (): void => end({ ok: true, body: chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, bytes) });
    const cutOff = (): void => end({ ok: false, why: 'cut_off', bytes });
    const cancel = p.clock.after(BODY_MS_MAX, () => end({ ok: false, why: 'too_slow', bytes }));
    incoming.on('data', take);
    incoming.on('end', finish);
    incoming.on('error', cutOff);
    incoming.on('close', cutOff);
  });
}
