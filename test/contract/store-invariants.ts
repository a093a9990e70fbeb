/**
 * Contract: random sequences of steps, several at once, against a small model of the promises. The model does not
 * predict what happens; it says what may never happen (promises, section 1).
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Run } from '../../src/model/run.ts';
import { isFinished, isRunTransition } from '../../src/model/run.ts';
import type { Store } from '../../src/store/store.ts';
import type { ClaimedRun } from '../../src/store/run-store.ts';
import {
  COMPLETED,
  FAILED,
  MINUTE,
  type OpenStore,
  T0,
  allRuns,
  caps,
  claim,
  createJob,
  job,
  newRun,
  placeAt,
} from './store-fixture.ts';

const SEQUENCES = 10;
const JOBS = [
  { id: 'job_0', agent: 'small', exclusive: true, max: 5 },
  { id: 'job_1', agent: 'small', exclusive: false, max: 3 },
  { id: 'job_2', agent: 'big', exclusive: true, max: 4 },
  { id: 'job_3', agent: 'big', exclusive: false, max: 6 },
] as const;
const CAPS = caps({ total: 3, per_agent: { small: 1 } });
const WINDOW = 10 * MINUTE;

type Step =
  | { do: 'plan' | 'expire' | 'restart' | 'rescue' }
  | { do: 'claim'; held: boolean }
  | { do: 'ask' | 'answer'; which: number }
  | { do: 'pass'; ms: number }
  | { do: 'accept' | 'cancel' | 'switch'; which: number }
  | { do: 'finish'; which: number; fail: boolean; delay: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Step>({ do: 'plan' }) },
  { weight: 4, arbitrary: fc.nat(4).map((n): Step => ({ do: 'claim', held: n === 0 })) },
  { weight: 1, arbitrary: fc.nat(3).map((which): Step => ({ do: 'ask', which })) },
  { weight: 2, arbitrary: fc.nat(3).map((which): Step => ({ do: 'answer', which })) },
  { weight: 1, arbitrary: fc.constant<Step>({ do: 'expire' }) },
  { weight: 1, arbitrary: fc.constant<Step>({ do: 'restart' }) },
  { weight: 1, arbitrary: fc.constant<Step>({ do: 'rescue' }) },
  { weight: 3, arbitrary: fc.integer({ min: -MINUTE, max: 3 * MINUTE }).map((ms): Step => ({ do: 'pass', ms })) },
  { weight: 4, arbitrary: fc.nat(3).map((which): Step => ({ do: 'accept', which })) },
  { weight: 1, arbitrary: fc.nat(50).map((which): Step => ({ do: 'cancel', which })) },
  { weight: 1, arbitrary: fc.nat(3).map((which): Step => ({ do: 'switch', which })) },
  {
    weight: 4,
    arbitrary: fc
      .record({ which: fc.nat(5), fail: fc.boolean(), delay: fc.nat(MINUTE) })
      .map((parts): Step => ({ do: 'finish', ...parts })),
  },
);

export function describeInvariants(openStore: OpenStore): void {
  test(`${SEQUENCES} random sequences of steps never break a promise`, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { minLength: 25, maxLength: 40 }),
        async (groups) => {
          const opened = await openStore();
          const world = new World(opened.store);
          try {
            await world.begin();
            for (const group of groups) {
              // What stands in one group happens at once.
              await Promise.all(group.map((one) => world.take(one)));
              if (group.some((one) => one.do === 'restart')) world.restarted(await opened.reopen());
              await world.check();
            }
          } finally {
            await opened.dispose();
          }
        },
      ),
      { numRuns: SEQUENCES },
    );
    // Hundreds of steps on a server, each a few journeys to it.
  }, 120_000);
}

class World {
  #store: Store;
  #now = T0;
  #node = 1;
  #claims: ClaimedRun[] = [];
  /** Claims of instances that have ended. */
  readonly #orphans: ClaimedRun[] = [];
  readonly #seen = new Map<string, Run>();
  /** Tokens of runs that gave their slot away and have not got one back. */
  readonly #without = new Set<string>();
  readonly #acceptedAt = new Map<string, { jobId: string; at: number }>();

  constructor(store: Store) {
    this.#store = store;
  }

  async begin(): Promise<void> {
    for (const { id, agent, max } of JOBS) {
      const created = job(id, { agent_name: agent, fire_limit: { max, window: '10m' } });
      await createJob(this.#store, created, T0);
    }
  }

  restarted(store: Store): void {
    this.#store = store;
    this.#node += 1;
    this.#orphans.push(...this.#claims);
    this.#claims = [];
  }

  async take(one: Step): Promise<void> {
    switch (one.do) {
      case 'plan':
        await this.#plan();
        break;
      case 'accept':
        await this.#accept(JOBS[one.which]!);
        break;
      case 'claim':
        await this.#claim(one.held);
        break;
      case 'ask':
        await this.#ask(this.#claims[one.which]);
        break;
      case 'answer':
        await this.#answer(this.#claims[one.which]);
        break;
      case 'finish':
        await this.#finish(this.#claims[one.which], one);
        break;
      case 'rescue':
        for (const left of await this.#store.listAbandoned({ now: this.#now, node: `node-${this.#node}`, limit: 10 })) {
          await this.#finish(left, { fail: true, delay: 1 });
        }
        break;
      case 'cancel': {
        const run = [...this.#seen.values()][one.which];
        const request = { now: this.#now, reason: 'user', error: 'no', actor: 'user:x' } as const;
        if (run !== undefined) await this.#store.cancelRun({ ...request, run_id: run.id });
        break;
      }
      case 'switch':
        await this.#store.updateAutomation({
          now: this.#now,
          id: JOBS[one.which]!.id,
          change: (current) => ({ automation: { ...current, enabled: !current.enabled } }),
          placeCursor: placeAt(T0),
        });
        break;
      case 'expire':
        await this.#store.expireRuns({ now: this.#now, limit: 5 });
        break;
      case 'pass':
        this.#now += one.ms;
        break;
      case 'restart':
        break;
    }
  }

  async #claim(held: boolean): Promise<void> {
    const now = this.#now;
    const node = `node-${this.#node}`;
    const claimed = await claim(this.#store, { now, node, caps: held ? { ...CAPS, held: ['small'] } : CAPS });
    for (const { run, automation } of claimed) {
      expect(run.available_at).toBeLessThanOrEqual(now);
      expect(held && automation.agent_name === 'small').toBe(false);
    }
    this.#claims.push(...claimed);
  }

  async #ask(claimed: ClaimedRun | undefined): Promise<void> {
    if (claimed === undefined) return;
    const at = { asked_at: this.#now, deadline_at: this.#now + MINUTE };
    const permission = { title: 'May I?', tool: 'shell', options: [], ...at };
    const fence = { now: this.#now, run_id: claimed.run.id, token: claimed.token };
    const answer = await this.#store.openPermission({ ...fence, permission });
    if (answer.outcome === 'opened') this.#without.add(claimed.token);
  }

  async #answer(claimed: ClaimedRun | undefined): Promise<void> {
    if (claimed === undefined) return;
    const fence = { now: this.#now, run_id: claimed.run.id, token: claimed.token };
    const answer = await this.#store.regainSlot({ ...fence, caps: CAPS });
    if (answer.outcome === 'regained') this.#without.delete(claimed.token);
  }

  async #plan(): Promise<void> {
    const now = this.#now;
    await this.#store.planFires({
      now,
      limit: 2,
      daily_since: null,
      decide: ({ job: due, cursor, facts }) => {
        const scheduledAt = cursor.next_run_at!;
        const full = this.#isFull(due.id, facts.accepted, now);
        const run = newRun({
          fire_id: `fire_${due.id}_${scheduledAt}`,
          kind: 'schedule',
          scheduled_at: scheduledAt,
          available_at: now,
          accepted_at: now,
          expires_at: now + 2 * MINUTE,
          exclusive: JOBS.find((one) => one.id === due.id)!.exclusive,
          ...(full ? { status: 'canceled', reason: 'fire_limit' } : {}),
        });
        if (!full) this.#acceptedAt.set(run.id, { jobId: due.id, at: now });
        const next = scheduledAt + MINUTE;
        return { cursor: { ...cursor, next_run_at: next, due_at: next }, runs: [run], cancellations: [] };
      },
    });
  }

  async #accept(of: (typeof JOBS)[number]): Promise<void> {
    const now = this.#now;
    await this.#store.acceptRuns({
      now,
      automation_id: of.id,
      daily_since: null,
      decide: ({ facts }) => {
        if (this.#isFull(of.id, facts.accepted, now)) return { refuse: 'full' };
        const run = newRun({ available_at: now, accepted_at: now, exclusive: of.exclusive, priority: now % 3 });
        this.#acceptedAt.set(run.id, { jobId: of.id, at: now });
        return { runs: [run], cancellations: [] };
      },
    });
  }

  async #finish(claimed: ClaimedRun | undefined, p: { fail: boolean; delay: number }): Promise<void> {
    if (claimed === undefined) return;
    const now = this.#now;
    const answer = await this.#store.finishRun({
      placeCursor: placeAt(undefined),
      now,
      run_id: claimed.run.id,
      token: claimed.token,
      result: p.fail ? FAILED : COMPLETED,
      decideFollowUp: ({ run, record, facts }) => {
        const jobId = run.job_id!;
        const isLast = !p.fail || run.attempt >= 3 || record === undefined;
        if (isLast || this.#isFull(jobId, facts.accepted, now)) return { consecutive_failures: 0 };
        const retry = newRun({
          fire_id: run.fire_id!,
          attempt: run.attempt + 1,
          available_at: now + p.delay,
          accepted_at: now,
          exclusive: JOBS.find((one) => one.id === jobId)!.exclusive,
        });
        this.#acceptedAt.set(retry.id, { jobId, at: now });
        return { consecutive_failures: 1, retry };
      },
    });
    if (answer.outcome === 'finished') this.#claims = this.#claims.filter((one) => one.token !== claimed.token);
  }

  /** The engine's rule in small: the clock may have gone back, so what lies ahead counts as well. */
  #isFull(jobId: string, accepted: readonly number[], now: number): boolean {
    expect(accepted).toEqual(accepted.toSorted((a, b) => a - b));
    expect(accepted.every((at) => at > now - WINDOW)).toBe(true);
    return accepted.length >= JOBS.find((one) => one.id === jobId)!.max;
  }

  async check(): Promise<void> {
    const runs = await allRuns(this.#store);
    this.#checkCaps(runs.filter((run) => run.status === 'running'));
    this.#checkFires(runs);
    this.#checkWindows(runs);
    this.#checkHistory(runs);
    const counts = await this.#store.readCounts();
    expect(counts.running).toBe(runs.filter((run) => run.status === 'running').length);
    expect(counts.scheduled).toBe(runs.filter((run) => run.status === 'scheduled').length);
    await this.#checkNobodyIsForgotten(runs);
  }

  #checkCaps(running: readonly Run[]): void {
    const claims = [...this.#claims, ...this.#orphans];
    const without = new Set(claims.filter((one) => this.#without.has(one.token)).map((one) => one.run.id));
    const withSlot = running.filter((run) => !without.has(run.id));
    expect(withSlot.length).toBeLessThanOrEqual(CAPS.total);
    const ofAgent = withSlot.filter((run) => JOBS.find((one) => one.id === run.job_id)!.agent === 'small');
    expect(ofAgent.length).toBeLessThanOrEqual(1);
    for (const { id, exclusive } of JOBS) {
      if (exclusive) expect(running.filter((run) => run.job_id === id).length).toBeLessThanOrEqual(1);
    }
    expect(new Set(running.map((run) => run.fire_id)).size).toBe(running.length);
  }

  #checkFires(runs: readonly Run[]): void {
    const attempts = runs.map((run) => `${run.fire_id}#${run.attempt}`);
    expect(new Set(attempts).size).toBe(attempts.length);
  }

  /** No rolling window holds more accepted runs than its limit; every window that matters begins at an acceptance. */
  #checkWindows(runs: readonly Run[]): void {
    for (const { id, max } of JOBS) {
      const counted = runs.filter((run) => run.job_id === id && run.status !== 'canceled');
      const instants = counted.map((run) => this.#acceptedAt.get(run.id)!.at);
      for (const from of instants) {
        expect(instants.filter((at) => at >= from && at < from + WINDOW).length).toBeLessThanOrEqual(max);
      }
    }
  }

  /** Nothing disappears, nothing goes back, and what was finished is the same in every field. */
  #checkHistory(runs: readonly Run[]): void {
    const byId = new Map(runs.map((run) => [run.id, run]));
    for (const before of this.#seen.values()) {
      const after = byId.get(before.id);
      if (isFinished(before.status)) expect(after).toEqual(before);
      else if (after?.status !== before.status) {
        const direct = isRunTransition({ from: before.status, to: after!.status });
        // Claimed and finished within one group.
        expect(direct || (before.status === 'scheduled' && after?.status === 'completed')).toBe(true);
      }
    }
    for (const run of runs) this.#seen.set(run.id, run);
  }

  /** With room for everybody, whatever is due and not held up by its own automation can be claimed: in order, at once. */
  async #checkNobodyIsForgotten(runs: readonly Run[]): Promise<void> {
    if (runs.some((run) => run.status === 'running')) return;
    const waiting = runs.filter((run) => run.status === 'scheduled' && run.available_at! <= this.#now);
    const claimable = (await this.#store.listWaiting({ limit: 500 })).filter((run) =>
      waiting.some((one) => one.id === run.id),
    );
    const expected = claimable[0];
    if (expected === undefined || expected.kind === 'schedule') return;
    const [first] = await claim(this.#store, {
      now: this.#now,
      node: `node-${this.#node}`,
      caps: CAPS,
      tokens: [`check-${expected.id}`],
    });
    expect(first).toBeDefined();
    this.#claims.push(first!);
    this.#seen.set(first!.run.id, first!.run);
  }
}
