/**
 * One real conversation, with everything that its driver reported: what the contract suites look at. Whatever a test
 * leaves behind is ended by {@link ConversationRecords.endAll}.
 */
import { readFileSync } from 'node:fs';
import type {
  AgentConversation,
  AgentDriver,
  AgentEntry,
  AgentStart,
  PermissionAnswer,
  PermissionRequest,
} from '../../src/agents/agent-driver.ts';
import { createProcessCustodian } from '../../src/agents/process/process-custodian.ts';
import { systemClock } from '../../src/clock/clock.ts';
import type { AgentDefinition } from '../../src/model/agent.ts';

export const custodian = createProcessCustodian({ clock: systemClock() });

let starts = 0;

export interface ConversationRecord {
  readonly token: string;
  readonly conversation: AgentConversation;
  readonly entries: AgentEntry[];
  readonly starts: { pid?: number; agentSessionId?: string }[];
  readonly permissions: { request: PermissionRequest; signal: AbortSignal }[];
  /** Resolves at the first entry, earlier ones included, that fulfils the condition. */
  entry(condition: (entry: AgentEntry) => boolean): Promise<AgentEntry>;
  /** Resolves when the agent really started. */
  readonly started: Promise<{ pid?: number; agentSessionId?: string }>;
  /** Resolves when permission is asked for. */
  readonly asked: Promise<PermissionRequest>;
  /** The texts of one kind, put together. */
  text(kind: AgentEntry['kind']): string;
  /** What was reported after the outcome: always empty. */
  readonly late: unknown[];
}

export class ConversationRecords {
  readonly #tokens: string[] = [];

  start(
    driver: AgentDriver,
    p: Partial<AgentStart> &
      Pick<AgentStart, 'agent' | 'cwd'> & {
        answer?: (request: PermissionRequest, signal: AbortSignal) => Promise<PermissionAnswer>;
      },
  ): ConversationRecord {
    const token = `test-${process.pid}-${++starts}-${performance.now()}`;
    this.#tokens.push(token);
    const started = Promise.withResolvers<{ pid?: number; agentSessionId?: string }>();
    const asked = Promise.withResolvers<PermissionRequest>();
    const waiting: { condition(entry: AgentEntry): boolean; resolve(entry: AgentEntry): void }[] = [];
    const entries: AgentEntry[] = [];
    const late: unknown[] = [];
    const record = { starts: [] as ConversationRecord['starts'], permissions: [] as ConversationRecord['permissions'] };
    let settled = false;
    const conversation = driver.start({
      prompt: 'Hello',
      env: { PATH: '/usr/local/bin:/usr/bin:/bin' },
      token,
      onStarted(about) {
        if (settled) late.push(about);
        record.starts.push(about);
        started.resolve(about);
      },
      onEntry(entry) {
        if (settled) late.push(entry);
        entries.push(entry);
        for (const each of waiting) if (each.condition(entry)) each.resolve(entry);
      },
      async onPermission(request, signal) {
        record.permissions.push({ request, signal });
        asked.resolve(request);
        return p.answer === undefined ? { outcome: 'cancelled' } : p.answer(request, signal);
      },
      ...p,
    });
    void conversation.outcome.then(() => {
      settled = true;
    });
    return {
      token,
      conversation,
      entries,
      ...record,
      late,
      started: started.promise,
      asked: asked.promise,
      text: (kind) =>
        entries
          .filter((entry) => entry.kind === kind)
          .map((entry) => entry.text)
          .join(''),
      entry(condition) {
        const { promise, resolve } = Promise.withResolvers<AgentEntry>();
        waiting.push({ condition, resolve });
        const there = entries.find(condition);
        if (there !== undefined) resolve(there);
        return promise;
      },
    };
  }

  async endAll(): Promise<void> {
    await Promise.all(this.#tokens.splice(0).map((token) => custodian.end({ token, graceMs: 0 })));
  }
}

/** An agent as the configuration would define it. */
export function agentDefinition(p: Partial<AgentDefinition>): AgentDefinition {
  return {
    name: 'tester',
    type: 'command',
    command: [],
    preset: '',
    prompt_via: 'stdin',
    url: '',
    secret_ref: '',
    env: {},
    env_pass: [],
    permission: 'ask',
    permission_timeout_ms: 1_000,
    allow_tools: [],
    deny_tools: [],
    max_concurrent: 0,
    timeout_ms: null,
    stall_timeout_ms: null,
    stop_grace_ms: 150,
    mode: '',
    model: '',
    mcp_servers: [],
    rouse_scopes: [],
    worktree: false,
    ...p,
  };
}

/** Independent of the code under test: asks the system about one pid. Zombies run nothing. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  if (process.platform !== 'linux') return true;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return !/\) [ZX] /.test(stat);
  } catch {
    return false;
  }
}

/** Numbers behind the word `pid`, in the order in which they were reported. */
export function pidsIn(text: string): number[] {
  return [...text.matchAll(/(?:pid|process) (\d+)/gi)].map((match) => Number(match[1]));
}
