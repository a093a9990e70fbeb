/** What a conversation cost, put together from the prompt's response and the running reports. */
import type { RunUsage } from '../../model/run.ts';
import { asAmount, asRecord, asText } from '../wire-value.ts';

export class UsageAccount {
  #tokens: RunUsage = {};
  #costUsd: number | undefined;
  /** A continued session reports what it cost since its beginning; what was spent before us is not ours. */
  #costBeforeUsd = 0;

  /** `usage_update`: cost is cumulative for the session; `used` is the fill of the context, not consumption. */
  update(update: unknown): void {
    const cost = asRecord(asRecord(update)?.['cost']);
    const amount = asAmount(cost?.['amount']);
    // Other currencies are not converted: a wrong number would be taken for a budget.
    if (amount !== undefined && asText(cost?.['currency'])?.toUpperCase() === 'USD') this.#costUsd = amount;
  }

  /** From here on the cost is this run's. */
  beginPrompt(): void {
    this.#costBeforeUsd = this.#costUsd ?? 0;
  }

  /** The response of `session/prompt`. Cached input is input: it is read, and paid for, at its own price. */
  response(response: unknown): void {
    const usage = asRecord(asRecord(response)?.['usage']);
    if (usage === undefined) return;
    const input = ['inputTokens', 'cachedReadTokens', 'cachedWriteTokens'].map((name) => asAmount(usage[name]));
    const output = asAmount(usage['outputTokens']);
    if (input.some((amount) => amount !== undefined)) {
      this.#tokens.input_tokens = input.reduce<number>((sum, amount) => sum + (amount ?? 0), 0);
    }
    if (output !== undefined) this.#tokens.output_tokens = output;
  }

  /** Undefined when the agent reported nothing. */
  get total(): RunUsage | undefined {
    const cost = this.#costUsd;
    const total: RunUsage = {
      ...this.#tokens,
      ...(cost === undefined ? {} : { cost_usd: Math.max(0, cost - this.#costBeforeUsd) }),
    };
    return Object.keys(total).length === 0 ? undefined : total;
  }
}
