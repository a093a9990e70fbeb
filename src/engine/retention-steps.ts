/** What the pruner forgets, area by area, by the bounds of `[retention]` as they are at that moment. */
import { dayMs } from '../lib/calendar.ts';
import type { Automation } from '../model/automation.ts';
import { durationMs } from '../model/duration.ts';
import { budgetOf } from '../model/effective.ts';
import type { EpochMs } from '../model/instant.ts';
import { isFinished } from '../model/run.ts';
import type { Store } from '../store/store.ts';
import type { Page } from '../store/page.ts';
import type { PruneStep } from './pruner.ts';
import type { Worktrees } from './worktrees.ts';

/** null: no such bound. */
export interface RetentionBounds {
  runs: { maxAgeMs: number | null; maxCount: number | null };
  transcripts: { maxAgeMs: number | null; maxBytes: number | null };
  events: { maxAgeMs: number | null };
  deliveries: { maxAgeMs: number | null };
}

/** Rows per step: some milliseconds, also when each of them is tens of kilobytes. */
const ROWS = 100;

interface Needs {
  store: Store;
  bounds(): RetentionBounds;
}

export function transcriptStep(needs: Needs): PruneStep {
  const { store } = needs;
  return {
    name: 'transcripts',
    step({ now }) {
      const { maxAgeMs, maxBytes } = needs.bounds().transcripts;
      return store.pruneTranscripts({ now, before: before(now, maxAgeMs), bytes_max: maxBytes, limit: ROWS });
    },
  };
}

/** After the transcripts, which are the larger part of what goes with a run. */
export function runStep(needs: Needs): PruneStep {
  const { store } = needs;
  let windows = new WindowWalk(store);
  return {
    name: 'runs',
    begin() {
      windows = new WindowWalk(store);
      return Promise.resolve();
    },
    async step({ now }) {
      const { maxAgeMs, maxCount } = needs.bounds().runs;
      const limitAt = before(now, maxAgeMs);
      // Most homes have nothing that old, and need not have their definitions read for it.
      if (maxCount === null && !(await hasRunsBefore(store, limitAt))) return { more: false };
      if (!(await windows.goOn())) return { more: true };
      // A run that a limit or a budget still counts must not be forgotten: it would be allowed twice.
      const keep_since = now - windows.longestMs;
      return store.pruneRuns({ before: limitAt, count_max: maxCount, keep_since, limit: ROWS });
    },
  };
}

async function hasRunsBefore(store: Store, limitAt: EpochMs | null): Promise<boolean> {
  if (limitAt === null) return false;
  const { items } = await store.listRuns({ query: { until: limitAt, limit: 1 } });
  return items.length > 0;
}

/** After the runs: what became of a handed-over task is shown with its run, as long as there is one. */
export function taskStep(needs: Needs): PruneStep {
  const { store } = needs;
  let after: number | undefined;
  return {
    name: 'tasks',
    begin() {
      after = undefined;
      return Promise.resolve();
    },
    async step({ now }) {
      const limitAt = before(now, needs.bounds().runs.maxAgeMs);
      if (limitAt === null) return { more: false };
      const { next } = await store.pruneTasks({
        before: limitAt,
        limit: ROWS,
        ...(after === undefined ? {} : { after }),
      });
      after = next;
      return { more: next !== undefined };
    },
  };
}

export function eventStep(needs: Needs): PruneStep {
  const { store } = needs;
  return {
    name: 'events',
    async step({ now }) {
      const limitAt = before(now, needs.bounds().events.maxAgeMs);
      if (limitAt === null) return { more: false };
      const { deleted } = await store.pruneActivations({ before: limitAt, limit: ROWS });
      return { more: deleted === ROWS };
    },
  };
}

export function deliveryStep(needs: Needs): PruneStep {
  const { store } = needs;
  return {
    name: 'deliveries',
    async step({ now }) {
      const limitAt = before(now, needs.bounds().deliveries.maxAgeMs);
      if (limitAt === null) return { more: false };
      const { deleted } = await store.pruneDeliveries({ now, before: limitAt, limit: ROWS });
      return { more: deleted === ROWS };
    },
  };
}

/** Worktrees that a daemon left behind when it died; those that hold work stay. */
export function worktreeStep({ store, worktrees }: { store: Store; worktrees: Worktrees }): PruneStep {
  return {
    name: 'worktrees',
    async step() {
      await worktrees.sweep({
        async isOver(runId) {
          const run = await store.getRun({ id: runId });
          return run === undefined || isFinished(run.status);
        },
      });
      return { more: false };
    },
  };
}

function before(now: EpochMs, ageMs: number | null): EpochMs | null {
  return ageMs === null ? null : now - ageMs;
}

/** Finds the longest window of all limits and budgets, a page at a time: there may be a million definitions. */
class WindowWalk {
  /** A day at least, because of the day's budget. */
  longestMs = dayMs;
  readonly #left: ((p: DefinitionPage) => Promise<Page<{ automation: Automation }>>)[];
  #cursor: string | undefined;

  constructor(store: Store) {
    this.#left = [(p) => store.listJobs(p), (p) => store.listTriggers(p)];
  }

  /** Reads a page; true when there are no more. */
  async goOn(): Promise<boolean> {
    const [list] = this.#left;
    if (list === undefined) return true;
    const cursor = this.#cursor;
    const page = await list({ query: { limit: 500, ...(cursor === undefined ? {} : { cursor }) } });
    for (const { automation } of page.items) {
      const windowMs = durationMs(automation.fire_limit.window);
      this.longestMs = Math.max(this.longestMs, windowMs, budgetOf(automation).windowMs);
    }
    this.#cursor = page.next_cursor;
    if (this.#cursor === undefined) this.#left.shift();
    return this.#left.length === 0;
  }
}

interface DefinitionPage {
  query: { limit: number; cursor?: string };
}
