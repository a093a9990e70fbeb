/** Agents that are as expected: each works as long and uses as much as past runs did on average, and answers. */
import type { AgentConversation, AgentDriver, AgentOutcome, AgentStart } from '../../agents/agent-driver.ts';
import type { VirtualTime } from '../../clock/virtual-time.ts';
import type { AgentType } from '../../model/agent.ts';
import type { Expectation } from './past-runs.ts';
import { usageOfShare } from './past-runs.ts';

export interface ExpectedWork {
  expected: Expectation;
  /** Done already when the simulation began. */
  doneMs: number;
  /** Whether anything is held against what a single run uses; otherwise its end says it early enough. */
  hasRunBudget: boolean;
}

export function expectedDriver(p: {
  type: AgentType;
  time: VirtualTime;
  workOf: (start: AgentStart) => ExpectedWork;
}): AgentDriver {
  return {
    type: p.type,
    check: () => Promise.resolve({ ready: true }),
    start: (start) => new ExpectedConversation({ start, time: p.time, work: p.workOf(start) }),
  };
}

/** A run that should have ended already is taken to end in a moment. */
const REMAINING_MS_MIN = 1000;

class ExpectedConversation implements AgentConversation {
  readonly outcome: Promise<AgentOutcome>;
  readonly #start: AgentStart;
  readonly #time: VirtualTime;
  readonly #work: ExpectedWork;
  readonly #startedAtMs: number;
  readonly #cancelEnd: () => void;
  readonly #resolve: (outcome: AgentOutcome) => void;
  #isOver = false;

  constructor(p: { start: AgentStart; time: VirtualTime; work: ExpectedWork }) {
    const { expected, doneMs } = p.work;
    this.#start = p.start;
    this.#time = p.time;
    this.#work = p.work;
    this.#startedAtMs = p.time.now;
    const { promise, resolve } = Promise.withResolvers<AgentOutcome>();
    this.outcome = promise;
    this.#resolve = resolve;
    const leftMs = doneMs === 0 ? expected.durationMs : Math.max(REMAINING_MS_MIN, expected.durationMs - doneMs);
    this.#cancelEnd = p.time.after(leftMs, () => this.#end('answered'));
    p.start.onStarted({});
  }

  async stop(): Promise<void> {
    this.#cancelEnd();
    this.#end('stopped');
    await this.outcome;
  }

  #end(ended: 'answered' | 'stopped'): void {
    // Saying what was used may itself end the run, for its budget.
    if (this.#isOver) return;
    this.#isOver = true;
    const workedMs = this.#time.now - this.#startedAtMs;
    const usage = usageOfShare(this.#work.expected, workedMs / this.#work.expected.durationMs);
    if (usage !== undefined && this.#work.hasRunBudget) this.#start.onUsage?.(usage);
    this.#resolve({
      ended,
      gone: true,
      ...(usage === undefined ? {} : { usage }),
      ...(ended === 'answered'
        ? { exit_code: 0, stop_reason: 'end_turn', output: 'As expected.' }
        : { error: 'it was stopped', output: '' }),
    });
  }
}
