/** The agent port, played from scripts: drivers whose processes are those of the {@link AgentWorld}. */
import type {
  AgentConversation,
  AgentDriver,
  AgentOutcome,
  AgentStart,
  ProcessCustodian,
} from '../../src/agents/agent-driver.ts';
import type { AgentType } from '../../src/model/agent.ts';
import type { AgentProcess, AgentWorld } from './agent-world.ts';
import type { AgentScript } from './agent-script.ts';
import type { Life } from './life.ts';

export interface Stage {
  world: AgentWorld;
  scriptOf(start: AgentStart): AgentScript;
  workspaceOf(start: AgentStart): string;
  /** Where a life runs; a custodian sees the processes of its own machine. */
  machineOf(life: Life): string;
}

export function scriptedDriver(stage: Stage, life: Life, type: AgentType): AgentDriver {
  return {
    type,
    check: () => Promise.resolve({ ready: true }),
    start: (start) => new ScriptedConversation(stage, life, start),
  };
}

class ScriptedConversation implements AgentConversation {
  readonly outcome: Promise<AgentOutcome>;
  readonly #stage: Stage;
  readonly #life: Life;
  readonly #start: AgentStart;
  readonly #script: AgentScript;
  readonly #withdraw = new AbortController();
  #resolve: (outcome: AgentOutcome) => void;
  #process: AgentProcess | undefined;
  #stopRequested = false;
  #isOver = false;

  constructor(stage: Stage, life: Life, start: AgentStart) {
    this.#stage = stage;
    this.#life = life;
    this.#start = start;
    this.#script = stage.scriptOf(start);
    const { promise, resolve } = Promise.withResolvers<AgentOutcome>();
    this.outcome = promise;
    this.#resolve = resolve;
    life.onDeath(() => this.#daemonDied());
    // Without a wait the process is there before anything else can happen, as after a system call.
    if (this.#script.spawnMs === 0) queueMicrotask(() => this.#spawn());
    else life.after(this.#script.spawnMs, () => this.#spawn());
  }

  async stop({ graceMs }: { graceMs: number }): Promise<void> {
    if (!this.#stopRequested && !this.#isOver) {
      this.#stopRequested = true;
      // Who is to stop asks no more.
      this.#withdraw.abort();
      const { obeysAfterMs } = this.#script;
      const isKilled = obeysAfterMs > 2 * graceMs;
      this.#life.after(isKilled ? 2 * graceMs : obeysAfterMs, () => {
        this.#finish({ ended: 'stopped', error: isKilled ? 'it had to be killed' : 'it was stopped', output: '' });
      });
    }
    await this.outcome;
  }

  #spawn(): void {
    if (this.#isOver || this.#life.isDead) return;
    if (this.#stopRequested) return this.#finish({ ended: 'stopped', error: 'stopped before it started', output: '' });
    if (this.#script.act === 'refuses') {
      return this.#finish({ ended: 'not_started', error: 'the agent was not found', output: '' });
    }
    const { world } = this.#stage;
    const workspaceId = this.#stage.workspaceOf(this.#start);
    const machine = this.#stage.machineOf(this.#life);
    this.#process = world.spawn({ start: this.#start, script: this.#script, workspaceId, machine });
    this.#start.onStarted({ pid: this.#process.pid, agentSessionId: `agent-${this.#process.pid}` });
    if (this.#script.act !== 'says_nothing') this.#start.onEntry({ kind: 'message', text: 'Working on it.' });
    if (!Number.isFinite(this.#script.workMs)) return;
    this.#life.after(this.#script.workMs, () => {
      if (this.#script.act === 'asks') void this.#ask();
      else this.#finish(this.#natural());
    });
  }

  async #ask(): Promise<void> {
    const process = this.#process;
    if (this.#isOver || process === undefined) return;
    process.isWaiting = true;
    const answer = await this.#start.onPermission(
      {
        title: 'Write a file',
        tool: 'write',
        options: [
          { option_id: 'yes', name: 'Yes', kind: 'allow_once' },
          { option_id: 'no', name: 'No', kind: 'reject_once' },
        ],
      },
      this.#withdraw.signal,
    );
    if (this.#isOver || this.#stopRequested || this.#life.isDead) return;
    this.#stage.world.resume(process);
    // It goes on for a moment: a slot that it has no right to would be seen.
    await this.#life.sleep(2000);
    if (answer.outcome === 'selected' && answer.option_id === 'yes') return this.#finish(this.#natural());
    this.#finish({ ended: 'answered', stop_reason: 'refusal', output: 'I was not allowed to.' });
  }

  #natural(): Omit<AgentOutcome, 'gone'> {
    switch (this.#script.act) {
      case 'fails':
        return { ended: 'answered', exit_code: 1, error: 'it exited with 1', output: 'It did not work.' };
      case 'dies':
        return { ended: 'broken', error: 'the agent ended before it had answered', output: '' };
      case 'exhausted':
        return {
          ended: 'broken',
          error: 'the usage limit of the account is reached',
          output: '',
          usage_limit_until: this.#life.clock.now() + 10 * 60_000,
        };
      case 'says_nothing':
        return { ended: 'answered', exit_code: 0, output: '' };
      default:
        return { ended: 'answered', exit_code: 0, output: 'Done.', usage: { input_tokens: 800, output_tokens: 200 } };
    }
  }

  #finish(outcome: Omit<AgentOutcome, 'gone'>): void {
    if (this.#isOver || this.#life.isDead) return;
    this.#isOver = true;
    this.#withdraw.abort();
    const process = this.#process;
    const leavesChild = process !== undefined && this.#script.leavesChild;
    if (process !== undefined) {
      if (leavesChild) this.#stage.world.spawnChild(process);
      this.#stage.world.end(process, outcome.ended);
    }
    this.#resolve({ ...outcome, gone: !leavesChild });
  }

  #daemonDied(): void {
    const process = this.#process;
    if (process === undefined || this.#isOver) return;
    const { world } = this.#stage;
    if (!this.#script.survivesDaemon) return world.end(process, 'its daemon died');
    if (!Number.isFinite(this.#script.workMs)) return;
    world.endLater(process, process.startedAt + this.#script.workMs - world.now);
  }
}

/** Finds and ends what carries a token, by whomever it was started. */
export function scriptedCustodian(stage: Stage, life: Life): ProcessCustodian {
  const carrying = (tokens: readonly string[]): AgentProcess[] =>
    stage.world
      .living()
      .filter((process) => tokens.includes(process.token) && process.machine === stage.machineOf(life));
  return {
    async find({ tokens }) {
      await life.sleep(2);
      return carrying(tokens).map(({ pid, token }) => ({ pid, token }));
    },
    async end({ token, graceMs }) {
      let ended = 0;
      await life.sleep(5);
      for (const process of carrying([token])) {
        if (process.stubbornness > 0) {
          process.stubbornness -= 1;
          continue;
        }
        stage.world.end(process, 'the custodian ended it');
        ended += 1;
      }
      const isGone = carrying([token]).length === 0;
      if (!isGone) await life.sleep(2 * graceMs);
      return { gone: isGone, ended };
    },
  };
}
