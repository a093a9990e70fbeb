/**
 * What was refused, for the list of deliveries. Anybody who can reach the port can be refused, so a flood must cost
 * nothing: the first few of a kind within a minute get a row each, the others are counted on one, and rows are written
 * together about once a second. Losing the last second of refusals in a crash loses nothing that was promised.
 */
import type { Clock } from '../../clock/clock.ts';
import type { DeliveryStore, Refusal } from '../../store/delivery-store.ts';

/** Refusals that are alike: one address, one reason. */
export type NewRefusal = Omit<Refusal, 'id' | 'count' | 'last_at'>;

const WRITE_EVERY_MS = 1_000;
const WINDOW_MS = 60_000;
/** Of a kind and minute, with a row each; enough to compare them, and the next one stands for all others. */
const ROWS_PER_WINDOW = 10;
/** Kinds in a minute; addresses are made up freely by whoever knocks, so beyond this all share one row per reason. */
const KINDS_MAX = 200;

interface Kind {
  count: number;
  /** Of the row that stands for the others. */
  id: string;
}

export interface RefusalLogDeps {
  store: Pick<DeliveryStore, 'recordRefusals'>;
  clock: Clock;
  newId: () => string;
  /** They are on record. */
  onWritten: (refusals: readonly Refusal[]) => void;
}

export class RefusalLog {
  readonly #p: RefusalLogDeps;
  #windowStartedMs = 0;
  #kinds = new Map<string, Kind>();
  readonly #unwritten = new Map<string, Refusal>();
  #cancel: (() => void) | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(p: RefusalLogDeps) {
    this.#p = p;
  }

  add(refusal: NewRefusal): void {
    const { clock, newId } = this.#p;
    const nowMs = clock.monotonicMs();
    if (nowMs - this.#windowStartedMs >= WINDOW_MS) {
      this.#windowStartedMs = nowMs;
      this.#kinds = new Map();
    }
    const shown = this.#kindOf(refusal);
    const kind = shown.kind;
    kind.count += 1;
    const id = kind.count < ROWS_PER_WINDOW ? newId() : kind.id;
    const row = this.#unwritten.get(id);
    if (row === undefined) this.#unwritten.set(id, { ...shown.refusal, id, count: 1, last_at: refusal.received_at });
    else {
      row.count += 1;
      row.last_at = refusal.received_at;
    }
    this.#cancel ??= clock.after(WRITE_EVERY_MS, () => void this.flush());
  }

  /** Resolves when everything that was refused is written, or could not be. Never rejects. */
  flush(): Promise<void> {
    this.#cancel?.();
    this.#cancel = undefined;
    const refusals = [...this.#unwritten.values()];
    this.#unwritten.clear();
    if (refusals.length === 0) return this.#writing;
    // A full disk must not keep them in memory either.
    const write = (): Promise<void> => this.#p.store.recordRefusals({ refusals });
    this.#writing = this.#writing.then(write).then(
      () => this.#p.onWritten(refusals),
      () => undefined,
    );
    return this.#writing;
  }

  #kindOf(refusal: NewRefusal): { kind: Kind; refusal: NewRefusal } {
    const key = `${refusal.reason} ${refusal.trigger_id ?? refusal.endpoint}`;
    const known = this.#kinds.get(key);
    if (known !== undefined) return { kind: known, refusal };
    const isFull = this.#kinds.size >= KINDS_MAX;
    const shown = isFull ? { ...refusal, endpoint: '(many addresses)' } : refusal;
    const kind = (isFull ? this.#kinds.get(`${refusal.reason} *`) : undefined) ?? { count: 0, id: this.#p.newId() };
    this.#kinds.set(isFull ? `${refusal.reason} *` : key, kind);
    return { kind, refusal: shown };
  }
}
