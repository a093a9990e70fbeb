/**
 * The port between the dispatcher and whatever carries a prompt out: an ACP agent, a command, a URL.
 *
 * One `start` is one conversation for one run. The driver owns the processes and the protocol; it knows nothing of
 * jobs, retries or the database. The dispatcher decides when to start and when to stop, writes what the driver
 * reports, and answers permission requests. Only the dispatcher calls `start`.
 *
 * Rules that every adapter keeps, and that the contract suite (test/contract/agent-driver.ts) checks:
 *
 * - `start` never throws and never rejects: whatever goes wrong arrives as an {@link AgentOutcome}.
 * - `outcome` settles exactly once, after the last `onEntry`, and only when the processes of this start are proven
 *   gone or `outcome.gone` says they are not. After it nothing more is reported.
 * - Every process is started in its own process group, with `ROUSE_PROCESS_TOKEN` = `token` in its environment.
 *   Children inherit the variable, so the whole tree can be found again, also by a later daemon
 *   ({@link ProcessCustodian}), also when a child moved to a session of its own.
 * - The environment is exactly `env` plus the token: nothing leaks in from the daemon.
 * - What an agent prints is bounded before it is kept: an entry's `text` is at most {@link ENTRY_BYTES_MAX} bytes,
 *   the final answer at most {@link OUTPUT_BYTES_MAX}; longer ones are cut with a visible mark. A flood is read
 *   and counted, never buffered.
 * - One conversation reports a bounded amount in all (`REPORTED_BYTES_MAX` in entry-sink.ts); what follows is counted,
 *   with one `truncated` entry where it begins and a `notice` with the numbers at the end.
 * - Reporting is synchronous and cheap for the driver; the dispatcher buffers. A callback that throws ends the
 *   conversation as `broken`: what is not recorded must not go on.
 * - `permission_request` and `permission_answer` entries are the dispatcher's: only it knows who answered, and why.
 *
 * What the port does not offer: retries, timeouts (the dispatcher calls `stop`), persistence, redaction (done by
 * whoever stores or shows an entry), several prompts in one start.
 */
import type { AgentDefinition } from '../model/agent.ts';
import type { RunUsage } from '../model/run.ts';
import type { TranscriptKind } from '../model/session.ts';

export const ENTRY_BYTES_MAX = 64 * 1024;
export const OUTPUT_BYTES_MAX = 64 * 1024;
export const PROCESS_TOKEN_VARIABLE = 'ROUSE_PROCESS_TOKEN';

export interface AgentDriver {
  readonly type: AgentDefinition['type'];
  /** Whether a start can succeed, found out without spending money: the binary is there, the handshake answers. */
  check(p: { agent: AgentDefinition; cwd: string; env: Record<string, string> }): Promise<AgentReadiness>;
  start(p: AgentStart): AgentConversation;
}

export type AgentReadiness =
  | {
      ready: true;
      version?: string;
      detail?: string;
      /** As far as it can be told without spending money. */
      logged_in?: boolean;
      /** What can be chosen, where the agent says. */
      modes?: string[];
      models?: string[];
    }
  | { ready: false; problem: string; hint: string };

export interface AgentStart {
  agent: AgentDefinition;
  prompt: string;
  /** Absolute and existing. */
  cwd: string;
  /** The complete environment of the process, `ROUSE_*` variables included. */
  env: Record<string, string>;
  /** Unguessable, unique to this start, already stored with the run before `start` is called. */
  token: string;
  /** Continue this conversation instead of starting one, where the agent can. */
  resumeSessionId?: string;
  /** What that conversation had used before this run: some agents tell its sum, and what was spent then is not ours. */
  resumedUsage?: RunUsage;
  /** Called once, when a real process (or request) exists and will be given the prompt: this is `started_at`. */
  onStarted(p: { pid?: number; agentSessionId?: string }): void;
  onEntry(entry: AgentEntry): void;
  /** What the agent says it has used so far, where it does while it works; totals, at most about once a second. */
  onUsage?(usage: RunUsage): void;
  /** Resolves with the answer; the driver stops waiting when `signal` aborts (cancel, agent gone). */
  onPermission(request: PermissionRequest, signal: AbortSignal): Promise<PermissionAnswer>;
}

/** A transcript entry before it is numbered and stamped with the time. */
export interface AgentEntry {
  kind: TranscriptKind;
  text: string;
  detail?: Record<string, unknown>;
}

export interface PermissionOption {
  option_id: string;
  name: string;
  kind: 'allow_once' | 'allow_always' | 'reject_once' | 'reject_always';
}

export interface PermissionRequest {
  /** What the agent wants to do, in one line. */
  title: string;
  /** The tool's name or kind, what `allow_tools` and `deny_tools` are matched against. */
  tool: string;
  input?: unknown;
  options: PermissionOption[];
}

export type PermissionAnswer = { outcome: 'selected'; option_id: string } | { outcome: 'cancelled' };

export interface AgentConversation {
  readonly outcome: Promise<AgentOutcome>;
  /**
   * Ends the conversation: asks the agent to cancel, waits `graceMs`, signals the whole tree with SIGTERM, waits
   * `graceMs` again, kills it, and checks that it is gone. Where there is no way to ask (a plain command) it begins
   * with SIGTERM. The first call's grace counts. Idempotent, works at any moment, also before a process
   * exists. Resolves when `outcome` has settled.
   */
  stop(p: { graceMs: number }): Promise<void>;
}

export interface AgentOutcome {
  /**
   * - `answered`: the conversation ended by itself. Success is for the dispatcher to judge (exit code, stop reason).
   * - `not_started`: no process came to be, or it never completed the handshake; no prompt was sent.
   * - `broken`: it started, then died, closed the connection, broke the protocol or answered with an error.
   * - `stopped`: it ended because `stop` was called.
   */
  ended: 'answered' | 'not_started' | 'broken' | 'stopped';
  /** One sentence for people, with the cause; required unless `answered`. */
  error?: string;
  /** ACP stop reason, or `exit`. */
  stop_reason?: string;
  stop_detail?: string;
  exit_code?: number;
  /** The signal that ended the process, where one did. */
  exit_signal?: string;
  /** The final answer, bounded; empty when nothing was said. */
  output: string;
  usage?: RunUsage;
  agent_session_id?: string;
  /** The account is exhausted until this instant (milliseconds since 1970), as the agent reported it. */
  usage_limit_until?: number;
  /** With `not_started`: the system had no room (memory, processes, files); the same start may succeed in a moment. */
  passing?: boolean;
  /** Whether every process of this start is proven gone. */
  gone: boolean;
}

/** Finds and ends the processes of earlier starts by their token, across daemon restarts. */
export interface ProcessCustodian {
  /** The live processes that carry one of the tokens, in no order. */
  find(p: { tokens: readonly string[] }): Promise<{ pid: number; token: string }[]>;
  /** SIGTERM to everything that carries the token, `graceMs` later SIGKILL, and proof. Idempotent. */
  end(p: { token: string; graceMs: number }): Promise<{ gone: boolean; ended: number }>;
}
