/**
 * What a reader of events (a preset, the HTTP adapter) writes down: entries for the transcript, the final answer, usage, the program's own
 * session, its failure. The final answer is what was said after the last tool call, or, when nothing was, what was said
 * last before it; the same rule as for agents that speak ACP.
 */
import { OUTPUT_BYTES_MAX, type AgentOutcome } from './agent-driver.ts';
import { boundedText, harmlessText, HeadTailText } from './bounded-text.ts';
import type { EntrySink } from './entry-sink.ts';
import type { EpochMs } from '../model/instant.ts';
import type { RunUsage } from '../model/run.ts';
import { usageLimitUntil, type ToldError } from './usage-limit.ts';

const FAILURE_BYTES_MAX = 2_000;
const SPEAKS_OF_LOGIN =
  /not logged in|log ?in again|please (?:run )?\/?log ?in|unauthori[sz]ed|\b401\b|invalid api key|api key (?:not|is)|authentication/i;

/** What was read of a conversation. */
export type Answer = Pick<
  AgentOutcome,
  'output' | 'usage' | 'agent_session_id' | 'usage_limit_until' | 'stop_detail'
> & {
  /** The agent says that it failed, in a sentence, however it ends. */
  failure?: string;
};

export interface Tool {
  id: string;
  tool: string;
  title: string;
  input?: unknown;
}

export class AnswerSheet {
  readonly #sink: EntrySink;
  readonly #now: () => EpochMs;
  readonly #zone: string | undefined;
  readonly #onUsage: (usage: RunUsage) => void;
  readonly #login: string;
  readonly #answer = new HeadTailText(OUTPUT_BYTES_MAX);
  #answerEnded = false;
  #sessionId: string | undefined;
  #usage: RunUsage | undefined;
  #failure: string | undefined;
  #limitUntil: EpochMs | undefined;
  #stopDetail: string | undefined;

  constructor(p: {
    sink: EntrySink;
    now(): EpochMs;
    /** The zone in which the program tells wall times. */
    zone: string | undefined;
    /** What to do when the program is not logged in. */
    login: string;
    onUsage(usage: RunUsage): void;
  }) {
    this.#sink = p.sink;
    this.#now = () => p.now();
    this.#zone = p.zone;
    this.#login = p.login;
    this.#onUsage = (usage) => p.onUsage(usage);
  }

  session(id: string | undefined): void {
    this.#sessionId = id ?? this.#sessionId;
  }

  /** A message, or, with `goesOn`, the next piece of one. */
  say(text: string, p: { goesOn?: boolean; subagent?: boolean } = {}): void {
    if (text === '') return;
    if (p.goesOn === true) this.#sink.stream('message', text);
    else this.#sink.report({ kind: 'message', text });
    if (p.subagent === true) return;
    if (this.#answerEnded) this.#answer.clear();
    else if (this.#answer.totalBytes > 0 && p.goesOn !== true) this.#answer.push('\n\n');
    this.#answerEnded = false;
    this.#answer.push(harmlessText(text));
  }

  /** The program names its final answer: nothing else is. */
  answer(text: string): void {
    this.#answer.clear();
    this.#answerEnded = false;
    this.#answer.push(harmlessText(text));
  }

  /** The whole answer, which may have been said already. */
  conclude(text: string): void {
    if (this.#answer.text() !== harmlessText(text)) this.#sink.report({ kind: 'message', text });
    this.answer(text);
  }

  think(text: string): void {
    if (text !== '') this.#sink.report({ kind: 'thought', text });
  }

  toolCall({ id, tool, title, input }: Tool): void {
    this.#answerEnded = true;
    const detail = { tool_call_id: id, tool, title, status: 'in_progress', ...(input === undefined ? {} : { input }) };
    this.#sink.report({ kind: 'tool_call', text: title, detail });
  }

  toolResult(p: { id: string; tool: string; text: string; failed: boolean }): void {
    this.#answerEnded = true;
    const status = p.failed ? 'failed' : 'completed';
    const text = p.text === '' ? `${p.tool}: ${status}` : p.text;
    this.#sink.report({ kind: 'tool_result', text, detail: { tool_call_id: p.id, tool: p.tool, status } });
  }

  plan(text: string): void {
    this.#sink.report({ kind: 'plan', text });
  }

  notice(text: string): void {
    this.#sink.report({ kind: 'notice', text });
  }

  /** Totals of this run so far. */
  use(usage: RunUsage): void {
    this.#usage = usage;
    this.#onUsage(usage);
  }

  /** The account is exhausted until then, where the program says so in a number. */
  exhausted(until: EpochMs): void {
    if (until > this.#now()) this.#limitUntil = until;
  }

  /** The program says that it failed. The first failure is the cause, the rest its consequences. */
  fail(error: ToldError): void {
    this.#limitUntil ??= usageLimitUntil({ error, now: this.#now(), zone: this.#zone });
    const message = boundedText(harmlessText(error.message.trim()), FAILURE_BYTES_MAX);
    const login = SPEAKS_OF_LOGIN.test(message) ? ` ${this.#login}` : '';
    this.#failure ??= `The agent reports: ${message || 'an error without words'}${login}`;
  }

  stopDetail(text: string): void {
    this.#stopDetail = text;
  }

  finish(): Answer {
    const limit = this.#failure === undefined ? undefined : this.#limitUntil;
    return {
      output: this.#failure === undefined ? this.#answer.text() : '',
      ...(this.#usage === undefined ? {} : { usage: this.#usage }),
      ...(this.#sessionId === undefined ? {} : { agent_session_id: this.#sessionId }),
      ...(this.#failure === undefined ? {} : { failure: this.#failure }),
      ...(this.#stopDetail === undefined ? {} : { stop_detail: this.#stopDetail }),
      ...(limit === undefined ? {} : { usage_limit_until: limit }),
    };
  }
}
