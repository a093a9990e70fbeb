/**
 * The rescuer: finishes what a dead process left `running` (runtime section 4.12). First it ends whatever still lives
 * of it, because no attempt may start while a process of the previous one lives; then the run becomes `failed` with
 * reason `interrupted` and its retry policy decides. Runs whose processes are gone already are finished at once, so
 * that a stubborn one delays nobody else. A run whose end somebody had asked for before the process died ends as that
 * person wanted.
 *
 * Where several machines share a store, only a node of the machine on which a daemon died can see what it left. So it does
 * not wait for the lease, after which a node elsewhere, which sees nothing, lets the next attempt start.
 */
import type { EpochMs } from '../model/instant.ts';
import type { RunCancellation } from '../store/acceptance.ts';
import type { ClaimedRun, RunResult } from '../store/run-store.ts';
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
  /** Tokens that could not be ended or finished yet; each is reported once. */
  readonly #troubled = new Set<string>();

  constructor(context: EngineContext, p: { onRescued: () => void }) {
    this.#context = context;
    this.#onRescued = p.onRescued;
  }

  /** Finishes the abandoned runs that left nothing alive, and begins to end what did. True when there may be more. */
  async tick(now: EpochMs): Promise<boolean> {
    const abandoned = await this.#context.store.listAbandoned({
      now,
      node: this.#context.node,
      limit: BATCH,
      isGone: (instance) => this.#context.isGone?.(instance) === true,
    });
    const open = abandoned.filter((claim) => !this.#ending.has(claim.token));
    if (open.length === 0) return false;
    const alive = await this.#context.custodian.find({ tokens: open.map((claim) => claim.token) });
    const tokensAlive = new Set(alive.map((process) => process.token));
    const wishes = await this.#cancellationsOf(open);
    for (const claim of open) {
      const result = resultOf(wishes.get(claim.token));
      if (tokensAlive.has(claim.token)) this.#endThenFinish(claim, result);
      else await this.#finish({ claim, result, now });
    }
    return abandoned.length === BATCH && this.#ending.size < BATCH;
  }

  /** Resolves when no processes are being ended any more. */
  async settled(): Promise<void> {
    await Promise.all(this.#ending.values());
  }

  /** What the nodes that are gone had been asked to end, by token. */
  async #cancellationsOf(claims: readonly ClaimedRun[]): Promise<Map<string, RunCancellation>> {
    const nodes = new Set(claims.map((claim) => claim.run.node).filter((node) => node !== undefined));
    const wishes = new Map<string, RunCancellation>();
    for (const node of nodes) {
      const requests = await this.#context.store.listCancelRequests({ node });
      for (const { token, cancellation } of requests) wishes.set(token, cancellation);
    }
    return wishes;
  }

  #endThenFinish(claim: ClaimedRun, result: RunResult): void {
    const { clock } = this.#context;
    const ending = this.#context.custodian
      .end({ token: claim.token, graceMs: END_GRACE_MS })
      .then(({ gone }) => {
        // The row stays `running`, and a later tick tries again.
        if (!gone) throw new Error(`processes of run ${claim.run.id} cannot be ended; trying on`);
        return this.#finish({ claim, result, now: clock.now() });
      })
      .catch((error: unknown) => this.#reportTrouble(claim, error))
      .finally(() => {
        this.#ending.delete(claim.token);
        this.#onRescued();
      });
    this.#ending.set(claim.token, ending);
  }

  #reportTrouble(claim: ClaimedRun, error: unknown): void {
    if (this.#troubled.has(claim.token)) return;
    this.#troubled.add(claim.token);
    this.#context.bus.report({
      type: 'service.failed',
      at: this.#context.clock.now(),
      service: 'rescuer',
      error: error instanceof Error ? error.message : String(error),
    });
  }

  async #finish(p: { claim: ClaimedRun; result: RunResult; now: EpochMs }): Promise<void> {
    const { claim, result, now } = p;
    const answer = await this.#context.store.finishRun({
      now,
      run_id: claim.run.id,
      token: claim.token,
      result,
      decideFollowUp: ({ run, record, facts }) => decideFollowUp({ run, result, record, facts, now }),
      placeCursor: this.#context.placeCursor,
    });
    if (answer.outcome === 'finished') reportFinished({ bus: this.#context.bus, answer, at: now });
    if (!this.#troubled.delete(claim.token) || this.#troubled.size > 0) return;
    this.#context.bus.report({ type: 'service.recovered', at: now, service: 'rescuer' });
  }
}

function resultOf(cancellation: RunCancellation | undefined): RunResult {
  if (cancellation === undefined) return INTERRUPTED;
  const { reason, error, actor } = cancellation;
  return { status: 'canceled', reason, error, actor };
}
