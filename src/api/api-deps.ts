/** What the composition root hands the API: reads of the store, the engine's verbs, and facts about the daemon itself. */
import type { AccessDesk } from '../access/access-desk.ts';
import type { TokenDesk } from '../access/token-desk.ts';
import type { AgentDesk } from '../agents/agent-desk.ts';
import type { AgentRegistry } from '../agents/agent-registry.ts';
import type { Clock } from '../clock/clock.ts';
import type { ConfigProblem } from '../config/config-problem.ts';
import type { ExplainedValue } from '../config/explain-config.ts';
import type { AutomationCommands } from '../engine/automation-commands.ts';
import type { HappeningBus } from '../events/happening.ts';
import type { HookCall, HookEvent } from '../model/hook.ts';
import type { Trigger } from '../model/trigger.ts';
import type { EpochMs } from '../model/instant.ts';
import type { Vault } from '../secrets/vault.ts';
import type { PackageDesk } from '../packages/package-desk.ts';
import type { Store } from '../store/store.ts';
import type { PageFiles } from './page-reply.ts';
import type { TaskCommands } from '../tasks/task-commands.ts';

/** The API reads, and keeps account of requests; only the engine's commands change anything else. */
type ApiStore = Pick<
  Store,
  | 'getDelivery'
  | 'listHookCalls'
  | 'listDeliveries'
  | 'getJob'
  | 'listJobs'
  | 'getTrigger'
  | 'listTriggers'
  | 'listUptimes'
  | 'listTriggerVerdicts'
  | 'listActivations'
  | 'listUpcoming'
  | 'getRun'
  | 'listRuns'
  | 'listWaiting'
  | 'getSession'
  | 'listSessions'
  | 'readTranscript'
  | 'listWorkspaces'
  | 'listNodes'
  | 'setNodeDraining'
  | 'forgetNode'
  | 'readCounts'
  | 'listUsageDays'
  | 'readSpending'
  | 'listAgentHolds'
  | 'getTask'
  | 'getTasks'
  | 'listTasks'
  | 'findWorkspace'
  | 'listChangeRecords'
  | 'beginRequest'
  | 'finishRequest'
  | 'pruneChangeRecords'
>;

/** What needs the secret of a trigger: none of it ever gives one out. */
export interface WebhookTools {
  /** Why nothing could be verified right now; undefined for a trigger that no webhook wakes. */
  problemOf(trigger: Trigger): Promise<string | undefined>;
  /** Signs a test delivery as the trigger's sender would, and sends it to the daemon's own door unless `dryRun`. */
  send(p: { trigger: Trigger; body: string; event?: string; dryRun: boolean }): Promise<SentWebhook>;
}

/** The hooks of the configuration. */
export interface HookTools {
  list(): readonly {
    name: string;
    events: readonly HookEvent[];
    kind: 'command' | 'url';
    target: string;
    timeout_ms: number;
    match: { agent_name?: string; workspace_id?: string; automation?: string };
  }[];
  /** Throws `hook_not_found`. */
  test(p: { name: string }): Promise<{ call: HookCall; answer?: string }>;
}

export interface SentWebhook {
  url: string;
  /** Signed for now; a value that is the secret itself is left out. */
  headers: Record<string, string>;
  /** The same as a command for a shell. */
  curl: string;
  /** What was answered. */
  reply?: { status: number; body: unknown };
}

export interface ServiceHealth {
  name: string;
  healthy: boolean;
  /** The last failure's message, and since when it has been failing. */
  error?: string;
  since_at?: EpochMs;
}

export interface DaemonStatus {
  version: string;
  home: string;
  node: string;
  url: string;
  started_at: EpochMs;
  /** `[automation] enabled`. */
  automation_enabled: boolean;
  /** `[automation] max_concurrent_per_workspace`; 0 or absent: no such cap. */
  max_concurrent_per_workspace?: number;
  config_problems: readonly ConfigProblem[];
  services: readonly ServiceHealth[];
}

export interface Readiness {
  ready: boolean;
  /** Names of services; shown to everybody, so nothing that is nobody's business. */
  waiting_for: readonly string[];
}

export interface ApiDeps {
  store: ApiStore;
  commands: AutomationCommands;
  tasks: TaskCommands;
  agents: AgentRegistry;
  agentDesk: AgentDesk;
  bus: HappeningBus;
  clock: Clock;
  /** Judges what callers show. */
  access: AccessDesk;
  tokens: TokenDesk;
  packages: PackageDesk;
  /** Names besides loopback ones under which the daemon may be called: `name`, or `name:port`. */
  allowedHosts: readonly string[];
  /** Takes values and never gives one. */
  vault: Pick<Vault, 'set' | 'list' | 'remove' | 'rotateKey'>;
  webhooks: WebhookTools;
  hooks: HookTools;
  /** Written references that cannot be resolved right now, each with its place. */
  missingSecrets(): Promise<readonly ConfigProblem[]>;
  /** The built web page; absent: this daemon serves none. */
  page?: PageFiles;
  /** Every value in force and where it comes from, secrets as references. */
  effectiveConfig(): readonly ExplainedValue[];
  randomBytes: (count: number) => Uint8Array;
  /** `[automation.budget]`, what all runs of a day may use; null: no limit. */
  dailyBudget(): { tokens: number | null; costUsd: number | null };
  /** The zone of schedules that name none. */
  automationTimezone(): string;
  /** Which nodes are drained has changed, and those concerned are to know at once. */
  nodesChanged(): void;
  status(): DaemonStatus;
  readiness(): Readiness;
  /** The metrics as text, and what kind of text it is. */
  metrics(): Promise<{ contentType: string; text: string }>;
}
