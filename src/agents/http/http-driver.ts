/**
 * Carries a prompt to a URL: one signed POST, whose reply is the conversation, streamed or whole. There is no process of
 * ours, so nothing can be left running; a stop closes the connection, which is how the other side hears of it.
 *
 * Until the request has been sent everything that goes wrong is `not_started`; afterwards the other side may have begun
 * to work, so it is `broken`.
 */
import type { IncomingMessage } from 'node:http';
import { delay, type Clock } from '../../clock/clock.ts';
import { signStandardWebhook } from '../../signing/standard-webhooks.ts';
import type { AgentDriver, AgentOutcome, AgentReadiness, AgentStart } from '../agent-driver.ts';
import { AnswerSheet } from '../answer-sheet.ts';
import { boundedText, harmlessText } from '../bounded-text.ts';
import { beginConversation, neverSpawned, recordingFailed, STOPPED_BEFORE_START } from '../conversation.ts';
import { EntrySink } from '../entry-sink.ts';
import { readText } from '../output-text.ts';
import type { StopRequest } from '../stop-request.ts';
import { usageLimitUntil } from '../usage-limit.ts';
import { sendRequest, type Exchange } from './http-request.ts';
import { replyReader } from './reply-reader.ts';

export interface HttpDriverOptions {
  clock: Clock;
  /** The signing secret behind a reference; rejects with an error that names the reference. */
  secretOf(reference: string): Promise<string>;
  version: string;
  /** The most that one conversation reports, in bytes. */
  reportedBytesMax?: number;
}

const CHECK_MS_MAX = 10_000;
const REFUSAL_BYTES_MAX = 1_000;
/** The agent's own variables that say for what it is woken; they travel as fields. */
const TOLD = /^ROUSE_(RUN_ID|FIRE_ID|JOB_ID|TRIGGER_ID|AUTOMATION|SCHEDULED_AT|ATTEMPT|EVENT_ID)$/;

export function createHttpDriver(options: HttpDriverOptions): AgentDriver {
  return {
    type: 'http',
    check: (p) => check(options, p),
    start: (p) => beginConversation((stop) => converse(options, p, stop)),
  };
}

/** Any answer at all says that somebody is there; HEAD asks for nothing and costs nothing. */
async function check(
  options: HttpDriverOptions,
  { agent }: Parameters<AgentDriver['check']>[0],
): Promise<AgentReadiness> {
  const secret = await secretFor(options, agent.secret_ref);
  if ('problem' in secret)
    return { ready: false, problem: secret.problem, hint: 'Set the secret behind `secret_ref`.' };
  const exchange = sendRequest({ url: agent.url, method: 'HEAD', headers: {}, body: new Uint8Array() });
  const enough = new AbortController();
  const late = delay(options.clock, CHECK_MS_MAX, enough.signal).then(() => undefined);
  try {
    const reply = await Promise.race([exchange.reply, late]);
    if (reply === undefined) {
      return {
        ready: false,
        problem: `${shown(agent.url)} did not answer within 10 s.`,
        hint: 'Is the agent running?',
      };
    }
    reply.resume();
    return { ready: true, detail: `answers with HTTP ${reply.statusCode}` };
  } catch (error) {
    const problem = `${shown(agent.url)} cannot be reached: ${(error as Error).message}.`;
    return { ready: false, problem, hint: 'Start the agent, or correct `url`.' };
  } finally {
    enough.abort();
    exchange.abort();
  }
}

async function converse(options: HttpDriverOptions, p: AgentStart, stop: StopRequest): Promise<AgentOutcome> {
  const secret = await secretFor(options, p.agent.secret_ref);
  if ('problem' in secret) return neverSpawned({ ended: 'not_started', error: secret.problem });
  if (stop.requested) return neverSpawned({ ended: 'stopped', error: STOPPED_BEFORE_START });
  const body = Buffer.from(JSON.stringify(bodyOf(p)));
  const id = p.env['ROUSE_RUN_ID'] ?? p.token;
  const signature =
    secret.value === undefined ? {} : signStandardWebhook({ secret: secret.value, id, now: options.clock.now(), body });
  const exchange = sendRequest({
    url: p.agent.url,
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'text/event-stream, application/x-ndjson, application/json;q=0.9, text/plain;q=0.8',
      'user-agent': `rouse/${options.version}`,
      ...signature,
    },
    body,
  });
  return new HttpConversation({ options, start: p, stop, exchange }).run();
}

/** Without a reference nothing is signed. */
async function secretFor(
  options: HttpDriverOptions,
  reference: string,
): Promise<{ value: string | undefined } | { problem: string }> {
  if (reference === '') return { value: undefined };
  try {
    return { value: await options.secretOf(reference) };
  } catch (error) {
    return { problem: `The request cannot be signed: ${(error as Error).message}` };
  }
}

function bodyOf(p: AgentStart): Record<string, unknown> {
  const told = Object.entries(p.env).flatMap(([name, value]) => {
    const field = TOLD.exec(name)?.[1]?.toLowerCase();
    return field === undefined ? [] : [[field, field === 'attempt' ? Number(value) : value] as const];
  });
  return {
    ...Object.fromEntries(told),
    prompt: p.prompt,
    ...(p.resumeSessionId === undefined ? {} : { session_id: p.resumeSessionId }),
  };
}

