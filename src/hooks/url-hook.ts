/** Carries a hook out as a request, signed as Standard Webhooks where a secret is given. */
import type { Clock } from '../clock/clock.ts';
import { delay } from '../clock/clock.ts';
import { harmlessText } from '../agents/bounded-text.ts';
import { signStandardWebhook } from '../signing/standard-webhooks.ts';
import { ANSWER_BYTES_MAX, type HookResult, type HookTelling, said } from './hook-result.ts';

/** The receiver says that it will never want this again. */
const GONE = 410;

export interface UrlHookDeps {
  clock: Clock;
  fetch: typeof fetch;
}

export async function runUrlHook(
  deps: UrlHookDeps,
  p: { url: string; secret: string | undefined; timeoutMs: number; telling: HookTelling },
): Promise<HookResult> {
  const { clock } = deps;
  const { telling } = p;
  const body = Buffer.from(telling.body, 'utf8');
  const signed =
    p.secret === undefined ? {} : signStandardWebhook({ secret: p.secret, id: telling.id, now: clock.now(), body });
  const over = new AbortController();
  const enough = new AbortController();
  const timeout = delay(clock, p.timeoutMs, enough.signal).then(() => over.abort());
  const signal = AbortSignal.any([over.signal, ...(telling.signal === undefined ? [] : [telling.signal])]);
  try {
    const reply = await deps.fetch(p.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'rouse', 'webhook-id': telling.id, ...signed },
      body: new Uint8Array(body),
      // What is meant for one address is not sent to another.
      redirect: 'manual',
      signal,
    });
    const answer = await readBounded(reply);
    if (answer === undefined)
      return { ok: false, answer: '', detail: `it answered with more than ${ANSWER_BYTES_MAX} bytes` };
    if (reply.ok) return { ok: true, answer, detail: `it answered ${reply.status}` };
    const detail = `it answered ${reply.status}${said(answer)}`;
    return { ok: false, answer: '', detail, ...(reply.status === GONE ? { final: true } : {}) };
  } catch (error) {
    if (telling.signal?.aborted === true) return { ok: false, answer: '', detail: 'it was ended with its run' };
    if (over.signal.aborted) return { ok: false, answer: '', detail: `it took longer than ${p.timeoutMs / 1000} s` };
    return { ok: false, answer: '', detail: `it cannot be reached: ${reasonOf(error)}` };
  } finally {
    enough.abort();
    await timeout;
  }
}

async function readBounded(reply: Response): Promise<string | undefined> {
  if (reply.body === null) return '';
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of reply.body as unknown as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > ANSWER_BYTES_MAX) return undefined;
    chunks.push(chunk);
  }
  return harmlessText(Buffer.concat(chunks).toString('utf8'));
}

/** `fetch` says only "fetch failed"; what happened is its cause. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message || cause.name : String(cause);
}
