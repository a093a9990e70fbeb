/**
 * How long a run may take: as a whole (the automation's timeout, capped by the agent's), and without saying anything.
 * Process time, not the clock's: a laptop that slept, or a clock that was set, strikes nobody.
 */
import type { Clock } from '../clock/clock.ts';
import type { AgentDefinition } from '../model/agent.ts';
import type { Automation } from '../model/automation.ts';
import { formatDuration } from '../model/duration.ts';
import { timeoutMsOf } from '../model/effective.ts';
import type { StopCause } from './judge-outcome.ts';

export class RunLimits {
  readonly #clock: Clock;
  readonly #strike: (cause: StopCause) => void;
  readonly #stallMs: number | null;
  readonly #cancelTimeout: () => void;
  #cancelStall: () => void = () => {};
  #over = false;
  /** Questions that the agent has not heard the answer of: while there are any, it is not the one who is slow. */
  #unanswered = 0;

  constructor(p: { clock: Clock; automation: Automation; agent: AgentDefinition; strike: (cause: StopCause) => void }) {
    this.#clock = p.clock;
    this.#strike = p.strike;
    this.#stallMs = p.agent.stall_timeout_ms;
    const limits = [timeoutMsOf(p.automation), p.agent.timeout_ms].filter((limit) => limit !== null);
    const timeoutMs = limits.length === 0 ? null : Math.min(...limits);
    this.#cancelTimeout =
      timeoutMs === null
        ? () => {}
        : p.clock.after(timeoutMs, () => p.strike({ why: 'timeout', limit: durationText(timeoutMs) }));
    this.progressed();
  }

  /** The agent said something, or is about to be started: the silence counts from here. */
  progressed(): void {
    this.#cancelStall();
    const stallMs = this.#stallMs;
    if (stallMs === null || this.#over) return;
    this.#cancelStall = this.#clock.after(stallMs, () => {
      if (this.#unanswered > 0) return this.progressed();
      this.#strike({ why: 'stalled', limit: durationText(stallMs) });
    });
  }

  asked(): void {
    this.#unanswered += 1;
  }

  answered(): void {
    this.#unanswered -= 1;
    this.progressed();
  }

  /** The conversation is over: nothing strikes any more. */
  close(): void {
    this.#over = true;
    this.#cancelTimeout();
    this.#cancelStall();
  }
}

function durationText(ms: number): string {
  return formatDuration(BigInt(Math.round(ms)) * 1_000_000n);
}
