/**
 * The agent port played by a test: conversations that do what the test says when it says so, and the processes that a
 * conversation leaves behind. The rules of the port (agent-driver.ts) are kept; what an agent does is the test's.
 */
import type {
  AgentConversation,
  AgentDriver,
  AgentEntry,
  AgentOutcome,
  AgentStart,
  PermissionAnswer,
  PermissionOption,
  ProcessCustodian,
} from '../../agents/agent-driver.ts';
import type { RunUsage } from '../../model/run.ts';

export const OPTIONS: PermissionOption[] = [
  { option_id: 'yes', name: 'Allow', kind: 'allow_once' },
  { option_id: 'no', name: 'Reject', kind: 'reject_once' },
];

export class ScriptedConversation implements AgentConversation {
  readonly outcome: Promise<AgentOutcome>;
  readonly start: AgentStart;
  /** What `stop` was called with first; undefined while nobody has. */
  stopGraceMs: number | undefined;
  /** Ignores `stop` until the test ends it. */
  isStubborn = false;
  isOver = false;
  readonly #closing = new AbortController();
  readonly #resolve: (outcome: AgentOutcome) => void;
  readonly #processes: Set<string>;

  constructor(start: AgentStart, processes: Set<string>) {
    this.start = start;
    this.#processes = processes;
    const { promise, resolve } = Promise.withResolvers<AgentOutcome>();
    this.outcome = promise;
    this.#resolve = resolve;
  }

  /** A process exists: what `started_at` means. */
  begin(): void {
    this.#processes.add(this.start.token);
    this.start.onStarted({ pid: 4711, agentSessionId: 'agent-session' });
  }

  say(text: string, parts: Partial<AgentEntry> = {}): void {
    this.start.onEntry({ kind: 'message', text, ...parts });
  }

  use(usage: RunUsage): void {
    this.start.onUsage?.(usage);
  }

  ask(p: { tool?: string; title?: string; withdraw?: AbortSignal } = {}): Promise<PermissionAnswer> {
    const { tool = 'write', title = 'Write a file', withdraw } = p;
    const signal = withdraw === undefined ? this.#closing.signal : AbortSignal.any([this.#closing.signal, withdraw]);
    return this.start.onPermission({ title, tool, options: OPTIONS }, signal);
  }

  /** It answers, and all of its processes are gone. */
  answer(output = 'Done.', parts: Partial<AgentOutcome> = {}): void {
    this.end({ ended: 'answered', stop_reason: 'end_turn', output, gone: true, ...parts });
  }

  fail(error = 'it broke', parts: Partial<AgentOutcome> = {}): void {
    this.end({ ended: 'broken', error, output: '', gone: true, ...parts });
  }

  end(outcome: AgentOutcome): void {
    if (this.isOver) return;
    this.isOver = true;
    this.#closing.abort();
    if (outcome.gone) this.#processes.delete(this.start.token);
    this.#resolve(outcome);
  }

  async stop({ graceMs }: { graceMs: number }): Promise<void> {
    this.stopGraceMs ??= graceMs;
    if (!this.isStubborn) {
      this.#closing.abort();
      this.end({ ended: 'stopped', error: 'it was stopped', output: '', gone: true });
    }
    await this.outcome;
  }
}

export class ScriptedAgents {
  /** Every start, oldest first. */
  readonly conversations: ScriptedConversation[] = [];
  /** Tokens of which a process lives; a test adds those that outlived their daemon. */
  readonly processes = new Set<string>();
  /** Tokens whose processes cannot be ended. */
  readonly immortal = new Set<string>();
  /** When set, looking for processes fails with it. */
  custodianError: Error | undefined;
  /** Tokens that `end` was asked for, in order. */
  readonly ended: string[] = [];
  /** What a new conversation does at once; by default it begins and waits for the test. */
  onStart: (conversation: ScriptedConversation) => void = (conversation) => conversation.begin();

  readonly driver: AgentDriver = {
    type: 'acp',
    check: () => Promise.resolve({ ready: true }),
    start: (start) => {
      const conversation = new ScriptedConversation(start, this.processes);
      this.conversations.push(conversation);
      // Never within `start` itself: no driver has a process before it has returned.
      queueMicrotask(() => {
        if (!conversation.isOver) this.onStart(conversation);
      });
      return conversation;
    },
  };

  readonly custodian: ProcessCustodian = {
    find: async ({ tokens }) => {
      if (this.custodianError !== undefined) throw this.custodianError;
      return tokens.filter((token) => this.processes.has(token)).map((token) => ({ pid: 4711, token }));
    },
    end: async ({ token }) => {
      this.ended.push(token);
      if (this.custodianError !== undefined) throw this.custodianError;
      if (this.immortal.has(token)) return { gone: false, ended: 0 };
      return { gone: true, ended: this.processes.delete(token) ? 1 : 0 };
    },
  };

  /** The conversations that go on. */
  get open(): ScriptedConversation[] {
    return this.conversations.filter((conversation) => !conversation.isOver);
  }

  /** The newest conversation. */
  get last(): ScriptedConversation {
    const last = this.conversations.at(-1);
    if (last === undefined) throw new Error('no agent was started');
    return last;
  }

  of(automationName: string): ScriptedConversation[] {
    return this.conversations.filter(({ start }) => start.env['ROUSE_AUTOMATION'] === automationName);
  }
}
