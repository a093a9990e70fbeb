/**
 * Keeps the scratch store small: a week of many fires would be hundreds of megabytes of rows in memory that no decision
 * looks at again. Job by job, whenever one has gathered enough of them.
 */
import type { Happening } from '../../events/happening.ts';
import type { Automation } from '../../model/automation.ts';
import type { EpochMs } from '../../model/instant.ts';
import type { ScratchStore } from '../../store/sqlite/scratch-store.ts';
import type { ScratchCopy } from './scratch-copy.ts';
import { automationIdOf } from './scratch-copy.ts';

/** Rows of one job between two looks: deleting so many takes about a millisecond. */
const GATHERED_MAX = 128;

export class Forgetting {
  readonly #scratch: ScratchStore;
  readonly #copy: ScratchCopy;
  readonly #keepMsOf: (automation: Automation) => number;
  readonly #now: () => EpochMs;
  readonly #gathered = new Map<string, number>();

  constructor(p: {
    scratch: ScratchStore;
    copy: ScratchCopy;
    /** How long after its end a run may still matter. */
    keepMsOf: (automation: Automation) => number;
    now: () => EpochMs;
  }) {
    this.#scratch = p.scratch;
    this.#copy = p.copy;
    this.#keepMsOf = p.keepMsOf;
    this.#now = p.now;
  }

  hear(happening: Happening): void {
    const isRow = happening.type === 'run.finished' || happening.type === 'run.created';
    if (!isRow || happening.run.status === 'scheduled') return;
    const id = automationIdOf(happening.run);
    const gathered = (this.#gathered.get(id) ?? 0) + 1;
    this.#gathered.set(id, gathered >= GATHERED_MAX ? 0 : gathered);
    if (gathered < GATHERED_MAX) return;
    const copied = this.#copy.automations.get(id);
    if (copied === undefined) return;
    this.#scratch.forgetFinished({ automation_id: id, before: this.#now() - this.#keepMsOf(copied.automation) });
  }
}
