/**
 * The rescuer: finishes what a dead process left `running` (runtime section 4.12). First it ends whatever still lives
 * of it, because no attempt may start while a process of the previous one lives; then the run becomes `failed` with
 * reason `interrupted` and its retry policy decides. Runs whose processes are gone already are finished at once, so
 * that a stubborn one delays nobody else.
 */
import type { EpochMs } from '../model/instant.ts';
import type { ClaimedRun, RunResult } from '../store/store.ts';
import { decideFollowUp } from './decide-follow-up.ts';
import { reportFinished } from './report-finished.ts';
import type { EngineContext } from './engine-context.ts';

const BATCH = 500;
/** Between SIGTERM and SIGKILL for an agent nobody listens to any more. */
const END_GRACE_MS = 5_000;

const INTERRUPTED: RunResult = {
  status: 'failed',
  reason: 'interrupted',
  error: 'the daemon that carried this run out ended before the run did',
};

export class Rescuer {
  readonly #context: EngineContext;
  readonly #onRescued: () => void;
  /** Tokens whose processes are being ended right now. */
  readonly #ending = new Map<string, Promise<void>>();

  constructor(context: EngineContext, p: { onRescued: () => void }) {
    this.#context = context;
    this.#onRescued = p.onRescued;
  }

  /** Finishes the abandoned runs that left nothing alive, and begins to end what did. True when there may be more. */
  async tick(now: EpochMs): Promise<boolean> {
    const abandoned = await this.#context.store.listAbandoned({ now, node: this.#context.node, limit: BATCH });
    const open = abandoned.filter((claim) => !this.#ending.has(claim.token));
    if (open.length === 0) return false;
    const alive = await this.#context.custodian.find({ tokens: open.map((claim) => claim.token) });
    const tokensAlive = new Set(alive.map((process) => process.token));
    for (const claim of open) {
      if (tokensAlive.has(claim.token)) this.#endThenFinish(claim);
      else await this.#finish(claim, now);
    }
    return abandoned.length === BATCH && this.#ending.size < BATCH;
  }

  /** Resolves when no processes are being ended any more. */
  async settled(): Promise<void> {
    await Promise.all(this.#ending.values());
  }

  #endThenFinish(claim: ClaimedRun): void {
    const ending = this.#context.custodian
      .end({ token: claim.token, graceMs: END_GRACE_MS })
      // Not proven gone: the row stays `running`, and the next tick tries again.
      .then(({ gone }) => (gone ? this.#finish(claim, this.#context.clock.now()) : undefined))
      .catch((error: unknown) => {
        this.#context.bus.report({
          type: 'service.failed',
          at: this.#context.clock.now(),
          service: 'rescuer',
          error: error instanceof Error ? error.message : String(error),
        });
      })
      .finally(() => {
        this.#ending.delete(claim.token);
        this.#onRescued();
      });
    this.#ending.set(claim.token, ending);
  }

  async #finish(claim: ClaimedRun, now: EpochMs): Promise<void> {
    const answer = await this.#context.store.finishRun({
      now,
      run_id: claim.run.id,
      token: claim.token,
      result: INTERRUPTED,
      decideFollowUp: ({ run, record, facts }) => decideFollowUp({ run, result: INTERRUPTED, record, facts, now }),
      placeCursor: this.#context.placeCursor,
    });
    if (answer.outcome === 'finished') reportFinished({ bus: this.#context.bus, answer, at: now });
  }
}
