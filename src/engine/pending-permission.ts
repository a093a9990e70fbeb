/**
 * The permission requests of one conversation: answered at once where policy or patterns say so, otherwise open until
 * somebody answers or the deadline passes, which denies (runtime section 4.10).
 */
import type { AgentEntry, PermissionAnswer, PermissionOption, PermissionRequest } from '../agents/agent-driver.ts';
import { answerPermission, decidePermission } from '../agents/permission.ts';
import type { Clock } from '../clock/clock.ts';
import type { AgentDefinition } from '../model/agent.ts';
import type { EpochMs } from '../model/instant.ts';
import type { OpenPermission } from '../model/run.ts';

interface OpenRequest {
  request: PermissionRequest;
  askedAt: EpochMs;
  settle(answer: PermissionAnswer, who: string): void;
}

export class PendingPermission {
  /** Whether a request was denied because nobody answered it in time. */
  expired = false;
  readonly #clock: Clock;
  readonly #onEntry: (entry: AgentEntry) => void;
  #open: OpenRequest[] = [];

  constructor(p: { clock: Clock; onEntry: (entry: AgentEntry) => void }) {
    this.#clock = p.clock;
    this.#onEntry = p.onEntry;
  }

  get isOpen(): boolean {
    return this.#open.length > 0;
  }

  /** What the oldest open request offers. */
  get options(): readonly PermissionOption[] {
    return this.#open[0]?.request.options ?? [];
  }

  /** When the oldest open request was asked. */
  get askedAt(): EpochMs | undefined {
    return this.#open[0]?.askedAt;
  }

  /** `open` is what waits for a person; absent when policy answered at once. */
  ask(p: { request: PermissionRequest; agent: AgentDefinition; signal: AbortSignal }): {
    answer: Promise<PermissionAnswer>;
    open?: OpenPermission;
  } {
    const { request, agent, signal } = p;
    this.#onEntry({
      kind: 'permission_request',
      text: request.title,
      detail: { tool: request.tool, options: request.options },
    });
    const decision = decidePermission({ agent, tool: request.tool });
    if (decision !== 'ask') {
      const answer = answerPermission({ decision, options: request.options });
      this.#record(answer, `${decision} (policy of agent ${agent.name})`);
      return { answer: Promise.resolve(answer) };
    }
    const asked_at = this.#clock.now();
    const open: OpenPermission = {
      title: request.title,
      tool: request.tool,
      options: request.options,
      asked_at,
      deadline_at: asked_at + agent.permission_timeout_ms,
    };
    return { open, answer: this.#wait({ request, agent, signal, askedAt: asked_at }) };
  }

  #wait(p: {
    request: PermissionRequest;
    agent: AgentDefinition;
    signal: AbortSignal;
    askedAt: EpochMs;
  }): Promise<PermissionAnswer> {
    const { request, agent, signal, askedAt } = p;
    return new Promise((resolve) => {
      const open: OpenRequest = {
        request,
        askedAt,
        settle: (answer, who) => {
          if (!this.#open.includes(open)) return;
          this.#open = this.#open.filter((other) => other !== open);
          cancelTimer();
          signal.removeEventListener('abort', withdrawn);
          this.#record(answer, who);
          resolve(answer);
        },
      };
      const withdrawn = (): void => open.settle({ outcome: 'cancelled' }, 'withdrawn');
      const cancelTimer = this.#clock.after(agent.permission_timeout_ms, () => {
        this.expired = true;
        open.settle(
          answerPermission({ decision: 'deny', options: request.options }),
          'denied: nobody answered in time',
        );
      });
      this.#open.push(open);
      if (signal.aborted) withdrawn();
      else signal.addEventListener('abort', withdrawn, { once: true });
    });
  }

  /** Answers the oldest open request; false when none is open. */
  answer(p: { answer: PermissionAnswer; actor: string }): boolean {
    const [oldest] = this.#open;
    oldest?.settle(p.answer, `answered by ${p.actor}`);
    return oldest !== undefined;
  }

  /** The conversation is over: whatever is still open is withdrawn. */
  close(): void {
    for (const open of [...this.#open]) open.settle({ outcome: 'cancelled' }, 'withdrawn');
  }

  #record(answer: PermissionAnswer, who: string): void {
    this.#onEntry({ kind: 'permission_answer', text: who, detail: { ...answer } });
  }
}
