/**
 * Signs and sends test deliveries, and says what keeps an endpoint from verifying. A test goes out over the network to
 * the daemon's own door, so that it proves everything that a sender depends on but the way to this machine.
 */
import type { SentWebhook, WebhookTools } from '../api/api-deps.ts';
import type { Clock } from '../clock/clock.ts';
import { AppError } from '../errors/app-error.ts';
import { sortableId } from '../model/identifiers.ts';
import type { Trigger } from '../model/trigger.ts';
import { SecretUnavailable, type SecretReferences } from '../secrets/secret-references.ts';
import { addressOf } from '../sources/webhook/address.ts';
import { schemeOf } from '../sources/webhook/scheme-of.ts';

/** Where the secret itself would stand in what is shown. */
const HIDDEN = '$WEBHOOK_SECRET';

export function webhookTools(p: {
  clock: Clock;
  secrets: SecretReferences;
  randomBytes: (count: number) => Uint8Array;
  /** The daemon's own address. */
  url: () => string;
  fetch: typeof fetch;
}): WebhookTools {
  return {
    async problemOf({ webhook_secret_ref: reference }) {
      return reference === undefined || reference === '' ? undefined : p.secrets.problemOf(reference);
    },

    async send({ trigger, body, event, dryRun }) {
      const path = addressOf(trigger);
      if (path === undefined) throw new AppError('not_a_webhook', { id: trigger.id });
      const secret = await secretOf(p.secrets, trigger);
      const now = p.clock.now();
      const bytes = Buffer.from(body, 'utf8');
      const scheme = schemeOf(trigger);
      const delivery_id = sortableId('delivery', { now, random: p.randomBytes(10) }).replace('dlv_', 'test_');
      const signed = scheme.sign({ secret, body: bytes, now, delivery_id, ...(event === undefined ? {} : { event }) });
      const headers = { 'Content-Type': contentTypeOf(body), ...signed };
      const url = p.url() + path;
      const shown = Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name, name === scheme.secret_header ? HIDDEN : value]),
      );
      const sent: SentWebhook = { url, headers: shown, curl: curlOf({ url, headers: shown, body }) };
      if (!dryRun) {
        const reply = await p.fetch(url, { method: 'POST', headers, body: bytes, redirect: 'error' });
        sent.reply = { status: reply.status, body: readReply(await reply.text()) };
      }
      return sent;
    },
  };
}

async function secretOf(secrets: SecretReferences, trigger: Trigger): Promise<string> {
  try {
    return await secrets.resolve(trigger.webhook_secret_ref ?? '');
  } catch (error) {
    if (error instanceof SecretUnavailable) throw new AppError('webhook_unavailable', { reason: error.message });
    throw error;
  }
}

function contentTypeOf(body: string): string {
  try {
    JSON.parse(body);
    return 'application/json';
  } catch {
    return 'text/plain; charset=utf-8';
  }
}

function readReply(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** For any POSIX shell. Only the placeholder of a secret stands where the shell fills it in. */
function curlOf(p: { url: string; headers: Record<string, string>; body: string }): string {
  const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
  const header = ([name, value]: [string, string]): string =>
    value === HIDDEN ? `-H "${name}: ${HIDDEN}"` : `-H ${quoted(`${name}: ${value}`)}`;
  return [
    `curl -X POST ${quoted(p.url)}`,
    ...Object.entries(p.headers).map(header),
    `--data-binary ${quoted(p.body)}`,
  ].join(' \\\n  ');
}
