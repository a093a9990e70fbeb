/** What a conversation cost, put together from the prompt's response and the running reports. */
import type { RunUsage } from '../../model/run.ts';
import { asAmount, asRecord, asText } from '../wire-value.ts';

/** Sums of binary fractions differ in their last digits. */
const ROUNDING_USD = 1e-9;

export class UsageAccount {
  #tokens: RunUsage = {};
  #costUsd: number | undefined;
  /** A continued session reports what it cost since its beginning; what was spent before us is not ours. */
  #costBeforeUsd: number | undefined;
  /** The same by our own account, for agents that say nothing of it before the prompt. */
  #costKnownUsd = 0;

  /** `usage_update`: cost is cumulative for the session; `used` is the fill of the context, not consumption. */
  update(update: unknown): void {
    const cost = asRecord(asRecord(update)?.['cost']);
    const amount = asAmount(cost?.['amount']);
    // Other currencies are not converted: a wrong number would be taken for a budget.
    if (amount !== undefined && asText(cost?.['currency'])?.toUpperCase() === 'USD') this.#costUsd = amount;
  }

  /** From here on the cost is this run's; `resumedCostUsd` is what the conversation had cost before. */
  beginPrompt(p: { resumedCostUsd: number }): void {
    this.#costBeforeUsd = this.#costUsd;
    this.#costKnownUsd = p.resumedCostUsd;
  }

  /** The response of `session/prompt`. Cached input is input: it is read, and paid for, at its own price. */
  response(response: unknown): void {
    const usage = asRecord(asRecord(response)?.['usage']);
    if (usage === undefined) return this.#quota(response);
    const input = ['inputTokens', 'cachedReadTokens', 'cachedWriteTokens'].map((name) => asAmount(usage[name]));
    const output = asAmount(usage['outputTokens']);
    if (input.some((amount) => amount !== undefined)) {
      this.#tokens.input_tokens = input.reduce<number>((sum, amount) => sum + (amount ?? 0), 0);
    }
    if (output !== undefined) this.#tokens.output_tokens = output;
  }

  /** Gemini CLI has no `usage`, but says the same in a corner of its own. */
  #quota(response: unknown): void {
    const counts = asRecord(asRecord(asRecord(asRecord(response)?.['_meta'])?.['quota'])?.['token_count']);
    const input = asAmount(counts?.['input_tokens']);
    const output = asAmount(counts?.['output_tokens']);
    if (input !== undefined) this.#tokens.input_tokens = input;
    if (output !== undefined) this.#tokens.output_tokens = output;
  }

  /** A sum that is smaller than what we know of is none: then the agent counts each run on its own. */
  #costBefore(cost: number): number {
    const known = cost >= this.#costKnownUsd - ROUNDING_USD ? this.#costKnownUsd : 0;
    return this.#costBeforeUsd ?? known;
  }

  /** Undefined when the agent reported nothing. */
  get total(): RunUsage | undefined {
    const cost = this.#costUsd;
    const total: RunUsage = {
      ...this.#tokens,
      ...(cost === undefined ? {} : { cost_usd: Math.max(0, cost - this.#costBefore(cost)) }),
    };
    return Object.keys(total).length === 0 ? undefined : total;
  }
}