class HttpConversation {
  readonly #p: { options: HttpDriverOptions; start: AgentStart; stop: StopRequest; exchange: Exchange };
  readonly #sink: EntrySink;
  readonly #sheet: AnswerSheet;

  constructor(p: { options: HttpDriverOptions; start: AgentStart; stop: StopRequest; exchange: Exchange }) {
    this.#p = p;
    this.#sink = new EntrySink({
      clock: p.options.clock,
      onEntry: (entry) => p.start.onEntry(entry),
      bytesMax: p.options.reportedBytesMax,
    });
    this.#sheet = new AnswerSheet({
      sink: this.#sink,
      now: () => p.options.clock.now(),
      zone: undefined,
      login: 'Check what the agent behind the URL asks for.',
      onUsage: (usage) => this.#sink.guard(() => p.start.onUsage?.(usage)),
    });
  }

  async run(): Promise<AgentOutcome> {
    const { exchange, stop, start } = this.#p;
    const ended = Promise.race([stop.wait(), this.#sink.failure]).then(() => 'ended' as const);
    // Who answers before it has read everything was reached all the same.
    const replied = exchange.reply.then(
      () => 'sent' as const,
      (error: Error) => error,
    );
    const first = await Promise.race([exchange.sent.then(() => 'sent' as const), replied, ended]);
    if (first === 'ended') {
      exchange.abort();
      return this.#settle({ ended: 'stopped', error: STOPPED_BEFORE_START });
    }
    if (first !== 'sent') {
      return this.#settle({
        ended: 'not_started',
        error: `${shown(start.agent.url)} cannot be reached: ${first.message}.`,
      });
    }
    this.#sink.guard(() => start.onStarted({}));
    const outcome = await Promise.race([this.#untilEnd(), ended]);
    exchange.abort();
    if (outcome !== 'ended') return this.#settle(outcome);
    return this.#settle({ ended: 'stopped', error: 'The run was stopped; its request was closed.' });
  }

  async #untilEnd(): Promise<Ending> {
    let reply: IncomingMessage;
    try {
      reply = await this.#p.exchange.reply;
    } catch (error) {
      return { ended: 'broken', error: `The connection broke before the agent answered: ${(error as Error).message}.` };
    }
    const status = reply.statusCode ?? 0;
    if (status < 200 || status > 299) return this.#refused(reply, status);
    const reader = replyReader({ contentType: reply.headers['content-type'] ?? 'text/plain', sheet: this.#sheet });
    readText(reply, (text) => reader.read(text));
    const complete = await whenClosed(reply);
    const answer = reader.finish();
    if (answer.failure !== undefined) return { ...answer, ended: 'broken', error: answer.failure };
    if (!complete) return { ...answer, ended: 'broken', error: 'The connection broke in the middle of the answer.' };
    return { ...answer, ended: 'answered', stop_reason: 'end_turn' };
  }

  async #refused(reply: IncomingMessage, status: number): Promise<Ending> {
    let text = '';
    readText(reply, (piece) => {
      if (text.length < REFUSAL_BYTES_MAX) text += piece;
    });
    await whenClosed(reply);
    const words = boundedText(harmlessText(text.trim()), REFUSAL_BYTES_MAX);
    const what = status >= 300 && status < 400 ? 'a redirect, which is not followed' : `HTTP ${status}`;
    const message = `The agent answered with ${what}${words === '' ? '' : `: ${words}`}.${hintFor(status)}`;
    const retryAfter = reply.headers['retry-after'];
    const until =
      status === 429
        ? usageLimitUntil({
            error: { code: 429, message, data: retryAfter === undefined ? undefined : retryData(retryAfter) },
            now: this.#p.options.clock.now(),
          })
        : undefined;
    return { ended: 'broken', error: message, ...(until === undefined ? {} : { usage_limit_until: until }) };
  }

  #settle(ending: Ending): AgentOutcome {
    const answer = this.#sheet.finish();
    this.#sink.close();
    const { failure: _failure, ...rest } = { ...answer, ...ending };
    const failed = this.#sink.failed;
    return {
      ...rest,
      ...(failed === undefined ? {} : { ended: 'broken', error: recordingFailed(failed) }),
      gone: true,
    };
  }
}

type Ending = Pick<AgentOutcome, 'ended' | 'error' | 'stop_reason' | 'usage_limit_until'> & { failure?: string };

/** Seconds, or a date. */
function retryData(retryAfter: string): Record<string, string> {
  return /^\d+$/.test(retryAfter) ? { retry_after: retryAfter } : { retry_at: retryAfter };
}

function hintFor(status: number): string {
  if (status === 401 || status === 403) return ' Does it know the secret behind `secret_ref`?';
  if (status === 404 || status === 405) return ' Is the `url` right? Rouse sends a POST.';
  return '';
}

/** Whether the reply came to its end; a connection that breaks closes it without one. */
function whenClosed(reply: IncomingMessage): Promise<boolean> {
  return new Promise((resolve) => {
    reply.once('error', () => {});
    reply.once('close', () => resolve(reply.complete));
  });
}

/** Without what stands in its user part or its query: keys are often written there. */
function shown(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}
