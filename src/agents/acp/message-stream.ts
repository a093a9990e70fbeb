/**
 * The framing between an agent's pipes and the SDK: one JSON-RPC message per line.
 *
 * Used instead of the SDK's own `ndJsonStream`, which answers every line that is not a message (so an agent that logs
 * to its standard output without reading its input blocks us both), logs to our console, and gives up the connection
 * over one long line of rubbish. Here rubbish is counted, its beginning remembered, and nothing is buffered of it.
 *
 * `session/update` is taken out here, in the order of the lines: through the SDK an update and the response that
 * follows it are handled in separate turns, and strict parsing would drop updates that are newer than the SDK.
 */
import type { Readable, Writable } from 'node:stream';
import type { AnyMessage, Stream } from '@agentclientprotocol/sdk';
import { asRecord, type WireRecord } from '../wire-value.ts';

/** A message may carry an image or a large file; this much and not more is held for one. */
const MESSAGE_BYTES_MAX = 32 * 1024 * 1024;
/** Answers that the agent does not read: beyond this we stop reading its requests. */
const UNREAD_BYTES_MAX = 1024 * 1024;
const SAMPLE_BYTES = 200;
const NEWLINE = 0x0a;
const BRACE = 0x7b;

/** Lines on standard output that were not messages for us. */
export interface Noise {
  lines: number;
  /** How the first one began. */
  sample: string;
}

export class MessageStream {
  readonly stream: Stream;
  readonly #input: Readable;
  readonly #output: Writable;
  readonly #onUpdate: (params: unknown) => void;
  readonly #onNoise: (noise: Noise) => void;
  #controller: ReadableStreamDefaultController<AnyMessage> | undefined;
  /** The requests we sent that are not answered yet: a response to anything else means nothing. */
  readonly #asked = new Set<string | number>();
  #line: Buffer[] = [];
  #lineBytes = 0;
  /** What the line being read turned out to be by its first byte; rubbish is not kept. */
  #lineIs: 'unknown' | 'message' | 'noise' = 'unknown';
  #noise: Noise = { lines: 0, sample: '' };
  #closed = false;
  #failure: string | undefined;

  constructor(p: {
    input: Readable;
    output: Writable;
    /** A `session/update` notification's parameters, as they came. */
    onUpdate(params: unknown): void;
    /** Called once, at the first line that is not a message. */
    onNoise(noise: Noise): void;
  }) {
    this.#input = p.input;
    this.#output = p.output;
    this.#onUpdate = (params) => p.onUpdate(params);
    this.#onNoise = (noise) => p.onNoise(noise);
    this.stream = {
      readable: new ReadableStream<AnyMessage>({
        start: (controller) => {
          this.#controller = controller;
        },
      }),
      writable: new WritableStream<AnyMessage>({ write: (message) => this.#write(message) }),
    };
    p.input.on('data', (bytes: Buffer) => this.#read(bytes));
    p.input.once('end', () => this.#end());
    p.input.once('close', () => this.close());
    // Who can no longer read our answers is no longer held back for not reading them.
    p.output.once('close', () => this.#input.resume());
  }

  get noise(): Noise {
    return this.#noise;
  }

  /** Why we closed it ourselves, where we did. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** Ends the conversation's side; what the agent still prints is read and thrown away. */
  close(error?: Error): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#failure = error?.message;
    this.#line = [];
    // The SDK may have cancelled its side already; then there is nobody to tell.
    try {
      if (error === undefined) this.#controller?.close();
      else this.#controller?.error(error);
    } catch {
      // As said.
    }
    this.#input.resume();
  }

  #write(message: AnyMessage): void {
    if ('method' in message && 'id' in message && message.id !== null) this.#asked.add(message.id);
    // An agent that closed its input may still be about to answer: only its output says that it is over.
    if (!this.#output.writable) return;
    this.#output.write(`${JSON.stringify(message)}\n`);
    if (this.#output.writableLength <= UNREAD_BYTES_MAX || this.#closed || this.#input.isPaused()) return;
    this.#input.pause();
    this.#output.once('drain', () => this.#input.resume());
  }

  #read(bytes: Buffer): void {
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
      this.#append(bytes.subarray(start, end));
      this.#endLine();
      start = end + 1;
    }
    if (start < bytes.length) this.#append(bytes.subarray(start));
  }

  #append(piece: Buffer): void {
    if (this.#closed || piece.length === 0) return;
    if (this.#lineIs === 'unknown') {
      const first = piece.find((byte) => byte !== 0x20 && byte !== 0x09 && byte !== 0x0d);
      if (first !== undefined) this.#lineIs = first === BRACE ? 'message' : 'noise';
    }
    if (this.#lineIs === 'noise') {
      if (this.#lineBytes < SAMPLE_BYTES) this.#line.push(Buffer.from(piece.subarray(0, SAMPLE_BYTES)));
      this.#lineBytes += piece.length;
      return;
    }
    this.#lineBytes += piece.length;
    this.#line.push(piece);
    if (this.#lineBytes > MESSAGE_BYTES_MAX) {
      this.close(new Error(`sent a message of more than ${MESSAGE_BYTES_MAX} bytes`));
    }
  }

  #endLine(): void {
    const is = this.#lineIs;
    const line = this.#line.length === 1 ? this.#line[0]! : Buffer.concat(this.#line);
    this.#line = [];
    this.#lineBytes = 0;
    this.#lineIs = 'unknown';
    if (this.#closed || is === 'unknown') return;
    const message = is === 'message' ? parse(line) : undefined;
    if (message === undefined || !this.#take(message)) this.#countNoise(line);
  }

  /** Whether the message was for us. */
  #take(message: WireRecord): boolean {
    if (message['jsonrpc'] !== '2.0') return false;
    const id = message['id'];
    if (typeof message['method'] === 'string') {
      if (message['method'] === 'session/update' && id === undefined) this.#onUpdate(message['params']);
      else this.#controller?.enqueue(message as unknown as AnyMessage);
      return true;
    }
    if ((typeof id !== 'string' && typeof id !== 'number') || !this.#asked.delete(id)) return false;
    this.#controller?.enqueue(message as unknown as AnyMessage);
    return true;
  }

  #countNoise(line: Buffer): void {
    if (this.#noise.lines++ > 0) return;
    const sample = new TextDecoder().decode(line.subarray(0, SAMPLE_BYTES)).trim();
    this.#noise.sample = sample;
    this.#onNoise(this.#noise);
  }

  #end(): void {
    // An agent may have died behind its last message but before the line's end.
    this.#endLine();
    this.close();
  }
}

function parse(line: Buffer): WireRecord | undefined {
  try {
    return asRecord(JSON.parse(line.toString('utf8')));
  } catch {
    return undefined;
  }
}
