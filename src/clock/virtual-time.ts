/**
 * Physical time of a simulated world: it moves from timer to timer, and only when every promise that could go on has
 * gone on. Nothing in a simulation waits for the real world (the SQLite adapter works synchronously beneath its
 * promises), so once the microtasks are drained, nothing can happen any more before the next timer. `rouse simulate`
 * and the simulator of the tests share it; the time of day is for those who build a `Clock` on it.
 */

interface Timer {
  at: number;
  seq: number;
  callback: (() => void) | undefined;
}

export class VirtualTime {
  #now = 0;
  #seq = 0;
  /** A binary heap, by instant and then by order of setting, so that equal instants have one order. */
  readonly #heap: Timer[] = [];
  readonly #settled: () => Promise<void>;

  /**
   * `settled` resolves when nothing can go on before the next timer. The microtasks alone by default; whoever gives
   * turns to the rest of the process in between (setImmediate) says when those have come.
   */
  constructor(p: { settled?: () => Promise<void> } = {}) {
    this.#settled = p.settled ?? microtasksDrained;
  }

  /** Milliseconds since the world began. Only ever grows. */
  get now(): number {
    return this.#now;
  }

  /** Calls back once after `delayMs`; the returned function cancels it. */
  after(delayMs: number, callback: () => void): () => void {
    this.#seq += 1;
    const timer: Timer = { at: this.#now + Math.max(0, delayMs), seq: this.#seq, callback };
    this.#push(timer);
    return () => {
      timer.callback = undefined;
    };
  }

  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(delayMs, resolve);
    });
  }

  /** Lets time pass until `done` says so. False: nothing is left that could ever happen. */
  async runUntil(done: () => boolean): Promise<boolean> {
    await this.#settled();
    while (!done()) {
      const timer = this.#pop();
      if (timer === undefined) return false;
      if (timer.callback === undefined) continue;
      this.#now = Math.max(this.#now, timer.at);
      timer.callback();
      await this.#settled();
    }
    return true;
  }

  #push(timer: Timer): void {
    const heap = this.#heap;
    let index = heap.length;
    heap.push(timer);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(timer, heap[parent]!)) break;
      heap[index] = heap[parent]!;
      index = parent;
    }
    heap[index] = timer;
  }

  #pop(): Timer | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child += 1;
      if (!isBefore(heap[child]!, last)) break;
      heap[index] = heap[child]!;
      index = child;
    }
    heap[index] = last;
    return first;
  }
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.at === b.at ? a.seq < b.seq : a.at < b.at;
}

/** Every microtask runs before the event loop comes round to the next immediate. */
export function microtasksDrained(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
