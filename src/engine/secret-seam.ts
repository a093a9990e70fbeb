/**
 * Takes secrets out of what an agent says in pieces. A value may be cut anywhere: the pieces of one kind are one text,
 * and what may be the beginning of a secret is held back until the next piece says whether it is. What comes meanwhile
 * waits behind it, so that the order stays. How long that may take is for the caller to say.
 */
import type { AgentEntry } from '../agents/agent-driver.ts';
import type { TranscriptKind } from '../model/session.ts';

export interface FoundSecrets {
  /** `[start, end)` of each secret, rising, apart from one another. */
  readonly spans: readonly (readonly [start: number, end: number])[];
  /** From here on the end of the text may be the beginning of a secret, or of a longer one; its length when it is not. */
  readonly openFrom: number;
}

/** The kinds that come in pieces; all others are whole. */
const STREAMED: ReadonlySet<TranscriptKind> = new Set(['message', 'thought', 'output', 'stderr']);
/** More than so many entries wait for nobody. */
const HELD_MAX = 256;
const REDACTED = '[redacted]';

/** An entry of which `clean` is judged and `open`, its end, is not yet. */
interface Held {
  readonly entry: AgentEntry;
  clean: string;
  open: string;
}

/** A piece of text that is not judged yet; without an entry where that was let go already. */
interface Piece {
  readonly held: Held | undefined;
  readonly text: string;
}

export class SecretSeam {
  readonly #find: (text: string) => FoundSecrets;
  readonly #redact: (text: string) => string;
  #queue: Held[] = [];
  readonly #pieces = new Map<TranscriptKind, Piece[]>();

  constructor(p: { find: (text: string) => FoundSecrets; redact: (text: string) => string }) {
    this.#find = p.find;
    this.#redact = p.redact;
  }

  /** Whether something waits: the caller is to call {@link release} some time. */
  get holds(): boolean {
    return this.#queue.length > 0;
  }

  /** The entries that can go now, their texts clean. */
  take(entry: AgentEntry): AgentEntry[] {
    const held: Held = { entry, clean: '', open: '' };
    this.#queue.push(held);
    if (STREAMED.has(entry.kind)) this.#judge(held);
    else held.clean = this.#redact(entry.text);
    if (this.#queue.length > HELD_MAX) return this.release();
    const first = this.#queue.findIndex(({ open }) => open !== '');
    return this.#letGo(first < 0 ? this.#queue.length : first);
  }

  /** Everything that waits. Should a secret go on after it, the rest of that is still taken out. */
  release(): AgentEntry[] {
    for (const [kind, pieces] of this.#pieces) this.#judgePieces(kind, pieces, { isLast: true });
    return this.#letGo(this.#queue.length);
  }

  #judge(held: Held): void {
    const { kind, text } = held.entry;
    this.#judgePieces(kind, [...(this.#pieces.get(kind) ?? []), { held, text }], { isLast: false });
  }

  /** `isLast`: nothing may stay open, but what was is remembered. */
  #judgePieces(kind: TranscriptKind, pieces: readonly Piece[], p: { isLast: boolean }): void {
    const whole = pieces.map((piece) => piece.text).join('');
    const { spans, openFrom } = this.#find(whole);
    const judgedTo = p.isLast ? whole.length : openFrom;
    const open: Piece[] = [];
    let begin = 0;
    let owed = false;
    for (const { held, text } of pieces) {
      const end = begin + text.length;
      if (held === undefined) {
        // A secret whose beginning was let go is marked where it goes on.
        owed ||= spans.some(([from, to]) => from < judgedTo && from >= begin && from < end && to > end);
      } else {
        const clean = cleanPart({ whole, begin, end: Math.min(end, judgedTo), spans });
        held.clean += (owed ? REDACTED : '') + clean;
        held.open = whole.slice(Math.max(begin, judgedTo), end);
        owed = false;
      }
      if (end > openFrom) {
        open.push({ held: p.isLast ? undefined : held, text: whole.slice(Math.max(begin, openFrom), end) });
      }
      begin = end;
    }
    this.#pieces.set(kind, open);
  }

  #letGo(count: number): AgentEntry[] {
    const gone = this.#queue.slice(0, count);
    this.#queue = this.#queue.slice(count);
    // A piece that was nothing but the rest of a secret is no entry.
    return gone
      .filter(({ entry, clean }) => clean !== '' || entry.text === '')
      .map(({ entry, clean }) => ({ ...entry, text: clean }));
  }
}

/** `[begin, end)` of the whole without its secrets; a mark stands where one begins. */
function cleanPart(p: { whole: string; begin: number; end: number; spans: FoundSecrets['spans'] }): string {
  let clean = '';
  let from = p.begin;
  for (const [start, end] of p.spans) {
    if (end <= p.begin || start >= p.end) continue;
    clean += p.whole.slice(from, Math.max(from, start)) + (start >= p.begin ? REDACTED : '');
    from = Math.min(end, p.end);
  }
  return clean + p.whole.slice(from, Math.max(from, p.end));
}
