/** When and how the store misbehaves: what each step meets is drawn here, the store that does it is flaky-store.ts. */
import { AppError } from '../../src/errors/app-error.ts';
import type { Random } from './random.ts';
import type { VirtualTime } from '../../src/clock/virtual-time.ts';

export interface StepFate {
  delayBeforeMs: number;
  delayAfterMs: number;
  /** `unknown`: it took effect, and the answer was lost. */
  failure?: { when: 'before' | 'after'; error: AppError };
  /** The process dies at this very step. */
  death?: 'before' | 'after';
}

const SMOOTH: StepFate = { delayBeforeMs: 0, delayAfterMs: 0 };

interface Window {
  until: number;
  failureShare: number;
  slowShare: number;
}

export class StoreFaults {
  readonly #random: Random;
  readonly #time: VirtualTime;
  #isOn = true;
  #window: Window | undefined;
  #death: { stepsLeft: number; when: 'before' | 'after' } | undefined;

  constructor(p: { random: Random; time: VirtualTime }) {
    this.#random = p.random;
    this.#time = p.time;
  }

  /** Calm: from now on every step works at once. */
  end(): void {
    this.#isOn = false;
    this.#death = undefined;
  }

  /** A disk that fills up, a network that flaps: for a while many steps fail or crawl. */
  open(p: { ms: number; failureShare: number; slowShare: number }): void {
    this.#window = { until: this.#time.now + p.ms, failureShare: p.failureShare, slowShare: p.slowShare };
  }

  /** The process will die at the so-many-th step from now. */
  armDeath(p: { stepsLeft: number; when: 'before' | 'after' }): void {
    this.#death = p;
  }

  disarm(): void {
    this.#death = undefined;
  }

  draw(): StepFate {
    if (!this.#isOn) return SMOOTH;
    const window = this.#window !== undefined && this.#window.until > this.#time.now ? this.#window : undefined;
    const random = this.#random;
    const isSlow = random.chance(window?.slowShare ?? 0.02);
    const fails = random.chance(window?.failureShare ?? 0.002);
    const fate: StepFate = {
      delayBeforeMs: isSlow ? random.logarithmic(1, 4000) : 0,
      delayAfterMs: isSlow && random.chance(0.5) ? random.logarithmic(1, 4000) : 0,
    };
    if (fails) fate.failure = drawFailure(random);
    const death = this.#countDown();
    if (death !== undefined) fate.death = death;
    return fate;
  }

  #countDown(): 'before' | 'after' | undefined {
    if (this.#death === undefined) return undefined;
    this.#death.stepsLeft -= 1;
    return this.#death.stepsLeft <= 0 ? this.#death.when : undefined;
  }
}

function drawFailure(random: Random): NonNullable<StepFate['failure']> {
  const reason = 'the simulated disk failed';
  switch (random.weighted({ full: 1, unavailable: 1, unknown_before: 1, unknown_after: 2 })) {
    case 'full':
      return { when: 'before', error: new AppError('disk_full', { path: '/simulated' }) };
    case 'unavailable':
      return { when: 'before', error: new AppError('store_unavailable', { outcome: 'unchanged', reason }) };
    case 'unknown_before':
      return { when: 'before', error: new AppError('store_unavailable', { outcome: 'unknown', reason }) };
    case 'unknown_after':
      return { when: 'after', error: new AppError('store_unavailable', { outcome: 'unknown', reason }) };
  }
}
