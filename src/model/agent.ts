/** Who can be woken. Agents are defined in configuration only; automations name them. */
import type { AccessScope } from './access-scope.ts';

export const AGENT_TYPES = ['acp', 'command', 'http'] as const;
export type AgentType = (typeof AGENT_TYPES)[number];

export const PERMISSION_POLICIES = ['ask', 'allow', 'deny'] as const;
export type PermissionPolicy = (typeof PERMISSION_POLICIES)[number];

export const PROMPT_VIAS = ['stdin', 'argument', 'file'] as const;
export type PromptVia = (typeof PROMPT_VIAS)[number];

/**
 * An agent as configured, with every default filled in: nobody downstream asks what an absent field means.
 * Durations are milliseconds here, because nothing shows them back; `null` means "no such limit".
 */
export interface AgentDefinition {
  name: string;
  type: AgentType;
  /** Program and arguments (`acp`, `command`); empty for `http`. */
  command: string[];
  preset: '' | 'claude' | 'codex' | 'gemini' | 'opencode';
  prompt_via: PromptVia;
  url: string;
  secret_ref: string;
  /** Values may be secret references; they are resolved just before a start and never stored. */
  env: Record<string, string>;
  /** Names taken over from the daemon's own environment; nothing else is. */
  env_pass: string[];
  permission: PermissionPolicy;
  permission_timeout_ms: number;
  allow_tools: string[];
  deny_tools: string[];
  /** 0 = no own cap. */
  max_concurrent: number;
  timeout_ms: number | null;
  stall_timeout_ms: number | null;
  /** Between asking an agent to stop, SIGTERM and SIGKILL. */
  stop_grace_ms: number;
  mode: string;
  model: string;
  /** Tables as they were written, or `rouse` for Rouse's own; references are resolved just before a start. */
  mcp_servers: unknown[];
  /** What its runs may do with Rouse itself; empty: they get no token. Never `admin`. */
  rouse_scopes: readonly AccessScope[];
  worktree: boolean;
}
