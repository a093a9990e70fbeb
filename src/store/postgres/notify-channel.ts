/**
 * The channel between nodes, on LISTEN and NOTIFY over a connection of its own. Not in the transactions that make things
 * happen: the server lets transactions that notify commit one after the other, and that would be the whole cluster. A
 * connection that broke is opened again, for as long as it takes; what was told meanwhile is missed, and that is said.
 */
import type pg from 'pg';
import { type Clock, delay } from '../../clock/clock.ts';
import { CHANNEL_BYTES_MAX, type NodeChannel } from '../node-channel.ts';
import { clientOptions } from './database.ts';
import type { DatabaseOptions } from './database.ts';
import { ServerClient } from './server-client.ts';

const CHANNEL = 'rouse';
/** Texts that wait to be told; beyond, the oldest go: whoever hears the newest looks at everything anyway. */
const WAITING_MAX = 1000;
const RECONNECT_MS = 1000;
/** A dead connection says nothing by itself; asking this often finds out. */
const PULSE_MS = 10_000;
const ANSWER_TIMEOUT_MS = 5000;

export class NotifyChannel implements NodeChannel {
  readonly #options: DatabaseOptions;
  readonly #clock: Clock;
  readonly #node: string;
  readonly #listeners = new Set<(heard: { text: string } | { missed: true }) => void>();
  readonly #closing = new AbortController();
  readonly #waiting: string[] = [];
  #client: pg.Client | undefined;
  #sending = false;
  #loop: Promise<void>;

  /** `node` tells our own words from those of others. */
  constructor(p: { options: DatabaseOptions; clock: Clock; node: string }) {
    this.#options = p.options;
    this.#clock = p.clock;
    this.#node = p.node;
    this.#loop = this.#run();
  }

  tell(text: string): void {
    if (Buffer.byteLength(text) > CHANNEL_BYTES_MAX) return;
    if (this.#waiting.length >= WAITING_MAX) this.#waiting.shift();
    this.#waiting.push(text);
    void this.#send();
  }

  listen(listener: (heard: { text: string } | { missed: true }) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#client?.end().catch(() => undefined);
    await this.#loop;
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    for (let isFirst = true; !signal.aborted; isFirst = false) {
      if (!isFirst) await delay(this.#clock, RECONNECT_MS, signal);
      await this.#listenOnce({ isFirst }).catch(() => undefined);
    }
  }

  /** Resolves when the connection is over. */
  async #listenOnce(p: { isFirst: boolean }): Promise<void> {
    const options = clientOptions(this.#options);
    const client = new ServerClient({ ...options, connectionTimeoutMillis: 5000, query_timeout: ANSWER_TIMEOUT_MS });
    const over = new Promise<void>((resolve) => {
      client.on('error', () => resolve());
      client.on('end', () => resolve());
    });
    client.on('notification', ({ payload }) => this.#hear(payload ?? ''));
    try {
      await client.connect();
      await client.query(`listen ${CHANNEL}`);
      this.#client = client;
      if (!p.isFirst) this.#say({ missed: true });
      void this.#send();
      await this.#watch(client, over);
    } finally {
      this.#client = undefined;
      void client.end().catch(() => undefined);
    }
  }

  /** Asks again and again whether the server is still there, until it is not. */
  async #watch(client: pg.Client, over: Promise<void>): Promise<void> {
    const lost = new AbortController();
    void over.then(() => lost.abort());
    const ended = AbortSignal.any([lost.signal, this.#closing.signal]);
    while (!ended.aborted) {
      await delay(this.#clock, PULSE_MS, ended);
      if (!ended.aborted) await client.query('select 1');
    }
  }

  #hear(payload: string): void {
    const end = payload.indexOf(' ');
    if (payload.slice(0, end) !== this.#node) this.#say({ text: payload.slice(end + 1) });
  }

  #say(heard: { text: string } | { missed: true }): void {
    for (const listener of this.#listeners) listener(heard);
  }

  /** One after the other, over the same connection; what cannot be told now is told when it is back. */
  async #send(): Promise<void> {
    if (this.#sending) return;
    this.#sending = true;
    try {
      while (this.#client !== undefined && this.#waiting.length > 0) {
        const texts = this.#waiting.splice(0, 50);
        const payloads = texts.map((text) => `${this.#node} ${text}`);
        await this.#client.query('select pg_notify($1, text) from unnest($2::text[]) as text', [CHANNEL, payloads]);
      }
    } catch {
      // The connection is over, and its loop knows.
    } finally {
      this.#sending = false;
    }
  }
}
