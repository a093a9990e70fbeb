/** What configuration says about the daemon as a whole, every default filled in. Durations in milliseconds, null = none. */
import {
  automationSettingKeys,
  daemonKeys,
  mcpKeys,
  retentionKeys,
  storeKeys,
  webhookKeys,
} from './keys/section-keys.ts';
import { table } from './key-table.ts';
import type { CatchUpPolicy } from '../model/schedule/schedule-spec.ts';
import type { LogLevel } from '../model/log-level.ts';
import type { McpApproval } from '../model/mcp-approval.ts';
import type { FireLimitConfig } from '../model/fire-limit-config.ts';
import type { ValuesOf } from './key-table.ts';

export interface DaemonSettings {
  host: string;
  port: number;
  log_level: LogLevel;
  insecure_http: boolean;
  allowed_hosts: readonly string[];
  /** Empty: the name of the machine. */
  node: string;
  labels: readonly string[];
  /** 0 = no own cap. */
  max_concurrent_jobs: number;
  shutdown_grace_ms: number;
  heartbeat_url: string | null;
  traces_url: string | null;
}

interface StoreSettings {
  /** `sqlite`, `postgres://…`, or a secret reference to such a URL. */
  url: string;
}

export interface AutomationSettings {
  enabled: boolean;
  timezone: string;
  max_concurrent_jobs: number;
  /** 0 = no own cap. */
  max_concurrent_per_workspace: number;
  default_fire_limit: FireLimitConfig;
  default_catch_up_policy: CatchUpPolicy;
  /** Go duration text, as definitions carry it; `"0"` = none. */
  default_timeout: string;
  catch_up_spread_ms: number;
  max_depth: number;
  budget: { daily_tokens: number | null; daily_cost_usd: number | null };
}

interface RetentionSettings {
  runs: { max_age_ms: number | null; max_count: number | null };
  transcripts: { max_age_ms: number | null; max_bytes: number | null; per_run_bytes: number };
  events: { max_age_ms: number | null };
  deliveries: { max_age_ms: number | null };
}

interface WebhookSettings {
  max_body_bytes: number;
  rate: { max: number; window_ms: number };
  tolerance_ms: number;
}

export interface Settings {
  daemon: DaemonSettings;
  store: StoreSettings;
  automation: AutomationSettings;
  retention: RetentionSettings;
  webhooks: WebhookSettings;
  mcp: { approval: McpApproval };
}

/** The sections of the key table without the entries: those are read one by one. */
export const settingKeys = {
  daemon: table({ description: 'The process and its address.', fields: daemonKeys }),
  store: table({ description: 'Where durable state lives.', fields: storeKeys }),
  automation: table({ description: 'What holds for all automations.', fields: automationSettingKeys }),
  retention: table({ description: 'How long things are kept.', fields: retentionKeys }),
  webhooks: table({ description: 'What webhook endpoints take.', fields: webhookKeys }),
  mcp: table({ description: 'What agents may do over MCP without asking.', fields: mcpKeys }),
};

export type SettingValues = ValuesOf<typeof settingKeys>;

export function settingsOf(values: SettingValues): Settings {
  const { daemon, automation, retention, webhooks } = values;
  return {
    daemon: {
      host: daemon.host,
      port: daemon.port,
      insecure_http: daemon.insecure_http,
      allowed_hosts: daemon.allowed_hosts,
      node: daemon.node,
      labels: daemon.labels,
      max_concurrent_jobs: daemon.max_concurrent_jobs,
      log_level: daemon.log_level,
      shutdown_grace_ms: daemon.shutdown_grace,
      heartbeat_url: daemon.heartbeat_url === '' ? null : daemon.heartbeat_url,
      traces_url: daemon.traces_url === '' ? null : daemon.traces_url,
    },
    store: { url: values.store.url },
    automation: {
      enabled: automation.enabled,
      timezone: automation.timezone,
      max_concurrent_jobs: automation.max_concurrent_jobs,
      max_concurrent_per_workspace: automation.max_concurrent_per_workspace,
      default_fire_limit: { ...automation.default_fire_limit },
      default_catch_up_policy: automation.default_catch_up_policy,
      default_timeout: automation.default_timeout,
      catch_up_spread_ms: automation.catch_up_spread,
      max_depth: automation.max_depth,
      budget: {
        daily_tokens: automation.budget.daily_tokens,
        daily_cost_usd: automation.budget.daily_cost_usd === 0 ? null : automation.budget.daily_cost_usd,
      },
    },
    retention: {
      runs: { max_age_ms: retention.runs.max_age, max_count: retention.runs.max_count },
      transcripts: {
        max_age_ms: retention.transcripts.max_age,
        max_bytes: retention.transcripts.max_bytes,
        per_run_bytes: retention.transcripts.per_run,
      },
      events: { max_age_ms: retention.events.max_age },
      deliveries: { max_age_ms: retention.deliveries.max_age },
    },
    webhooks: {
      max_body_bytes: webhooks.max_body,
      rate: { max: webhooks.rate.max, window_ms: webhooks.rate.window },
      tolerance_ms: webhooks.tolerance,
    },
    mcp: { approval: values.mcp.approval },
  };
}
