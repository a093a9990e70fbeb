/** What the configuration says right now, for whoever asks: as it was at the start, and then as its keeper last applied it. */
import type { ConfigProblem } from '../config/config-problem.ts';
import type { LoadedConfig } from '../config/load-config.ts';
import type { EngineSettings } from '../engine/engine-context.ts';
import type { WebhookSettings } from '../sources/webhook/delivery-desk.ts';
import type { ConfigKeeper } from './config-keeper.ts';

export class SettingsInForce {
  readonly #first: LoadedConfig;
  #keeper: ConfigKeeper | undefined;

  constructor(first: LoadedConfig) {
    this.#first = first;
  }

  follow(keeper: ConfigKeeper): void {
    this.#keeper = keeper;
  }

  get config(): LoadedConfig {
    return this.#keeper?.current ?? this.#first;
  }

  get problems(): readonly ConfigProblem[] {
    return this.#keeper?.problems ?? this.#first.problems;
  }

  get formerTimezone(): string | undefined {
    return this.#keeper?.formerTimezone;
  }

  /** Looks at the files again; nothing before there is a keeper. */
  async reload(): Promise<void> {
    await this.#keeper?.reload();
  }

  engine(): EngineSettings {
    const { automation, daemon, retention } = this.config;
    return {
      timezone: automation.timezone,
      maxConcurrentJobs: automation.max_concurrent_jobs,
      ownMax: daemon.max_concurrent_jobs,
      maxConcurrentPerWorkspace: automation.max_concurrent_per_workspace,
      catchUpSpreadMs: automation.catch_up_spread_ms,
      daily: { tokens: automation.budget.daily_tokens, costUsd: automation.budget.daily_cost_usd },
      maxDepth: automation.max_depth,
      eventsMaxAgeMs: retention.events.max_age_ms,
      deliveriesMaxAgeMs: retention.deliveries.max_age_ms,
    };
  }

  webhooks(): WebhookSettings {
    const { max_body_bytes, rate, tolerance_ms } = this.config.webhooks;
    return {
      maxBodyBytes: max_body_bytes,
      rate: { max: rate.max, windowMs: rate.window_ms },
      toleranceMs: tolerance_ms,
    };
  }
}
