/**
 * The processes of the simulated machine, outside of any daemon: they live on when their daemon dies. This is the
 * reality that the checkers hold the rows against.
 */
import type { AgentStart } from '../../src/agents/agent-driver.ts';
import type { AgentScript } from './agent-script.ts';
import type { VirtualTime } from '../../src/clock/virtual-time.ts';

export interface AgentProcess {
  readonly pid: number;
  readonly token: string;
  readonly runId: string;
  readonly fireId: string;
  readonly automationId: string;
  readonly agentName: string;
  readonly workspaceId: string;
  readonly attempt: number;
  /** Nobody on another one sees it. */
  readonly machine: string;
  readonly startedAt: number;
  /** A child of an agent, not an agent: it was started by nobody but its parent. */
  readonly isChild: boolean;
  stubbornness: number;
  survivesDaemon: boolean;
  /** It asked for permission and does nothing until it is answered. */
  isWaiting: boolean;
  endedAt?: number;
}

export class AgentWorld {
  readonly #time: VirtualTime;
  readonly #onStart: (process: AgentProcess) => void;
  readonly #onResume: (process: AgentProcess) => void;
  readonly #onEnd: (process: AgentProcess, why: string) => void;
  readonly #living = new Map<number, AgentProcess>();
  #pid = 100;

  constructor(p: {
    time: VirtualTime;
    onStart: (process: AgentProcess) => void;
    onResume: (process: AgentProcess) => void;
    onEnd: (process: AgentProcess, why: string) => void;
  }) {
    this.#time = p.time;
    this.#onStart = p.onStart;
    this.#onResume = p.onResume;
    this.#onEnd = p.onEnd;
  }

  living(): AgentProcess[] {
    return [...this.#living.values()];
  }

  get now(): number {
    return this.#time.now;
  }

  /** A new process for this start. What it works on is read from its environment, as a real one would. */
  spawn(p: { start: AgentStart; script: AgentScript; workspaceId: string; machine: string }): AgentProcess {
    const { env, token, agent } = p.start;
    return this.#born({
      token,
      runId: env['ROUSE_RUN_ID'] ?? '',
      fireId: env['ROUSE_FIRE_ID'] ?? '',
      automationId: env['ROUSE_JOB_ID'] ?? env['ROUSE_TRIGGER_ID'] ?? '',
      agentName: agent.name,
      workspaceId: p.workspaceId,
      attempt: Number(env['ROUSE_ATTEMPT']),
      machine: p.machine,
      isChild: false,
      isWaiting: false,
      stubbornness: p.script.stubbornness,
      survivesDaemon: p.script.survivesDaemon,
    });
  }

  /** What `parent` leaves behind. It works for ever: only ending it helps. */
  spawnChild(parent: AgentProcess): AgentProcess {
    const { pid: _pid, startedAt: _startedAt, endedAt: _endedAt, ...inherited } = parent;
    return this.#born({ ...inherited, isChild: true, survivesDaemon: true });
  }

  /** It was answered and goes on working. */
  resume(process: AgentProcess): void {
    if (!process.isWaiting || process.endedAt !== undefined) return;
    process.isWaiting = false;
    this.#onResume(process);
  }

  /** It goes on by itself, whoever is or is not there to see the end. */
  endLater(process: AgentProcess, afterMs: number): void {
    this.#time.after(afterMs, () => this.end(process, 'it ended by itself'));
  }

  end(process: AgentProcess, why: string): void {
    if (process.endedAt !== undefined) return;
    process.endedAt = this.#time.now;
    this.#living.delete(process.pid);
    this.#onEnd(process, why);
  }

  #born(p: Omit<AgentProcess, 'pid' | 'startedAt'>): AgentProcess {
    this.#pid += 1;
    const process: AgentProcess = { ...p, pid: this.#pid, startedAt: this.#time.now };
    this.#living.set(process.pid, process);
    this.#onStart(process);
    return process;
  }
}
