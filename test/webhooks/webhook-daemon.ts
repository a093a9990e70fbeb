/** A real daemon with one webhook trigger per scheme, and senders that speak to it as their owners would, or worse. */
import { connect } from 'node:net';
import type { Trigger, WebhookSchemeName } from '../../src/model/trigger.ts';
import { schemeOf } from '../../src/sources/webhook/scheme-of.ts';
import { openScratchDaemon, type ScratchDaemon } from '../../src/testing/scratch-daemon.ts';

export const SECRET = 'planted-secret-of-a-sender-77';
export const PREVIOUS = 'planted-previous-secret-88';

const TRIGGERS = ['standard', 'timestamped', 'github', 'gitlab', 'stripe', 'slack', 'off', 'slow'] as const;
export type TriggerName = (typeof TRIGGERS)[number];

function triggerToml(name: TriggerName): string {
  const scheme = name === 'off' || name === 'slow' ? 'standard' : name;
  return `
[[automation.triggers]]
name = "${name}"
event = "webhook"
endpoint_slug = "${name}-hook"
webhook_id = "wbh_${name}"
webhook_scheme = "${scheme}"
webhook_secret_ref = "env:SENDER_SECRET"
webhook_previous_secret_ref = "env:SENDER_PREVIOUS"
agent = "${name === 'slow' ? 'nap' : 'cat'}"
enabled = ${name !== 'off'}
fire_limit = { max = 10000, window = "1h" }
prompt = 'Told: {{ json .Data }}'
`;
}

/**
 * The agent of `slow` sleeps where its prompt holds the word "hold", and else leaves its run's id in the file `marks`.
 */
export async function openWebhookDaemon(p: { settings?: string; marks?: string } = {}): Promise<ScratchDaemon> {
  return openScratchDaemon({
    environment: { ...process.env, SENDER_SECRET: SECRET, SENDER_PREVIOUS: PREVIOUS },
    config: `
${p.settings ?? '[webhooks]\nrate = { max = 100000, window = "1m" }'}

[agents.cat]
type = "command"
command = ["cat"]

[agents.nap]
type = "command"
command = ["sh", "-c", 'told=$(cat); case "$told" in *hold*) sleep 60;; esac; echo "$ROUSE_RUN_ID" >> "$MARKS"; echo done']
stop_grace = "100ms"
env = { MARKS = ${JSON.stringify(p.marks ?? '/dev/null')} }
${TRIGGERS.map((name) => triggerToml(name)).join('')}`,
  });
}

export function urlOf(daemon: ScratchDaemon, name: string): string {
  return `${daemon.url}/api/webhooks/global/${name}-hook--wbh_${name}`;
}

export interface SendParams {
  scheme?: WebhookSchemeName;
  secret?: string;
  id?: string;
  event?: string;
  now?: number;
  headers?: Record<string, string>;
}

export function signedHeaders(body: string | Buffer, p: SendParams = {}): Record<string, string> {
  const scheme = schemeOf({ webhook_scheme: p.scheme ?? 'standard' } satisfies Pick<Trigger, 'webhook_scheme'>);
  return {
    'content-type': 'application/json',
    ...scheme.sign({
      secret: p.secret ?? SECRET,
      body: Buffer.from(body),
      now: p.now ?? Date.now(),
      delivery_id: p.id ?? `msg_${(count += 1)}`,
      ...(p.event === undefined ? {} : { event: p.event }),
    }),
    ...p.headers,
  };
}
let count = 0;

export interface Answer {
  status: number;
  headers: Headers;
  body: {
    code?: string;
    delivery_id?: string;
    run_ids?: string[];
    matched?: number;
    duplicate?: boolean;
    detail?: string;
  };
  text: string;
}

export async function send(
  daemon: ScratchDaemon,
  name: string,
  body: string | Buffer,
  p: SendParams = {},
): Promise<Answer> {
  const scheme =
    (TRIGGERS as readonly string[]).includes(name) && name !== 'off' && name !== 'slow' ? name : 'standard';
  return post(urlOf(daemon, name), body, signedHeaders(body, { scheme: scheme as WebhookSchemeName, ...p }));
}

export async function post(url: string, body: string | Buffer, headers: Record<string, string>): Promise<Answer> {
  const reply = await fetch(url, {
    method: 'POST',
    body: typeof body === 'string' ? body : new Uint8Array(body),
    headers,
  });
  const text = await reply.text();
  let parsed: Answer['body'] = {};
  try {
    parsed = JSON.parse(text) as Answer['body'];
  } catch {
    // A challenge is answered with plain text.
  }
  return { status: reply.status, headers: reply.headers, body: parsed, text };
}

/** Writes bytes as they are; resolves with everything that came back when the other side closed, or `enough` held. */
export function raw(
  daemon: ScratchDaemon,
  chunks: readonly (string | Buffer)[],
  enough: (text: string) => boolean = () => false,
): Promise<string> {
  const { hostname, port } = new URL(daemon.url);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port) });
    let text = '';
    const end = (): void => {
      socket.destroy();
      resolve(text);
    };
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      if (enough(text)) end();
    });
    socket.on('error', end);
    socket.on('close', end);
    socket.on('connect', () => {
      for (const chunk of chunks) socket.write(chunk);
    });
  });
}

/** The head of a request, for `raw`. */
export function head(path: string, headers: readonly (readonly [string, string])[]): string {
  return `POST ${path} HTTP/1.1\r\nHost: x\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
}

export const isWhole = (text: string): boolean => /\r\n\r\n[^]*\}$/u.test(text);
export const statusOf = (text: string): number => Number(/^HTTP\/1\.1 (\d{3})/u.exec(text)?.[1] ?? 0);
