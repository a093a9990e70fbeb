/**
 * Which runs work in which workspace, heard from the engine: a file that changes while an agent works there was changed by
 * that agent, as far as anybody can tell. Without that, a trigger on `file.changed` whose agent writes files would wake
 * itself for ever.
 */
import { type Clock, delay } from '../clock/clock.ts';
import type { HappeningBus } from '../events/happening.ts';
import type { ActivationCause } from '../model/activation.ts';
import type { Run } from '../model/run.ts';
import type { Store } from '../store/store.ts';

/** Ended runs are remembered a little longer than any file system takes to tell of their last write. */
const REMEMBERED_MS = 60_000;
/** Between questions while the store does not answer. */
const ASK_AGAIN_MS = 1_000;

interface Work {
  cause: ActivationCause & { depth: number };
  /** Absent until the store has said it; an automation without a workspace has no entry at all then. */
  workspaceId?: string;
  endedMs?: number;
}

export class WorkspaceRuns {
  readonly #store: Pick<Store, 'getJob' | 'getTrigger'>;
  readonly #clock: Clock;
  readonly #works = new Map<string, Work>();
  readonly #unsubscribe: () => void;
  readonly #closing = new AbortController();

  constructor(p: { store: Pick<Store, 'getJob' | 'getTrigger'>; clock: Clock; bus: HappeningBus }) {
    this.#store = p.store;
    this.#clock = p.clock;
    this.#unsubscribe = p.bus.subscribe((happening) => {
      if (happening.type === 'run.claimed') void this.#begin(happening.run);
      if (happening.type === 'run.finished') this.#end(happening.run.id);
    });
  }

  close(): void {
    this.#unsubscribe();
    this.#closing.abort();
  }

  /** Of those that worked in the workspace during the last `withinMs`, the one furthest from the world outside. */
  causeOf(p: { workspaceId: string; withinMs: number }): Work['cause'] | undefined {
    const since = this.#clock.monotonicMs() - p.withinMs;
    return [...this.#works.values()]
      .filter((work) => work.workspaceId === p.workspaceId && (work.endedMs === undefined || work.endedMs >= since))
      .toSorted((a, b) => b.cause.depth - a.cause.depth)[0]?.cause;
  }

  /** Never rejects: a store that is away right now is asked again, for as long as the run is remembered. */
  async #begin(run: Run): Promise<void> {
    const { job_id: jobId, trigger_id: triggerId } = run;
    const cause = { run_id: run.id, automation_id: jobId ?? triggerId ?? '', depth: run.depth ?? 0 };
    const work: Work = { cause };
    this.#works.set(run.id, work);
    while (!this.#closing.signal.aborted && this.#works.get(run.id) === work) {
      try {
        const workspaceId = await this.#workspaceOf(run);
        if (workspaceId === undefined) this.#works.delete(run.id);
        else work.workspaceId = workspaceId;
        return;
      } catch {
        await delay(this.#clock, ASK_AGAIN_MS, this.#closing.signal);
      }
    }
  }

  async #workspaceOf({ job_id: jobId, trigger_id: triggerId }: Run): Promise<string | undefined> {
    const record =
      jobId === undefined
        ? await this.#store.getTrigger({ id: triggerId ?? '' })
        : await this.#store.getJob({ id: jobId });
    return record?.automation.workspace_id;
  }

  #end(runId: string): void {
    const now = this.#clock.monotonicMs();
    const work = this.#works.get(runId);
    if (work !== undefined) work.endedMs = now;
    for (const [id, { endedMs }] of this.#works) {
      if (endedMs !== undefined && endedMs < now - REMEMBERED_MS) this.#works.delete(id);
    }
  }
}
