/**
 * The permission requests that an agent has open. Every one is answered, whatever happens: an agent that is told to
 * cancel while a request is open waits for ever otherwise.
 */
import type { RequestPermissionRequest, RequestPermissionResponse } from '@agentclientprotocol/sdk';
import type { PermissionAnswer, PermissionOption, PermissionRequest } from '../agent-driver.ts';
import { boundedDetail, boundedText, harmlessText } from '../bounded-text.ts';
import type { ToolCalls } from './tool-call.ts';

/** More at the same time are a malfunction; the rest is answered `cancelled` without troubling anybody. */
const OPEN_MAX = 32;
const OPTIONS_MAX = 32;
const TITLE_BYTES_MAX = 500;

const CANCELLED: RequestPermissionResponse = { outcome: { outcome: 'cancelled' } };

export class PermissionDesk {
  readonly #ask: (request: PermissionRequest, signal: AbortSignal) => Promise<PermissionAnswer>;
  readonly #notice: (text: string) => void;
  readonly #toolCalls: ToolCalls;
  readonly #closing = new AbortController();
  #open = 0;

  constructor(p: {
    ask(request: PermissionRequest, signal: AbortSignal): Promise<PermissionAnswer>;
    notice(text: string): void;
    toolCalls: ToolCalls;
  }) {
    this.#ask = (request, signal) => p.ask(request, signal);
    this.#notice = (text) => p.notice(text);
    this.#toolCalls = p.toolCalls;
  }

  /** From now on, and for all that are open, the answer is `cancelled`. */
  close(): void {
    this.#closing.abort();
  }

  /** `withdrawn` aborts when the agent takes the request back or is gone. */
  async request(params: RequestPermissionRequest, withdrawn: AbortSignal): Promise<RequestPermissionResponse> {
    if (this.#closing.signal.aborted) return CANCELLED;
    if (this.#open >= OPEN_MAX) {
      this.#notice(`More than ${OPEN_MAX} permission requests were open at once; one was answered "cancelled".`);
      return CANCELLED;
    }
    const request = this.#requestOf(params);
    const signal = AbortSignal.any([this.#closing.signal, withdrawn]);
    this.#open++;
    try {
      return this.#responseOf(request, await this.#answer(request, signal));
    } finally {
      this.#open--;
    }
  }

  /** Whichever comes first: the answer, or the end of the question. A failing dispatcher grants nothing. */
  async #answer(request: PermissionRequest, signal: AbortSignal): Promise<PermissionAnswer> {
    const { promise, resolve } = Promise.withResolvers<PermissionAnswer>();
    const cancelled = (): void => resolve({ outcome: 'cancelled' });
    signal.addEventListener('abort', cancelled, { once: true });
    try {
      Promise.try(() => this.#ask(request, signal)).then(resolve, (error: unknown) => {
        this.#notice(
          `A permission request could not be answered: ${error instanceof Error ? error.message : String(error)}`,
        );
        cancelled();
      });
      return await promise;
    } finally {
      signal.removeEventListener('abort', cancelled);
    }
  }

  #responseOf(request: PermissionRequest, answer: PermissionAnswer): RequestPermissionResponse {
    if (answer.outcome === 'cancelled') return CANCELLED;
    if (!request.options.some((option) => option.option_id === answer.option_id)) {
      this.#notice(
        `A permission request was answered "${answer.option_id}", which was not offered: "cancelled" was sent.`,
      );
      return CANCELLED;
    }
    return { outcome: { outcome: 'selected', optionId: answer.option_id } };
  }

  #requestOf(params: RequestPermissionRequest): PermissionRequest {
    const call = this.#toolCalls.describe(params.toolCall);
    const input = boundedDetail(call.input);
    return {
      title: boundedText(harmlessText(call.title.replace(/\s+/g, ' ').trim()), TITLE_BYTES_MAX),
      tool: boundedText(harmlessText(call.tool), TITLE_BYTES_MAX),
      ...(input === undefined ? {} : { input }),
      options: params.options.slice(0, OPTIONS_MAX).map(optionOf),
    };
  }
}

function optionOf(option: RequestPermissionRequest['options'][number]): PermissionOption {
  return {
    option_id: option.optionId,
    name: boundedText(harmlessText(option.name), TITLE_BYTES_MAX),
    kind: option.kind,
  };
}
